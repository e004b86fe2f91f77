"""The file of keys: made once, by whoever comes first, for its owner alone."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from assent.config import Settings, key_file, keys, new_key
from assent.errors import ConfigError


def settings(data_dir: Path) -> Settings:
    return Settings(data_dir=data_dir)


def test_keys_of_the_settings_win_and_nothing_is_written(tmp_path: Path) -> None:
    made = Settings.model_validate({"data_dir": tmp_path / "d", "secret_keys": ["n" * 32, "o" * 32]})
    assert keys(made) == ["n" * 32, "o" * 32]
    assert not (tmp_path / "d").exists()


def test_key_is_made_once_and_found_again(tmp_path: Path) -> None:
    first = keys(settings(tmp_path / "a" / "b"))
    assert len(first) == 1
    assert len(first[0]) >= 32
    assert keys(settings(tmp_path / "a" / "b")) == first
    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["secret_keys"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_only_the_owner_may_read_what_was_made(tmp_path: Path) -> None:
    keys(settings(tmp_path / "d"))
    assert stat.S_IMODE((tmp_path / "d" / "secret_keys").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "d").stat().st_mode) == 0o700
    assert key_file(settings(tmp_path / "d")).is_private()


def test_rotation_by_hand_the_first_line_signs(tmp_path: Path) -> None:
    new, old = new_key(), new_key()
    (tmp_path / "secret_keys").write_text(f"# rotated in May\n{new}\n\n{old}\n")
    assert keys(settings(tmp_path)) == [new, old]


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from assent.config import Settings, keys\n"
        "sys.stdin.read(1)\n"
        "print(keys(Settings(data_dir=Path(sys.argv[1])))[0])"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "d")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
            text=True,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin
        process.stdin.write("x")
        process.stdin.flush()
    printed = {process.communicate(timeout=30)[0] for process in started}
    assert [process.returncode for process in started] == [0, 0, 0, 0]
    assert len(printed) == 1
    assert printed == {(tmp_path / "d" / "secret_keys").read_text()}


def test_create_leaves_the_file_that_came_first(tmp_path: Path) -> None:
    file = key_file(settings(tmp_path))
    file.create()
    first = file.read()
    file.create()
    assert file.read() == first


BROKEN = {
    "empty": ("", "holds no key"),
    "short": ("short\n" + "k" * 32, "line 1: has 5 characters"),
    "not ASCII": ("é" * 40, "more than ASCII"),
}


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_broken_file_is_told_and_not_replaced(case: str, tmp_path: Path) -> None:
    content, words = BROKEN[case]
    (tmp_path / "secret_keys").write_text(content, "utf-8")
    with pytest.raises(ConfigError, match=words):
        keys(settings(tmp_path))
    assert (tmp_path / "secret_keys").read_text("utf-8") == content


def test_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret_keys").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        keys(settings(tmp_path))


def test_folder_that_cannot_be_made_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="or set secret_keys"):
        keys(settings(tmp_path / "file" / "d"))
