"""The running task ends when the client goes, and only then."""

import asyncio
import gc
from typing import Any

import pytest

from assent.gateway.departure import ClientGoneError, Departure

DISCONNECT = {"type": "http.disconnect"}
BODY = {"type": "http.request", "body": b"x", "more_body": True}
LONG = 5.0


class Client:
    """A receive channel that a test writes to."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.asked = 0

    async def receive(self) -> dict[str, Any]:
        self.asked += 1
        return await self.messages.get()


@pytest.mark.anyio
async def test_client_that_leaves_stops_the_task_without_an_error() -> None:
    client = Client()
    client.messages.put_nowait(BODY)
    client.messages.put_nowait(DISCONNECT)
    stopped = True
    with Departure(client.receive) as departure:
        departure.watch()
        departure.watch()
        await asyncio.sleep(LONG)
        stopped = False
    assert stopped
    assert client.asked == 2
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


@pytest.mark.anyio
async def test_quick_exchange_never_asks_for_a_disconnect() -> None:
    client = Client()
    with Departure(client.receive) as departure:
        departure.watch()
        await asyncio.sleep(0)
    await asyncio.sleep(0.1)
    assert client.asked == 0


@pytest.mark.anyio
async def test_disconnect_after_stop_does_nothing() -> None:
    client = Client()
    with Departure(client.receive) as departure:
        departure.watch()
        await asyncio.sleep(0.1)
        departure.stop()
        client.messages.put_nowait(DISCONNECT)
        await asyncio.sleep(0.05)
    assert client.asked == 1


@pytest.mark.anyio
async def test_cancellation_from_outside_goes_on() -> None:
    client = Client()

    async def exchange() -> None:
        with Departure(client.receive) as departure:
            departure.watch()
            await asyncio.sleep(LONG)

    task = asyncio.create_task(exchange())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.anyio
async def test_client_gone_during_its_body_is_no_error_but_others_are() -> None:
    client = Client()
    with Departure(client.receive):
        raise ClientGoneError
    with pytest.raises(KeyError), Departure(client.receive):
        raise KeyError("x")


@pytest.mark.anyio
async def test_nothing_of_a_watch_waits_for_the_collector() -> None:
    async def receive() -> dict[str, Any]:
        return await asyncio.Future()

    async def watched() -> None:
        with Departure(receive) as departure:
            departure.watch()
            await asyncio.sleep(0.1)

    await watched()
    gc.collect()
    gc.disable()
    try:
        await watched()
        await asyncio.sleep(0.01)
        left = [thing for thing in gc.get_objects() if isinstance(thing, Departure)]
    finally:
        gc.enable()
    assert left == []
