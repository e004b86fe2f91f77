"""What the upstream gets on the wire over either way to it, TLS, and how failures are told."""

import asyncio
import gc
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from assent.errors import ConfigError, UpstreamError, UpstreamTimeout
from assent.gateway.limits import Timeouts
from assent.gateway.transport import Transport
from tests.gateway.http1.fetching import CHUNKED_FIELDS, body_of, fetch, length
from tests.gateway.servers import CERTIFICATE, OK, Incoming, free_port, loopback_tls, says, until, upstream

pytestmark = pytest.mark.anyio

FIELDS = [
    (b"Host", b"shop.example"),
    (b"X-Two", b"1"),
    (b"cookie", b"a=\xff"),
    (b"Cookie", b"b"),
    (b"X-Two", b"2"),
]

Make = Callable[..., Transport]


@pytest.fixture(params=["own", "httpx"])
def make(request: pytest.FixtureRequest) -> Make:
    """Makes a transport over Assent's own HTTP/1.1, and one over httpx, as for HTTP/2 and proxies."""

    def made(url: str, **options: Any) -> Transport:
        transport = Transport(url, **options)
        if request.param == "httpx":
            transport._needs_httpx = True
        return transport

    return made


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "report"])
async def test_bodyless_request_and_its_answer_pass_byte_for_byte(make: Make, method: str) -> None:
    answered = [b"X-A: \xff", b"Set-Cookie: a=1", b"x-a: 2", b"Set-Cookie: b=2", b"Content-Length: 0"]
    answer = b"\r\n".join([b"HTTP/1.1 200 OK", *answered, b"", b""])
    async with upstream(says(answer)) as site:
        transport = make(site.url)
        status, fields, body = await fetch(transport, method, b"/a/../b%2Fc?x=%20y;z", FIELDS)
        await transport.aclose()
    assert site.seen[0].lines == [
        method.encode() + b" /a/../b%2Fc?x=%20y;z HTTP/1.1",
        *(name + b": " + value for name, value in FIELDS),
    ]
    assert (status, body) == (200, b"")
    assert [name + b": " + value for name, value in fields] == answered


@pytest.mark.parametrize(
    ("fields", "wire"),
    [(length(6), b"abcdef"), (CHUNKED_FIELDS, b"3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n")],
    ids=["length", "chunked"],
)
async def test_body_arrives_in_its_framing(make: Make, fields: Any, wire: bytes) -> None:
    async with upstream(says(OK)) as site:
        transport = make(site.url)
        assert (await fetch(transport, "POST", b"/", fields, body_of(b"abc", b"def"))).body == b"ok"
        await transport.aclose()
    assert site.seen[0].body == wire


async def test_requests_in_a_row_share_one_connection(make: Make) -> None:
    async with upstream(says(OK)) as site:
        transport = make(site.url)
        for _ in range(5):
            assert (await fetch(transport)).body == b"ok"
        await transport.aclose()
    assert site.connections == 1


async def test_refused_connection_is_an_upstream_error(make: Make) -> None:
    transport = make(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(UpstreamError) as caught:
        await fetch(transport)
    assert caught.value.status == 502
    await transport.aclose()


async def test_silent_upstream_is_a_timeout(make: Make) -> None:
    async def silence(incoming: Incoming) -> None:
        await incoming.reader.read()

    async with upstream(silence) as site:
        transport = make(site.url, timeouts=Timeouts(first_byte=0.1, idle=0.1))
        with pytest.raises(UpstreamTimeout) as caught:
            await fetch(transport)
        await transport.aclose()
    assert caught.value.status == 504


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
async def test_broken_answer_is_an_upstream_error(make: Make, answer: bytes) -> None:
    async def speak(incoming: Incoming) -> None:
        await incoming.send(answer)
        incoming.writer.close()

    async with upstream(speak) as site:
        transport = make(site.url)
        with pytest.raises(UpstreamError):
            await fetch(transport, "POST", b"/", length(0), body_of())
        await transport.aclose()


async def test_leaving_before_the_end_closes_the_connection(make: Make) -> None:
    gone = asyncio.Event()

    async def endless(incoming: Incoming) -> None:
        await incoming.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
        await incoming.reader.read()
        gone.set()

    async with upstream(endless) as site:
        transport = make(site.url)
        exchange = await transport.exchange("GET", b"/", FIELDS)
        assert exchange.status == 200
        await exchange.aclose()
        await asyncio.wait_for(gone.wait(), 2)
        await transport.aclose()


async def test_upstream_with_an_unknown_certificate_is_an_upstream_error(make: Make) -> None:
    async with upstream(says(OK), tls=loopback_tls()) as site:
        transport = make(site.url.replace("http:", "https:"))
        with pytest.raises(UpstreamError, match=r"(?i)certificate"):
            await fetch(transport)
        await transport.aclose()
    assert site.seen == []


async def test_upstream_whose_certificate_the_operator_trusts_is_served(make: Make) -> None:
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    async with upstream(says(OK), tls=loopback_tls()) as site:
        for options in ({"tls": trusting}, {"ca_file": CERTIFICATE}, {"ca_file": str(CERTIFICATE)}):
            transport = make(site.url.replace("http:", "https:"), **options)
            assert (await fetch(transport)).body == b"ok"
            await transport.aclose()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


async def test_certificate_has_to_be_for_the_server_name_and_that_is_asked_for(
    make: Make, authority: trustme.CA, tmp_path: Path
) -> None:
    asked: list[str | None] = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("inside.example").configure_cert(server)
    server.sni_callback = lambda _, name, __: asked.append(name)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    async with upstream(says(OK), tls=server) as site:
        url = site.url.replace("http:", "https:")
        transport = make(url, ca_file=ca_file, server_name="inside.example")
        assert (await fetch(transport)).body == b"ok"
        await transport.aclose()
        for other in (None, "other.example"):
            transport = make(url, ca_file=ca_file, server_name=other)
            with pytest.raises(UpstreamError, match=r"(?i)certificate|mismatch"):
                await fetch(transport)
            await transport.aclose()
    assert asked == ["inside.example", None, "other.example"]


async def test_cut_off_over_tls_is_an_error_too(make: Make) -> None:
    async def cut(incoming: Incoming) -> None:
        await incoming.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        incoming.writer.transport.abort()

    async with upstream(cut, tls=loopback_tls()) as site:
        transport = make(site.url.replace("http:", "https:"), ca_file=CERTIFICATE)
        with pytest.raises(UpstreamError):
            await fetch(transport)
        await transport.aclose()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
async def test_transport_serves_one_event_loop_after_another(make: Make) -> None:
    async with upstream(says(OK)) as site:
        transport = make(site.url)
        for _ in range(2):
            # The kept connection of the first loop is lost with it, as it is with a test client.
            answer = await asyncio.to_thread(asyncio.run, fetch(transport))
            assert answer.body == b"ok"
            gc.collect()
        del transport
        gc.collect()


async def test_upstream_on_a_unix_socket_is_reached(make: Make, tmp_path: Path) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await reader.read()
        writer.close()

    server = await asyncio.start_unix_server(connected, tmp_path / "app.sock")
    transport = make(f"unix:{tmp_path}/app.sock")
    assert (await fetch(transport)).body == b"ok"
    await transport.aclose()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"upstream": "nonsense"}, r"gateway\.upstream"),
        (
            {"upstream": "https://a", "ca_file": "/nowhere/ca.pem"},
            r"gateway\.ca_file: /nowhere/ca\.pem: No such",
        ),
        ({"upstream": "https://a", "ca_file": __file__}, r"gateway\.ca_file"),
        ({"upstream": "unix:/a", "proxy": "http://b"}, r"gateway\.proxy"),
    ],
)
def test_wrong_options_are_refused_at_the_start(options: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Transport(**options)


async def test_many_requests_at_once_are_all_served(make: Make) -> None:
    gate = asyncio.Event()

    async def wait(incoming: Incoming) -> None:
        await gate.wait()
        await incoming.send(OK)

    async with upstream(wait) as site:
        transport = make(site.url)
        waiting = [asyncio.create_task(fetch(transport)) for _ in range(60)]
        await until(lambda: site.connections == 60)
        gate.set()
        assert {answer.body for answer in await asyncio.gather(*waiting)} == {b"ok"}
        await transport.aclose()
