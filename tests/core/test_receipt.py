import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import KeySet
from pyld import jsonld

from assent.core import canonical, log, merkle, receipt
from assent.core.categories import Category
from assent.core.jws import Keys, decoded
from assent.core.record import Action, Record, uuid7
from assent.core.record import canonical as stored

from .test_record import made

KEYS = Keys(["secret" * 8])
TREE = uuid7(1_790_000_000_000, bytes(10))
SITE = receipt.Site("https://shop.example", "Example Shop", "https://shop.example/_assent/preferences")
NOW = 1_790_000_100

# Of the Data Privacy Vocabulary 2.3 (https://w3id.org/dpv), what the guide to ISO/IEC TS 27560 uses.
DPV = {
    "ConsentControl",
    "ConsentExpired",
    "ConsentGiven",
    "ConsentNotice",
    "ConsentReceipt",
    "ConsentRecord",
    "ConsentRefused",
    "ConsentWithdrawn",
    "DataController",
    "DataSubject",
    "ExpressedConsent",
    "PersonalisedAdvertising",
    "Process",
    "ServiceOptimisation",
    "ServicePersonalisation",
    "ServiceUsageAnalytics",
    "WithdrawConsent",
    "hasConsentControl",
    "hasConsentStatus",
    "hasDataController",
    "hasDataSubject",
    "hasDuration",
    "hasEntity",
    "hasIndicationMethod",
    "hasLegalBasis",
    "hasName",
    "hasNotice",
    "hasProcess",
    "hasPurpose",
    "isIndicatedAtTime",
    "isIndicatedBy",
}


def proved(record: Record, *, keys: Keys = KEYS, among: int = 5, place: int = 2) -> receipt.Proof:
    """A tree of some entries with the record among them, and the proof of it."""
    tree = merkle.Frontier()
    kept: dict[tuple[int, int], bytes] = {}
    for number in range(among):
        text = stored(record).decode() if number == place else canonical.text({"number": number})
        kept[0, number] = log.leaf(TREE, number, text)
        tree.push(kept[0, number])
    path = merkle.hashes(merkle.inclusion(place, among), lambda level, number: kept[level, number])
    head = log.Head(TREE, among, tree.root.hex(), 1_790_000_000_500)
    return receipt.Proof(TREE, place, stored(record).decode(), path, head.sign(keys))


def payload(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(decoded(token.split(".")[1]))
    return found


def signed(changed: dict[str, Any]) -> str:
    return KEYS.sign(canonical.text(changed).encode(), receipt.TYPE)


def test_a_receipt_proves_the_record_with_public_keys_alone() -> None:
    token = receipt.issue(proved(made()), SITE, NOW, KEYS)
    public = Keys.of_jwks(json.dumps(KEYS.jwks))
    checked = receipt.verify(token, public)
    assert checked.record == made()
    assert (checked.head.tree, checked.head.size) == (TREE, 5)
    assert checked.issued == "2026-09-21T14:15:00Z"
    assert receipt.verify(receipt.flattened(token), public) == checked


def test_an_independent_library_checks_both_forms() -> None:
    token = receipt.issue(proved(made()), SITE, NOW, KEYS)
    keys = KeySet.import_key_set(KEYS.jwks)  # type: ignore[arg-type]
    found = jws.deserialize_compact(token, keys, algorithms=["Ed25519"])
    assert json.loads(found.payload or b"") == payload(token)
    flat = json.loads(receipt.flattened(token))
    assert jws.deserialize_json(flat, keys, algorithms=["Ed25519"]).payload == found.payload


def test_it_is_json_ld_of_which_every_term_is_known() -> None:
    token = receipt.issue(proved(made(granted={Category.ANALYTICS})), SITE, NOW, KEYS)
    (found,) = jsonld.expand(payload(token), {"documentLoader": None})
    terms = {term for term in words(found) if term.startswith("https://w3id.org/dpv#")}
    assert {term.partition("#")[2] for term in terms} <= DPV
    assert all(":" in term for term in words(found))
    assert found["@type"] == ["https://w3id.org/dpv#ConsentReceipt"]
    (record,) = found["http://purl.org/dc/terms/hasPart"]
    processes = record["https://w3id.org/dpv#hasProcess"]
    status = [process["https://w3id.org/dpv#hasConsentStatus"][0]["@type"][0] for process in processes]
    assert [term.partition("#")[2] for term in status] == [
        "ConsentRefused",
        "ConsentGiven",
        "ConsentRefused",
        "ConsentRefused",
    ]


def words(found: Any) -> set[str]:
    """Every key, type and id of expanded JSON-LD, save inside of JSON literals."""
    if isinstance(found, list):
        return {word for item in found for word in words(item)}
    if not isinstance(found, dict) or found.get("@type") == "@json":
        return set()
    named = {key for key in found if not key.startswith("@")}
    types = found.get("@type", [])
    named |= set(types if isinstance(types, list) else [types]) | (
        {found["@id"]} if "@id" in found else set()
    )
    return named | {word for value in found.values() for word in words(value)}


def test_withdrawn_and_expired_are_told_apart_from_refused() -> None:
    withdrawn = made(granted=(), before={Category.ANALYTICS}, action=Action.WITHDRAW)
    expired = made(granted=(), action=Action.EXPIRE, method="automatic")
    for record, status in ((withdrawn, "dpv:ConsentWithdrawn"), (expired, "dpv:ConsentExpired")):
        part = payload(receipt.issue(proved(record), SITE, NOW, KEYS))["dct:hasPart"]
        assert part["dpv:hasProcess"][1]["dpv:hasConsentStatus"]["@type"] == status


def changed_record(found: dict[str, Any]) -> None:
    found["assent:log"]["@value"]["record"]["given"] = []
    found["assent:log"]["@value"]["record"]["refused"] = [
        "functional",
        "analytics",
        "performance",
        "advertisement",
    ]


def changed_place(found: dict[str, Any]) -> None:
    found["assent:log"]["@value"]["place"] = 3


def changed_words(found: dict[str, Any]) -> None:
    found["dct:hasPart"]["dpv:hasProcess"][0]["dpv:hasConsentStatus"]["@type"] = "dpv:ConsentRefused"


def changed_notice(found: dict[str, Any]) -> None:
    found["dct:hasPart"]["dpv:hasNotice"]["dct:identifier"] = f"sha256:{'cd' * 32}"


def changed_subject(found: dict[str, Any]) -> None:
    found["dct:hasPart"]["dpv:hasDataSubject"]["dct:identifier"] = "somebody-else"


def changed_id(found: dict[str, Any]) -> None:
    found["dct:identifier"] = "01a20926-316d-7e59-9c7a-e4a38e0ddfa2"


def foreign_head(found: dict[str, Any]) -> None:
    found["assent:log"]["@value"]["head"] = proved(made(), keys=Keys(["other" * 8])).head


def no_log(found: dict[str, Any]) -> None:
    del found["assent:log"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (changed_record, "not in the log"),
        (changed_place, "not in the log"),
        (changed_words, "not what the record says"),
        (changed_notice, "not what the record says"),
        (changed_subject, "not what the record says"),
        (changed_id, "not what the record says"),
        (foreign_head, "not among those known"),
        (no_log, "not complete"),
    ],
)
def test_a_receipt_that_the_site_itself_forged_is_found_out(change: Any, says: str) -> None:
    found = payload(receipt.issue(proved(made()), SITE, NOW, KEYS))
    change(found)
    with pytest.raises(ValueError, match=says):
        receipt.verify(signed(found), KEYS)


@pytest.mark.parametrize("text", ["", "a.b.c", "{}", '{"payload": "x"}', KEYS.sign(b"{}", "assent-head")])
def test_anything_else_is_no_receipt(text: str) -> None:
    with pytest.raises(ValueError, match=r"JWS|missing|type"):
        receipt.verify(text, KEYS)
