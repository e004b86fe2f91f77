"""The reader of the catalogue's format: what it takes, and how it names what it cannot take."""

import pytest

from assent.catalogue import COLUMNS, cookies, read
from assent.core.categories import Category
from assent.core.rules import CookieRule
from assent.errors import ConfigError

HEADER = ",".join(COLUMNS)
GOOD = "_ga,analytics,Google Analytics,2 years,Tells visitors apart."


def problems(*lines: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read([line + "\n" for line in lines], "facts.csv")
    return caught.value.problems


def test_a_line_becomes_a_rule() -> None:
    rule = CookieRule("_ga", Category.ANALYTICS, "Google Analytics", "2 years", "Tells visitors apart.")
    assert read([HEADER + "\n", GOOD + "\n"], "facts.csv") == (rule,)


def test_a_quoted_field_keeps_its_comma() -> None:
    [rule] = read([HEADER + "\n", 'a,functional,"Ape, Bee & Co",1 day,Keeps it.\n'], "facts.csv")
    assert rule.provider == "Ape, Bee & Co"


def test_a_header_alone_is_an_empty_table() -> None:
    assert read([HEADER + "\n"], "facts.csv") == ()


def test_the_built_in_file_is_read_once() -> None:
    assert cookies() is cookies()


@pytest.mark.parametrize("lines", [[], [GOOD], [HEADER.upper(), GOOD]], ids=["empty", "missing", "other"])
def test_a_wrong_header_is_told_with_the_right_one(lines: list[str]) -> None:
    assert problems(*lines) == (f"facts.csv, line 1: the first line must be {HEADER}",)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("a,functional,X,1 day", "4 fields where 5 belong", id="field missing"),
        pytest.param("a,functional,X, Y,1 day,It.", "6 fields where 5 belong", id="comma not quoted"),
        pytest.param("", "0 fields where 5 belong", id="blank line"),
        pytest.param("a,functional,,1 day, ", "no provider and no description", id="fields empty"),
        pytest.param("a,marketing,X,1 day,It.", "'marketing' is no category; use one of n", id="category"),
        pytest.param("a,Functional,X,1 day,It.", "'Functional' is no category", id="category in other case"),
        pytest.param("*,functional,X,1 day,It.", "'*' is no pattern", id="star alone"),
        pytest.param("a*b,functional,X,1 day,It.", "'a*b' is no pattern", id="star in the middle"),
        pytest.param('a,functional,"X"Y,1 day,It.', "not CSV", id="stray quote"),
        pytest.param('a,functional,"X,1 day,It.', "not CSV", id="open quote"),
    ],
)
def test_a_malformed_line_is_named_with_its_number(line: str, words: str) -> None:
    [problem] = problems(HEADER, GOOD, line)
    assert problem.startswith("facts.csv, line 3: ")
    assert words in problem


def test_every_malformed_line_is_told_at_once() -> None:
    told = problems(HEADER, "a,b,c", GOOD, "b,analytics,,1 day,It.")
    assert [problem.split(":")[0] for problem in told] == ["facts.csv, line 2", "facts.csv, line 4"]
