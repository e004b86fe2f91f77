"""Serves the guard with the rules of each decision, as files of this origin that never change."""

import gzip
import hashlib
import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from starlette.types import Receive, Scope, Send

from assent.core.categories import ALL, NECESSARY_ONLY, OPTIONAL, Category
from assent.core.guard import patterns, refuses_storage
from assent.core.rules import Rules
from assent.resources import directory
from assent.web.assets import Asset, serve, slim, variant

SCRIPT = Path("guard.js")
STORAGE = Path("guard-storage.js")
"""The part that comes along only where a declared storage key is refused."""


@dataclass(frozen=True)
class _Built:
    """The guard of one set of granted categories."""

    name: str
    source: bytes
    asset: Asset


class Guard:
    """An ASGI application for ``{prefix}/guard/``; also writes the tag that leads there.

    Each of the sixteen sets of granted categories has a guard of its own, built when first asked for.
    """

    def __init__(self, rules: Rules, prefix: str, folder: Path | None = None) -> None:
        self._rules = rules
        self._folder = f"{prefix}/guard"
        root = folder or directory("static")
        self._script, self._storage = (_function(root / file) for file in (SCRIPT, STORAGE))
        self._built: dict[frozenset[Category], _Built] = {}
        self._served: dict[str, Asset] = {}

    def tag(self, granted: frozenset[Category], nonce: str = "", root_path: str = "") -> bytes:
        """Return the script element that must stand before anything of the site's.

        It holds the parser up on purpose: a script of the page that ran before it would go unguarded.
        """
        source = html.escape(f"{root_path}{self._folder}/{self._of(granted).name}")
        under = f' nonce="{html.escape(nonce)}"' if nonce else ""
        element = f'<script src="{source}"{under} data-assent="guard"></script>'
        return element.encode("ascii", "xmlcharrefreplace")

    def source(self, granted: frozenset[Category]) -> bytes:
        """Return the guard as the beginning of a worker's script, classic or module, in ASCII.

        Directives such as "use strict" must come first to count, so a classic script loses its own; a module
        is strict anyway, and its imports are hoisted: what it imports runs before.
        """
        return self._of(granted).source

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
        arguments = json.dumps(rules, separators=(",", ":")).encode("ascii")
        if refuses_storage(rules):
            arguments += b"," + self._storage
        source = self._script + b"(" + arguments + b");\n"
        digest = hashlib.sha256(source).hexdigest()[:12]
        name = f"{digest}.js"
        packed = gzip.compress(source, compresslevel=9, mtime=0)
        asset = Asset(
            plain=variant(SCRIPT, source, f'"{digest}"', encoded=False, varies=True),
            compressed=variant(SCRIPT, packed, f'"{digest}-gzip"', encoded=True, varies=True),
        )
        built = self._built[granted] = _Built(name, source, asset)
        self._served[name] = asset
        return built


def _function(path: Path) -> bytes:
    """Return one of our scripts, which is a function in parentheses, without its comments."""
    return slim(path.read_bytes(), path.suffix).rstrip()


def _every_set() -> Iterator[frozenset[Category]]:
    for size in range(len(OPTIONAL) + 1):
        for chosen in combinations(OPTIONAL, size):
            yield NECESSARY_ONLY | frozenset(chosen)
