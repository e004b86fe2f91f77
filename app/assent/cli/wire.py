"""What the server itself would add to every answer, and must not: the upstream's own Date passes through."""

import logging
from email.utils import formatdate

from assent.asgi.types import ASGIApp, Message, Receive, Scope, Send
from assent.errors import UpstreamError


class Dated:
    """Adds Date (RFC 9110 6.6.1) to the answers that have none: Assent's own, and careless upstreams'."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                fields = message["headers"]
                if not any(len(name) == 4 and name.lower() == b"date" for name, _ in fields):
                    date = (b"date", formatdate(usegmt=True).encode())
                    message = {**message, "headers": [*fields, date]}
            await send(message)

        await self._app(scope, receive, dated)


class OneLine(logging.Filter):
    """Says in one line that an upstream broke off: a traceback would tell no more."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record of an UpstreamError; all records pass."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, UpstreamError):
            record.msg, record.args = "the answer was cut off: %s", (error,)
            record.exc_info, record.exc_text = None, None
        return True
