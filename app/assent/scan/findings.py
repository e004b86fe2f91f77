"""What a site uses, each thing once, with its category and, where nobody knows it, a suggestion. Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from assent.core.durations import lasting
from assent.core.reasons import text
from assent.core.suggestion import pattern
from assent.scan.judge import Judge, Known
from assent.scan.seen import Cookie, Site, Step

Table = Literal["cookies", "storage", "hosts"]
KEYS: dict[Table, str] = {"cookies": "name", "storage": "key", "hosts": "host"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One cookie, storage key or host."""

    table: Table
    name: str
    where: str
    """The domain of a cookie, the kind and origin of a key, what a host was asked for."""
    known: Known
    steps: tuple[Step, ...]
    """In which steps it was set or asked."""
    setter: str
    page: str
    at: float
    duration: str = ""
    attributes: str = ""
    own: bool = True
    """Whether a declaration of the site can name it."""


def findings(site: Site, judge: Judge) -> tuple[Finding, ...]:
    """Return everything that the site set, stored or asked, in the order cookies, storage, hosts."""
    found: dict[tuple[Table, str, str], Finding] = {}
    for one in _all(site, judge):
        # A host is one, whatever it was asked for; cookies and keys of a name may be several.
        place = one.table, one.name, "" if one.table == "hosts" else one.where
        earlier = found.setdefault(place, one)
        steps = tuple(dict.fromkeys((*earlier.steps, *one.steps)))
        kinds = dict.fromkeys((*earlier.where.split(", "), one.where))
        where = ", ".join(kinds) if one.table == "hosts" else one.where
        found[place] = replace(earlier, steps=steps, where=where)
    return tuple(found.values())


def toml(found: Iterable[Finding], site: Site) -> str:
    """Return the findings as entries for a configuration file.

    What nobody knows is commented out, with what it looks like: pasted as it is, it stays blocked.
    """
    entries: dict[str, str] = {}
    for one in found:
        if one.own and one.name != "assent":
            name = _name(one)
            entries.setdefault(f"{one.table} {name}", _entry(one, name))
    head = f"# What {text(site.url)} uses, as seen by `assent scan`. Read it before you paste it.\n"
    return head + "".join(f"\n{entry}" for entry in entries.values())


def _all(site: Site, judge: Judge) -> Iterable[Finding]:
    for step in site.steps:
        for cookie in step.cookies:
            if cookie.new and cookie.kept:
                yield _cookie(cookie, step.step, judge)
    for step in site.steps:
        for stored in step.storage:
            if stored.new:
                where = f"{stored.kind}, {stored.origin}"
                known = judge.stored(stored)
                own = judge.own(stored.origin.partition("://")[2])
                yield Finding(
                    "storage",
                    stored.key,
                    where,
                    known,
                    (step.step,),
                    stored.setter,
                    stored.page,
                    stored.at,
                    own=own,
                )
    for step in site.steps:
        for asked in step.hosts:
            if asked.outcome != "blocked":
                known = judge.asked(asked)
                yield Finding("hosts", asked.host, asked.kind, known, (step.step,), "", asked.page, asked.at)


def _cookie(cookie: Cookie, step: Step, judge: Judge) -> Finding:
    marks = [
        name
        for name, there in (
            ("HttpOnly", cookie.http_only),
            ("Secure", cookie.secure),
            (f"SameSite={cookie.same_site}", cookie.same_site),
            ("Partitioned", cookie.partitioned),
        )
        if there
    ]
    return Finding(
        table="cookies",
        name=cookie.name,
        where=cookie.domain,
        known=judge.cookie(cookie),
        steps=(step,),
        setter=f"{cookie.by or 'unseen'} {cookie.setter}".strip(),
        page=cookie.page,
        at=cookie.at,
        duration=lasting(cookie.lifetime),
        attributes=", ".join(marks),
        own=judge.own(cookie.domain),
    )


def _name(one: Finding) -> str:
    return one.name if one.known.certain or one.table == "hosts" else pattern(one.name)


def _entry(one: Finding, name: str) -> str:
    known = one.known
    lines = [f"[[{one.table}]]", f"{KEYS[one.table]} = {_string(name)}"]
    category = known.category.value if known.category else ""
    if known.certain or category:
        lines.append(f'category = "{category}"')
    else:
        lines.append('category = ""  # necessary, functional, analytics, performance or advertisement')
    if one.table == "cookies":
        lines += [
            f"{key} = {_string(value)}"
            for key, value in (
                ("provider", known.provider),
                ("duration", one.duration),
                ("description", known.description),
            )
            if value
        ]
    if known.certain:
        return "".join(f"{line}\n" for line in lines)
    why = f"looks like {category}: {known.reason}" if category else "unknown"
    lines.insert(0, f"{why}; seen on {text(one.page)}")
    return "".join(f"# {line}\n" for line in lines)


def _string(value: str) -> str:
    # A string of JSON is a basic string of TOML.
    return json.dumps(text(value), ensure_ascii=False)
