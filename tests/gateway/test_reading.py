"""Thousands of requests made of pieces of ambiguous ones: none is read otherwise than nginx reads it."""

import asyncio
import re
from collections import defaultdict
from random import Random

import pytest

from assent.gateway import Gateway
from tests.gateway.nginx import nginx
from tests.gateway.servers import PROTOCOLS, serving
from tests.gateway.smuggling import CASES
from tests.gateway.test_smuggling import Wire, tell, wire

pytestmark = [pytest.mark.long, pytest.mark.anyio]

REQUESTS = 10_000
AT_ONCE = 50
NOISE = (
    *(b"\r", b"\n", b"\r\n", b"\0", b"\t", b" ", b":", b";", b",", b"\x0b", b"\x7f", b"\xff", b"0", b"+"),
    *(b"\r\n\r\n", b"\r\n ", b"\r\nContent-Length: 4", b"\r\nTransfer-Encoding: chunked", b"0\r\n\r\n"),
)
NUMBERED = re.compile(rb"/(?:case|smuggled)([0-9]+)")
Read = tuple[bytes, bytes, bytes, bytes]


def made(number: int, random: Random) -> bytes:
    """Make a request of the beginning of one case and the rest of another, with noise in between."""
    one, other = (case.sent for case in random.choices(list(CASES.values()), k=2))
    # The first line stays: it tells which request it is.
    begin = one.find(b"\r\n") + 2
    cut = random.randrange(begin, len(one) + 1)
    sent = one[:cut] + (other[random.randrange(len(other)) :] if random.random() < 0.3 else one[cut:])
    for _ in range(random.randrange(4)):
        place = random.randrange(begin, len(sent) + 1)
        sent = sent[:place] + random.choice(NOISE) + sent[place + random.randrange(3) :]
    return re.sub(rb"/(case|smuggled)", rb"/\g<1>%d" % number, sent)


def by_number(upstream: Wire) -> dict[int, list[Read]]:
    """Tell what was read of each request, in order."""
    read: dict[int, list[Read]] = defaultdict(list)
    for request in upstream.requests:
        if found := NUMBERED.fullmatch(request[1]):
            read[int(found[1])].append(request)
    return read


@pytest.mark.parametrize("parser", PROTOCOLS)
async def test_no_request_of_thousands_is_read_otherwise_than_nginx_reads_it(parser: str) -> None:
    """As far as both read on, they read the same requests with the same bodies."""
    random = Random(parser)
    requests = [made(number, random) for number in range(REQUESTS)]
    turn = asyncio.Semaphore(AT_ONCE)

    async def ask_both(sent: bytes) -> None:
        async with turn:
            await asyncio.gather(tell(port, sent), tell(other, sent))

    async with (
        wire() as ours,
        wire(strict=False) as theirs,
        nginx(theirs.url) as other,
        serving(Gateway(ours.url), parser) as port,
    ):
        await asyncio.gather(*map(ask_both, requests))
    mine, nginx_s = by_number(ours), by_number(theirs)
    both = mine.keys() & nginx_s.keys()
    differences = {
        number: (requests[number], mine[number], nginx_s[number])
        for number in both
        for one, another in zip(mine[number], nginx_s[number], strict=False)
        if one != another
    }
    assert differences == {}
    assert len(both) > REQUESTS // 20
