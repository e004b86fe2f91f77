import json
from dataclasses import fields, replace
from typing import Any
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.categories import ALL, NECESSARY_ONLY, OPTIONAL, Category
from assent.core.moments import END
from assent.core.record import Action, Record, build, canonical, parse, uuid7

NOTICE = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
FIRST = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
WORDS: dict[str, Any] = {
    "at": 1_790_000_000_000,
    "entropy": bytes(10),
    "consent_id": "c0ffee",
    "site": "https://shop.example",
    "action": Action.SAVE,
    "granted": ALL,
    "gpc": False,
    "language": "en",
    "policy_version": "2026-11",
    "notice": NOTICE,
    "method": "form",
    "expires": 1_805_552_000,
}


def made(**changes: Any) -> Record:
    return build(**{**WORDS, **changes})


# uuid7


def test_uuid7_of_the_rfc_9562_example_is_the_rfcs() -> None:
    # RFC 9562, appendix A.6; the bits that version and variant overwrite are set here, to be lost.
    entropy = bytes.fromhex("fcc3") + bytes.fromhex("d8c4dc0c0c07398f")
    assert uuid7(0x017F22E279B0, entropy) == FIRST


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_uuid7_holds_its_time_its_version_and_its_variant(ms: int, entropy: bytes) -> None:
    made = UUID(uuid7(ms, entropy))
    assert (made.int >> 80, made.version, made.variant) == (ms, 7, RFC_4122)


@given(
    st.integers(0, 2**48 - 1),
    st.integers(0, 2**48 - 1),
    st.binary(min_size=10, max_size=10),
    st.binary(min_size=10, max_size=10),
)
def test_uuid7_of_a_later_millisecond_sorts_later(one: int, other: int, left: bytes, right: bytes) -> None:
    if one != other:
        assert (uuid7(one, left) < uuid7(other, right)) == (one < other)


@pytest.mark.parametrize(
    ("ms", "entropy"),
    [
        pytest.param(-1, bytes(10), id="before 1970"),
        pytest.param(2**48, bytes(10), id="beyond 48 bits"),
        pytest.param(0, bytes(9), id="a byte of entropy short"),
        pytest.param(0, bytes(11), id="a byte of entropy over"),
    ],
)
def test_uuid7_of_what_does_not_fit_raises(ms: int, entropy: bytes) -> None:
    with pytest.raises(ValueError, match="a UUIDv7"):
        uuid7(ms, entropy)


# build

FUNCTIONAL, ANALYTICS, PERFORMANCE, ADVERTISEMENT = OPTIONAL


@pytest.mark.parametrize(
    ("before", "granted", "given", "refused", "withdrawn"),
    [
        pytest.param(NECESSARY_ONLY, ALL, OPTIONAL, (), (), id="all accepted"),
        pytest.param(NECESSARY_ONLY, NECESSARY_ONLY, (), OPTIONAL, (), id="all refused at first"),
        pytest.param(ALL, NECESSARY_ONLY, (), OPTIONAL, OPTIONAL, id="all withdrawn"),
        pytest.param(
            {ADVERTISEMENT, ANALYTICS},
            {ADVERTISEMENT, FUNCTIONAL},
            (FUNCTIONAL, ADVERTISEMENT),
            (ANALYTICS, PERFORMANCE),
            (ANALYTICS,),
            id="one kept, one withdrawn, one new",
        ),
    ],
)
def test_build_sorts_the_categories_into_given_refused_and_withdrawn(
    before: set[Category],
    granted: set[Category],
    given: tuple[Category, ...],
    refused: tuple[Category, ...],
    withdrawn: tuple[Category, ...],
) -> None:
    record = made(before=before, granted=granted)
    assert (record.given, record.refused, record.withdrawn) == (given, refused, withdrawn)


@pytest.mark.parametrize("step", [0, -1, -86_400_000, 1])
def test_build_when_the_clock_stands_or_goes_back_still_sorts_after_the_previous(step: int) -> None:
    first = made(entropy=b"\xff" * 10)
    second = made(at=first.at + step, entropy=bytes(10), previous=first.id)
    assert first.id < second.id
    assert second.at == first.at + step


# Record


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("id", "6ba7b810-9dad-41d1-80b4-00c04fd430c8", id="an id of another version"),
        pytest.param("id", FIRST.upper(), id="an id in upper case"),
        pytest.param("previous", "", id="an empty previous id"),
        pytest.param("consent_id", "", id="no consent id"),
        pytest.param("consent_id", "a\x00b", id="a consent id with a NUL"),
        pytest.param("consent_id", "a" * 129, id="a consent id without end"),
        pytest.param("site", "", id="no site"),
        pytest.param("language", "\ud800", id="a lone surrogate"),
        pytest.param("policy_version", "a\nb", id="a line break"),
        pytest.param("at", -1, id="a time before 1970"),
        pytest.param("expires", 2**53, id="a number that JSON readers round"),
        pytest.param("notice", NOTICE[:-1], id="a hash cut short"),
        pytest.param("method", "telepathy", id="an unknown method"),
        pytest.param("given", (ANALYTICS, FUNCTIONAL), id="categories out of order"),
        pytest.param("given", (FUNCTIONAL, FUNCTIONAL), id="a category twice"),
        pytest.param("given", (Category.NECESSARY,), id="what was never asked"),
    ],
)
def test_record_with_a_field_out_of_bounds_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"{field} must be"):
        replace(made(granted=NECESSARY_ONLY), **{field: value})  # type: ignore[arg-type]


def test_record_that_contradicts_itself_is_refused_with_every_reason() -> None:
    with pytest.raises(ValueError, match=r"must not share.*must be part of refused"):
        replace(made(), given=(FUNCTIONAL,), refused=(FUNCTIONAL,), withdrawn=(ANALYTICS,))


# canonical and parse

STORED = (
    b'{"action":"save","at":1790000000000,"consent_id":"c0ffee","expires":1805552000,'
    b'"given":["analytics"],"gpc":true,"id":"01a0c450-6c00-7000-8000-000000000000","language":"pt-BR",'
    b'"law":"opt-in","method":"script","notice":"' + NOTICE.encode() + b'","personal":null,'
    b'"policy_version":"v\xc3\xa9\\"2\\\\",'
    b'"previous":null,"refused":["functional","performance","advertisement"],"schema":2,'
    b'"site":"https://shop.example","withdrawn":["functional"]}'
)
FIRST_SCHEMA = (
    STORED.replace(b'"law":"opt-in",', b"")
    .replace(b'"personal":null,', b"")
    .replace(b'"schema":2', b'"schema":1')
)


def test_canonical_form_is_exactly_the_stored_one() -> None:
    record = made(
        granted={ANALYTICS},
        before={FUNCTIONAL},
        gpc=True,
        language="pt-BR",
        method="script",
        policy_version='v\u00e9"2\\',
    )
    assert canonical(record) == STORED


def test_canonical_form_holds_every_field() -> None:
    assert json.loads(STORED).keys() == {field.name for field in fields(Record)}


def test_a_record_of_the_first_schema_is_read_and_keeps_its_form() -> None:
    record = parse(FIRST_SCHEMA)
    assert (record.schema, record.law, record.personal) == (1, "opt-in", None)
    assert canonical(record) == FIRST_SCHEMA
    assert replace(record, schema=2) == parse(STORED)


@pytest.mark.parametrize("change", [{"law": "opt-out"}, {"personal": NOTICE}])
def test_a_record_of_the_first_schema_cannot_tell_what_it_would_not_store(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="schema must be 2 or later"):
        replace(parse(FIRST_SCHEMA), **change)


printable = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40)
visible = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=128)
built = st.builds(
    build,
    at=st.integers(0, END - 1),
    entropy=st.binary(min_size=10, max_size=10),
    consent_id=visible,
    site=printable,
    action=st.sampled_from(Action),
    granted=st.frozensets(st.sampled_from(Category)),
    before=st.frozensets(st.sampled_from(Category)),
    previous=st.none() | st.just(FIRST),
    gpc=st.booleans(),
    language=printable,
    policy_version=printable,
    notice=st.binary(min_size=32, max_size=32).map(bytes.hex),
    method=st.sampled_from(["form", "script", "automatic"]),
    expires=st.integers(0, 2**53 - 1),
    law=st.sampled_from(["opt-in", "opt-out", "notice"]),
    personal=st.none() | st.just(NOTICE),
)


@given(built)
def test_parse_is_the_inverse_of_canonical(record: Record) -> None:
    assert parse(canonical(record)) == record


@given(st.binary(max_size=200) | st.integers(0, len(STORED) - 1).map(lambda cut: STORED[:cut]))
def test_parse_of_anything_else_raises_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a consent record"):
        parse(data)


@given(st.integers(0, len(STORED) - 1), st.integers(1, 255))
def test_parse_of_one_changed_byte_never_gives_the_same_record(place: int, flip: int) -> None:
    changed = STORED[:place] + bytes([STORED[place] ^ flip]) + STORED[place + 1 :]
    try:
        assert parse(changed) != parse(STORED)
    except ValueError as error:
        assert "not a consent record" in str(error)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param(b'"schema":2', b'"schema":3', "schema is 3, not 1 to 2", id="a later schema"),
        pytest.param(b'"schema":2', b'"schema":true', "schema is True", id="a schema that is no number"),
        pytest.param(b'"schema":2', b'"schema":1', "missing or unknown: law, personal", id="another schema"),
        pytest.param(b'"law":"opt-in"', b'"law":"none"', "law must be one of", id="an unknown law"),
        pytest.param(b'"personal":null', b'"personal":"you"', "personal must be", id="no commitment"),
        pytest.param(b'"gpc":true', b'"gpc":1', "gpc: 1 is not bool", id="a number for a truth value"),
        pytest.param(b'"at":1790000000000', b'"at":true', "at: True is not", id="a truth value for a time"),
        pytest.param(b'"at":1790000000000', b'"at":179e10', "at: .* is not int", id="a number with exponent"),
        pytest.param(b'"at":1790000000000', b'"at":NaN', "at: nan is not int", id="no number"),
        pytest.param(b'"save"', b'"sell"', "action: 'sell'", id="an unknown action"),
        pytest.param(b'"save"', b"[]", "action: ", id="a list for an action"),
        pytest.param(b'["analytics"]', b'["analysis"]', "given: 'analysis'", id="an unknown category"),
        pytest.param(b'["analytics"]', b'"analytics"', "given: .* is not a list", id="text for a list"),
        pytest.param(b'"previous":null,', b"", "missing or unknown: previous", id="a field missing"),
        pytest.param(b'"at":', b'"ip":"192.0.2.1","at":', "missing or unknown: ip", id="a field too many"),
        pytest.param(b'"gpc":true', b'"gpc":false,"gpc":true', "canonical", id="a field twice"),
        pytest.param(b'"gpc":true', b'"gpc": true', "canonical", id="a space"),
        pytest.param(b"\xc3\xa9", b"\\u00e9", "canonical", id="an escape that is not needed"),
        pytest.param(b"\xc3\xa9", b"\xe9", "not JSON in UTF-8", id="latin-1"),
        pytest.param(STORED, b"[" * 100_000, "not JSON in UTF-8", id="nesting without end"),
        pytest.param(STORED, b"[]", "a JSON list, not an object", id="not an object"),
    ],
)
def test_parse_of_nonsense_says_what_is_wrong(old: bytes, new: bytes, says: str) -> None:
    assert old in STORED
    with pytest.raises(ValueError, match=f"not a consent record.*{says}"):
        parse(STORED.replace(old, new))
