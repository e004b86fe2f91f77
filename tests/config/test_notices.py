"""What is worth a warning, and what is not."""

from pathlib import Path
from typing import Any

import pytest

from assent.config import Settings, keys, warnings


def told(environ: dict[str, str] | None = None, **tree: Any) -> list[str]:
    return warnings(Settings.model_validate(tree), environ or {})


def test_defaults_give_no_warning(tmp_path: Path) -> None:
    assert told(data_dir=tmp_path) == []


def test_variables_that_a_container_platform_makes_up_are_told_and_no_mistake(tmp_path: Path) -> None:
    assert told({"ASSENT_PORT": "tcp://10.0.0.1:8000"}, data_dir=tmp_path) == [
        "ASSENT_PORT: not a setting, ignored"
    ]


def test_misspelled_variable_is_told_with_the_right_one(tmp_path: Path) -> None:
    assert told({"ASSENT_GATEWAY_UPSTREAM": "http://x"}, data_dir=tmp_path) == [
        "ASSENT_GATEWAY_UPSTREAM: not a setting, ignored; did you mean ASSENT_GATEWAY__UPSTREAM?"
    ]


@pytest.mark.parametrize(
    "name", ["ASSENT_CONFIG", "ASSENT_UPSTREAM", "ASSENT_BROWSER", "ASSENT_TEST_POSTGRES", "HOME"]
)
def test_variable_with_a_meaning_gives_no_warning(name: str, tmp_path: Path) -> None:
    assert told({name: "x"}, data_dir=tmp_path) == []


def test_trusting_the_peers_on_a_unix_socket_gives_no_warning(tmp_path: Path) -> None:
    assert told(data_dir=tmp_path, gateway={"trusted_proxies": ["unix"]}) == []


def test_trusting_everybody_is_told(tmp_path: Path) -> None:
    assert "0.0.0.0/0 is everybody" in told(data_dir=tmp_path, gateway={"trusted_proxies": ["0.0.0.0/0"]})[0]


def test_key_file_that_others_can_read_is_told(tmp_path: Path) -> None:
    keys(Settings(data_dir=tmp_path))
    (tmp_path / "secret_keys").chmod(0o644)
    assert f"chmod 600 {tmp_path / 'secret_keys'}" in told(data_dir=tmp_path)[0]


def test_imports_that_have_no_effect_while_observing_are_told(tmp_path: Path) -> None:
    consent = {"imports": ["cookieyes"]}
    assert told(data_dir=tmp_path, consent=consent) == []
    (line,) = told(data_dir=tmp_path, consent=consent, enforcement={"mode": "observe"})
    assert "nothing is carried over" in line
