"""What goes over httpx: HTTP/2, with TLS and without, and forward proxies."""

import asyncio

import httpx
import pytest

from assent.errors import ConfigError, UpstreamBusy, UpstreamError, UpstreamTimeout
from assent.gateway import websocket
from assent.gateway.address import parse
from assent.gateway.delegated import Delegated
from assent.gateway.limits import Limits, Timeouts
from assent.gateway.transport import Transport
from tests.gateway.http1.fetching import FIELDS, body_of, fetch, length
from tests.gateway.http2 import http2_upstream
from tests.gateway.servers import CERTIFICATE, OK, Incoming, loopback_tls, says, until, upstream

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("secure", [True, False], ids=["over TLS", "without TLS"])
async def test_http_2_upstream_is_spoken_to_in_http_2(secure: bool) -> None:
    async with http2_upstream(loopback_tls() if secure else None) as site:
        url = f"{'https' if secure else 'http'}://127.0.0.1:{site.port}"
        transport = Transport(url, http2=True, ca_file=CERTIFICATE)
        first = await transport.exchange("GET", b"/a?b", [*FIELDS, (b"Cookie", b"a=1"), (b"Cookie", b"b")])
        assert (first.status, first.version) == (200, "2")
        assert await first.read() == b"over HTTP/2"
        await first.aclose()
        posted = await fetch(transport, "POST", b"/", length(3), body_of(b"ab", b"c"))
        await transport.aclose()
    assert [value for name, value in posted.fields if name == b"set-cookie"] == [b"a=1", b"b=2"]
    asked = site.fields[0]
    assert (b":path", b"/a?b") in asked
    assert (b":authority", b"shop.example") in asked
    assert [value for name, value in asked if name == b"cookie"] == [b"a=1; b"]
    assert site.bodies[3] == b"abc"
    assert site.connections == 1


async def test_websocket_is_http_1_even_where_requests_are_http_2() -> None:
    async with http2_upstream(loopback_tls()) as site:
        transport = Transport(f"https://127.0.0.1:{site.port}", http2=True, ca_file=CERTIFICATE)
        await fetch(transport)
        with pytest.raises(UpstreamError):
            await websocket.connect(transport, b"/", FIELDS, (), max_size=1)
        await transport.aclose()
    assert site.agreed == ["h2", "http/1.1"]


async def test_upstream_that_does_not_know_http_2_is_spoken_to_in_http_1() -> None:
    async with upstream(says(OK), tls=loopback_tls()) as site:
        transport = Transport(site.url.replace("http:", "https:"), http2=True, ca_file=CERTIFICATE)
        assert (await fetch(transport)).body == b"ok"
        await transport.aclose()
    assert site.seen[0].lines[0] == b"GET / HTTP/1.1"


def test_http_2_without_its_extra_is_a_mistake_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assent.gateway.transport.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"gateway\.protocol.*assent\[http2\]"):
        Transport("https://shop.example", http2=True)


async def test_proxy_is_asked_for_an_http_upstream_by_its_whole_name() -> None:
    async with upstream(says(OK)) as proxy:
        transport = Transport("http://shop.example:9000/base", proxy=proxy.url)
        assert (await fetch(transport, target=b"/base/a/../b")).body == b"ok"
        await transport.aclose()
    assert proxy.seen[0].lines[0] == b"GET http://shop.example:9000/base/a/../b HTTP/1.1"


async def test_proxy_makes_a_tunnel_to_an_https_upstream() -> None:
    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        finally:
            writer.close()

    async def tunnel(incoming: Incoming) -> None:
        host, _, port = incoming.lines[0].split(b" ")[1].partition(b":")
        reader, writer = await asyncio.open_connection(host.decode(), int(port))
        await incoming.send(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(pipe(incoming.reader, writer), pipe(reader, incoming.writer))

    async with upstream(says(OK), tls=loopback_tls()) as site, upstream(tunnel) as proxy:
        transport = Transport(site.url.replace("http:", "https:"), proxy=proxy.url, ca_file=CERTIFICATE)
        assert (await fetch(transport, target=b"/a/../b")).body == b"ok"
        await transport.aclose()
    assert proxy.seen[0].lines[0] == b"CONNECT 127.0.0.1:%d HTTP/1.1" % site.port
    assert site.seen[0].lines[0] == b"GET /a/../b HTTP/1.1"


async def test_all_connections_in_use_is_told_as_busy() -> None:
    go_on = asyncio.Event()

    async def wait(incoming: Incoming) -> None:
        await go_on.wait()
        await incoming.send(OK)

    async with upstream(wait) as proxy:
        transport = Transport(
            "http://shop.example", proxy=proxy.url, limits=Limits(connections=1), timeouts=Timeouts(queue=0.1)
        )
        first = asyncio.create_task(fetch(transport))
        await until(lambda: bool(proxy.seen))
        with pytest.raises(UpstreamBusy):
            await fetch(transport)
        go_on.set()
        assert (await first).body == b"ok"
        await transport.aclose()


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (httpx.ReadTimeout("x"), UpstreamTimeout),
        (httpx.ConnectTimeout("x"), UpstreamTimeout),
        (httpx.PoolTimeout("x"), UpstreamBusy),
        (httpx.ConnectError("x"), UpstreamError),
        (httpx.RemoteProtocolError("x"), UpstreamError),
    ],
)
async def test_any_transport_of_httpx_may_carry_requests(
    raised: httpx.HTTPError, told: type[UpstreamError]
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.raw_path == b"/ok":
            return httpx.Response(200, content=b"ok", extensions={"http_version": b"HTTP/1.1"})
        raise raised

    carrier = Delegated(httpx.MockTransport(answer), parse("http://a"), Timeouts())
    assert (await fetch(carrier, target=b"/ok")).body == b"ok"
    with pytest.raises(told) as caught:
        await fetch(carrier)
    assert type(caught.value) is told
    await carrier.aclose()
