"""uvicorn's server, with a stop that loses no request, and settings that can change while it runs."""

import asyncio
import signal
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from weakref import WeakSet

import uvicorn

from assent.config import Server as Settings
from assent.server import doors
from assent.server.memory import let_stay
from assent.server.reloadable import Reloadable
from assent.server.siblings import Siblings

LINGER = 1.0
"""Seconds in which clients learn that a kept connection ends, before those that are silent are closed."""

LAST_SECONDS = 2.0
"""What requests that were given up get to clean up in."""

HANDSHAKE = 0.5
"""What a handshake of TLS that is under way gets to end in, so that its request is seen."""

TICK = 0.05


class Server(uvicorn.Server):
    """Serves one Reloadable app; SIGHUP has it reload, SIGTERM and SIGINT stop."""

    def __init__(
        self,
        config: uvicorn.Config,
        app: Reloadable,
        settings: Settings,
        tls: ssl.SSLContext | None = None,
        started: Callable[[], None] = lambda: None,
        siblings: Siblings | None = None,
        ends_all: Callable[[], bool] = lambda: True,
    ) -> None:
        """``ends_all`` tells of a stop whether nobody else goes on to serve the same sockets."""
        super().__init__(config)
        config.load()
        config.ssl = tls
        self._app = app
        self._started = started
        self._siblings = siblings
        self._ends_all = ends_all
        self._told: WeakSet[Any] = WeakSet()
        self._reloads: set[asyncio.Task[None]] = set()
        self.settings = settings
        app.traffic.connections = lambda: len(self.server_state.connections)
        if siblings is not None:
            app.process.siblings = siblings.all

    def reload(self) -> None:
        """Begin to reload."""
        task = asyncio.get_running_loop().create_task(self._app.reload(), name="reload")
        self._reloads.add(task)
        task.add_done_callback(self._reloads.discard)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        if self._app.can_reload and hasattr(signal, "SIGHUP"):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.reload)
        if self._siblings is not None:
            await self._siblings.open()
        let_stay()
        self._started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, let requests end, and give up those that outlive the grace."""
        self._app.process.draining = True
        self._drain()
        await self._until(lambda: False, self.settings.stop_delay_seconds)
        await self._close(sockets or [])
        self._drain()
        grace = self.settings.grace_seconds
        if not await self._until(self._all_ended, min(LINGER, grace)):
            for connection in self._connections():
                if hasattr(connection, "drain"):
                    connection.shutdown()
            await self._until(self._all_ended, max(0, grace - LINGER))
        await self._give_up()
        if self._siblings is not None:
            self._siblings.close()
        await self.lifespan.shutdown()

    async def _close(self, listeners: list[socket.socket]) -> None:
        """Close the sockets, and serve those whom the kernel has connected but nobody has accepted yet."""
        last = [listener.dup() for listener in listeners]
        if self._ends_all():
            for listener in last:
                doors.keep_out(listener)
        for server in self.servers:
            server.close()
        for listener in listeners:
            listener.close()
        # By then the loop has let go of its own, and handshakes that were under way have come to their end.
        await asyncio.sleep(TICK)
        late = [taken for listener in last for taken in doors.close(listener)]
        await asyncio.gather(*map(self._serve_late, late), return_exceptions=True)
        if self.config.ssl is not None:
            await self._until(lambda: False, HANDSHAKE)

    async def _serve_late(self, taken: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        served: Any = self.config.http_protocol_class
        made = partial(
            served, config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        async with asyncio.timeout(HANDSHAKE):
            await loop.connect_accepted_socket(made, taken, ssl=self.config.ssl)

    def _drain(self) -> None:
        # Told to the class, those hear it as well whose handshake is still under way.
        served: Any = self.config.http_protocol_class
        served.draining = True
        for connection in self._connections():
            if hasattr(connection, "drain"):
                connection.drain()
            elif connection not in self._told:
                self._told.add(connection)
                # A WebSocket is told at once that it has to come again: 1012. One that is closing already
                # cannot be, and says so by an error of its own.
                with suppress(Exception):
                    connection.shutdown()

    async def _give_up(self) -> None:
        for connection in self._connections():
            if hasattr(connection, "give_up"):
                connection.give_up()
        if not await self._until(self._all_ended, LAST_SECONDS):
            for connection in self._connections():
                connection.transport.abort()
            for task in list(self.server_state.tasks):
                task.cancel()
            await self._until(self._all_ended, LAST_SECONDS)

    def _connections(self) -> list[Any]:
        return list(self.server_state.connections)

    def _all_ended(self) -> bool:
        return not self.server_state.connections and not self.server_state.tasks

    async def _until(self, condition: Callable[[], bool], seconds: float) -> bool:
        end = asyncio.get_running_loop().time() + seconds
        while not condition():
            if self.force_exit or asyncio.get_running_loop().time() >= end:
                return False
            await asyncio.sleep(TICK)
        return True
