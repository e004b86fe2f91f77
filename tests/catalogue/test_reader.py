"""The reader of the catalogue's format: what it takes, and how it names what it cannot take."""

import pytest

from assent.catalogue import cookies, elsewhere
from assent.catalogue.tables import COOKIE_COLUMNS, KnownCookie, read_cookies
from assent.core.categories import Category
from assent.core.rules import CookieRule
from assent.errors import ConfigError

HEADER = ",".join(COOKIE_COLUMNS)
GOOD = "_ga,analytics,Google Analytics,,2 years,Tells visitors apart.,ocd"


def problems(*lines: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        read_cookies([line + "\n" for line in lines], "facts.csv")
    return caught.value.problems


def test_a_line_becomes_a_rule() -> None:
    rule = CookieRule("_ga", Category.ANALYTICS, "Google Analytics", "2 years", "Tells visitors apart.")
    assert read_cookies([HEADER + "\n", GOOD + "\n"], "facts.csv") == (KnownCookie(rule, ""),)


def test_a_quoted_field_keeps_its_comma() -> None:
    [known] = read_cookies(
        [HEADER + "\n", 'a,functional,"Ape, Bee & Co",,1 day,Keeps it.,own\n'], "facts.csv"
    )
    assert known.rule.provider == "Ape, Bee & Co"


def test_a_header_alone_is_an_empty_table() -> None:
    assert read_cookies([HEADER + "\n"], "facts.csv") == ()


def test_a_cookie_without_a_sentence_gets_one_from_its_category_and_provider() -> None:
    [known] = read_cookies([HEADER + "\n", "a,analytics,Ape,,,,own\n"], "facts.csv")
    assert known.rule.description == "Lets Ape count visits and see how this site is used."


def test_the_built_in_file_is_read_once() -> None:
    assert cookies() is cookies()
    assert elsewhere() is elsewhere()


@pytest.mark.parametrize("lines", [[], [GOOD], [HEADER.upper(), GOOD]], ids=["empty", "missing", "other"])
def test_a_wrong_header_is_told_with_the_right_one(lines: list[str]) -> None:
    assert problems(*lines) == (f"facts.csv, line 1: the first line must be {HEADER}",)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("a,functional,X,,1 day,It.", "6 fields where 7 belong", id="field missing"),
        pytest.param("a,functional,X, Y,,1 day,It.,own", "8 fields where 7 belong", id="comma not quoted"),
        pytest.param("", "0 fields where 7 belong", id="blank line"),
        pytest.param("a,functional,,,1 day,It., ", "no provider and no source", id="fields empty"),
        pytest.param("a,marketing,X,,1 day,It.,own", "'marketing' is no category; use", id="category"),
        pytest.param("a,Functional,X,,1 day,It.,own", "'Functional' is no category", id="other case"),
        pytest.param("a,functional,X,,1 day,It.,me", "'me' is no source; use one of ocd", id="source"),
        pytest.param("*,functional,X,,1 day,It.,own", "'*' is no pattern", id="star alone"),
        pytest.param("a*b,functional,X,,1 day,It.,own", "'a*b' is no pattern", id="star in the middle"),
        pytest.param('a,functional,"X"Y,,1 day,It.,own', "not CSV", id="stray quote"),
        pytest.param('a,functional,"X,,1 day,It.,own', "not CSV", id="open quote"),
    ],
)
def test_a_malformed_line_is_named_with_its_number(line: str, words: str) -> None:
    [problem] = problems(HEADER, GOOD, line)
    assert problem.startswith("facts.csv, line 3: ")
    assert words in problem


def test_every_malformed_line_is_told_at_once() -> None:
    told = problems(HEADER, "a,b,c", GOOD, "b,analytics,,,1 day,It.,own")
    assert [problem.split(":")[0] for problem in told] == ["facts.csv, line 2", "facts.csv, line 4"]
