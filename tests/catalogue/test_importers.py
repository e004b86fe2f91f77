"""The readers of other people's lists, on small lists in the real forms, and on anything at all."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.catalogue.importers import FORMATS, About, Fact, LeftOut, Malformed, filter_list
from assent.catalogue.importers.facts import LONGEST_NAME, LONGEST_TEXT
from assent.catalogue.tables import host_problem, pattern_problem
from assent.core.categories import Category
from assent.core.rules import CookieRule, Rules
from assent.errors import ConfigError

N, F, A, P, D = Category

LISTS = Path(__file__).parent / "lists"


def read(form: str, name: str) -> tuple[dict[tuple[str, str], Category], list[str], Counter[str]]:
    """Return what a list says, the places that are malformed, and how much was left out of what kind."""
    with (LISTS / name).open(encoding="utf-8", newline="") as lines:
        items = list(FORMATS[form].read(lines))
    said: dict[tuple[str, str], Category] = {}
    for item in items:
        if isinstance(item, Fact):
            said[item.kind, item.pattern] = item.category
    places = [item.place for item in items if isinstance(item, Malformed)]
    return said, places, Counter(item.why for item in items if isinstance(item, LeftOut))


def test_the_open_cookie_database() -> None:
    said, malformed, left_out = read("open-cookie-database", "open-cookie-database.csv")
    assert said == {
        ("cookies", "_ape"): A,
        ("cookies", "_ape_*"): A,
        ("cookies", "bee_id"): D,
        ("cookies", "cat_csrf"): F,
        ("cookies", "cat_tree*"): F,
    }
    # A row of two lines is counted by its first.
    assert malformed == ["line 9", "line 10", "line 11"]
    assert left_out == {"cookies on third parties' own domains": 1}


def test_third_party_web() -> None:
    said, malformed, left_out = read("third-party-web", "third-party-web.json")
    assert said == {
        ("hosts", "*.ape.example"): A,
        ("hosts", "static.ape-cdn.example"): A,
        ("hosts", "*.bee.example"): D,
        ("hosts", "192.0.2.7"): D,
        ("hosts", "*.honey.example"): D,
    }
    assert malformed == ["entity no. 4", "entity no. 5 (Odd)"]
    assert sum(left_out.values()) == 1


def test_disconnect() -> None:
    said, malformed, _ = read("disconnect", "disconnect.json")
    assert said == {
        ("hosts", "*.bee.example"): F,
        ("hosts", "*.honey.example"): D,
        ("hosts", "*.ape.example"): A,
        ("hosts", "*.cat.example"): F,
    }
    assert malformed == ["Advertising no. 2 (Odd)", "Weather no. 1"]


def test_duckduckgo() -> None:
    said, malformed, left_out = read("duckduckgo-tds", "duckduckgo-tds.json")
    assert said == {
        ("hosts", "*.ape.example"): A,
        ("hosts", "*.bee.example"): D,
        ("hosts", "*.cat.example"): F,
        ("hosts", "*.dark.example"): D,
        ("hosts", "metrics.shop.example"): A,
    }
    assert malformed == ["trackers odd.example"]
    assert sum(left_out.values()) == 2


def test_filter_lists() -> None:
    said, malformed, left_out = read("filter-list", "filter-list.txt")
    assert said == dict.fromkeys(
        [("hosts", f"*.{name}.example") for name in ("ape", "bee", "cat", "dog")], Category.ADVERTISEMENT
    )
    assert malformed == ["line 19", "line 20"]
    assert sum(left_out.values()) == 7


def test_a_filter_list_says_what_it_is() -> None:
    with (LISTS / "filter-list.txt").open(encoding="utf-8") as lines:
        about = [item for item in filter_list(lines) if isinstance(item, About)]
    assert about == [
        About(version="202611230915"),
        About(title="List of apes"),
        About(licence="https://apes.example/licence"),
    ]


def test_a_filter_list_is_for_the_category_that_it_is_said_to_be() -> None:
    [fact] = filter_list(["||ape.example^$third-party\n"], Category.ANALYTICS)
    assert fact == Fact("hosts", "*.ape.example", Category.ANALYTICS)


def test_cookieyes() -> None:
    said, malformed, left_out = read("cookieyes", "cookieyes.csv")
    assert said == {
        ("cookies", "_ape"): A,
        ("cookies", "bee_*"): D,
        ("cookies", "basket"): N,
        ("cookies", "speed"): P,
    }
    assert malformed == ["line 7"]
    assert sum(left_out.values()) == 1


def test_the_wordpress_plugin_of_cookieyes() -> None:
    said, malformed, _ = read("cookieyes", "cookieyes-plugin.csv")
    assert said == {("cookies", "_ape"): A, ("cookies", "basket"): N, ("cookies", "bee_id"): D}
    assert malformed == []


def test_cookiebot() -> None:
    said, malformed, left_out = read("cookiebot", "cookiebot.csv")
    assert said == {
        ("cookies", "_ape_*"): A,
        ("cookies", "CookieConsent"): N,
        ("storage", "ape_tree"): F,
        ("storage", "honey-db"): D,
    }
    assert malformed == []
    assert sum(left_out.values()) == 2


@pytest.mark.parametrize(
    ("form", "text", "words"),
    [
        ("open-cookie-database", "", "no header"),
        ("cookiebot", "Name,Provider\n", "no header"),
        ("disconnect", '{"a": 1}', '"categories"'),
        ("disconnect", "[]", "an object"),
        ("duckduckgo-tds", '{"trackers": []}', '"trackers"'),
        ("third-party-web", "[{name: 'unquoted'}]", "no JSON"),
        ("third-party-web", "[" * 100_000, "no JSON"),
    ],
)
def test_what_is_no_such_list_is_refused_as_a_whole(form: str, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        list(FORMATS[form].read(text.splitlines(keepends=True)))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["a.example", "ad"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["trackers", "categories", "cnames", "domains", "name", "Advertising"])
            | st.text(max_size=5),
            inner,
            max_size=3,
        )
    ),
    max_leaves=20,
)


def lines_of(form: str) -> st.SearchStrategy[list[str]]:
    if form in ("third-party-web", "disconnect", "duckduckgo-tds"):
        return JSON.map(lambda tree: [json.dumps(tree)]) | st.lists(st.text(max_size=30), max_size=3)
    first = {
        "filter-list": "[Adblock Plus 2.0]\n",
        "open-cookie-database": "Platform,Category,Cookie / Data Key name,Domain,Wildcard match\n",
        "cookieyes": "Cookie ID,Category,Duration\n",
        "cookiebot": "Name,Category,Type,Expiry\n",
    }[form]
    word = st.sampled_from(
        ["analytics", "Statistics", "||", "^", "$third-party", "a.example", '"', "0", "1", "#", "*"]
    )
    cell = st.lists(word | st.text(max_size=8), max_size=3).map("".join)
    row = st.lists(cell, max_size=6).map(",".join)
    return st.lists(row, max_size=8).map(lambda rows: [first, *(f"{text}\n" for text in rows)])


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
def test_whatever_comes_facts_are_fit_for_rules_and_nothing_breaks(form: str, data: st.DataObject) -> None:
    lines = data.draw(lines_of(form))

    def items() -> Iterator[object]:
        with suppress(ConfigError):
            yield from FORMATS[form].read(iter(lines))

    for item in items():
        if not isinstance(item, Fact):
            assert isinstance(item, Malformed | LeftOut | About)
            continue
        assert (host_problem if item.kind == "hosts" else pattern_problem)(item.pattern) == ""
        assert item.pattern.isprintable()
        assert item.pattern == item.pattern.strip()
        assert 0 < len(item.pattern) <= LONGEST_NAME
        assert all(
            text.isprintable() and len(text) <= LONGEST_TEXT for text in (item.provider, item.duration)
        )
        if item.kind == "cookies":
            rules = Rules(catalogue=(CookieRule(item.pattern, item.category),))
            assert rules.cookie(item.pattern.removesuffix("*").encode()) is not None
