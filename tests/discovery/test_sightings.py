import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.cookies import effective_name
from assent.core.expiry import DEFAULT_PATH, Scope, deletions
from assent.discovery import Sightings
from assent.discovery.sightings import MAX_NAME, MAX_NAMES, MAX_SCOPES


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
    assert "s3cr3t" not in repr(seen._seen)
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
    seen.declared("late")
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
