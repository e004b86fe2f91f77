"""The obvious gateway: Starlette and httpx's client, both as their documentation shows them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bench.gateway.places import ORIGIN

HOP_BY_HOP = {b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@asynccontextmanager
async def life(app: Starlette) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    limits = httpx.Limits(max_connections=500, max_keepalive_connections=500)
    async with httpx.AsyncClient(base_url=ORIGIN, limits=limits, timeout=30) as client:
        yield {"client": client}


async def forward(request: Request) -> Response:
    client: httpx.AsyncClient = request.state.client
    url = httpx.URL(path=request.url.path, query=request.url.query.encode())
    fields = [field for field in request.headers.raw if field[0] not in HOP_BY_HOP]
    body = None if request.method in ("GET", "HEAD") else request.stream()
    upstream = await client.send(
        client.build_request(request.method, url, headers=fields, content=body), stream=True
    )
    response = StreamingResponse(
        upstream.aiter_raw(), status_code=upstream.status_code, background=BackgroundTask(upstream.aclose)
    )
    response.raw_headers = [
        (name.lower(), value) for name, value in upstream.headers.raw if name.lower() not in HOP_BY_HOP
    ]
    return response


app = Starlette(routes=[Route("/{path:path}", forward, methods=METHODS)], lifespan=life)
