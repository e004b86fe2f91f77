"""Serves static/ under names that carry a hash of the content; read, slimmed and compressed once at start."""

import gzip
import hashlib
import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from assent.resources import directory
from assent.web.slimming import slimmed

Field = tuple[bytes, bytes]

WORTH_IT = 0.95
"""A compressed variant is kept when it is at most this fraction of the file."""

TEXT = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ts": "text/plain; charset=utf-8",
}
# Asked first: what mimetypes says depends on the tables of the machine.


@dataclass(frozen=True)
class Variant:
    """One representation, ready to send."""

    body: bytes
    etag: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Asset:
    """One file: as it is, and compressed where that pays."""

    plain: Variant
    compressed: Variant | None


class Assets:
    """An ASGI application for ``{prefix}/static/``; also tells the URL of each file."""

    def __init__(self, prefix: str, folder: Path | None = None) -> None:
        self._folder = f"{prefix}/static"
        self._urls: dict[str, str] = {}
        self._served: dict[str, Asset] = {}
        root = folder or directory("static")
        paths = (path for path in sorted(root.iterdir()) if path.is_file() and not path.name.startswith("."))
        self._bodies = slimmed({path.name: path.read_bytes() for path in paths})
        for name, body in self._bodies.items():
            self.add(name, body)

    def url(self, name: str) -> str:
        """Return the path of a file below the root path; KeyError when static/ has no such file."""
        return self._urls[name]

    def body(self, name: str) -> bytes:
        """Return what a file holds as it is served."""
        return self._bodies[name]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD; 404 for any name that is not exactly one of those handed out."""
        folder, _, name = scope["path"].rpartition("/")
        asset = self._served.get(name) if folder.endswith(self._folder) else None
        await serve(asset, scope, send)

    def add(self, name: str, body: bytes) -> None:
        """Serve one more file, which is as small as it gets."""
        path = Path(name)
        digest = hashlib.sha256(body).hexdigest()[:12]
        hashed = f"{path.stem}.{digest}{path.suffix}"
        # mtime 0: the same file gives the same octets on every gateway.
        packed = gzip.compress(body, compresslevel=9, mtime=0)
        worth_it = len(packed) <= WORTH_IT * len(body)
        self._bodies[name] = body
        self._urls[name] = f"{self._folder}/{hashed}"
        self._served[hashed] = Asset(
            plain=variant(path, body, f'"{digest}"', encoded=False, varies=worth_it),
            compressed=variant(path, packed, f'"{digest}-gzip"', encoded=True, varies=True)
            if worth_it
            else None,
        )


async def serve(asset: Asset | None, scope: Scope, send: Send) -> None:
    """Answer one request for an asset, or for a name that none has."""
    if asset is None:
        await answer(send, 404, [(b"content-length", b"0"), (b"cache-control", b"no-store")])
    elif scope["method"] not in ("GET", "HEAD"):
        await answer(send, 405, [(b"content-length", b"0"), (b"allow", b"GET, HEAD")])
    else:
        headers = Headers(scope=scope)
        wanted = asset.compressed if accepts_gzip(headers.getlist("accept-encoding")) else None
        chosen = wanted or asset.plain
        if matches(headers.getlist("if-none-match"), chosen.etag):
            kept = [field for field in chosen.fields if not field[0].startswith(b"content-")]
            await answer(send, 304, kept)
        else:
            await answer(send, 200, chosen.fields, b"" if scope["method"] == "HEAD" else chosen.body)


def variant(path: Path, body: bytes, etag: str, *, encoded: bool, varies: bool) -> Variant:
    """Return one representation with the fields that go with it."""
    media_type = TEXT.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    fields = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"etag", etag.encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    if varies:
        fields.append((b"vary", b"Accept-Encoding"))
    if encoded:
        fields.append((b"content-encoding", b"gzip"))
    return Variant(body, etag, tuple(fields))


def accepts_gzip(values: Iterable[str]) -> bool:
    """Tell whether Accept-Encoding names gzip, or ``*``, and not at q=0 (RFC 9110, 12.5.3)."""
    weights: dict[str, float] = {}
    for item in ",".join(values).lower().split(","):
        coding, _, parameter = item.partition(";")
        name, _, weight = parameter.partition("=")
        try:
            weights[coding.strip()] = float(weight) if name.strip() == "q" else 1.0
        except ValueError:
            weights[coding.strip()] = 0.0
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def matches(values: Iterable[str], etag: str) -> bool:
    """Tell whether If-None-Match names this representation, by the weak comparison (RFC 9110, 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in ",".join(values).split(",")]
    return etag in tags or "*" in tags


async def answer(send: Send, status: int, fields: Iterable[Field], body: bytes = b"") -> None:
    """Send one whole response."""
    await send({"type": "http.response.start", "status": status, "headers": list(fields)})
    await send({"type": "http.response.body", "body": body})
