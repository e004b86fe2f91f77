"""Fixtures for the gateway's tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from assent.gateway import Gateway
from tests.gateway.servers import Front, Upstream, serving


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["h11", "httptools"])
def front(request: pytest.FixtureRequest) -> Front:
    """Starts uvicorn, with each of its two parsers, around a gateway to the given upstream."""

    @asynccontextmanager
    async def start(site: Upstream | str, **options: Any) -> AsyncIterator[int]:
        url = site if isinstance(site, str) else site.url
        async with serving(Gateway(url, **options), http=request.param) as port:
            yield port

    return start
