"""The receipt: a visitor's record, in terms of ISO/IEC TS 27560 and the Data Privacy Vocabulary, signed.

It is a compact JWS whose payload is JSON-LD. With it come the record exactly as it is stored, the proof that
it is in the log, and the signed head that the proof leads to; so it can be checked with public keys alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assent.core import canonical, log, merkle
from assent.core.categories import Category
from assent.core.jws import Keys
from assent.core.moments import iso
from assent.core.record import Action, Record, parse
from assent.core.words import N_

TYPE = "assent-receipt"

CONTEXT = {
    "assent": "urn:assent:",
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

PURPOSES: Mapping[Category, str] = {
    Category.FUNCTIONAL: "dpv:ServicePersonalisation",
    Category.ANALYTICS: "dpv:ServiceUsageAnalytics",
    Category.PERFORMANCE: "dpv:ServiceOptimisation",
    Category.ADVERTISEMENT: "dpv:PersonalisedAdvertising",
}

INDICATIONS: Mapping[Action, str] = {
    Action.ACCEPT_ALL: N_('The button "Accept All"'),
    Action.REJECT_ALL: N_('The button "Reject All"'),
    Action.SAVE: N_('The button "Save My Preferences"'),
    Action.WITHDRAW: N_('The button "Withdraw consent"'),
    Action.GPC: N_("The signal Global Privacy Control"),
    Action.IMPORT: N_("A choice made with another tool"),
    Action.EXPIRE: N_("The end of its time"),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """That a stored entry is in a tree: the hashes that lead from it to the root of a signed head."""

    tree: str
    place: int
    text: str
    path: Sequence[bytes]
    head: str
    """The head as it was signed."""


@dataclass(frozen=True, slots=True)
class Site:
    """Who gives the receipt."""

    origin: str
    name: str | None
    preferences: str
    """The URL where the visitor can change or withdraw."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a receipt proves."""

    record: Record
    head: log.Head
    issued: str


def issue(proof: Proof, site: Site, now: int, keys: Keys) -> str:
    """Return the signed receipt; ``now`` is in seconds since 1970."""
    record = parse(proof.text.encode())
    payload = {
        "@context": CONTEXT,
        "@type": "dpv:ConsentReceipt",
        "assent:log": {"@type": "@json", "@value": _log(proof)},
        "dct:conformsTo": {"@id": "https://w3id.org/dpv/schema/dpv-27560#receipt"},
        "dct:hasPart": _described(record, site),
        "dct:identifier": record.id,
        "dct:issued": _moment(now),
        "dct:publisher": {"@id": site.origin},
    }
    return keys.sign(canonical.text(payload).encode(), TYPE)


def verify(text: str, keys: Keys) -> Checked:
    """Check a receipt, compact or as flattened JSON; raises ValueError that says what is wrong with it."""
    payload = canonical.members(keys.verify(compact(text), TYPE), "a receipt")
    try:
        found = payload["assent:log"]["@value"]
        stored = canonical.text(found["record"])
        tree, place, token = found["tree"], found["place"], found["head"]
        path = [bytes.fromhex(step) for step in found["path"]]
        told, issued = payload["dct:hasPart"], payload["dct:issued"]["@value"]
        site = Site(
            payload["dct:publisher"]["@id"],
            told["dpv:hasEntity"].get("dpv:hasName"),
            told["dpv:hasConsentControl"]["schema:url"]["@id"],
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"not a receipt: it is not complete: {error!r}") from None
    record = parse(stored.encode())
    head = log.read_head(token, keys)
    leaf = log.leaf(tree, place, stored)
    if head.tree != tree or not merkle.verify_inclusion(
        place, head.size, leaf, path, bytes.fromhex(head.root)
    ):
        raise ValueError("the record is not in the log that the signed head tells of")
    if told != _described(record, site) or payload.get("dct:identifier") != record.id:
        raise ValueError("what the receipt says in words is not what the record says")
    return Checked(record, head, issued)


def compact(text: str) -> str:
    """Return the compact form of a JWS in either form (RFC 7515 §7)."""
    if not text.lstrip().startswith("{"):
        return text.strip()
    parts = canonical.members(text.encode(), "a JWS")
    try:
        return "{protected}.{payload}.{signature}".format(**parts)
    except KeyError as error:
        raise ValueError(f"not a JWS: {error} is missing") from None


def flattened(token: str) -> str:
    """Return the flattened JSON form of a compact JWS (RFC 7515 §7.2.2)."""
    protected, payload, signature = token.split(".")
    return json.dumps({"payload": payload, "protected": protected, "signature": signature})


def _log(proof: Proof) -> dict[str, object]:
    return {
        "head": proof.head,
        "path": [step.hex() for step in proof.path],
        "place": proof.place,
        "record": json.loads(proof.text),
        "tree": proof.tree,
    }


def _described(record: Record, site: Site) -> dict[str, object]:
    """Return the record in the terms of DPV 2.3, with what a notice has to tell left to the notice."""
    controller: dict[str, object] = {"@id": site.origin, "@type": "dpv:DataController"}
    return {
        "@id": f"urn:uuid:{record.id}",
        "@type": "dpv:ConsentRecord",
        "dct:identifier": record.id,
        "dct:conformsTo": {"@id": "https://w3id.org/dpv/schema/dpv-27560#record"},
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "schema:url": {"@id": site.preferences},
        },
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "dct:identifier": record.consent_id},
        "dpv:hasEntity": controller | ({"dpv:hasName": site.name} if site.name else {}),
        "dpv:hasNotice": {
            "@type": "dpv:ConsentNotice",
            "dct:hasVersion": record.policy_version,
            "dct:identifier": f"sha256:{record.notice}",
            "dct:language": record.language,
        },
        "dpv:hasProcess": _processes(record, site.origin),
    }


def _processes(record: Record, controller: str) -> list[dict[str, object]]:
    at, ends = record.at // 1000, record.expires
    return [
        {
            "@type": "dpv:Process",
            "dct:title": category.label,
            "dpv:hasConsentStatus": {
                "@type": _status(record, category),
                "dpv:hasDuration": {"@type": "xsd:duration", "@value": f"PT{max(ends - at, 0)}S"},
                "dpv:hasIndicationMethod": INDICATIONS[record.action],
                "dpv:isIndicatedAtTime": _moment(at),
                "dpv:isIndicatedBy": {"@id": "dpv:DataSubject"},
            },
            "dpv:hasDataController": {"@id": controller},
            "dpv:hasLegalBasis": {"@id": "dpv:ExpressedConsent"},
            "dpv:hasPurpose": {"@id": purpose},
        }
        for category, purpose in PURPOSES.items()
    ]


def _status(record: Record, category: Category) -> str:
    if category in record.given:
        return "dpv:ConsentGiven"
    if record.action is Action.EXPIRE:
        return "dpv:ConsentExpired"
    return "dpv:ConsentWithdrawn" if category in record.withdrawn else "dpv:ConsentRefused"


def _moment(seconds: int) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": iso(seconds * 1000)}
