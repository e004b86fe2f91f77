"""Dictionaries of Structured Fields: what is one, and where its members end (RFC 8941)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.structured import members


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"", [], id="empty"),
        pytest.param(b"  ", [], id="blank"),
        pytest.param(b"a", [b"a"], id="key alone"),
        pytest.param(b"a=1, b=2.5,c=?1", [b"a=1", b"b=2.5", b"c=?1"], id="bare items"),
        pytest.param(b"a=1 \t,\t b", [b"a=1", b"b"], id="space around the comma"),
        pytest.param(b"a=(), b=(self), c=*", [b"a=()", b"b=(self)", b"c=*"], id="Permissions-Policy"),
        pytest.param(
            b'a=( "https://x.example"  self; p ), b',
            [b'a=( "https://x.example"  self; p )', b"b"],
            id="inner list with blanks and a parameter",
        ),
        pytest.param(b'a="x, \\"y\\\\"; p="q,", b', [b'a="x, \\"y\\\\"; p="q,"', b"b"], id="commas in texts"),
        pytest.param(b"a;p=1;q, b=();report-to=x", [b"a;p=1;q", b"b=();report-to=x"], id="parameters"),
        pytest.param(b"a=(), a=(self)", [b"a=()", b"a=(self)"], id="duplicates"),
    ],
)
def test_a_dictionary_falls_into_its_members(value: bytes, expected: list[bytes]) -> None:
    assert members(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        *(
            b"a=",
            b"a,",
            b",a",
            b"a,,b",
            b"A=1",
            b"a=(",
            b"a=(self",
            b"a=(self,x)",
            b"a=(x)y",
            b'a="x',
            b"a = 1",
        ),
        *(
            b"a=1.",
            b"a=1.2345",
            b"a=1234567890123456",
            b"a=\xff",
            b'a="\xc3\xbc"',
            b"a 'self'",
            b"a=(x);",
            b"a=(x ;p)",
            b"a b",
        ),
        *(
            b"camera 'none'; geolocation 'none'",
            b"a=('self')",
            b"a=@1",
            b"a=:YQ==:",
            b'a="\\x"',
            b'a=("x"self)',
        ),
    ],
)
def test_what_browsers_drop_whole_is_no_dictionary(value: bytes) -> None:
    assert members(value) is None


@given(st.text("ab=(); ,\"\\1.?*-'", max_size=40).map(str.encode))
def test_members_joined_are_the_dictionary_again(value: bytes) -> None:
    found = members(value)
    if found is not None:
        assert members(b", ".join(found)) == found
        assert b"".join(b",".join(found).split()) == b"".join(value.split())


@pytest.mark.parametrize(
    "value",
    [b"a=(" + b"x " * 50_000, b"a" + b";b" * 50_000 + b"!", b'a="' + b"\\\\" * 50_000, b"a," * 50_000],
    ids=["inner list", "parameters", "text", "members"],
)
def test_hostile_input_costs_no_more_than_its_length(value: bytes) -> None:
    started = time.process_time()
    assert members(value) is None
    assert time.process_time() - started < 5
