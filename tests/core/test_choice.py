import re
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.categories import ALL, NECESSARY_ONLY, OPTIONAL, Category
from assent.core.choice import CLOCK_SKEW, MAX_LENGTH, NAME, POLICY_VERSION, Choice, ChoiceCookie
from assent.core.cookies import parse_set_cookie

KEY, OLD_KEY, OTHER_KEY = "k" * 32, "o" * 32, "x" * 32
NOW = 1_800_000_000
LIFETIME = 180 * 24 * 3600
ID = "0190a6c1-5b2e-7d3f-8a4b-1c2d3e4f5a6b"
VERSION_LETTERS = [chr(code) for code in range(128) if POLICY_VERSION.match(chr(code))]
COOKIE_OCTETS = re.compile(rb"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+\Z")


def book(*keys: str, policy_version: str = "2026-11", lifetime: int = LIFETIME) -> ChoiceCookie:
    return ChoiceCookie(keys or (KEY,), policy_version=policy_version, lifetime=lifetime)


def written(*granted: Category, by: ChoiceCookie | None = None, now: int = NOW) -> bytes:
    cookie = by or book()
    return cookie.dump(cookie.choice(ID, granted, now)).encode()


def signed(payload: str) -> bytes:
    """A value with whatever content, under a signature that is ours."""
    return book()._signer.sign(payload)


@given(
    st.sets(st.sampled_from(list(Category))),
    st.integers(0, 999_999_999_999),
    st.text(VERSION_LETTERS, min_size=1, max_size=64),
    st.text("0123456789abcdef-", min_size=8, max_size=64),
)
def test_a_choice_is_read_back_as_it_was_written(
    granted: set[Category], now: int, policy_version: str, consent_id: str
) -> None:
    cookie = book(policy_version=policy_version)
    choice = cookie.choice(consent_id, granted, now)
    value = cookie.dump(choice).encode()
    assert choice.granted == granted | NECESSARY_ONLY
    assert cookie.load(value, now) == choice
    assert COOKIE_OCTETS.match(value)
    assert len(value) <= MAX_LENGTH


def test_the_value_has_six_parts_in_the_order_of_the_contract() -> None:
    value = written(Category.ADVERTISEMENT, Category.FUNCTIONAL).decode()
    form, consent_id, at, granted, policy_version, signature = value.split(".")
    assert (form, consent_id, at) == ("1", ID, str(NOW))
    assert granted == "necessary-functional-advertisement"
    assert policy_version == "2026-11"
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", signature)


def test_a_refusal_reads_necessary() -> None:
    assert written().split(b".")[3] == b"necessary"


@pytest.mark.parametrize("version", ["1.2.3", "2026-11-23", "a.b-c_d~e", ".", "-", "x" * 64])
def test_policy_versions_with_dots_and_dashes_are_read_back(version: str) -> None:
    cookie = book(policy_version=version)
    choice = cookie.load(written(*OPTIONAL, by=cookie), NOW)
    assert choice is not None
    assert (choice.policy_version, choice.granted) == (version, ALL)


BEFORE = "000000-111111-222222-333333-444444"
"""A version as the rules make it: a part for each category."""


@pytest.mark.parametrize(
    ("now", "granted", "changed"),
    [
        pytest.param(BEFORE, {"functional", "analytics"}, set(), id="nothing changed"),
        pytest.param("000000-111111-aaaaaa-333333-444444", {"functional"}, {"analytics"}, id="granted"),
        pytest.param("000000-111111-222222-aaaaaa-444444", {"functional", "analytics"}, set(), id="refused"),
        pytest.param(
            "aaaaaa-111111-222222-333333-444444", {"functional", "analytics"}, set(), id="necessary"
        ),
        pytest.param(
            "a-b-c-d-e".replace("-", "aaaaa-") + "aaaaa", set(), {"functional", "analytics"}, id="all"
        ),
    ],
)
def test_of_an_older_policy_what_is_the_same_stands(now: str, granted: set[str], changed: set[str]) -> None:
    value = written(Category.FUNCTIONAL, Category.ANALYTICS, by=book(policy_version=BEFORE))
    choice = book(policy_version=now).load(value, NOW)
    assert choice is not None
    assert {category.value for category in choice.granted} == {"necessary", *granted}
    assert {category.value for category in choice.changed} == changed
    assert (choice.policy_version, choice.at, choice.expires) == (BEFORE, NOW, NOW + LIFETIME)


@pytest.mark.parametrize(
    ("then", "now"),
    [("1", "2"), ("1", BEFORE), (BEFORE, "1"), (BEFORE[:-7], BEFORE), (BEFORE + "-555555", BEFORE)],
)
def test_of_a_policy_that_cannot_be_compared_nothing_stands(then: str, now: str) -> None:
    value = written(Category.FUNCTIONAL, by=book(policy_version=then))
    assert book(policy_version=now).load(value, NOW) is None


versions = st.lists(st.sampled_from(["000000", "aaaaaa"]), min_size=5, max_size=5).map("-".join)


@given(versions, versions, st.sets(st.sampled_from(list(Category))))
def test_no_other_policy_ever_grants_more_or_asks_for_what_was_refused(
    then: str, now: str, granted: set[Category]
) -> None:
    choice = book(policy_version=now).load(written(*granted, by=book(policy_version=then)), NOW)
    assert choice is not None
    assert choice.granted | choice.changed == granted | NECESSARY_ONLY
    assert not choice.granted & choice.changed
    assert all(
        then.split("-")[list(Category).index(c)] != now.split("-")[list(Category).index(c)]
        for c in choice.changed
    )


VALUE = written(Category.ANALYTICS)


@pytest.mark.parametrize("bit", range(8))
def test_any_bit_flipped_anywhere_makes_it_no_choice(bit: int) -> None:
    for place in range(len(VALUE)):
        flipped = VALUE[:place] + bytes([VALUE[place] ^ 1 << bit]) + VALUE[place + 1 :]
        assert book().load(flipped, NOW) is None, place


def test_another_spelling_of_the_same_signature_is_no_choice() -> None:
    spellings = {VALUE[:-1] + bytes([last]) for last in range(256)} - {VALUE}
    spellings |= {VALUE + extra for extra in (b"=", b"====", b"!!!!", b"\n", b" ", b"AAAA")}
    spellings.add(VALUE[:-5] + b"****" + VALUE[-5:])
    assert not [value for value in spellings if book().load(value, NOW)]


def test_every_truncation_is_no_choice() -> None:
    assert not [end for end in range(len(VALUE)) if book().load(VALUE[:end], NOW)]
    assert not [start for start in range(1, len(VALUE) + 1) if book().load(VALUE[start:], NOW)]


@given(st.binary(max_size=600))
def test_any_bytes_are_no_choice(data: bytes) -> None:
    assert book().load(data, NOW) is None


def test_another_key_does_not_verify() -> None:
    assert book(OTHER_KEY).load(VALUE, NOW) is None


def test_after_a_rotation_old_keys_verify_and_the_newest_signs() -> None:
    before, rotated, after = book(OLD_KEY), book(KEY, OLD_KEY), book(KEY)
    old, new = written(by=before), written(by=rotated)
    assert rotated.load(old, NOW) is not None
    assert rotated.load(new, NOW) is not None
    assert after.load(new, NOW) is not None
    assert before.load(new, NOW) is None
    assert after.load(old, NOW) is None


@pytest.mark.parametrize(
    ("now", "counts"),
    [
        pytest.param(NOW, True, id="at once"),
        pytest.param(NOW + LIFETIME - 1, True, id="its last second"),
        pytest.param(NOW + LIFETIME, False, id="the second after"),
        pytest.param(NOW - CLOCK_SKEW, True, id="made by a clock as far ahead as may be"),
        pytest.param(NOW - CLOCK_SKEW - 1, False, id="made by a clock further ahead"),
    ],
)
def test_a_choice_counts_for_its_lifetime(now: int, counts: bool) -> None:
    assert (book().load(VALUE, now) is not None) is counts


def test_a_shorter_lifetime_holds_for_choices_made_before() -> None:
    choice = book(lifetime=100).load(VALUE, NOW + 99)
    assert choice is not None
    assert choice.expires == NOW + 100
    assert book(lifetime=100).load(VALUE, NOW + 100) is None


def test_a_choice_made_under_another_policy_is_none() -> None:
    assert book(policy_version="2026-12").load(VALUE, NOW) is None


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(f"1.{ID}.{NOW}.necessary-marketing.2026-11", id="unknown category"),
        pytest.param(f"1.{ID}.{NOW}.analytics.2026-11", id="necessary is missing"),
        pytest.param(f"1.{ID}.{NOW}..2026-11", id="no categories"),
        pytest.param(f"1.{ID}.{NOW}.Necessary.2026-11", id="category in another case"),
        pytest.param(f"2.{ID}.{NOW}.necessary.2026-11", id="another form"),
        pytest.param(f"1.{ID}.{NOW}.necessary", id="a part too few"),
        pytest.param(f"1.{ID}.{NOW}.necessary.2026-11.x", id="a part too many"),
        pytest.param(f"1.{ID}.-{NOW}.necessary.2026-11", id="negative time"),
        pytest.param(f"1.{ID}.1_800_000_000.necessary.2026-11", id="time with underscores"),
        pytest.param(f"1.{ID}.1800000000000.necessary.2026-11", id="time in milliseconds"),
        pytest.param(f"1.{ID}..necessary.2026-11", id="no time"),
        pytest.param(f"1.short.{NOW}.necessary.2026-11", id="no id of ours"),
        pytest.param(f"1.{'a' * 65}.{NOW}.necessary.2026-11", id="long id"),
        pytest.param("", id="nothing"),
    ],
)
def test_content_that_we_would_not_write_is_no_choice_even_signed(payload: str) -> None:
    assert book().load(signed(payload), NOW) is None


def test_the_parts_that_the_above_vary_are_a_choice_as_they_stand() -> None:
    assert book().load(signed(f"1.{ID}.{NOW}.necessary-analytics.2026-11"), NOW) == book().choice(
        ID, {Category.ANALYTICS}, NOW
    )


def test_a_value_of_64_kilobytes_costs_nothing() -> None:
    cookie = book()
    began = process_time()
    for value in (b"a." * 32768, b"." * 65536, VALUE * 500, b"a" * 65536):
        assert cookie.load(value, NOW) is None
    assert process_time() - began < 1


def test_the_newest_of_several_counts() -> None:
    older, newer = written(*OPTIONAL, now=NOW - 10), written(now=NOW)
    for values in ([older, newer], [newer, older], [b"bad", newer, older, b""]):
        choice = book().newest(values, NOW)
        assert choice is not None
        assert (choice.at, choice.granted) == (NOW, NECESSARY_ONLY)


@pytest.mark.parametrize("values", [[], [b""], [b"bad", VALUE[:-1]]])
def test_without_a_good_one_there_is_no_choice(values: list[bytes]) -> None:
    assert book().newest(values, NOW) is None


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("domain", [None, "shop.example"])
def test_set_cookie_stores_the_choice_for_its_lifetime(secure: bool, domain: str | None) -> None:
    cookie = ChoiceCookie([KEY], policy_version="v", lifetime=LIFETIME, domain=domain)
    choice = cookie.choice(ID, OPTIONAL, NOW)
    stored = parse_set_cookie(cookie.set_cookie(choice, secure=secure), NOW)
    assert stored is not None
    assert (stored.name, stored.value) == (NAME.encode(), cookie.dump(choice).encode())
    assert (stored.path, stored.same_site, stored.secure) == (b"/", b"lax", secure)
    assert stored.domain == (domain.encode() if domain else None)
    assert stored.expires == NOW + LIFETIME
    assert not stored.http_only


def test_two_choices_differ_when_any_part_does() -> None:
    one = Choice(ID, NOW, NECESSARY_ONLY, "2026-11", NOW + LIFETIME)
    values = {book().dump(replace(one, **part)) for part in ({}, {"at": NOW + 1}, {"granted": ALL})}
    assert len(values) == 3
