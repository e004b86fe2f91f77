from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.categories import NECESSARY_ONLY, Category
from assent.core.cookies import effective_name
from assent.core.expiry import DEFAULT_PATH, Scope, deletions
from assent.core.fields import Passage, response_fields
from assent.core.rules import CookieRule, Rules
from assent.core.sighting import Said, Trait, attributes
from assent.core.tally import Tally
from assent.discovery import Sightings
from assent.discovery.sightings import MAX_HEARD, MAX_HEARD_HOSTS, MAX_NAME, MAX_NAMES, MAX_SCOPES


def test_a_cookie_is_remembered_with_its_scopes_oldest_first() -> None:
    seen = Sightings()
    seen.set_cookie(b"_ga=; Path=/; Domain=.Shop.Example", b"_ga")
    seen.set_cookie(b"_ga=; Path=/deep; Secure; Partitioned", b"_ga")
    seen.set_cookie(b"_ga=; Path=/; Domain=shop.example; HttpOnly", b"_ga")
    assert seen.scopes(b"_ga") == (Scope("shop.example", "/"), Scope(None, "/deep", partitioned=True))
    assert seen.names() == ("_ga",)
    assert seen.known() == (b"_ga",)
    assert len(seen) == 1


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"_ga=1; Path=/; SameSite=None", id="browsers drop it"),
        pytest.param(b"_ga=1; Path=/; Domain=\xe9", id="Domain beyond ASCII"),
    ],
)
def test_a_name_is_remembered_where_the_scope_is_not_known(line: bytes) -> None:
    seen = Sightings()
    seen.set_cookie(line, b"_ga")
    assert (seen.names(), seen.scopes(b"_ga"), seen.known()) == (("_ga",), (), ())


@pytest.mark.parametrize("attributes", [b"", b"; Path=", b"; Path=deep"])
def test_without_a_path_the_directory_of_the_page_is_remembered(attributes: bytes) -> None:
    seen = Sightings()
    seen.set_cookie(b"_ga=" + attributes + b"; Domain=shop.example", b"_ga", b"/a%20b/c")
    assert seen.scopes(b"_ga") == (Scope("shop.example", "/a%20b"),)


def test_without_a_path_or_a_page_the_rest_of_the_scope_is_remembered() -> None:
    seen = Sightings()
    seen.set_cookie(b"_ga=; Domain=shop.example; Secure; Partitioned", b"_ga")
    assert seen.scopes(b"_ga") == (Scope("shop.example", DEFAULT_PATH, partitioned=True),)
    assert seen.known() == (b"_ga",)


def test_a_cookie_without_a_name_is_remembered_but_has_no_name_to_show() -> None:
    seen = Sightings()
    seen.set_cookie(b"s3cr3t; Path=/deep", b"")
    assert (seen.names(), seen.known(), seen.scopes(b"")) == ((), (b"",), (Scope(path="/deep"),))


def test_a_name_never_seen_has_no_scopes() -> None:
    assert Sightings().scopes(b"_ga") == ()


def test_values_are_kept_nowhere() -> None:
    seen = Sightings()
    for line in (b"_ga=s3cr3t; Path=/", b"=_ga=s3cr3t; Path=/", b"s3cr3t; Path=/"):
        seen.set_cookie(line, effective_name(line.partition(b";")[0]))
    assert "s3cr3t" not in repr([(entry.name, entry.scopes, entry.places) for entry in seen._set])
    assert "s3cr3t" not in repr(list(seen.drain()))
    assert seen.names() == ("_ga",)


def test_the_name_of_a_rule_is_remembered_without_a_scope() -> None:
    seen = Sightings()
    seen.declared("_ga*")
    seen.declared("_ga*")
    assert (seen.names(), seen.known(), len(seen)) == (("_ga*",), (), 1)


@pytest.mark.parametrize("name", [b"\xff", "é".encode(), b"a\x01", b"a\x7f"])
def test_a_name_that_people_cannot_read_is_kept_but_not_shown(name: bytes) -> None:
    seen = Sightings()
    seen.set_cookie(name + b"=; Path=/", name)
    assert seen.names() == ()
    assert len(seen) == 1


def test_names_are_bounded_and_the_first_ones_stay() -> None:
    seen = Sightings()
    for number in range(MAX_NAMES + 10):
        name = b"n%d" % number
        seen.set_cookie(name + b"=; Path=/", name)
    assert len(seen) == MAX_NAMES
    assert seen.scopes(b"n0") == (Scope(),)
    assert seen.scopes(b"n%d" % MAX_NAMES) == ()
    seen.set_cookie(b"n0=; Path=/a", b"n0")
    assert seen.scopes(b"n0") == (Scope(), Scope(path="/a")), "a name that is known can still learn"


def test_scopes_of_a_name_are_bounded() -> None:
    seen = Sightings()
    for number in range(MAX_SCOPES + 5):
        seen.set_cookie(b"_ga=; Path=/%d" % number, b"_ga")
    assert seen.scopes(b"_ga") == tuple(Scope(path=f"/{number}") for number in range(MAX_SCOPES))


def test_long_names_are_not_kept() -> None:
    seen = Sightings()
    seen.set_cookie(b"x" * (MAX_NAME + 1) + b"=1; Path=/", b"x" * (MAX_NAME + 1))
    assert len(seen) == 0
    seen.set_cookie(b"x" * MAX_NAME + b"=; Path=/", b"x" * MAX_NAME)
    assert len(seen) == 1


@given(st.lists(st.binary(max_size=40) | st.binary(max_size=12).map(lambda p: b"a=1; Path=/" + p)))
def test_whatever_was_seen_can_be_expired(lines: list[bytes]) -> None:
    seen = Sightings()
    for line in lines:
        seen.set_cookie(line, effective_name(line.partition(b";")[0]))
    known = [(name, scope) for name in seen.known() for scope in seen.scopes(name)]
    sent = deletions([name for name, _ in known], host="localhost", path="/", secure=True, known=known)
    assert len(sent) >= len(set(known)) or len(sent) == 40


def test_attributes_and_the_longest_lifetime_are_kept() -> None:
    seen = Sightings()
    for line in (
        b"a=1; Path=/; HttpOnly; Secure; SameSite=Lax",
        b"a=1; Path=/; Max-Age=60; SameSite=None; Secure; Partitioned; Domain=shop.example",
        b"a=1; Path=/; Max-Age=3600",
        b"a=; Path=/; Max-Age=0",
    ):
        seen.set_cookie(line, b"a").times += 1
    [whole] = seen.drain()
    assert attributes(whole.traits) == ("HttpOnly, Secure, SameSite=Lax, SameSite=None, Partitioned, Domain")
    assert whole.traits & Trait.SESSION
    assert whole.traits & Trait.READABLE
    assert whole.lifetime == 3600, "and a deletion is no lifetime"


def test_what_passes_is_counted_and_its_page_noted_by_the_middleware_itself() -> None:
    seen = Sightings()
    passage = Passage(
        Rules(cookies=(CookieRule("sid", Category.NECESSARY),)),
        NECESSARY_ONLY,
        lambda: 0,
        seen.set_cookie,
        Tally(Rules()),
    )
    for number in range(7):
        lines = [(b"set-cookie", b"sid=%d; Path=/" % number), (b"set-cookie", b"odd=%d; Path=/" % number)]
        assert len(response_fields(lines, [1, 0], passage, b"/orders/%d" % number)) == 1
    rows = {(one.name, one.place): one.times for one in seen.drain()}
    assert rows == {("sid", ""): 7, ("sid", "/orders/*"): 1, ("odd", ""): 7, ("odd", "/orders/*"): 1}


def test_names_that_only_browsers_tell_have_a_table_of_their_own() -> None:
    seen = Sightings()
    seen.set_cookie(b"own=1; Path=/", b"own")
    for number in range(5000):
        seen.sent(b"s%dx" % number, f"visitor {number}")
        seen.declared(f"rule{number}", f"visitor {number}")
        seen.reported(Said("storage", f"k{number}x", "script", False), b"/", f"network {number}")
        seen.reported(Said("host", f"h{number}.example", "img-src", number % 2 == 0), b"/", "network")
    assert seen.scopes(b"own") == (Scope(),)
    assert "own" in seen.names()
    rows = Counter(one.kind for one in seen.drain() if not one.place)
    assert rows["cookie"] <= MAX_HEARD + 1
    assert rows["storage"] <= MAX_HEARD
    assert rows["host"] <= 2 * MAX_HEARD_HOSTS
    assert len(seen.hosts()) <= MAX_HEARD_HOSTS


def test_hosts_that_pages_name_come_before_those_that_are_reported() -> None:
    seen = Sightings()
    seen.reported(Said("host", "reported.example", "img-src", True), b"/", "network")
    seen.reported(Said("host", "unknown.example", "img-src", False), b"/", "network")
    seen.host("named.example")
    seen.host("named.example")
    first = seen.hosts()
    assert first == ("named.example", "reported.example")
    assert seen.hosts() is first
    for host in ("", "a b", "\xe4.example", "x" * 300, "a\x00"):
        seen.host(host)
    assert seen.hosts() is first


def test_values_and_people_are_in_no_name_that_is_kept() -> None:
    seen = Sightings()
    for name in (b"user_joe@example.com", b"basket_8f14e45fceea167a5a36"):
        entry = seen.set_cookie(name + b"=s3cr3t; Path=/", name, b"/u/joe@example.com")
        entry.times += 1
        entry.met(b"/u/joe@example.com")
    seen.reported(Said("storage", "cart:joe@example.com", "script", False), b"/u/4711", "192.0.2.0")
    kept = repr(list(seen.drain()))
    assert "basket_*" in kept
    assert "cart:*" in kept
    for secret in ("joe", "8f14", "s3cr3t", "4711", "192.0.2"):
        assert secret not in kept


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["cookie", "storage", "host"]), st.text(max_size=300), st.binary(), st.text()
        )
    )
)
def test_whatever_browsers_say_is_short_and_printable(said: list[tuple[Any, str, bytes, str]]) -> None:
    seen = Sightings()
    for kind, name, page, source in said:
        seen.reported(Said(kind, name, "script", False), page, source)
        seen.sent(name.encode("utf-8", "replace"), source)
        seen.host(name)
    for one in seen.drain():
        assert one.name.isprintable()
        assert 0 < len(one.name) <= MAX_NAME
        assert len(one.place) <= 128
