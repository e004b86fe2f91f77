"""What is kept of a name or a path tells of nobody, and is short."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assent.core.folding import LONGEST, SEGMENTS, folded_name, folded_path


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("sessionid", "sessionid"),
        ("_ga_ABCD1234", "_ga_ABCD*"),
        ("persist:root", "persist:root"),
        ("@@auth0spajs@@", "@@auth0spajs@@"),
        ("user:joe.doe@example.com", "user:*"),
        ("cart:joe%40example.com:v2", "cart:*"),
        ("joe@example.com", ""),
        ("mp_0123456789abcdef0123_mixpanel", "mp_*"),
        ("cart_8f14e45fceea167a5a36", "cart_*"),
        ("x-c56a4180-65aa-42ec-a945-5fd21dec0538-y", "x-*"),
        ("tok eyJhbGciOiJIUzI1NiIsInR5cCI6", "tok *"),
        ("a1234567", "a1234567"),
        ("", ""),
        ("a\x00b", ""),
        ("a\ud800", ""),
        ("x" * LONGEST, "x" * LONGEST),
        ("x" * (LONGEST + 1), ""),
    ],
)
def test_a_name_is_kept_without_what_differs_between_visitors(name: str, kept: str) -> None:
    assert folded_name(name) == kept


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        (b"/", "/"),
        (b"", "/"),
        (b"/shop/", "/shop/"),
        (b"/orders/1", "/orders/*"),
        (b"/orders/A-2026-0042/pay", "/orders/*/pay"),
        (b"/u/joe%40example.com", "/u/*"),
        (b"/x/8f14e45fceea167a", "/x/*"),
        (b"/blog/my-first-post", "/blog/my-first-post"),
        (b"/v2/api", "/v2/api"),
        (b"/a/\x1b]0;title\x07/\xc2\x9b2J/\x00", "/a/*/*/*"),
        (b"/a/b/c/d/e/f", "/a/b/c/d/*"),
        (b"*", "/"),
    ],
)
def test_a_path_is_kept_as_a_pattern(path: bytes, kept: str) -> None:
    assert folded_path(path) == kept


@given(st.text())
@example("a" * 10_000)
def test_any_name_is_printable_and_short(name: str) -> None:
    kept = folded_name(name)
    assert len(kept) <= LONGEST
    assert kept.isprintable()
    assert kept == "" or kept == name or name.startswith(kept[:-1])


@given(st.binary())
@example(b"/" * 10_000)
@example(b"/" + b"a" * 10_000)
def test_any_path_is_short(path: bytes) -> None:
    kept = folded_path(path)
    assert kept.startswith("/")
    assert len(kept) <= LONGEST
    assert kept.count("/") <= SEGMENTS + 1
