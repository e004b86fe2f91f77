"""Lists of cookies as CSV: the Open Cookie Database, and what CookieYes and Cookiebot export."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence

from assent.catalogue.importers.facts import Fact, Item, Kind, LeftOut, Malformed, fact
from assent.core.categories import Category
from assent.errors import ConfigError

N, F, A, P, D = Category

Row = Mapping[str, str]

# What it calls security or necessary is so on some sites only: the operator may say so of theirs.
OPEN_COOKIE_DATABASE = {
    "functional": F,
    "security": F,
    "necessary": F,
    "personalization": F,
    "preferences": F,
    "analytics": A,
    "marketing": D,
}
# Both tools' lists are of this very site, and the operator has judged them.
COOKIEYES = {
    "necessary": N,
    "functional": F,
    "analytics": A,
    "performance": P,
    "advertisement": D,
    "non-necessary": D,
}
COOKIEBOT = {"necessary": N, "preferences": F, "statistics": A, "marketing": D}
UNJUDGED = ("", "unclassified", "uncategorized", "uncategorised", "other", "others")

# The first of these that a file has is the one; in small letters.
NAMES = (
    "cookie / data key name",
    "cookie id",
    "cookie name",
    "cookie",
    "name",
    "_cli_cookie_slugid",
    "post_title",
)
CATEGORIES = ("category", "cookie category", "tax:cookielawinfo-category")
PROVIDERS = ("platform", "provider", "host", "domain")
DURATIONS = ("retention period", "duration", "cookie duration", "expiry", "_cli_cookie_duration")
TYPES = ("type", "cookie type")

STORAGE = ("html", "local storage", "session storage", "indexeddb", "idb")
PIXELS = ("pixel", "beacon")


def open_cookie_database(lines: Iterable[str]) -> Iterator[Item]:
    """Read the Open Cookie Database."""
    for place, row in _rows(lines):
        if isinstance(row, str):
            yield Malformed(place, row)
        elif _lives_elsewhere(row.get("domain", "")):
            yield LeftOut("cookies on third parties' own domains")
        else:
            # Older versions of the list write "SR<RotatorID>" and "userlang [x2]".
            name, variable, _ = _first(row, NAMES).partition(" [")[0].partition("<")
            wild = variable or row.get("wildcard match", "").strip() == "1"
            yield _fact(row, f"{name.rstrip('*')}*" if wild else name, OPEN_COOKIE_DATABASE, place)


def cookieyes(lines: Iterable[str]) -> Iterator[Item]:
    """Read a list of cookies that CookieYes, or its WordPress plugin, exported."""
    return _export(lines, COOKIEYES)


def cookiebot(lines: Iterable[str]) -> Iterator[Item]:
    """Read a list of cookies that Cookiebot exported; ``#`` in its names stands for what varies."""
    return _export(lines, COOKIEBOT)


def _export(lines: Iterable[str], categories: Mapping[str, Category]) -> Iterator[Item]:
    for place, row in _rows(lines):
        if isinstance(row, str):
            yield Malformed(place, row)
            continue
        kind = _first(row, TYPES).lower()
        if any(word in kind for word in PIXELS):
            yield LeftOut("pixels, which are neither cookies nor storage")
            continue
        name = _first(row, NAMES)
        beginning, variable, _ = name.partition("#")
        stored = any(word in kind for word in STORAGE)
        yield _fact(
            row, f"{beginning}*" if variable else name, categories, place, "storage" if stored else "cookies"
        )


def _fact(
    row: Row, name: str, categories: Mapping[str, Category], place: str, kind: Kind = "cookies"
) -> Fact | Malformed | LeftOut:
    said = _first(row, CATEGORIES)
    if said.lower() in UNJUDGED:
        return LeftOut("cookies without a category")
    category = categories.get(said.lower())
    if category is None:
        return Malformed(place, f"{said!r} is none of its categories: {', '.join(categories)}")
    return fact(kind, name.strip(), category, place, _first(row, PROVIDERS), _first(row, DURATIONS))


def _rows(lines: Iterable[str]) -> Iterator[tuple[str, Row | str]]:
    """Yield each row with its place, by the names of its columns; or what is wrong with it."""
    table = csv.reader(lines, strict=True)
    header = [column.strip().lower() for column in next(table, [])]
    if not set(header) & set(NAMES) or not set(header) & set(CATEGORIES):
        raise ConfigError(f"line 1: no header with a column for the name and one for the category: {header}")
    while True:
        place = f"line {table.line_num + 1}"
        try:
            fields = next(table, None)
        except csv.Error as error:
            yield place, f"not CSV ({error}); mind the quotation marks"
            continue
        if fields is None:
            return
        if len(fields) == len(header):
            yield place, dict(zip(header, fields, strict=True))
        elif fields:
            yield place, f"{len(fields)} fields where {len(header)} belong"


def _first(row: Row, columns: Sequence[str]) -> str:
    return next((row[column].strip() for column in columns if row.get(column, "").strip()), "")


def _lives_elsewhere(domain: str) -> bool:
    said = domain.lower()
    return (
        bool(said.strip()) and "website" not in said and "1st party" not in said and "first party" not in said
    )
