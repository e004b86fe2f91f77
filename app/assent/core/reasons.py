"""Why something was blocked: what it was, the rule that decided, and the lines that would let it pass.

Names of cookies, storage keys, hosts and paths only, never values. Sites, visitors and whoever posts a report
choose them, so every name here is short and printable.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assent.core import structured
from assent.core.categories import Category
from assent.core.rules import OWN, CookieRule, HostRule, PathRule, Rules, StorageRule
from assent.core.urls import Target

Layer = Literal[
    "request-cookie", "set-cookie", "field", "redirect", "markup", "path", "policy", "guard", "page"
]
"""Where it was stopped: ``policy`` by the browser, ``guard`` by the script in the page. ``page`` stands for
one that went out as it came, in which nothing could be."""

Table = Literal["cookies", "storage", "hosts", "paths", ""]
"""Which list of the configuration could declare it; "" where none could."""

KEYS: dict[Table, str] = {"cookies": "name", "storage": "key", "hosts": "host", "paths": "path"}

LONGEST = 128
"""Characters of a name that are kept."""

CUT = "…"

LONGEST_FIELD = 4096
"""Octets of the list that is sent to a browser."""

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::[0-9]{{1,5}})?")


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is blocked, and why; ``category`` None means that no rule knows it."""

    layer: Layer
    what: str
    """The field, element or directive it stood in; "" where the layer says it all."""
    table: Table
    name: str
    category: Category | None
    rule: str
    """The rule that decided, and whose it is."""
    toml: str = ""
    """What in the configuration would let it pass unasked; "" where nothing would."""
    final: bool = False
    """Whether no choice of a visitor lets it pass."""

    @property
    def label(self) -> str:
        """The category as a word: "unknown" without a rule, "all" for what waits until all is granted.

        "none" is for what no choice changes.
        """
        return self.category or ("unknown" if self.table else "none" if self.final else "all")


class Reasons:
    """Finds the rule that decided. It is asked about what was blocked, never about what passes."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        declared = (*rules.cookies, *rules.storage, *rules.hosts, *rules.paths)
        self._yours = frozenset(map(id, declared))

    def cookie(self, layer: Layer, name: bytes) -> Reason:
        """Return why a cookie is blocked; b"" stands for one that has no name."""
        rule = self._rules.cookie(name)
        return self._reason(layer, "", "cookies", name, rule, rule.name if rule else "")

    def blanking(self, name: bytes) -> Reason:
        """Return why a cookie is blocked whose value would hide all others from scripts."""
        category = rule.category if (rule := self._rules.cookie(name)) else None
        return Reason(
            "set-cookie", "", "cookies", text(name), category, "a value that is not UTF-8", final=True
        )

    def storage(self, key: str) -> Reason:
        """Return why the guard keeps scripts from a storage key."""
        name = key.encode("utf-8", "surrogatepass")
        rule = self._rules.storage_rule(name)
        return self._reason("guard", "", "storage", name, rule, rule.key if rule else "")

    def host(self, layer: Layer, what: str, host: str) -> Reason:
        """Return why a third party is blocked, ``x`` or ``x:port``; "" for what may name anybody."""
        if not host:
            return Reason(layer, what, "", "", None, "not before everything is granted")
        rule = self._rules.host_rule(Target.read(host))
        return self._reason(layer, what, "hosts", host.encode("utf-8", "replace"), rule, _pattern(rule))

    def path(self, path: str) -> Reason:
        """Return why a path of the site may not be asked for."""
        rule = self._rules.path_rule(path)
        name = path.encode("utf-8", "surrogateescape")
        return self._reason("path", "", "paths", name, rule, rule.path if rule else "")

    def unguarded(self, why: str) -> Reason:
        """Return why a page has neither banner nor guard."""
        return Reason("page", why, "", "", None, "goes out as it came: no banner and no guard", final=True)

    def _reason(
        self,
        layer: Layer,
        what: str,
        table: Table,
        name: bytes,
        rule: CookieRule | StorageRule | HostRule | PathRule | None,
        pattern: str,
    ) -> Reason:
        shown, category = text(name), rule.category if rule else None
        yours = id(rule) in self._yours
        if rule is OWN:
            return Reason(layer, what, table, shown, category, "Assent's own", final=True)
        if rule is None:
            decided, now = "unknown", ""
        elif yours:
            decided, now = f'[[{table}]] {KEYS[table]} = "{pattern}" (yours)', rule.category.value
        else:
            decided, now = f"catalogue: {pattern}", rule.category.value
        toml = _toml(table, name, now, change=yours and pattern == shown)
        # An unknown storage key waits until everything is granted.
        final = rule is None and table != "storage"
        return Reason(layer, what, table, shown, category, decided, toml, final)


def field(reasons: Sequence[Reason]) -> bytes:
    """Write reasons as a list (RFC 8941 3.1); what does not fit is counted in its last item."""
    items: list[bytes] = []
    left = LONGEST_FIELD
    for reason in reasons:
        what = b";what=" + structured.string(reason.what) if reason.what else b""
        item = reason.layer.encode() + what + b";name=" + structured.string(reason.name)
        item += b";category=" + reason.label.encode() + b";rule=" + structured.string(reason.rule)
        left -= len(item) + 2
        if left < 0:
            items.append(b"more;count=%d" % (len(reasons) - len(items)))
            break
        items.append(item)
    return b", ".join(items)


def text(name: bytes | str) -> str:
    """Return a name as one short line of printable characters."""
    read = name.decode("utf-8", "backslashreplace") if isinstance(name, bytes) else name
    read = read[: LONGEST + 1]
    if not read.isprintable():
        read = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in read)
    return read if len(read) <= LONGEST else read[:LONGEST] + CUT


def _pattern(rule: HostRule | None) -> str:
    return rule.host if rule else ""


def _toml(table: Table, name: bytes, now: str, *, change: bool) -> str:
    """Return an entry that lets a name pass, or "" for one that no entry can name."""
    try:
        exact = name.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    if len(exact) > LONGEST:
        exact = exact[:LONGEST] + "*"
    if not exact.isprintable() or exact in ("", "*") or "*" in exact[:-1]:
        return ""
    if table == "hosts" and not _HOST.fullmatch(exact):
        return ""
    note = f"now {now}" if now else "or what else it serves"
    if change:
        note = f"instead of {now}, in your entry"
    written = json.dumps(exact, ensure_ascii=False)
    return f'[[{table}]]\n{KEYS[table]} = {written}\ncategory = "necessary"  # {note}'
