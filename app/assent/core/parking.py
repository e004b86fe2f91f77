"""What in a start tag reaches out by itself, and how it is parked: by renaming its attribute in place."""

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from assent.core.boundary import Blocked, Boundary
from assent.core.categories import ALL
from assent.core.stretches import PREFIX
from assent.core.tokens import Attribute, decoded

MOST_PARKED = 100
"""Entries that are kept of what one page had parked."""

LONGEST_URL = 8192
"""Characters of a URL that are judged."""

Placeholder = Callable[[Blocked, str], str]
"""Returns the URL of a page that stands in for a refused one."""

Within = Callable[[str], str]
"""Returns a document that stands in an attribute as it may be shown."""

HINTS = frozenset(["preconnect", "dns-prefetch", "prerender", "prefetch", "preload", "modulepreload"])
"""Link types by which a browser connects ahead, which no Content-Security-Policy stops for sure."""

LOADS = HINTS | frozenset(["stylesheet", "icon", "apple-touch-icon", "mask-icon", "manifest", "import"])
"""Link types that load something."""


class Parked(NamedTuple):
    """One thing that was parked; ``blocked`` is None for what names no host of its own."""

    what: str
    blocked: Blocked | None
    url: str


def _one(value: str) -> Iterable[str]:
    return (value,)


_SPACES = "\t\n\f\r "
_CANDIDATE = re.compile(r"[\t\n\f\r ,]*+([^\t\n\f\r ]*[^\t\n\f\r ,])(,?)")
_DESCRIPTORS = re.compile(r"(?:[^,(]++|\([^)]*+\)?)*+,?")
# HTML "shared declarative refresh steps".
_REFRESH = re.compile(
    r"[\t\n\f\r ]*+(?=[0-9.])[0-9.]*+(?=[;,\t\n\f\r ])[\t\n\f\r ]*+[;,]?[\t\n\f\r ]*+"
    r"(?:url[\t\n\f\r ]*+=[\t\n\f\r ]*+)?(?:\"([^\"]*)|'([^']*)|(.*))",
    re.IGNORECASE | re.DOTALL,
)


def _srcset(value: str) -> Iterable[str]:
    """Return the URLs of a srcset (HTML "parse a srcset attribute")."""
    at = 0
    while candidate := _CANDIDATE.match(value, at):
        yield candidate[1]
        at = candidate.end()
        descriptors = None if candidate[2] else _DESCRIPTORS.match(value, at)
        at = descriptors.end() if descriptors else at


def _refresh(value: str) -> Iterable[str]:
    found = _REFRESH.match(value)
    return (found[found.lastindex or 0],) if found else ()


@dataclass(frozen=True, slots=True)
class Row:
    """An attribute that holds URLs; with ``stands_in`` a page of Assent's own takes a refused one's place."""

    attribute: bytes
    urls: Callable[[str], Iterable[str]] = _one
    stands_in: bool = False


_FRAME = (Row(b"src", stands_in=True),)
_SRC, _HREF = Row(b"src"), Row(b"href")
_SRCSET, _IMAGESRCSET = Row(b"srcset", _srcset), Row(b"imagesrcset", _srcset)
_PING = (Row(b"ping", str.split),)
_BACKGROUND = (Row(b"background"),)
_SVG_HREF = (_HREF, Row(b"xlink:href"))

BESIDE_POLICY: dict[bytes, tuple[Row, ...]] = {
    b"a": _PING,
    b"area": _PING,
    b"base": (_HREF,),
    b"embed": _FRAME,
    b"frame": _FRAME,
    b"iframe": _FRAME,
    b"link": (_HREF, _IMAGESRCSET),
    b"meta": (Row(b"content", _refresh),),
    b"object": (Row(b"data", stands_in=True),),
    b"script": (),
}
"""What a Content-Security-Policy does not stop, or not before a connection is made."""

WITHOUT_POLICY: dict[bytes, tuple[Row, ...]] = BESIDE_POLICY | {
    b"audio": (_SRC,),
    b"body": _BACKGROUND,
    b"button": (Row(b"formaction"),),
    b"feimage": _SVG_HREF,
    b"form": (Row(b"action"),),
    b"html": (Row(b"manifest"),),
    b"image": (_SRC, _SRCSET, *_SVG_HREF),
    b"img": (_SRC, _SRCSET),
    b"input": (_SRC, Row(b"formaction")),
    b"script": (_SRC, *_SVG_HREF),
    b"source": (_SRC, _SRCSET),
    b"table": _BACKGROUND,
    b"tbody": _BACKGROUND,
    b"td": _BACKGROUND,
    b"tfoot": _BACKGROUND,
    b"th": _BACKGROUND,
    b"thead": _BACKGROUND,
    b"tr": _BACKGROUND,
    b"track": (_SRC,),
    b"use": _SVG_HREF,
    b"video": (_SRC, Row(b"poster")),
}
"""What reaches a third party where no policy is in force."""

Kinds = tuple[frozenset[bytes], frozenset[bytes], frozenset[bytes]]


def _kinds(rows: dict[bytes, tuple[Row, ...]]) -> Kinds:
    """Return the elements of a table, their attributes with one URL, and those with several."""
    columns = [row for element in rows.values() for row in element]
    one = frozenset(row.attribute for row in columns if row.urls is _one)
    return frozenset(rows), one, frozenset(row.attribute for row in columns) - one


_BESIDE_POLICY_KINDS = _kinds(BESIDE_POLICY)
_WITHOUT_POLICY_KINDS = _kinds(WITHOUT_POLICY)

_STAYS = re.compile(r"(?!//)(?![/\\]{2})(?![a-zA-Z][a-zA-Z0-9+.-]*:)|data:|javascript:", re.IGNORECASE)
_TRIMMED = "".join(map(chr, range(33)))
_REMOVED = str.maketrans("", "", "\t\n\r")


class Parking:
    """Parks, in the start tags of one document, what leads over the boundary."""

    def __init__(
        self, boundary: Boundary, placeholder: Placeholder, within: Within, *, everything: bool
    ) -> None:
        self.rows = WITHOUT_POLICY if everything else BESIDE_POLICY
        self.parked: list[Parked] = []
        self.kinds = _WITHOUT_POLICY_KINDS if everything else _BESIDE_POLICY_KINDS
        self._boundary = boundary
        self._placeholder = placeholder
        self._within = within
        self._link_types = LOADS if everything else HINTS

    def edits(self, name: bytes, attributes: dict[bytes, Attribute]) -> list[tuple[int, bytes]]:
        """Return what is to be put where into the start tag of an element of ``rows``."""
        if name == b"meta":
            return self._refresh_edits(attributes)
        if name == b"link" and not self._link_types.intersection(_words(attributes, b"rel")):
            return []
        edits: list[tuple[int, bytes]] = []
        if name == b"script" and self._boundary.granted != ALL and _is_speculation_rules(attributes):
            self._note(Parked("script type=speculationrules", None, ""))
            edits += _renamed(attributes[b"type"], b'type="text/plain" ')
        if name == b"iframe" and b"srcdoc" in attributes:
            edits += self._document_edits(attributes[b"srcdoc"])
        for row in self.rows[name]:
            attribute = attributes.get(row.attribute)
            if attribute is None:
                continue
            blocked, url = self._judge(row, attribute.value)
            if blocked is not None:
                self._note(Parked(f"{name.decode()} {row.attribute.decode()}", blocked, url))
                edits += _renamed(attribute, self._in_its_place(row, blocked, url))
        return sorted(edits)

    def suspect(self, name: bytes, attribute: bytes, value: bytes | None) -> bool:
        """Tell whether to park one attribute of a tag too long to be seen whole, whatever the others say."""
        if name == b"meta":
            return attribute == b"http-equiv" and (
                value is None or b"refresh" in decoded(value).lower().encode()
            )
        if name == b"script" and attribute == b"type":
            rules = value is None or "speculationrules" in decoded(value).lower()
            return rules and self._boundary.granted != ALL
        for row in self.rows.get(name, ()):
            if row.attribute == attribute:
                blocked, url = (None, "") if value is None else self._judge(row, value)
                if value is None or blocked is not None:
                    self._note(Parked(f"{name.decode()} {attribute.decode()}", blocked, url))
                    return True
        return False

    def _document_edits(self, srcdoc: Attribute) -> list[tuple[int, bytes]]:
        document = decoded(srcdoc.value)
        shown = self._within(document)
        if shown == document:
            return []
        return _renamed(srcdoc, b'srcdoc="' + html.escape(shown).encode("utf-8", "xmlcharrefreplace") + b'" ')

    def _refresh_edits(self, attributes: dict[bytes, Attribute]) -> list[tuple[int, bytes]]:
        equivalent, content = attributes.get(b"http-equiv"), attributes.get(b"content")
        if equivalent is None or content is None or decoded(equivalent.value).lower() != "refresh":
            return []
        blocked, url = self._judge(self.rows[b"meta"][0], content.value)
        if blocked is None:
            return []
        self._note(Parked("meta refresh", blocked, url))
        return _renamed(equivalent)

    def _judge(self, row: Row, value: bytes) -> tuple[Blocked | None, str]:
        """Return what keeps the first refused URL out, and that URL."""
        for url in row.urls(decoded(value)):
            # Browsers drop these from anywhere in a URL, and what they drop must not hide what is left.
            bare = url.strip(_TRIMMED).translate(_REMOVED)[:LONGEST_URL]
            blocked = None if _STAYS.match(bare) else self._boundary.blocked(bare)
            if blocked is not None:
                return blocked, bare
        return None, ""

    def _in_its_place(self, row: Row, blocked: Blocked, url: str) -> bytes:
        if not row.stands_in:
            return b""
        page = html.escape(self._placeholder(blocked, url)).encode()
        return row.attribute + b'="' + page + b'" '

    def _note(self, parked: Parked) -> None:
        if len(self.parked) < MOST_PARKED:
            self.parked.append(parked)


def _renamed(attribute: Attribute, before: bytes = b"") -> list[tuple[int, bytes]]:
    """Return the edits that rename an attribute with its duplicates: the next of them would count else."""
    first, *others = attribute.places
    return [(first, before + PREFIX), *((place, PREFIX) for place in others)]


def _words(attributes: dict[bytes, Attribute], name: bytes) -> list[str]:
    attribute = attributes.get(name)
    return decoded(attribute.value).lower().split() if attribute else []


def _is_speculation_rules(attributes: dict[bytes, Attribute]) -> bool:
    kind = attributes.get(b"type")
    return kind is not None and decoded(kind.value).strip(_SPACES).lower() == "speculationrules"
