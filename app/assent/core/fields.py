"""What the header fields of a request and of a response become under a decision.

Fields are the raw lists of ASGI: pairs of bytes, in order, duplicates kept. What is not refused stays
byte for byte.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from assent.core import cookies
from assent.core.categories import Category
from assent.core.choice import NAME
from assent.core.deletion import is_plain_deletion
from assent.core.rules import Rules
from assent.core.tally import Count, Tally

Field = tuple[bytes, bytes]
Fields = list[Field]


class Seen(Protocol):
    """Counts the lines of one cookie-name; at zero it wants to know what page they ``met``."""

    times: int

    def met(self, page: bytes) -> None:
        """Take note of the percent-encoded path of a request."""


Sighted = Callable[[bytes, bytes, bytes], Seen]
"""Told once per new kind of Set-Cookie: the line, the cookie's effective name, and the page's path."""

Verdict = tuple[Seen, Count | None]
"""What counts a kind of Set-Cookie, and what keeps it out; None lets it pass."""

COOKIE = b"cookie"
SET_COOKIE = b"set-cookie"
CONSENT = b"assent-consent"
OWN_NAME = NAME.encode()

TABLE_SIZE = 4096
"""Kinds of Set-Cookie remembered for each set of granted categories."""

KIND_LENGTH = 512
"""Octets of name and attributes; longer ones are judged anew each time rather than kept in memory."""


class Passage(dict[tuple[bytes, bytes], Verdict]):
    """The verdict on a Set-Cookie, by its (name part, attributes) as they came; judged once per kind.

    The value is no part of the key: it decides nothing, save when the cookie has no name.
    """

    def __init__(
        self,
        rules: Rules,
        granted: frozenset[Category],
        now: Callable[[], int],
        sighted: Sighted,
        tally: Tally,
    ) -> None:
        super().__init__()
        self.granted = granted
        self._rules = rules
        self._now = now
        self._sighted = sighted
        self._tally = tally

    def meet(self, line: bytes, page: bytes) -> Verdict:
        """Return the verdict on a line that is not in the table; the next of its kind finds it there.

        ``page`` is the percent-encoded path of the request.
        """
        pair, _, attributes = line.partition(b";")
        start, equals, _ = pair.partition(b"=")
        if not equals or not start.strip() or b"path" not in attributes.lower():
            # Without a name the value is what the site will read back as one, and without a Path the page
            # says where the cookie lives: such lines are no kind.
            return self._verdict(line, page)
        verdict = self._verdict(start + b"=;" + attributes, page)
        if len(start) + len(attributes) <= KIND_LENGTH:
            if len(self) >= TABLE_SIZE:
                self.clear()
            self[start, attributes] = verdict
        return verdict

    def judge(self, line: bytes, page: bytes = b"/") -> Count | None:
        """Return what keeps one Set-Cookie out; ``page`` is the percent-encoded path of the request."""
        return self._verdict(line, page)[1]

    def _verdict(self, line: bytes, page: bytes) -> Verdict:
        pair = line.partition(b";")[0]
        name = cookies.effective_name(pair)
        return self._sighted(line, name, page), self._refusal(line, pair, name)

    def _refusal(self, line: bytes, pair: bytes, name: bytes) -> Count | None:
        # The choice is the visitor's: no site script that tidies up its cookies may undo it.
        if name != OWN_NAME and (
            self._rules.permits(name, self.granted) or is_plain_deletion(line, self._now())
        ):
            return None
        # Of a cookie without a name, what reads as one is its value.
        return self._tally.cookie("set-cookie", name if cookies.split_pair(pair)[0] else b"")

    def blanks(self, line: bytes) -> bool:
        """Tell whether one Set-Cookie value takes all cookies from scripts."""
        return cookies.blanks_cookies(line, self._now())

    def blanking(self, line: bytes) -> Count:
        """Return what keeps such a Set-Cookie out."""
        return self._tally.blanking(cookies.split_pair(line.partition(b";")[0])[0])


def response_fields(
    fields: Fields, set_cookies: Iterable[int], passage: Passage, page: bytes = b"/"
) -> Fields:
    """Return the fields of a response without the Set-Cookie lines that are refused, and count those.

    ``set_cookies`` are their places, last first; the very same list comes back when nothing is refused.
    """
    kept = fields
    for place in set_cookies:
        line = fields[place][1]
        pair, _, attributes = line.partition(b";")
        start, equals, _ = pair.partition(b"=")
        try:
            seen, refusal = passage[start, attributes] if equals else passage.meet(line, page)
        except KeyError:
            seen, refusal = passage.meet(line, page)
        times = seen.times
        seen.times = times + 1
        if not times:
            seen.met(page)
        if refusal is None:
            # Not even a granted cookie may hide the others from scripts; that lies in its value, no key.
            if line.isascii() or not passage.blanks(line):
                continue
            refusal = passage.blanking(line)
        if refusal.page:
            refusal.times += 1
        else:
            refusal.add(page)
        if kept is fields:
            kept = fields.copy()
        del kept[place]
    return kept


def lost_names(came: Fields, kept: Fields) -> list[bytes]:
    """Return the names of the cookies that a response lost."""
    left = frozenset(map(id, kept))
    return [
        cookies.effective_name(line.partition(b";")[0]) for line in (f[1] for f in came if id(f) not in left)
    ]


def filter_cookie(values: list[bytes], permits: Callable[[bytes], bool]) -> tuple[bytes | None, list[bytes]]:
    """Cut the refused cookie-pairs out of one request's Cookie values; also return the refused names.

    The pairs that stay are joined as they came; None when none is left (RFC 6265bis 5.8.3).
    """
    kept: list[bytes] = []
    refused: list[bytes] = []
    for name, segment in cookies.cookie_pairs(b"; ".join(values)):
        if segment.strip(cookies.WHITESPACE) and not permits(name):
            refused.append(name)
        else:
            kept.append(segment)
    if not refused:
        return b"; ".join(values), []
    left = b";".join(kept).strip(b" \t;")
    return left or None, refused


def request_fields(fields: Fields, cookie: bytes | None, *, changed: bool, consent: Field) -> Fields:
    """Return the fields of a request with its Cookie replaced where it changed, and Assent-Consent added.

    A client's own Assent-Consent is dropped: only the gateway may say what was granted.
    """
    result: Fields = []
    for field in fields:
        # CGI and WSGI make HTTP_ASSENT_CONSENT of a field that is spelled with underscores, too.
        if len(field[0]) == 14 and field[0].replace(b"_", b"-") == CONSENT:
            continue
        if changed and field[0] == COOKIE:
            if cookie is not None:
                result.append((COOKIE, cookie))
                cookie = None
            continue
        result.append(field)
    result.append(consent)
    return result
