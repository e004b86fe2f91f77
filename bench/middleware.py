"""What ConsentMiddleware adds to a Starlette app, as a ratio to CORSMiddleware in the same run.

In process, without a server: a request with seven cookies and a signed choice, an answer with ten fields of
which five are Set-Cookie and three must go, or with five fields and no Set-Cookie. Rounds are interleaved and
the fastest of each case counts, since other work on the machine can only slow a round down.
"""

import asyncio
import gc
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from assent import ConsentMiddleware, Settings

CALLS = 4000
ROUNDS = 15

PLAIN = [
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"content-length", b"13"),
    (b"cache-control", b"no-store"),
    (b"vary", b"cookie"),
    (b"x-frame-options", b"DENY"),
]
FIVE_COOKIES = [
    *PLAIN,
    (b"set-cookie", b"sessionid=8f14e45fceea167a; Path=/; HttpOnly; Secure"),
    (b"set-cookie", b"_ga=GA1.2.3.4; Path=/; Max-Age=63072000"),
    (b"set-cookie", b"_ga_ABCD1234=GS1.1.1.1; Path=/"),
    (b"set-cookie", b"_fbp=fb.1.2.3; Path=/; Domain=example.org"),
    (b"set-cookie", b"lang=en; Path=/; Max-Age=31536000"),
]
ANSWERS = {"five Set-Cookie, three go": FIVE_COOKIES, "no Set-Cookie": PLAIN}
COOKIES = [{"name": "lang", "category": "functional"}, {"name": "theme", "category": "functional"}]

App = Callable[..., Awaitable[None]]


class NoOp:
    """The least that a middleware can be which sees what is sent."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def passed(message: Any) -> None:
            await send(message)

        await self.app(scope, receive, passed)


class NoOpBase(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        return response


async def receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def send(message: Any) -> None:
    pass


def scope(consent: bytes) -> dict[str, Any]:
    cookies = b"sessionid=8f14e45fceea167a5a36dedd4bea2543; theme=dark; lang=en; csrftoken=aaaabbbbccccdddd; "
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"example.org"),
            (b"user-agent", b"Mozilla/5.0"),
            (b"accept", b"text/html"),
            (b"accept-language", b"en"),
            (b"referer", b"https://example.org/"),
            (b"cookie", cookies + consent + b"; cf_clearance=17; messages=1"),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 443),
        "extensions": {},
    }


def site(fields: list[tuple[bytes, bytes]], *middleware: Middleware) -> Starlette:
    async def page(request: Request) -> Response:
        response = PlainTextResponse("Hello, world!")
        response.raw_headers = list(fields)
        return response

    return Starlette(routes=[Route("/", page)], middleware=list(middleware))


async def choose(settings: Settings) -> bytes:
    """Return the cookie-pair of a visitor who granted Functional."""
    lines: list[bytes] = []
    body = b'{"action": "save", "categories": ["functional"]}'

    async def choice() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def stored(message: Any) -> None:
        lines.extend(value for name, value in message.get("headers", ()) if name == b"set-cookie")

    request = scope(b"")
    request |= {"method": "POST", "path": "/_assent/choice"}
    request["headers"] = [(b"host", b"example.org"), (b"content-type", b"application/json")]
    app = ConsentMiddleware(site(PLAIN), settings=settings)
    await app(request, choice, stored)
    await app.close()
    return lines[0].partition(b";")[0]


async def measure(folder: Path) -> dict[str, dict[str, float]]:
    """Return nanoseconds per request, by answer and by what stands before the site."""
    settings = Settings.model_validate({"data_dir": folder, "cookies": COOKIES})
    asked = scope(await choose(settings))
    stacks = {
        "bare": [],
        "no-op": [Middleware(NoOp)],
        "CORSMiddleware": [Middleware(CORSMiddleware, allow_origins=["*"])],
        "no-op BaseHTTPMiddleware": [Middleware(NoOpBase)],
        "ConsentMiddleware": [Middleware(ConsentMiddleware, settings=settings)],
    }
    apps = {(a, n): site(fields, *stack) for a, fields in ANSWERS.items() for n, stack in stacks.items()}
    best: dict[tuple[str, str], float] = {}
    for _ in range(ROUNDS):
        for case, app in apps.items():
            calls = CALLS // 10 if "Base" in case[1] else CALLS
            gc.collect()
            start = time.perf_counter_ns()
            for _ in range(calls):
                await app(asked.copy(), receive, send)
            took = (time.perf_counter_ns() - start) / calls
            best[case] = min(took, best.get(case, took))
    return {answer: {name: best[answer, name] for name in stacks} for answer in ANSWERS}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder)))
    for answer, times in figures.items():
        bare, cors = times["bare"], times["CORSMiddleware"] - times["bare"]
        print(f"{answer}: the bare app takes {bare / 1000:.2f} us")
        for name, took in times.items():
            if name != "bare":
                added = took - bare
                print(f"  {name:26} adds {added / 1000:6.2f} us   {added / cors:5.2f} of CORSMiddleware")


if __name__ == "__main__":
    main()
