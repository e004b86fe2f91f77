"""Where in a list of fields those stand that Assent reads, remembered by the list's names.

A browser sends the same names in the same order, and a site answers so, again and again: one look-up then
replaces a walk over all fields.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Generic, TypeVar

from assent.core.hygiene import LOOKED_AT

names_of = itemgetter(0)

TABLE_SIZE = 1024
LONGEST = 2048
"""Octets of names; a longer list is walked each time rather than kept in memory."""

NEGOTIATING = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since", b"range", b"if-range"})
"""Request fields that ask for less than a whole page that can be read."""

ShapeT = TypeVar("ShapeT")

FORWARDED = frozenset(
    b"forwarded via x-real-ip x-client-ip x-cluster-client-ip true-client-ip cf-connecting-ip cf-ray "
    b"fastly-client-ip x-original-forwarded-for x-envoy-external-address x-original-host".split()
)
"""Request fields, beside X-Forwarded-*, by which whoever passes a request on says so."""


@dataclass(frozen=True, slots=True)
class RequestShape:
    """Places in a request's fields; -1 where there is none."""

    common: bool
    """Whether there is at most one Cookie field, and neither Sec-GPC nor Assent-Consent."""
    cookie: int
    destination: int
    mode: int
    accept: int
    by_script: bool
    """Whether a library of scripts marked the request as its own."""
    negotiates: bool
    host: int
    """-1 where there is more than one, too."""
    passed_on: bool
    """Whether somebody stands between the visitor and us, and says so."""


@dataclass(frozen=True, slots=True)
class ResponseShape:
    """Places in a response's fields, whose names may be in any case."""

    set_cookies: tuple[int, ...]
    """Last first, so that a field can be deleted without moving those that are still to be judged."""
    content_type: int
    """-1 where there is none, or more than one."""
    leads_on: bool
    """Whether one of them may lead to a third party."""


class Shapes(dict[tuple[bytes, ...], ShapeT], Generic[ShapeT]):
    """Shapes by the names they belong to; made on demand, bounded."""

    def __init__(self, make: Callable[[tuple[bytes, ...]], ShapeT]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, names: tuple[bytes, ...]) -> ShapeT:
        shape = self._make(names)
        if sum(map(len, names)) <= LONGEST:
            if len(self) >= TABLE_SIZE:
                self.clear()
            self[names] = shape
        return shape


def request_shape(names: tuple[bytes, ...]) -> RequestShape:
    """Find the places in a request; ASGI servers give its names in lower case."""
    return RequestShape(
        common=names.count(b"cookie") <= 1
        and b"sec-gpc" not in names
        # Spelled with underscores, too: see fields.request_fields.
        and b"assent-consent" not in {name.replace(b"_", b"-") for name in names},
        cookie=_place(names, b"cookie"),
        destination=_place(names, b"sec-fetch-dest"),
        mode=_place(names, b"sec-fetch-mode"),
        accept=_place(names, b"accept"),
        by_script=b"x-requested-with" in names,
        negotiates=not NEGOTIATING.isdisjoint(names),
        host=_place(names, b"host") if names.count(b"host") == 1 else -1,
        passed_on=any(name in FORWARDED or name.startswith(b"x-forwarded") for name in names),
    )


def response_shape(names: tuple[bytes, ...]) -> ResponseShape:
    """Find the places in a response; a site may spell its names in any case."""
    lowered = tuple(name.lower() for name in names)
    return ResponseShape(
        set_cookies=tuple(i for i in reversed(range(len(names))) if lowered[i] == b"set-cookie"),
        content_type=_place(lowered, b"content-type") if lowered.count(b"content-type") == 1 else -1,
        leads_on=not LOOKED_AT.isdisjoint(lowered),
    )


def _place(names: tuple[bytes, ...], wanted: bytes) -> int:
    return names.index(wanted) if wanted in names else -1
