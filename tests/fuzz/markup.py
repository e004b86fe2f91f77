"""Fuzz target: HTML as it streams; however it is cut into chunks, the same bytes come out."""

from typing import Any

from assent.core import markup
from assent.core.boundary import Boundary
from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.rules import HostRule, Rules

HEAD, BODY = b"<script>HEAD</script>", b"<div>BODY</div>"
RULES = Rules(hosts=(HostRule("*.tracker.example", Category.ANALYTICS),))


def target(data: bytes) -> None:
    """Take the sizes of the chunks from the first octets, and the document from the rest."""
    sizes, document = data[:4], data[4:]
    for boundary in (None, _boundary(NECESSARY_ONLY), _boundary(ALL)):
        whole = _written(boundary, [document])
        assert _written(boundary, _cut(document, sizes)) == whole
        if boundary is None:
            _adds_only_its_own(document, whole)


def _boundary(granted: frozenset[Category]) -> Boundary:
    return Boundary(RULES, granted, "https://shop.example", lambda host: None)


def _cut(document: bytes, sizes: bytes) -> list[bytes]:
    chunks: list[bytes] = []
    at = 0
    while at < len(document):
        size = (sizes[len(chunks) % len(sizes)] if sizes else 1) + 1
        chunks.append(document[at : at + size])
        at += size
    return chunks


def _written(boundary: Boundary | None, chunks: list[bytes]) -> bytes:
    stream = _stream(boundary)
    return b"".join([*map(stream.feed, chunks), stream.end()])


def _stream(boundary: Boundary | None) -> Any:
    return markup.Markup(
        head=HEAD, body=BODY, boundary=boundary, placeholder=lambda blocked, url: "/placeholder"
    )


def _adds_only_its_own(document: bytes, written: bytes) -> None:
    """Each piece is there at most once, and without them the document is what it was."""
    for piece in (BODY, HEAD):
        if piece not in document and piece in written:
            before, _, after = written.partition(piece)
            written = before + after
    assert HEAD in document or BODY in document or written == document
