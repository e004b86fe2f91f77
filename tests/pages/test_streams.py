"""The same pages, cut into chunks of odd sizes and in every coding: what goes out is the same bytes."""

import gzip
import re
from collections.abc import AsyncIterator, Callable
from importlib import import_module
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from assent import ConsentMiddleware, Settings
from assent.demo.run import running
from tests.pages.conftest import Sides
from tests.pages.pages import MORE, QUICK, Page
from tests.sites.conftest import INSERTED

brotli: Any = import_module("brotli")

PAGES = [pytest.param(page, id=page.name) for page in QUICK] + [
    pytest.param(page, id=page.name, marks=pytest.mark.long) for page in MORE
]
SRCDOC = re.compile(rb'srcdoc="[^"]*" data-assent-(?=srcdoc)')
"""A document that stands in an attribute gets the guard, too, and the original is kept beside it."""

NAVIGATION = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "accept": "text/html"}

SIZES = {"whole": (1 << 30,), "octets": (1,), "odd": (1, 7, 3, 8191, 2, 113, 1021), "large": (65_537,)}
MOST_CHUNKS = 20_000
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.compress,
    "br": lambda document: brotli.compress(document, quality=4),
}


class Site:
    """Serves one document as ``/?sizes=odd&coding=br`` says; what is packed is cut, not what is inside."""

    def __init__(self, document: bytes, content_type: str) -> None:
        self._packed = {coding: pack(document) for coding, pack in CODINGS.items()}
        self._content_type = content_type

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/", self._serve)])

    async def _serve(self, request: Request) -> StreamingResponse:
        coding = request.query_params["coding"]
        fields = {"content-type": self._content_type}
        if coding != "identity":
            fields["content-encoding"] = coding
        return StreamingResponse(cut(self._packed[coding], request.query_params["sizes"]), headers=fields)


async def cut(body: bytes, sizes: str) -> AsyncIterator[bytes]:
    at = 0
    for size in cycle(SIZES[sizes]):
        if at >= len(body):
            return
        yield body[at : at + size]
        at += size


@pytest.mark.parametrize("page", PAGES)
def test_a_page_passes_byte_for_byte_but_for_guard_and_banner(
    page: Page, sides: Sides, tmp_path: Path
) -> None:
    with httpx2.Client(headers=NAVIGATION, follow_redirects=True, timeout=30) as client:
        answer = client.get(sides(page)[0] + page.path, headers={"accept-encoding": "identity"})
    document = answer.content
    site = Site(document, answer.headers["content-type"])
    hosts = [{"host": host, "category": "functional"} for host in page.hosts]
    settings = Settings.model_validate({"data_dir": tmp_path, "hosts": hosts})

    with (
        running(ConsentMiddleware(site.app(), settings=settings)) as origin,
        httpx2.Client(base_url=origin, headers=NAVIGATION, timeout=60) as client,
    ):
        before = passed(client, len(document))
        chosen = client.post("/_assent/choice", json={"action": "accept_all"}, headers={"origin": origin})
        granted = passed(client, len(document))

    assert chosen.status_code == 200
    assert len(granted) > len(CODINGS) * 2
    for variant, body in granted.items():
        plain, pieces = INSERTED.subn(b"", SRCDOC.sub(b"", body))
        assert (plain, pieces) == (document, 4), variant
    # What is parked is the same, too.
    assert len({INSERTED.sub(b"", body) for body in before.values()}) == 1


def passed(client: httpx2.Client, length: int) -> dict[str, bytes]:
    """Return the page as it comes in each coding and each way to cut it that is not too many chunks."""
    bodies: dict[str, bytes] = {}
    for coding in CODINGS:
        for name, sizes in SIZES.items():
            if length // (sum(sizes) // len(sizes)) <= MOST_CHUNKS:
                answer = client.get(
                    "/", params={"coding": coding, "sizes": name}, headers={"accept-encoding": coding}
                )
                assert answer.headers.get("content-encoding", "identity") == coding
                bodies[f"{coding} in {name}"] = answer.content
    return bodies
