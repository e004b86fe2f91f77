"""The site of the lab: it serves every vector's pages and answers, and does what it likes."""

import asyncio
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qs, unquote

from assent.asgi.types import Receive, Scope, Send
from tests.leaks.vector import Reply, Vector
from tests.leaks.witness import Witness, cookie_names

PLAIN = (
    "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Plain</title></head><body><p>Plain.</p>"
)
SHARED = (
    "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Vectors</title>{head}</head>"
    # The room below keeps what is to be clicked from under a banner.
    "<body><p>Vectors.</p>{body}<div style='height: 100vh'></div></body></html>"
)
NOT_FOUND = Reply("nothing here", "text/plain", 404)


class LabSite:
    """An ASGI app. It tells the witness which cookies it was sent and what its pages tell it."""

    def __init__(self, vectors: Iterable[Vector], witness: Witness, udp: Mapping[str, int]) -> None:
        self._vectors = {vector.id: vector for vector in vectors}
        self._witness = witness
        self._udp = udp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one http scope."""
        if scope["type"] != "http":
            return
        fields: list[tuple[bytes, bytes]] = scope["headers"]
        self._witness.sent |= cookie_names(fields)
        while (await receive()).get("more_body"):
            pass
        vector, reply = self._find(unquote(scope["path"]), scope["query_string"].decode())
        if vector and (b"if-none-match", b'"kept"') in fields:
            reply = vector.replies.get("304", reply)
        await self._send(vector, reply, scope["method"] == "HEAD", send)

    def _find(self, path: str, query: str) -> tuple[Vector | None, Reply]:
        kind, _, rest = path.lstrip("/").partition("/")
        if kind == "page":
            return None, Reply(self._shared(parse_qs(query)["v"][0].split(",")))
        if kind in ("told", "collect"):
            self._witness.told.add(rest)
            return None, Reply("", "text/plain", 204)
        vector_id, _, name = rest.partition("/")
        vector = self._vectors.get(vector_id)
        if kind == "v" and vector:
            return vector, vector.page or Reply(self._shared([vector.id]))
        if kind == "r" and vector:
            return vector, vector.replies.get(name, NOT_FOUND)
        return None, NOT_FOUND if kind in ("favicon.ico", "v", "r") else Reply(PLAIN)

    def _shared(self, ids: list[str]) -> str:
        vectors = [self._vectors[name] for name in ids]
        return SHARED.format(
            head="\n".join(self._fill(vector, vector.head) for vector in vectors),
            body="\n".join(self._fill(vector, vector.body) for vector in vectors),
        )

    def _fill(self, vector: Vector | None, text: str) -> str:
        return vector.fill(text, self._udp.get(vector.id, 0)) if vector else text

    async def _send(self, vector: Vector | None, reply: Reply, bodyless: bool, send: Send) -> None:
        fields = [(b"content-type", reply.type.encode())] if reply.type else []
        for name, value in reply.fields:
            # A lone character up to U+00FF stands for that octet.
            fields.append((name.encode(), self._fill(vector, value).encode("latin-1")))
        await send({"type": "http.response.start", "status": reply.status, "headers": fields})
        if not bodyless:
            pieces = reply.body if isinstance(reply.body, tuple) else ((0.0, reply.body),)
            for pause, piece in pieces:
                await asyncio.sleep(pause)
                body = piece if isinstance(piece, bytes) else self._fill(vector, piece).encode(reply.encoding)
                await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
