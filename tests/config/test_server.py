"""[server]: what is accepted, and what is refused with words that help."""

from pathlib import Path
from typing import Any

import pytest

from assent.config import load
from assent.errors import ConfigError


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"tls_cert": "a.pem"}, "tls_cert is given without tls_key"),
        ({"tls_key": "a.pem"}, "tls_key is given without tls_cert"),
        ({"workers": 0}, "server.workers"),
        ({"workers": 257}, "server.workers"),
        ({"workers": True}, "must be a whole number"),
        ({"port": 65536}, "server.port"),
        ({"log": "xml"}, "server.log"),
        ({"log_level": "trace"}, "server.log_level"),
        ({"grace_seconds": -1}, "server.grace_seconds"),
        ({"idle_seconds": 0}, "server.idle_seconds"),
        ({"max_header_bytes": 100}, "server.max_header_bytes"),
        ({"max_header_bytes": 1 << 20}, "server.max_header_bytes"),
        ({"max_connections": 0}, "server.max_connections"),
        ({"host": ""}, "server.host"),
    ],
    ids=str,
)
def test_what_is_wrong_is_named(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(None, environ={}, server=given)
    assert problem in str(error.value)


def test_variables_are_read() -> None:
    environ = {
        "ASSENT_SERVER__WORKERS": "4",
        "ASSENT_SERVER__ACCESS_LOG": "true",
        "ASSENT_SERVER__TLS_CERT": "/etc/a.pem",
        "ASSENT_SERVER__TLS_KEY": "/etc/b.pem",
        "ASSENT_SERVER__STOP_DELAY_SECONDS": "2.5",
    }
    server = load(None, environ=environ).server
    assert (server.workers, server.access_log, server.stop_delay_seconds) == (4, True, 2.5)
    assert (server.tls_cert, server.tls_key) == (Path("/etc/a.pem"), Path("/etc/b.pem"))


def test_an_option_goes_before_a_variable() -> None:
    assert load(None, environ={"ASSENT_SERVER__PORT": "1"}, server={"port": 2}).server.port == 2
