"""Serves the guard with the rules of each decision, as files of this origin that never change."""

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from starlette.types import Receive, Scope, Send

from assent.core.allowed import allowed_hosts
from assent.core.categories import ALL, NECESSARY_ONLY, OPTIONAL, Category
from assent.core.guard import Patterns, patterns, refuses_storage
from assent.core.policy import content_security_policy
from assent.core.rules import Rules
from assent.resources import directory
from assent.web.assets import Asset, serve, variant
from assent.web.slimming import slimmed
from assent.web.templating import ascii_html, nonce_attribute

SCRIPT = Path("guard.js")
PARTS = ("exits", "storage", "loads", "answers")
"""What comes along where it is needed: ``guard-exits.js`` and so on."""


@dataclass(frozen=True)
class _Built:
    """The guard of one set of granted categories: a file for pages, and the beginning of workers' scripts."""

    name: str
    source: bytes
    worker: bytes
    asset: Asset


class Guard:
    """An ASGI application for ``{prefix}/guard/``; also writes the tag that leads there.

    Each of the sixteen sets of granted categories has a guard of its own, built when first asked for.
    """

    def __init__(self, rules: Rules, prefix: str, folder: Path | None = None) -> None:
        self._rules = rules
        self._base = f"{prefix}/"
        self._folder = f"{prefix}/guard"
        root = folder or directory("static")
        names = {part: f"guard-{part}.js" for part in PARTS}
        files = slimmed({name: (root / name).read_bytes() for name in (SCRIPT.name, *names.values())})
        # Each is a function in parentheses.
        self._script = files[SCRIPT.name].rstrip()
        self._parts = {part: files[name].rstrip() for part, name in names.items()}
        self._built: dict[frozenset[Category], _Built] = {}
        self._served: dict[str, Asset] = {}

    def tag(
        self, granted: frozenset[Category], nonce: str = "", root_path: str = "", *, inline: bool = False
    ) -> bytes:
        """Return the script element that must stand before anything of the site's.

        It holds the parser up on purpose: a script of the page that ran before it would go unguarded.
        ``inline``: with the guard itself in it, where the page's policy and syntax allow that.
        """
        built = self._of(granted)
        base = ascii_html(f"{root_path}{self._base}")
        element = b'<script%s data-assent="guard" data-base="%s"' % (nonce_attribute(nonce).encode(), base)
        if inline:
            return element + b">" + built.source + b"</script>"
        return element + b' src="%sguard/%s"></script>' % (base, built.name.encode())

    def source(self, granted: frozenset[Category]) -> bytes:
        """Return the guard as the beginning of a worker's script, classic or module, in ASCII.

        Directives such as "use strict" must come first to count, so a classic script loses its own; a module
        is strict anyway, and its imports are hoisted: what it imports runs before.
        """
        return self._of(granted).worker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD; 404 for any name but those of the guards in force."""
        folder, _, name = scope["path"].rpartition("/")
        asset = self._find(name) if folder.endswith(self._folder) else None
        await serve(asset, scope, send)

    def _find(self, name: str) -> Asset | None:
        # Another process may have written the page: what it named, this one can build.
        if name not in self._served and len(self._built) < 2 ** len(OPTIONAL):
            for granted in _every_set():
                self._of(granted)
        return self._served.get(name)

    def _of(self, granted: frozenset[Category]) -> _Built:
        built = self._built.get(granted)
        if built is None:
            known = (granted & ALL) | NECESSARY_ONLY
            built = self._built.get(known) or self._build(known)
        return built

    def _build(self, granted: frozenset[Category]) -> _Built:
        rules = patterns(self._rules, granted)
        loads = self._rules.unknown_hosts == "allow"
        both = ["storage"] * refuses_storage(rules) + ["loads"] * loads
        source = self._called(rules, {}, ["exits", *both])
        # A page that waits for a choice is kept small; once there is one, a browser keeps the file.
        file = self._called(patterns(self._rules, granted, naming=True), {}, ["exits", *both])
        # Of hosts, a page that a service worker makes up may reach those that the operator names.
        policy = content_security_policy(allowed_hosts(self._rules, granted, ()), report=None)
        held = {} if loads else {"policy": policy.decode("ascii")}
        worker = self._called(rules, held, [*both, "answers"])
        digest = hashlib.sha256(file).hexdigest()[:12]
        name = f"{digest}.js"
        packed = gzip.compress(file, compresslevel=9, mtime=0)
        asset = Asset(
            plain=variant(SCRIPT, file, f'"{digest}"', encoded=False, varies=True),
            compressed=variant(SCRIPT, packed, f'"{digest}-gzip"', encoded=True, varies=True),
        )
        built = self._built[granted] = _Built(name, source, worker, asset)
        self._served[name] = asset
        return built

    def _called(self, rules: Patterns, more: dict[str, str], parts: Iterable[str]) -> bytes:
        """Return the script, called with the rules and these parts of it."""
        tables = {kind: table for kind, table in rules.items() if kind != "own"}
        # As text they are skipped over until a name is looked up.
        text = _json(tables).replace("\\", "\\\\").replace("'", "\\'")
        arguments = f"{_json({'own': rules['own'], **more})[:-1]},\"tables\":'{text}'}}".encode("ascii")
        members = b",".join(name.encode() + b":" + self._parts[name] for name in parts)
        return self._script + b"(" + arguments + b",{" + members + b"});\n"


def _json(value: object) -> str:
    # "<" in a name of the operator's could end the element that the script stands in.
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _every_set() -> Iterator[frozenset[Category]]:
    for size in range(len(OPTIONAL) + 1):
        for chosen in combinations(OPTIONAL, size):
            yield NECESSARY_ONLY | frozenset(chosen)
