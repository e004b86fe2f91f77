"""fastapi-proxy-lib as its documentation shows it."""

import httpx
from fastapi_proxy_lib.fastapi.app import reverse_http_app  # type: ignore[import-not-found]

from bench.gateway.places import ORIGIN

app = reverse_http_app(
    client=httpx.AsyncClient(limits=httpx.Limits(max_connections=500, max_keepalive_connections=500)),
    base_url=f"{ORIGIN}/",
)
