"""Lists of third parties as JSON: third-party-web, Disconnect, and DuckDuckGo's Tracker Data Set."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assent.catalogue.importers.facts import Fact, Item, LeftOut, Malformed, fact, strictest
from assent.core.categories import Category
from assent.errors import ConfigError

LARGEST = 64 << 20
"""Characters of JSON, which is read as a whole."""

N, F, A, P, D = Category

THIRD_PARTY_WEB = {
    "ad": D,
    "marketing": D,
    "social": D,
    "analytics": A,
    "tag-manager": A,
    "customer-success": F,
    "video": F,
    "content": F,
    "consent-provider": F,
}
DISCONNECT = {
    "Advertising": D,
    "Social": D,
    "FingerprintingInvasive": D,
    "FingerprintingGeneral": D,
    "Cryptomining": D,
    "Email": D,
    "EmailAggressive": D,
    "Disconnect": D,
    "Analytics": A,
    "Content": F,
    "Anti-fraud": F,
    "ConsentManagers": F,
}
DUCKDUCKGO = {
    "Ad Fraud": D,
    "Ad Motivated Tracking": D,
    "Advertising": D,
    "Action Pixels": D,
    "Malware": D,
    "Obscure Ownership": D,
    "Social - Share": D,
    "Social Network": D,
    "Unknown High Risk Behavior": D,
    "Analytics": A,
    "Audience Measurement": A,
    "Session Replay": A,
    "Tag Manager": A,
    "Third-Party Analytics Marketing": A,
    "Badge": F,
    "CDN": F,
    "Embedded Content": F,
    "Federated Login": F,
    "Fraud Prevention": F,
    "Online Payment": F,
    "Social - Comment": F,
    "SSO": F,
    "Support Chat Widget": F,
}
NO_PURPOSE = "hosts whose purpose the list does not tell"


def third_party_web(lines: Iterable[str]) -> Iterator[Item]:
    """Read entities.json of third-party-web."""
    for number, entity in enumerate(_expect(_json(lines), list, "a list of entities"), 1):
        place = f"entity no. {number}"
        try:
            name, domains = str(entity["name"]), list(entity["domains"])
            said = entity.get("categories") or [entity.get("category", "")]
        except (KeyError, TypeError, AttributeError):
            yield Malformed(place, "no object with a name and domains")
            continue
        category = strictest(THIRD_PARTY_WEB[each] for each in said if each in THIRD_PARTY_WEB)
        for domain in domains:
            yield _host(str(domain), category, f"{place} ({name})", name)


def disconnect(lines: Iterable[str]) -> Iterator[Item]:
    """Read services.json of Disconnect."""
    tree = _expect(_json(lines), dict, "an object")
    for said, services in _expect(tree.get("categories"), dict, 'an object with "categories"').items():
        for number, service in enumerate(services if isinstance(services, list) else [], 1):
            place = f"{said} no. {number}"
            if said not in DISCONNECT:
                yield Malformed(place, f"{said!r} is none of its categories: {', '.join(DISCONNECT)}")
                continue
            for name, sites in service.items() if isinstance(service, dict) else ():
                yield from _sites(sites, DISCONNECT[said], f"{place} ({name})", name)


def _sites(sites: Any, category: Category, place: str, name: str) -> Iterator[Item]:
    if not isinstance(sites, dict):
        yield Malformed(place, "no object of sites and their domains")
        return
    # Beside sites there are marks such as "performance": "true".
    for domains in sites.values():
        for domain in domains if isinstance(domains, list) else ():
            yield _host(f"*.{domain}", category, place, name)


def duckduckgo_tds(lines: Iterable[str]) -> Iterator[Item]:
    """Read a Tracker Data Set; names of sites that are aliases of a tracker (CNAME) come along."""
    tree = _expect(_json(lines), dict, "an object")
    known: dict[str, tuple[Category, str]] = {}
    for domain, tracker in _expect(tree.get("trackers"), dict, 'an object with "trackers"').items():
        place = f"trackers {domain}"
        try:
            said, default = list(tracker.get("categories") or ()), tracker.get("default")
            owner = tracker.get("owner") or {}
            name = str(owner.get("displayName") or owner.get("name") or domain)
        except (AttributeError, TypeError):
            yield Malformed(place, "no object that describes a tracker")
            continue
        category = strictest(DUCKDUCKGO[each] for each in said if each in DUCKDUCKGO)
        if category is None and not said and default == "block":
            category = D
        if category is not None:
            known[domain] = category, name
        yield _host(f"*.{domain}", category, place, name)
    for alias, target in _expect(tree.get("cnames") or {}, dict, '"cnames" as an object').items():
        yield _alias(alias, str(target), known)


def _alias(alias: str, target: str, known: Mapping[str, tuple[Category, str]]) -> Item:
    while target and target not in known:
        target = target.partition(".")[2]
    category, name = known.get(target, (None, ""))
    return _host(alias, category, f"cnames {alias}", name)


def _host(host: str, category: Category | None, place: str, name: str) -> Fact | Malformed | LeftOut:
    if category is None:
        return LeftOut(NO_PURPOSE)
    return fact("hosts", host.lower(), category, place, name)


def _json(lines: Iterable[str]) -> Any:
    text: list[str] = []
    size = 0
    for line in lines:
        size += len(line)
        if size > LARGEST:
            raise ConfigError(f"larger than {LARGEST >> 20} MB; this format is read as a whole")
        text.append(line)
    try:
        return json.loads("".join(text))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"no JSON: {error}") from error


def _expect(found: Any, kind: type, what: str) -> Any:
    if not isinstance(found, kind):
        raise ConfigError(f"not the expected form: there should be {what}")
    return found
