"""Fixtures for the tests of HTTP/1.1."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from assent.gateway.address import parse
from assent.gateway.http1 import Pool
from tests.gateway.servers import Upstream

MakePool = Callable[..., Awaitable[Pool]]


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    """Both event loops that Assent runs on: their transports differ in when they call what."""
    return "asyncio", {"use_uvloop": request.param}


@pytest.fixture
async def pool_of() -> AsyncIterator[MakePool]:
    """Makes pools for an upstream, and sees that nothing of them is left."""
    pools: list[Pool] = []

    async def make(site: Upstream | str, **options: Any) -> Pool:
        pool = Pool(parse(site if isinstance(site, str) else site.url), **options)
        pools.append(pool)
        return pool

    yield make
    for pool in pools:
        await pool.aclose()
        assert pool.counts == (0, 0, 0)
