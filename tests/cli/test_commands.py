"""The commands as an operator runs them: what they print, and the status they end with."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from assent import __version__
from assent.cli import main


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def assent(*arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environ, prog_name="assent")


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path]
    for name, command in group.commands.items():
        below = (*path, name)
        found += commands(command, below) if isinstance(command, click.Group) else [below]
    return found


@pytest.mark.parametrize("command", commands(), ids=lambda path: " ".join(("assent", *path)))
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    told = assent(*command, "--help")
    assert told.exit_code == 0
    assert told.stdout.startswith(f"Usage: {' '.join(('assent', *command))}")


def test_version_is_the_package_s() -> None:
    assert assent("--version").stdout == f"assent {__version__}\n"


def test_keys_new_prints_a_key_that_settings_accept_and_no_two_alike() -> None:
    first, second = (assent("keys", "new").stdout.strip() for _ in range(2))
    assert first != second
    assert assent("check", ASSENT_SECRET_KEYS=f'["{first}", "{second}"]').exit_code == 0


def test_check_without_any_configuration_is_ok_and_makes_nothing() -> None:
    told = assent("check")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[0] == "ok"
    assert "the defaults: no assent.toml here" in told.stdout
    assert "sqlite:///assent-data/ledger.db (new)" in told.stdout
    assert list(Path().iterdir()) == []


def test_check_tells_what_would_be_in_force() -> None:
    Path("assent.toml").write_text(
        """
        [gateway]
        upstream = "http://127.0.0.1:9000"
        [enforcement]
        mode = "observe"
        [ledger]
        url = "postgresql://me:hunter2@db/consent?password=hunter2"
        [[cookies]]
        name = "visits"
        category = "analytics"
        """
    )
    told = assent("check")
    assert told.exit_code == 0
    for words in (
        "http://127.0.0.1:9000",
        "assent.toml",
        "observe",
        "postgresql://me:***@db/consent",
        "analytics",
    ):
        assert words in told.stdout
    assert "hunter2" not in told.output


def test_check_prints_no_part_of_a_password_that_is_not_percent_encoded() -> None:
    told = assent("check", ASSENT_LEDGER__URL="postgresql://me:hunter?/2@db/consent")
    assert told.exit_code == 0
    assert "postgresql://me:***@db/consent" in told.stdout
    assert "hunter" not in told.output


def test_check_knows_a_ledger_that_is_there_by_a_url_with_options() -> None:
    Path("ledger.db").touch()
    told = assent("check", ASSENT_LEDGER__URL="sqlite:///ledger.db?timeout=10")
    assert "  ledger       sqlite:///ledger.db\n" in told.stdout


def test_check_counts_a_declared_cookie() -> None:
    def analytics() -> int:
        line = assent("check").stdout.splitlines()[-1]
        return int(line.partition(" analytics")[0].rpartition(" ")[2])

    before = analytics()
    Path("assent.toml").write_text('[[cookies]]\nname = "visits"\ncategory = "analytics"')
    assert analytics() == before + 1


def test_check_prints_every_mistake_and_ends_with_2() -> None:
    Path("a.toml").write_text('prefix = "x"\n[site]\nlanguages = []\n')
    told = assent("check", "--config", "a.toml", ASSENT_UPSTREAM="nowhere")
    assert told.exit_code == 2
    assert told.stdout == ""
    lines = told.stderr.splitlines()
    assert lines[0] == "Error: the configuration is wrong:"
    assert [line.split(": ")[0].strip() for line in lines[1:]] == ["a.toml", "a.toml", "ASSENT_UPSTREAM"]


def test_check_with_a_broken_key_file_ends_with_2() -> None:
    Path("assent-data").mkdir()
    Path("assent-data/secret_keys").write_text("short\n")
    told = assent("check")
    assert told.exit_code == 2
    assert "line 1: has 5 characters" in told.stderr


def test_check_with_a_data_dir_that_cannot_be_written_ends_with_1() -> None:
    Path("file").write_text("")
    told = assent("check", ASSENT_DATA_DIR="file/below")
    assert told.exit_code == 1
    assert "cannot be written" in told.stderr


def test_check_with_a_ledger_that_cannot_be_written_names_its_setting() -> None:
    Path("file").write_text("")
    told = assent("check", ASSENT_LEDGER__URL="sqlite:///file/below/ledger.db")
    assert told.exit_code == 1
    assert told.stderr.startswith("Error: ledger.url: ")


def test_check_does_not_mind_a_data_dir_that_nothing_needs() -> None:
    Path("file").write_text("")
    key = assent("keys", "new").stdout.strip()
    told = assent(
        "check",
        ASSENT_DATA_DIR="file/below",
        ASSENT_SECRET_KEYS=f'["{key}"]',
        ASSENT_LEDGER__URL="sqlite:///ledger.db",
    )
    assert told.exit_code == 0


def test_check_warns_of_variables_that_are_no_settings() -> None:
    told = assent("check", ASSENT_PORT="tcp://10.0.0.1:80")
    assert told.exit_code == 0
    assert told.stderr == "warning: ASSENT_PORT: not a setting, ignored\n"


def test_serve_without_an_upstream_says_how_to_name_one() -> None:
    told = assent("serve", "--port", "0")
    assert told.exit_code == 2
    assert "--upstream http://" in told.stderr


def test_serve_with_a_wrong_upstream_names_the_option() -> None:
    told = assent("serve", "--upstream", "localhost:9000")
    assert told.exit_code == 2
    assert "gateway.upstream" in told.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("serve", "--nonsense"),
        ("serve", "--port", "99999"),
        ("serve", "--workers", "0"),
        ("keys", "old"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert assent(*arguments).exit_code == 2
