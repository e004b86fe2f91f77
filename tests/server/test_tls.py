"""TLS at the front: certificates from files, renewed while connections go on."""

import http.client
import signal
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from assent.demo.run import running
from assent.errors import ConfigError
from assent.server import tls
from tests.server.processes import PATIENCE, address_of, site, started, until

HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with running(site()) as origin:
        yield origin


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def certificate(authority: trustme.CA, tmp_path: Path) -> tuple[Path, Path]:
    return write(authority, tmp_path)


def write(authority: trustme.CA, folder: Path, *names: str) -> tuple[Path, Path]:
    issued = authority.issue_cert(HOST, *names)
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(key)
    return chain, key


class Client:
    """Connections to one https server that trust one authority."""

    def __init__(self, authority: trustme.CA, address: str) -> None:
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)
        self._port = int(address.rpartition(":")[2])

    def connect(self) -> http.client.HTTPSConnection:
        connection = http.client.HTTPSConnection(HOST, self._port, timeout=PATIENCE, context=self.trust)
        connection.connect()
        return connection

    def names(self) -> set[str]:
        """Return the names that a new connection is shown a certificate for."""
        connection = self.connect()
        shown: Any = connection.sock.getpeercert()
        connection.close()
        return {name for _, name in shown["subjectAltName"]}

    def asked(self, path: str, connection: http.client.HTTPSConnection) -> tuple[int, str]:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def test_https_is_served_and_the_site_and_the_cookie_know(
    upstream: str, authority: trustme.CA, certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    chain, key = certificate
    arguments = ("--upstream", upstream, "--port", "0", "--tls-cert", str(chain), "--tls-key", str(key))
    with started("serve", *arguments, cwd=tmp_path) as process:
        address = address_of(process)
        assert address.startswith("https://")
        client = Client(authority, address)
        connection = until(lambda: _connected(client))
        assert connection.sock.version() == "TLSv1.3"
        assert "x-forwarded-proto: https" in client.asked("/seen", connection)[1]
        fields = {"content-type": "application/json", "sec-fetch-site": "same-origin"}
        connection.request("POST", "/_assent/choice", '{"action": "accept_all"}', fields)
        answer = connection.getresponse()
        answer.read()
        assert "; Secure" in answer.headers["set-cookie"]
        connection.close()
        health = ("health", "--port", address.rpartition(":")[2])
        settings = {"ASSENT_SERVER__TLS_CERT": str(chain), "ASSENT_SERVER__TLS_KEY": str(key)}
        with started(*health, cwd=tmp_path, environ=settings) as asking:
            assert asking.communicate(timeout=PATIENCE) == ("ok\n", "")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "Traceback" not in errors


def _connected(client: Client) -> http.client.HTTPSConnection | None:
    try:
        return client.connect()
    except ConnectionRefusedError:
        return None


def test_a_renewed_certificate_is_shown_after_sighup_and_a_broken_one_is_not(
    upstream: str, authority: trustme.CA, certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    chain, key = certificate
    arguments = ("--upstream", upstream, "--port", "0", "--tls-cert", str(chain), "--tls-key", str(key))
    with started("serve", *arguments, cwd=tmp_path) as process:
        client = Client(authority, address_of(process))
        kept = until(lambda: _connected(client))
        assert client.names() == {HOST}
        write(authority, tmp_path, "renewed.example")
        process.send_signal(signal.SIGHUP)
        until(lambda: client.names() == {HOST, "renewed.example"})
        key.write_text("broken")
        process.send_signal(signal.SIGHUP)
        until(lambda: 'result="refused"} 1' in client.asked("/_assent/metrics", kept)[1])
        assert client.names() == {HOST, "renewed.example"}
        kept.close()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
    assert "server.tls_cert: " in errors
    assert "are no certificate and its key in PEM" in errors
    assert process.returncode == 0


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_versions_are_not_spoken(certificate: tuple[Path, Path], version: ssl.TLSVersion) -> None:
    assert tls.context(*certificate).minimum_version > version


def test_ciphers_have_forward_secrecy_and_authenticate(certificate: tuple[Path, Path]) -> None:
    for cipher in tls.context(*certificate).get_ciphers():
        assert cipher["aead"]
        assert cipher["name"].startswith(("ECDHE-", "TLS_"))


def test_files_that_do_not_fit_are_named(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    chain, key = certificate
    with pytest.raises(ConfigError, match=r"missing\.pem cannot be read"):
        tls.context(tmp_path / "missing.pem", key)
    with pytest.raises(ConfigError, match=r"missing\.pem cannot be read"):
        tls.context(chain, tmp_path / "missing.pem")
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(ConfigError, match="no certificate and its key"):
        tls.context(chain, write(trustme.CA(), other)[1])
