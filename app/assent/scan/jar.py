"""Puts together what header fields, scripts and the browser's jar say of one step's cookies. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from assent.core.cookies import default_path, deletes, parse_set_cookie
from assent.scan.seen import Cookie

Key = tuple[str, str, str]
"""Name, domain and path: what makes a cookie another one."""


SHORTEST = 6
"""Characters; what is shorter are words and numbers that mean other things, too."""

_BETWEEN = re.compile(r"[^\w-]+")
_NUMBER = re.compile(r"[0-9]")


class Written(NamedTuple):
    """A script wrote a cookie or a storage key of this name."""

    kind: str
    name: str
    setter: str
    origin: str
    page: str
    at: float


def by_header(line: str, url: str, page: str, at: float) -> Cookie | None:
    """Read one Set-Cookie line of the response from ``url``; None when it sets nothing."""
    now = int(at)
    cookie = parse_set_cookie(line.encode("latin-1", "replace"), now)
    if cookie is None or deletes(cookie, now):
        return None
    place = urlsplit(url)
    return Cookie(
        name=cookie.name.decode("utf-8", "replace"),
        domain="." + cookie.domain.decode("ascii") if cookie.domain else place.hostname or "",
        path=(cookie.path or default_path(place.path.encode())).decode("latin-1"),
        page=page,
        at=at,
        by="header",
        setter=url,
        lifetime=None if cookie.expires is None else cookie.expires - now,
        http_only=cookie.http_only,
        secure=cookie.secure,
        same_site=(cookie.same_site or b"").decode().capitalize(),
        partitioned=cookie.partitioned,
        kept=False,
    )


def in_jar(raw: Mapping[str, Any], page: str, at: float) -> Cookie:
    """Read one cookie as the browser shows it; its value is left behind."""
    expires = raw["expires"]
    return Cookie(
        name=raw["name"],
        domain=raw["domain"],
        path=raw["path"],
        page=page,
        at=at,
        # The browser counts from when it stored it, moments before anybody looked.
        lifetime=None if expires < 0 else round(expires - at),
        http_only=raw["httpOnly"],
        secure=raw["secure"],
        same_site=raw["sameSite"],
        partitioned=bool(raw.get("partitionKey")),
    )


def telling(value: str) -> set[str]:
    """Return what of a cookie's value could tell a visitor: all of it, and each part with a number."""
    parts = {part for part in _BETWEEN.split(value) if _NUMBER.search(part)}
    return {part for part in (value, *parts) if len(part) >= SHORTEST}


def key(cookie: Cookie) -> Key:
    """Return what tells this cookie from all others."""
    return cookie.name, cookie.domain, cookie.path


def joined(
    headers: Iterable[Cookie],
    written: Iterable[Written],
    taken: frozenset[str],
    jar: Mapping[Key, Cookie],
    before: frozenset[Key],
) -> tuple[Cookie, ...]:
    """Return a step's cookies, each once, as first set in it; ``new`` is false for those from before."""
    found: dict[Key, Cookie] = {}
    for cookie in headers:
        place = key(cookie)
        kept = place in jar or cookie.name in taken
        earlier = found.get(place)
        if earlier is None or (kept and not earlier.kept):
            found[place] = replace(cookie, kept=kept)
    scripts: dict[str, Written] = {}
    for writing in written:
        if writing.kind == "cookie":
            scripts.setdefault(writing.name, writing)
    for place, cookie in jar.items():
        if place in found:
            continue
        script = scripts.get(cookie.name)
        if script is not None:
            cookie = replace(cookie, by="script", setter=script.setter, page=script.page, at=script.at)
        found[place] = replace(cookie, new=place not in before or script is not None)
    there = {cookie.name for cookie in found.values()}
    for name, script in scripts.items():
        if name and name not in there:
            host = urlsplit(script.origin).hostname or ""
            found[name, host, "/"] = Cookie(
                name, host, "/", script.page, script.at, "script", script.setter, kept=name in taken
            )
    return tuple(sorted(found.values(), key=lambda cookie: (cookie.at, cookie.name)))
