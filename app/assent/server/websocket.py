"""uvicorn's protocol for WebSockets, with what it leaves open: a client that left during its handshake."""

from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Tells the app that its ``accept`` reached nobody, which by itself the protocol keeps quiet about."""

    async def send(self, message: Any) -> None:
        """Pass a message on; raises ClientDisconnected, an OSError, when there is nobody to take it."""
        await super().send(message)
        if message["type"] == "websocket.accept" and not self.handshake_complete:
            raise ClientDisconnected
