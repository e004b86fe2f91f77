"""Weaves Assent's own start and stop into the lifespan of the app it wraps (ASGI lifespan protocol 2.0)."""

import logging
from collections.abc import Awaitable, Callable

from assent.asgi.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("assent")

Step = Callable[[], Awaitable[None]]


async def weave(app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, start: Step, stop: Step) -> None:
    """Serve one lifespan scope: start before the app does, stop after it did.

    An app that knows no lifespan raises at once, as the protocol asks of it; it then has none, and ours runs.
    """
    answered = False

    async def answer(message: Message) -> None:
        nonlocal answered
        answered = True
        if message["type"] != "lifespan.startup.complete":
            await stop()
        await send(message)

    first = await receive()
    await start()
    pending = [first]

    async def hand_over() -> Message:
        return pending.pop() if pending else await receive()

    try:
        await app(scope, hand_over, answer)
    except Exception:
        if answered:
            raise
        log.debug("the app offers no lifespan", exc_info=True)
    if not answered:
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await stop()
        await send({"type": "lifespan.shutdown.complete"})
