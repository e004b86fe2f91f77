"""What the upstream gets on the wire, with either library, and how its failures are told."""

import asyncio
import gc
import ssl
import sys
from collections.abc import Iterator
from contextlib import aclosing
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import pytest

import assent.gateway.transport as preferred
from assent.errors import ConfigError, UpstreamError, UpstreamTimeout
from tests.gateway.servers import CERTIFICATE, OK, Incoming, free_port, loopback_tls, says, until, upstream

FIELDS = [
    (b"Host", b"shop.example"),
    (b"X-Two", b"1"),
    (b"cookie", b"a=\xff"),
    (b"Cookie", b"b"),
    (b"X-Two", b"2"),
]


@pytest.fixture(params=["httpx2", "httpx"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The transport module, bound to each of the two libraries that it can use."""
    if request.param == "httpx2":
        assert find_spec("httpx2"), "the test group brings httpx2"
        yield preferred
        return
    monkeypatch.setitem(sys.modules, "httpx2", None)
    assert preferred.__file__
    spec = spec_from_file_location("transport_on_httpx", preferred.__file__)
    assert spec
    assert spec.loader
    module: ModuleType = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "transport_on_httpx", module)
    spec.loader.exec_module(module)
    assert module.httpx.__name__ == "httpx"
    yield module


async def fetch(transport: Any, *args: Any) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    async with transport.exchange(*args) as exchange, aclosing(exchange.pieces()) as pieces:
        body = b"".join([piece async for piece in pieces])
        return exchange.status, exchange.fields, body


def pieces_of(library: Any, *pieces: bytes) -> Any:
    waiting = iter(pieces)

    async def read() -> bytes | None:
        return next(waiting, None)

    return library.RequestBody(read)


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "report"])
async def test_bodyless_request_arrives_byte_for_byte(library: Any, method: str) -> None:
    answered = [b"X-A: \xff", b"Set-Cookie: a=1", b"x-a: 2", b"Set-Cookie: b=2", b"Content-Length: 0"]
    answer = b"\r\n".join([b"HTTP/1.1 200 OK", *answered, b"", b""])
    async with upstream(says(answer)) as site:
        transport = library.Transport(site.url)
        status, fields, body = await fetch(transport, method, b"/a/../b%2Fc?x=%20y;z", FIELDS)
        await transport.aclose()
    assert site.seen[0].lines == [
        method.encode() + b" /a/../b%2Fc?x=%20y;z HTTP/1.1",
        *(name + b": " + value for name, value in FIELDS),
    ]
    assert (status, body) == (200, b"")
    assert [name + b": " + value for name, value in fields] == answered


@pytest.mark.anyio
async def test_body_of_known_length_arrives_as_it_was(library: Any) -> None:
    async with upstream(says(OK)) as site:
        transport = library.Transport(site.url)
        await fetch(
            transport, "POST", b"/", [*FIELDS, (b"Content-Length", b"6")], pieces_of(library, b"abc", b"def")
        )
        await transport.aclose()
    assert site.seen[0].values(b"transfer-encoding") == []
    assert site.seen[0].body == b"abcdef"


@pytest.mark.anyio
async def test_body_of_unknown_length_is_chunked(library: Any) -> None:
    async with upstream(says(OK)) as site:
        transport = library.Transport(site.url)
        fields = [*FIELDS, (b"Transfer-Encoding", b"chunked")]
        await fetch(transport, "POST", b"/", fields, pieces_of(library, b"abc", b"def"))
        await transport.aclose()
    assert site.seen[0].values(b"content-length") == []
    assert site.seen[0].body == b"3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"


@pytest.mark.anyio
async def test_requests_in_a_row_share_one_connection(library: Any) -> None:
    async with upstream(says(OK)) as site:
        transport = library.Transport(site.url)
        for _ in range(5):
            assert (await fetch(transport, "GET", b"/", FIELDS))[2] == b"ok"
        await transport.aclose()
    assert site.connections == 1


@pytest.mark.anyio
async def test_many_streams_at_once_spread_and_all_are_served(library: Any) -> None:
    gate = asyncio.Event()

    async def wait(incoming: Incoming) -> None:
        await gate.wait()
        await incoming.send(OK)

    async with upstream(wait) as site:
        transport = library.Transport(site.url, timeouts=library.Timeouts(pool=0.2))
        waiting = [asyncio.create_task(fetch(transport, "GET", b"/", FIELDS)) for _ in range(60)]
        await until(lambda: site.connections == 60)
        gate.set()
        answers = await asyncio.gather(*waiting)
        await transport.aclose()
    assert {answer[2] for answer in answers} == {b"ok"}


@pytest.mark.anyio
async def test_refused_connection_is_an_upstream_error(library: Any) -> None:
    transport = library.Transport(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(UpstreamError, match="ConnectError") as caught:
        await fetch(transport, "GET", b"/", FIELDS)
    assert caught.value.status == 502
    await transport.aclose()


@pytest.mark.anyio
async def test_upstream_with_an_unknown_certificate_is_an_upstream_error(library: Any) -> None:
    async with upstream(says(OK), tls=loopback_tls()) as site:
        transport = library.Transport(site.url.replace("http:", "https:"))
        with pytest.raises(UpstreamError, match=r"(?i)certificate"):
            await fetch(transport, "GET", b"/", FIELDS)
        await transport.aclose()
    assert site.seen == []


@pytest.mark.anyio
async def test_upstream_whose_certificate_the_operator_trusts_is_served(library: Any) -> None:
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    async with upstream(says(OK), tls=loopback_tls()) as site:
        transport = library.Transport(site.url.replace("http:", "https:"), tls=trusting)
        assert (await fetch(transport, "GET", b"/", FIELDS))[2] == b"ok"
        await transport.aclose()


@pytest.mark.anyio
async def test_silent_upstream_is_a_timeout(library: Any) -> None:
    async def silence(incoming: Incoming) -> None:
        await incoming.reader.read()

    async with upstream(silence) as site:
        transport = library.Transport(site.url, timeouts=library.Timeouts(read=0.1))
        with pytest.raises(UpstreamTimeout) as caught:
            await fetch(transport, "GET", b"/", FIELDS)
        await transport.aclose()
    assert caught.value.status == 504


@pytest.mark.anyio
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"nonsense\r\n\r\n", id="no HTTP"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", id="body cut"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", id="chunks cut"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", id="two lengths"
        ),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n", id="endless fields"),
    ],
)
async def test_broken_answer_is_an_upstream_error(library: Any, answer: bytes) -> None:
    async def speak(incoming: Incoming) -> None:
        await incoming.send(answer)
        incoming.writer.close()

    async with upstream(speak) as site:
        transport = library.Transport(site.url)
        with pytest.raises(UpstreamError):
            await fetch(transport, "POST", b"/", [*FIELDS, (b"Content-Length", b"0")], pieces_of(library))
        await transport.aclose()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "body", "tries"),
    [
        pytest.param("GET", (), 2, id="safe and bodyless is repeated"),
        pytest.param("POST", (), 1, id="unsafe is not"),
        pytest.param("GET", (b"x",), 1, id="with a body neither"),
    ],
)
async def test_upstream_that_hangs_up(library: Any, method: str, body: tuple[bytes, ...], tries: int) -> None:
    async def hang_up_once(incoming: Incoming) -> None:
        if len(site.seen) == 1:
            incoming.writer.close()
        else:
            await incoming.send(OK)

    async with upstream(hang_up_once) as site:
        transport = library.Transport(site.url)
        fields = [*FIELDS, (b"Content-Length", str(len(body)).encode())] if body else FIELDS
        content = pieces_of(library, *body) if body else library.NO_BODY
        if tries == 2:
            assert (await fetch(transport, method, b"/", fields, content))[2] == b"ok"
        else:
            with pytest.raises(UpstreamError):
                await fetch(transport, method, b"/", fields, content)
        await transport.aclose()
    assert len(site.seen) == tries


@pytest.mark.anyio
async def test_leaving_before_the_end_closes_the_connection(library: Any) -> None:
    gone = asyncio.Event()

    async def endless(incoming: Incoming) -> None:
        await incoming.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
        await incoming.reader.read()
        gone.set()

    async with upstream(endless) as site:
        transport = library.Transport(site.url)
        async with transport.exchange("GET", b"/", FIELDS) as exchange:
            assert exchange.status == 200
        await asyncio.wait_for(gone.wait(), 2)
        await transport.aclose()


@pytest.mark.anyio
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
async def test_transport_serves_one_event_loop_after_another() -> None:
    async with upstream(says(OK)) as site:
        transport = preferred.Transport(site.url)
        for _ in range(2):
            # The kept connection of the first loop is lost with it, as it is with a test client.
            answer = await asyncio.to_thread(asyncio.run, fetch(transport, "GET", b"/", FIELDS))
            assert answer[2] == b"ok"
            gc.collect()
        del transport
        gc.collect()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://shop.example", "http://"),
        ("shop.example:80", "http://"),
        ("//shop.example", "http://"),
        ("", "http://"),
        ("http://", "no host"),
        ("http:///path", "no host"),
        ("http://user:secret@shop.example", "password"),
        ("http://shop.example/?a=1", "query"),
        ("http://shop.example/?", "query"),
        ("http://shop.example/#top", "fragment"),
        ("http://shop.example:99999", "65535"),
        ("http://shop.example:0", "65535"),
        ("http://[::1", "not a URL"),
        ("http://sh op", "neither a name"),
    ],
)
def test_wrong_upstream_is_refused_with_its_cure(library: Any, url: str, said: str) -> None:
    with pytest.raises(ConfigError, match=r"gateway\.upstream") as caught:
        library.Transport(url)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "host", "base"),
    [
        ("http://127.0.0.1:9000", b"127.0.0.1:9000", b""),
        ("https://shop.example/base/", b"shop.example", b"/base"),
        ("http://[::1]:9000/a%2Fb", b"[::1]:9000", b"/a%2Fb"),
        ("http://Shop.Example:80/", b"shop.example", b""),
    ],
)
def test_upstream_gives_host_and_base_path(library: Any, url: str, host: bytes, base: bytes) -> None:
    transport = library.Transport(url)
    assert (transport.host, transport.base_path) == (host, base)
