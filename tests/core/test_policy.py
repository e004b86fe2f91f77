import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.categories import ALL, Category
from assent.core.policy import nonce, permissions_policy
from assent.core.structured import members

SCRIPT = ("script-src-elem", "script-src", "default-src")
STYLE = ("style-src-elem", "style-src", "default-src")


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        pytest.param([], "", id="no policy"),
        pytest.param([b""], "", id="an empty one"),
        pytest.param([b"script-src 'nonce-abc'"], "abc", id="script-src"),
        pytest.param([b"script-src 'self' 'nonce-abc' https:"], "abc", id="among other sources"),
        pytest.param([b"SCRIPT-SRC 'NONCE-AbC'"], "AbC", id="keywords in any case, the nonce as it is"),
        pytest.param([b"default-src 'nonce-abc'"], "abc", id="default-src stands in"),
        pytest.param([b"default-src 'nonce-abc'; script-src 'self'"], "", id="... where script-src is not"),
        pytest.param(
            [b"script-src 'nonce-b'; script-src-elem 'nonce-a'"], "a", id="the most specific directive"
        ),
        pytest.param([b"script-src 'nonce-a'; script-src 'nonce-b'"], "a", id="the first of duplicates"),
        pytest.param([b"script-src 'self'; script-src 'nonce-b'"], "", id="... though it has no nonce"),
        pytest.param([b"script-src 'nonce-a' 'nonce-b'"], "a", id="the first of two nonces"),
        pytest.param([b"img-src *, script-src 'nonce-abc'"], "abc", id="two policies in one field"),
        pytest.param([b"script-src 'self'", b"script-src 'nonce-abc'"], "abc", id="two fields"),
        pytest.param([b"style-src 'nonce-abc'"], "", id="only for styles"),
        pytest.param([b";; ;script-src 'nonce-abc';"], "abc", id="empty directives"),
        pytest.param([b"\tscript-src\t'nonce-abc'\t"], "abc", id="tabs"),
        pytest.param([b"script-src  'self'   'nonce-abc'"], "abc", id="many spaces"),
        pytest.param([b"script-src"], "", id="no sources"),
        pytest.param([b"script-src nonce-abc"], "", id="without quotes"),
        pytest.param([b"script-src 'nonce-'"], "", id="an empty nonce"),
        pytest.param([b"script-src 'nonce-a\"><script>'"], "", id="a nonce that would break out"),
        pytest.param([b"script-src 'nonce-" + b"a" * 257 + b"'"], "", id="a nonce without end"),
        pytest.param([b"script-src 'nonce-aB0+/-_=='"], "aB0+/-_==", id="both alphabets and padding"),
        pytest.param([b"script-src \xff 'nonce-abc'"], "abc", id="no text"),
    ],
)
def test_nonce_for_scripts(policies: list[bytes], expected: str) -> None:
    assert nonce(policies, *SCRIPT) == expected


def test_each_kind_has_its_own_nonce() -> None:
    policy = [b"script-src 'nonce-a'; style-src-elem 'nonce-b'; default-src 'nonce-c'"]
    assert nonce(policy, *SCRIPT) == "a"
    assert nonce(policy, *STYLE) == "b"
    assert nonce(policy, "font-src", "default-src") == "c"
    assert nonce(policy, "font-src") == ""


@given(st.lists(st.binary(max_size=80) | st.text("script-src'noce=; ,\t", max_size=60).map(str.encode)))
def test_any_bytes_yield_a_nonce_that_markup_can_hold(policies: list[bytes]) -> None:
    assert not set(nonce(policies, *SCRIPT)) & set("\"'<>& \t\r\n")


OFF = b"browsing-topics=(), interest-cohort=()"
REFUSED = ALL - {Category.ADVERTISEMENT}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        pytest.param([], OFF, id="none of its own"),
        pytest.param([b"camera=(), usb=(self)"], b"camera=(), usb=(self), " + OFF, id="kept, before ours"),
        pytest.param([b"browsing-topics=(self)"], b"browsing-topics=(self), " + OFF, id="the last one wins"),
        pytest.param(
            [b"camera=()", b" usb=*;report-to=x "], b"camera=(), usb=*;report-to=x, " + OFF, id="two"
        ),
        pytest.param([b"", b"camera=()"], b"camera=(), " + OFF, id="an empty one"),
        pytest.param([b"camera 'none'"], OFF, id="malformed: it would void ours"),
        pytest.param([b"camera=()", b"usb=("], OFF, id="one of two malformed: both are void"),
        pytest.param([b"camera=(),"], OFF, id="comma at the end"),
    ],
)
def test_advertising_interfaces_are_off_while_advertisement_is(own: list[bytes], expected: bytes) -> None:
    assert permissions_policy(own, REFUSED) == expected


@pytest.mark.parametrize("own", [[], [b"camera=()"], [b"malformed ("]])
def test_with_advertisement_granted_the_sites_own_policy_stays(own: list[bytes]) -> None:
    assert permissions_policy(own, ALL) is None


@given(st.lists(st.binary(max_size=30) | st.text('ab=(); ,"\\*', max_size=30).map(str.encode), max_size=3))
def test_whatever_the_site_sends_the_result_is_in_force(own: list[bytes]) -> None:
    value = permissions_policy(own, REFUSED)
    assert value is not None
    found = members(value)
    assert found is not None
    assert found[-2:] == OFF.split(b", ")
