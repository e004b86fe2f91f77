"""Visitors of the shop who look at every byte that they get: is it whole, is it theirs, was it agreed to?"""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from random import Random
from typing import Self

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.gateway.http1client import BrokenError, Connection, Field, Response
from tests.gateway.shop import content

TOKEN = re.compile(rb"v[0-9]{5}-[0-9a-f]{16}")
DIALOG = b"Cookie consent"
WAIT = 60.0
KILOBYTE, MEGABYTE = 1 << 10, 1 << 20
ROOM = {
    "ASSENT_COOKIES": '[{"name": "sid", "category": "necessary"}]',
    "ASSENT_SERVER__REQUESTS_PER_MINUTE": "0",
    "ASSENT_GATEWAY__CONNECT_SECONDS": "60",
    "ASSENT_GATEWAY__QUEUE_SECONDS": "60",
}
"""Settings under which a crowd from one address is let in."""


class Street:
    """The way to the shop: connections that any visitor may find free, as behind a proxy in front."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._free: list[Connection] = []

    async def connection(self) -> Connection:
        """Take a connection that was left in good order, the last one first, or open one."""
        while self._free:
            if (connection := self._free.pop()).usable:
                return connection
        try:
            return await Connection.open(self.port)
        except OSError as error:
            raise BrokenError(repr(error)) from error

    def give_back(self, connection: Connection) -> None:
        """Leave a connection to the next visitor."""
        if connection.usable:
            self._free.append(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        while self._free:
            self._free.pop().close()


class Visitor:
    """One visitor, with a name that is in all that is meant for them and in nothing else."""

    def __init__(self, number: int, street: Street) -> None:
        self._random = Random(number)
        self.name = b"v%05d-%016x" % (number, self._random.getrandbits(64))
        self.agrees = self._random.random() < 0.5
        self._street = street
        self._cookies: dict[bytes, bytes] = {b"sid": self.name}

    async def choose(self) -> None:
        """Accept or reject all cookies."""
        said = b'{"action": "accept_all"}' if self.agrees else b'{"action": "reject_all"}'
        kind = (b"Content-Type", b"application/json")
        response = await self._ask(b"POST", b"/_assent/choice", said, kind)
        while response.status == 503:
            # A crowd that agrees at once waits longer for its records than one visitor may have to.
            await asyncio.sleep(self._random.random())
            response = await self._ask(b"POST", b"/_assent/choice", said, kind)
        assert response.status == 200, response
        for line in response.values(b"set-cookie"):
            name, _, value = line.partition(b";")[0].partition(b"=")
            if value:
                self._cookies[name] = value
        # Whoever rejects may still send a cookie from before; it must not arrive.
        self._cookies[b"_ga"] = self.name

    async def page(self) -> None:
        """Read a page, with the dialog and with this visitor's cookies, and nobody else's."""
        size = self._random.choice([KILOBYTE, 20 * KILOBYTE])
        response = await self._ask(b"GET", b"/page?size=%d" % size, b"", (b"Sec-Fetch-Dest", b"document"))
        self._mine(response)
        text = re.search(rb"<p id=visitor>(.*?)</p><p id=cookies>(.*?)</p>", response.body)
        assert text, response.body
        assert text[1] == self.name
        self._agreed(text[2])
        assert DIALOG in response.body
        assert response.body.endswith(b"</body></html>")

    async def file(self, size: int = 0) -> None:
        """Fetch something that must arrive byte for byte."""
        size, seed = size or self._random.randrange(20 * KILOBYTE), self._random.getrandbits(32)
        response = await self._ask(b"GET", b"/file?seed=%d&size=%d" % (seed, size))
        self._mine(response)
        expected = content(str(seed), size)
        assert hashlib.sha256(response.body).digest() == hashlib.sha256(expected).digest()

    async def large_file(self) -> None:
        """Fetch a megabyte."""
        await self.file(MEGABYTE)

    async def upload(self) -> None:
        """Send something, which the shop takes the hash of."""
        body = self._random.randbytes(self._random.choice([KILOBYTE, 100 * KILOBYTE, MEGABYTE]))
        response = await self._ask(b"POST", b"/upload", body)
        self._mine(response)
        assert response.body == b"%b %b" % (self.name, hashlib.sha256(body).hexdigest().encode())

    async def events(self) -> None:
        """Follow events to their end."""
        response = await self._ask(b"GET", b"/events?number=10")
        self._mine(response)
        assert response.body == b"".join(b"data: %b %d\n\n" % (self.name, number) for number in range(10))

    async def talk(self) -> None:
        """Open a WebSocket and say something that comes back."""
        message = self._random.randbytes(self._random.randrange(100 * KILOBYTE))
        fields = [(name.decode(), value.decode()) for name, value in self._fields()]
        uri = f"ws://127.0.0.1:{self._street.port}/talk"
        try:
            async with connect(
                uri, proxy=None, additional_headers=fields, compression=None, open_timeout=WAIT
            ) as socket:
                assert socket.response is not None
                for line in socket.response.headers.get_all("set-cookie"):
                    self._only_mine(line.encode())
                greeting = await socket.recv(decode=False)
                await socket.send(message)
                echo = await socket.recv(decode=False)
        except (OSError, ConnectionClosed, InvalidHandshake) as error:
            raise BrokenError(repr(error)) from error
        self._only_mine(greeting)
        self._agreed(greeting)
        assert hashlib.sha256(echo).digest() == hashlib.sha256(message).digest()

    async def leave(self) -> None:
        """Go in the middle of a response or of an upload."""
        connection = await self._street.connection()
        target = self._random.choice(
            [b"/page?size=20480", b"/file?seed=1&size=1000000", b"/events?number=50"]
        )
        after = self._random.choice([0, 100, 1000])
        if self._random.random() < 0.3:
            body = [(b"Content-Length", b"1000000")]
            came = await connection.leave(b"PUT", b"/upload", [*self._fields(), *body], b"x" * 70_000, 0)
        else:
            came = await connection.leave(b"GET", target, self._fields(), b"", after)
        self._only_mine(came)

    async def _ask(self, method: bytes, target: bytes, body: bytes = b"", *more: Field) -> Response:
        connection = await self._street.connection()
        try:
            async with asyncio.timeout(WAIT):
                response = await connection.ask(method, target, [*self._fields(), *more], body)
        except BaseException:
            connection.close()
            raise
        self._street.give_back(connection)
        if response.status in (502, 503) and not target.startswith(b"/_assent"):
            self._only_mine(response.head + response.body)
            raise BrokenError(response.body.decode())
        return response

    def _fields(self) -> list[Field]:
        pairs = [b"%b=%b" % pair for pair in self._cookies.items()]
        return [(b"X-Visitor", self.name), (b"Cookie", b"; ".join(pairs))]

    def _mine(self, response: Response) -> None:
        assert response.status == 200, response
        assert response.values(b"x-visitor") == [self.name]
        self._only_mine(response.head)
        self._only_mine(response.body)
        pairs = [line.partition(b";")[0] for line in response.values(b"set-cookie")]
        assert b"sid=" + self.name in pairs
        assert (b"_ga=" + self.name in pairs) == self.agrees

    def _only_mine(self, seen: bytes) -> None:
        others = set(TOKEN.findall(seen)) - {self.name}
        assert not others, f"{self.name!r} was shown what is for {others!r}"

    def _agreed(self, cookies: bytes) -> None:
        assert b"sid=" + self.name in cookies
        assert (b"_ga=" + self.name in cookies) == self.agrees


Act = Callable[[Visitor], Awaitable[None]]

MIXED: dict[Act, int] = {
    Visitor.page: 40,
    Visitor.file: 25,
    Visitor.upload: 10,
    Visitor.leave: 10,
    Visitor.talk: 7,
    Visitor.events: 5,
    Visitor.large_file: 3,
}
"""What visitors do, and how often in a hundred."""


def acts(random: Random, number: int) -> list[Act]:
    """Draw what a visitor does."""
    return random.choices(list(MIXED), list(MIXED.values()), k=number)
