"""A thousand visitors at once, over connections that they share: nobody is ever shown what is another's."""

import asyncio
from pathlib import Path
from random import Random

import pytest

from tests.gateway.running import serving, shop
from tests.gateway.visiting import ROOM, Street, Visitor, acts

VISITORS = 1000
ACTS = 3


@pytest.mark.anyio
async def test_no_cookie_of_one_visitor_is_ever_seen_by_another(tmp_path: Path) -> None:
    """The shop tells for each request who sent it with which cookies, and the visitors look at every byte."""

    async def visit(visitor: Visitor, plan: Random) -> None:
        await visitor.choose()
        for act in acts(plan, ACTS):
            await act(visitor)

    async with shop() as site, serving(site.url, tmp_path, **ROOM) as process:
        with Street(process.port) as street:
            visitors = [Visitor(number, street) for number in range(VISITORS)]
            async with asyncio.TaskGroup() as group:
                for number, visitor in enumerate(visitors):
                    group.create_task(visit(visitor, Random(number)))
    assert 400 < sum(visitor.agrees for visitor in visitors) < 600
