"""`assent import` as an operator runs it: what it takes, what it tells, and what is in force afterwards."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assent.catalogue.importers import FORMATS
from assent.cli import main
from assent.cli.import_ import MOST, NAMES

LISTS = Path(__file__).parents[1] / "catalogue" / "lists"
FILES = {
    "open-cookie-database": "open-cookie-database.csv",
    "third-party-web": "third-party-web.json",
    "disconnect": "disconnect.json",
    "duckduckgo-tds": "duckduckgo-tds.json",
    "filter-list": "filter-list.txt",
    "cookieyes": "cookieyes.csv",
    "cookiebot": "cookiebot.csv",
}


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def assent(*arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environ, prog_name="assent")


def classified(*names: str) -> list[list[str]]:
    return [line.split("\t") for line in assent("inventory", "classify", *names).stdout.splitlines()]


def test_the_formats_of_the_command_are_those_of_the_readers() -> None:
    assert set(NAMES) == set(FORMATS) == set(FILES)


@pytest.mark.parametrize("form", FILES)
def test_every_format_is_imported(form: str) -> None:
    told = assent("import", form, str(LISTS / FILES[form]))
    assert told.exit_code == 0, told.output
    assert ", version " in told.stdout
    assert ", licence " in told.stdout
    assert Path("assent-data/imported.db").exists()


def test_what_was_imported_is_in_force_from_then_on() -> None:
    assert classified("_ape", "www.ape.example") == [
        ["_ape", "unknown", ""],
        ["www.ape.example", "unknown", ""],
    ]
    assent("import", "open-cookie-database", str(LISTS / "open-cookie-database.csv"))
    assent("import", "third-party-web", str(LISTS / "third-party-web.json"))
    assert classified("_ape", "www.ape.example") == [
        ["_ape", "analytics", "Ape Analytics"],
        ["www.ape.example", "analytics", "Ape Analytics"],
    ]


def test_the_list_says_itself_what_it_is_and_options_say_otherwise() -> None:
    own = assent("import", "filter-list", str(LISTS / "filter-list.txt"))
    assert own.stdout.startswith("List of apes, version 202611230915, licence https://apes.example/licence\n")
    said = assent(
        *("import", "filter-list", str(LISTS / "filter-list.txt"), "--source", "Apes", "--version", "7"),
        *("--licence", "CC0", "--category", "analytics"),
    )
    assert said.stdout.startswith("Apes, version 7, licence CC0\n")
    assert "analytics" in said.stdout


def test_a_malformed_line_is_told_with_its_number_and_the_others_are_taken() -> None:
    told = assent("import", "open-cookie-database", str(LISTS / "open-cookie-database.csv"))
    assert "malformed: line 10: 'dog=1' is no name" in told.stderr
    assert "left out: 1 cookies on third parties' own domains" in told.stderr
    assert "cookies  analytics" in told.stdout


def test_of_many_malformed_lines_the_first_are_told_and_the_rest_counted() -> None:
    rows = ["Cookie ID,Category\n", "good,analytics\n", *["bad=,analytics\n"] * (MOST + 5)]
    Path("list.csv").write_text("".join(rows))
    told = assent("import", "cookieyes", "list.csv")
    assert told.exit_code == 0
    assert told.stderr.count("malformed: ") == MOST
    assert "... and 5 more" in told.stderr


def test_bytes_that_are_not_utf_8_spoil_their_own_line_only() -> None:
    Path("list.csv").write_bytes(b"\xef\xbb\xbfCookie ID,Category\nb\xe4d,analytics\ngood,analytics\n")
    told = assent("import", "cookieyes", "list.csv")
    assert told.exit_code == 0
    assert "malformed: line 2" in told.stderr
    assert classified("good")[0][1] == "analytics"


def test_a_line_without_end_is_cut_and_what_follows_it_is_read() -> None:
    Path("list.txt").write_text("! " + "x" * 300_000 + "\n||ape.example^$third-party\n||-^\n")
    told = assent("import", "filter-list", "list.txt")
    assert told.exit_code == 0
    assert "hosts    advertisement         1" in told.stdout


def test_what_a_list_calls_necessary_is_pointed_out() -> None:
    told = assent("import", "cookieyes", str(LISTS / "cookieyes.csv"))
    assert "What it calls necessary passes without being asked for" in told.stdout


@pytest.mark.parametrize(
    ("form", "text"),
    [("disconnect", "no JSON"), ("filter-list", "! nothing\n"), ("cookieyes", "a,b\n1,2\n")],
)
def test_what_is_no_such_list_ends_with_1_and_changes_nothing(form: str, text: str) -> None:
    assent("import", "cookieyes", str(LISTS / "cookieyes.csv"))
    Path("list").write_text(text)
    told = assent("import", form, "list")
    assert told.exit_code == 1
    assert "list: " in told.stderr
    assert classified("_ape")[0][1] == "analytics"


def test_an_unknown_format_or_a_missing_file_is_a_mistake_in_usage() -> None:
    assert assent("import", "betamax", str(LISTS / "cookieyes.csv")).exit_code == 2
    assert assent("import", "cookieyes", "nowhere.csv").exit_code == 2


def big() -> Iterator[str]:
    yield "! Title: Big list\n"
    for number in range(100_000):
        yield (
            "||not a host^\n"
            if number == 70_000
            else f"||t{number % 1000}.a{number % 1009}.example^$third-party\n"
        )


def test_a_list_of_100_000_lines_is_imported_with_progress_on_a_terminal() -> None:
    Path("big.txt").write_text("".join(big()))
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "assent", "import", "filter-list", "big.txt"]
    with subprocess.Popen(command, stderr=theirs, stdout=subprocess.PIPE, text=True) as process:
        os.close(theirs)
        told = b""
        # Reading beyond the end of a terminal is an error on Linux.
        while chunk := _read(ours):
            told += chunk
        assert process.stdout is not None
        said = process.stdout.read()
    os.close(ours)
    assert process.returncode == 0
    assert b" of 100,001 lines read" in told
    assert b"malformed: line 70002: " in told
    assert said.startswith("Big list, version ")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""
