"""Readers of other people's lists: lines in, facts out; they open nothing and keep nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from assent.catalogue.importers.cookie_lists import cookiebot, cookieyes, open_cookie_database
from assent.catalogue.importers.facts import About, Fact, Item, Kind, LeftOut, Malformed
from assent.catalogue.importers.filter_list import filter_list
from assent.catalogue.importers.trackers import disconnect, duckduckgo_tds, third_party_web

__all__ = ["FORMATS", "About", "Fact", "Format", "Item", "Kind", "LeftOut", "Malformed", "filter_list"]


class Format(NamedTuple):
    """One form of list, what it is called when it does not say so itself, and under which licence."""

    read: Callable[[Iterable[str]], Iterator[Item]]
    title: str
    licence: str
    """"" where every list has its own."""


FORMATS: Mapping[str, Format] = {
    "open-cookie-database": Format(open_cookie_database, "Open Cookie Database", "Apache-2.0"),
    "third-party-web": Format(third_party_web, "third-party-web", "MIT"),
    "disconnect": Format(disconnect, "Disconnect", "CC-BY-NC-SA-4.0"),
    "duckduckgo-tds": Format(duckduckgo_tds, "DuckDuckGo Tracker Data Set", "CC-BY-NC-SA-4.0"),
    "filter-list": Format(filter_list, "Filter list", ""),
    "cookieyes": Format(cookieyes, "CookieYes", "your own"),
    "cookiebot": Format(cookiebot, "Cookiebot", "your own"),
}
