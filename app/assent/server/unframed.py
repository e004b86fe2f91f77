"""Responses of unknown length to clients of HTTP/1.0, which know no chunks (RFC 9112 section 6.1).

The end of the connection is the end of such a response, so one that breaks off must not end in good order.
"""

import socket
import struct
from typing import Any

_RESET = struct.pack("ii", 1, 0)


def unframe(cycle: Any) -> None:
    """Have uvicorn's exchange send a body whose length nobody said as it is, and close after it."""
    send = cycle.send

    async def plain(message: Any) -> None:
        if message["type"] == "http.response.start":
            names = {name.lower() for name, _ in message.get("headers", ())}
            if b"content-length" not in names:
                cycle.chunked_encoding = False
                cycle.transport = _Unframed(cycle)
        elif isinstance(cycle.transport, _Unframed):
            # What is sent is by definition what was to be expected.
            cycle.expected_content_length = len(message.get("body", b""))
        await send(message)

    cycle.send = plain


class _Unframed:
    """The transport of one such response."""

    def __init__(self, cycle: Any) -> None:
        self._cycle = cycle
        self._transport = cycle.transport
        self.write = self._transport.write
        self.is_closing = self._transport.is_closing

    def close(self) -> None:
        """Close after the end of the response; before it, so that the client sees it break off."""
        if self._cycle.response_complete:
            self._transport.close()
        else:
            # Without this the kernel would end the connection in good order all the same.
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()
