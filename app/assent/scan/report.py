"""Writes what was seen for people, as one page that needs nothing else, and for machines, as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from assent import __version__
from assent.core.moments import iso
from assent.scan.audit import counts
from assent.scan.findings import Finding, findings
from assent.scan.judge import Judge
from assent.scan.law import DEMANDS, GROUPS
from assent.scan.seen import Observed, Site, Step
from assent.scan.verdicts import Status, Verdict
from assent.web.templating import environment

SAID: Mapping[Status, str] = {
    "fail": "broken",
    "unclear": "to look at",
    "pass": "kept",
    "outside": "not seen from outside",
    "moot": "nothing to judge",
}

STEPS: Mapping[Step, str] = {
    "before": "Before a choice",
    "reject": "After refusing",
    "accept": "After agreeing",
    "withdraw": "After withdrawing",
    "gpc": "With Global Privacy Control",
}

TABLES = {"cookies": "Cookies", "storage": "Storage", "hosts": "Third parties"}


def scan_page(found: Sequence[Finding], site: Site) -> str:
    """Return the report of a scan as HTML."""
    tables = [
        (title, [_row(one) for one in found if one.table == table], table) for table, title in TABLES.items()
    ]
    return _page("scan/scan.html", site, tables=tables, unknown=sum(not one.known.certain for one in found))


def scan_json(found: Sequence[Finding], site: Site) -> str:
    """Return the report of a scan as JSON."""
    return _json(
        {**_about(site), "found": [_told(one) for one in found], "steps": [_step(one) for one in site.steps]}
    )


def audit_page(verdicts: Mapping[int, Verdict], site: Site, judge: Judge) -> str:
    """Return the report of an audit as HTML."""
    groups = [(title, [(demand, verdicts[demand.number]) for demand in demands]) for title, demands in GROUPS]
    tables = [
        (title, [_row(one) for one in findings(site, judge) if one.table == table], table)
        for table, title in TABLES.items()
    ]
    return _page("scan/audit.html", site, groups=groups, tables=tables, said=SAID, counts=counts(verdicts))


def audit_json(verdicts: Mapping[int, Verdict], site: Site, judge: Judge) -> str:
    """Return the report of an audit as JSON."""
    rules = [
        {
            "rule": demand.id,
            "demand": demand.text,
            "source": demand.source,
            "verdict": verdicts[number].status,
            "reason": verdicts[number].reason,
            "evidence": verdicts[number].evidence,
        }
        for number, demand in DEMANDS.items()
    ]
    found = [_told(one) for one in findings(site, judge)]
    return _json(
        {**_about(site), "rules": rules, "found": found, "steps": [_step(one) for one in site.steps]}
    )


def _page(template: str, site: Site, **context: Any) -> str:
    env = environment()
    return env.get_template(template).render(
        site=site,
        version=__version__,
        began=iso(int(site.steps[0].began * 1000)) if site.steps else "",
        steps=[(STEPS[one.step], one) for one in site.steps],
        **context,
    )


def _row(one: Finding) -> dict[str, Any]:
    return {
        **_told(one),
        "label": one.known.category.value if one.known.category and one.known.certain else "unknown",
        "known": one.known.certain,
        "in_steps": ", ".join(STEPS[step].lower() for step in one.steps),
    }


def _told(one: Finding) -> dict[str, Any]:
    known = one.known
    return {
        "table": one.table,
        "name": one.name,
        "where": one.where,
        "category": known.category.value if known.category and known.certain else None,
        "suggested": known.category.value if known.category and not known.certain else None,
        "known_from": known.how,
        "provider": known.provider,
        "reason": known.reason,
        "steps": list(one.steps),
        "setter": one.setter,
        "page": one.page,
        "first_seen": iso(int(one.at * 1000)),
        "duration": one.duration,
        "attributes": one.attributes,
    }


def _step(one: Observed) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if value is not None}


def _about(site: Site) -> dict[str, Any]:
    return {
        "assent": __version__,
        "url": site.url,
        "browser": site.browser,
        "began": iso(int(site.steps[0].began * 1000)) if site.steps else None,
    }


def _json(tree: dict[str, Any]) -> str:
    return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"
