"""One profile of the browser on its way through a site, and all that is observed on it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Frame, Page, Request, Response, WebSocket
from playwright.async_api import Error as PlaywrightError

from assent.core.cookies import cookie_pairs
from assent.core.urls import third_party
from assent.scan import jar
from assent.scan.seen import Asked, Cookie, Observed, Outcome, Sent, Step, Stored

HERE = Path(__file__).parent
WATCH = (HERE / "watch.js").read_text("utf-8")
STORED = (HERE / "stored.js").read_text("utf-8")
WORLD = "assent-scan"

LOAD_MS = 20_000
ANSWER_SECONDS = 5.0
MOST_MESSAGES = 100
LONGEST_MESSAGE = 300


class Visit:
    """A visitor with a profile of their own; begin a step, go to pages, and take what was observed."""

    def __init__(self, context: BrowserContext, page: Page, origin: str, settle: float, guard: str) -> None:
        self.context = context
        self.page = page
        self.origin = origin
        self._settle = settle
        self._guard = guard
        self._heading = ""
        self._values: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._jar: dict[jar.Key, Cookie] = {}
        self._stored: dict[tuple[str, str, str], Stored] = {}
        self.begin("before")

    def begin(self, step: Step) -> None:
        """Begin a step: what is there now is from before it."""
        self._step: Step = step
        self._began = time.time()
        self._pages: list[tuple[str, int]] = []
        self._headers: list[Cookie] = []
        self._written: list[jar.Written] = []
        self._taken: set[str] = set()
        self._before = frozenset(self._jar)
        self._stored_before = frozenset(self._stored)
        self._seen_jar = dict(self._jar)
        self._seen_stored = dict(self._stored)
        self._asked: dict[Any, Asked] = {}
        self._sent: dict[tuple[str, str], Sent] = {}
        self._console: list[str] = []

    async def go(self, url: str) -> bool:
        """Open a page, wait until it is calm, and look; tells whether a document was shown."""
        status = 0
        self._heading = bare(url)
        with contextlib.suppress(PlaywrightError):
            response = await self.page.goto(url, wait_until="commit", timeout=LOAD_MS)
            status = response.status if response else 0
            # A page that never ends to load is a page all the same.
            await self.page.wait_for_load_state("load", timeout=LOAD_MS)
        self._heading = ""
        self._pages.append((bare(url), status))
        with contextlib.suppress(PlaywrightError):
            # As far as a reader gets, so that what loads late loads; and back to where buttons are.
            await self.page.evaluate("() => { scrollTo(0, document.body?.scrollHeight ?? 0) }")
            await asyncio.sleep(self._settle / 2)
            await self.page.evaluate("() => scrollTo(0, 0)")
        await asyncio.sleep(self._settle / 2)
        await self.look()
        for other in self.context.pages:
            if other is not self.page:
                await other.close()
        return status != 0

    async def look(self) -> None:
        """Read the jar and the storage as they are now."""
        await self._settled()
        now, at = time.time(), self.at
        cookies: list[Any] = list(await self.context.cookies())
        self._values |= {part for raw in cookies for part in jar.telling(raw["value"])}
        self._jar = {}
        for raw in cookies:
            cookie = jar.in_jar(raw, at, now)
            self._jar[jar.key(cookie)] = cookie
            self._seen_jar.setdefault(jar.key(cookie), cookie)
        self._stored = {}
        async for origin, kind, name in self._keys():
            place = kind, name, origin
            self._stored[place] = Stored(kind, name, origin, at, now)
            self._seen_stored.setdefault(place, self._stored[place])

    def observed(self) -> Observed:
        """Return what was observed since the step began."""
        seen = {
            **self._seen_jar,
            **{place: self._jar[place] for place in self._jar if place not in self._seen_jar},
        }
        return Observed(
            step=self._step,
            began=self._began,
            pages=tuple(self._pages),
            cookies=jar.joined(self._headers, self._written, frozenset(self._taken), seen, self._before),
            storage=self._storage(),
            hosts=self._hosts(),
            sent=tuple(self._sent.values()),
            console=tuple(self._console),
        )

    def held(self) -> tuple[frozenset[jar.Key], frozenset[tuple[str, str, str]]]:
        """Return which cookies and storage keys are in the browser now."""
        return frozenset(self._jar), frozenset(self._stored)

    def without_values(self, text: str) -> str:
        """Return a text of the page without what cookies hold: some pages show it."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, "…")
        return text

    @property
    def at(self) -> str:
        """The address on which the visitor is, or to which they are on their way."""
        return self._heading or bare(self.page.url)

    async def watch(self) -> None:
        """Have everything of this profile told from now on."""
        await self.context.expose_binding("assentWitness", self._told)
        await self.context.add_init_script(WATCH)
        self.context.on("request", self._asks)
        self.context.on("response", lambda response: self._later(self._answered(response)))
        self.context.on("requestfailed", self._failed)
        self.context.on("console", self._says)
        self.context.on("page", lambda page: page.on("websocket", self._opens))
        self.page.on("websocket", self._opens)

    async def _told(self, source: dict[str, Any], message: dict[str, Any]) -> None:
        frame: Frame = source["frame"]
        kind, name = str(message["kind"]), str(message["name"])
        if kind == "taken":
            self._taken.add(name)
            return
        scripts = [bare(url) for url in message["stack"]]
        # Where Assent guards the page, its guard stands between the script and the browser.
        setter = next((url for url in scripts if self._guard not in url), bare(frame.url))
        written = jar.Written(kind, name, setter, message["origin"], self.at, time.time())
        self._written.append(written)

    def _asks(self, request: Request) -> None:
        target = third_party(request.url, self.origin)
        if target is not None:
            self._asked[request] = Asked(str(target), request.resource_type, self.at, time.time(), "answered")
        self._later(self._sends(request))

    def _opens(self, socket: WebSocket) -> None:
        target = third_party(socket.url, self.origin)
        if target is not None:
            self._asked[socket] = Asked(str(target), "websocket", self.at, time.time(), "answered")

    def _failed(self, request: Request) -> None:
        asked = self._asked.get(request)
        if asked is not None:
            why = request.failure or ""
            outcome: Outcome = "blocked" if "csp" in why.lower() or "BLOCKED" in why else "failed"
            self._asked[request] = Asked(asked.host, asked.kind, asked.page, asked.at, outcome)

    async def _sends(self, request: Request) -> None:
        page, at = self.at, time.time()
        field = (await request.all_headers()).get("cookie", "")
        host = urlsplit(request.url).netloc
        for name, _ in cookie_pairs(field.encode("latin-1", "replace")):
            told = name.decode("utf-8", "replace")
            if told:
                self._sent.setdefault((told, host), Sent(told, host, page, at))

    async def _answered(self, response: Response) -> None:
        page, at = self.at, time.time()
        for field in await response.headers_array():
            if field["name"].lower() == "set-cookie":
                for line in field["value"].split("\n"):
                    cookie = jar.by_header(line, bare(response.url), page, at)
                    if cookie is not None:
                        self._headers.append(cookie)

    def _says(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and len(self._console) < MOST_MESSAGES:
            self._console.append(f"{message.type}: {self.without_values(message.text)[:LONGEST_MESSAGE]}")

    def _later(self, work: Awaitable[None]) -> None:
        async def patiently() -> None:
            # What a closing page never answers is lost, and no failure.
            with contextlib.suppress(PlaywrightError, TimeoutError):
                await asyncio.wait_for(work, ANSWER_SECONDS)

        task = asyncio.ensure_future(patiently())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _settled(self) -> None:
        # Some pages never stop asking.
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=ANSWER_SECONDS)

    def _storage(self) -> tuple[Stored, ...]:
        writers: dict[tuple[str, str, str], jar.Written] = {}
        for written in self._written:
            writers.setdefault((written.kind, written.name, written.origin), written)
        return tuple(
            Stored(
                *place,
                page=writers[place].page if place in writers else stored.page,
                at=writers[place].at if place in writers else stored.at,
                setter=writers[place].setter if place in writers else "",
                new=place not in self._stored_before or place in writers,
            )
            for place, stored in self._seen_stored.items()
        )

    def _hosts(self) -> tuple[Asked, ...]:
        counted: dict[tuple[str, str, Outcome], Asked] = {}
        for asked in self._asked.values():
            place = asked.host, asked.kind, asked.outcome
            first = counted.get(place)
            count = first.count + 1 if first else 1
            first = first or asked
            counted[place] = Asked(first.host, first.kind, first.page, first.at, first.outcome, count)
        return tuple(counted.values())

    async def _keys(self) -> AsyncIterator[tuple[str, str, str]]:
        for page in self.context.pages:
            targets: list[Page | Frame] = [page, *page.frames[1:]]
            for target in targets:
                with contextlib.suppress(PlaywrightError):
                    # Frames of this page's process have no session of their own, and are in its tree.
                    session = await self.context.new_cdp_session(target)
                    tree = (await session.send("Page.getFrameTree"))["frameTree"]
                    for frame in _frames(tree):
                        for kind, key in await _read(session, frame["id"]):
                            yield frame["securityOrigin"], kind, key
                    await session.detach()


async def _read(session: Any, frame: str) -> list[list[str]]:
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": WORLD})
    answer = await session.send(
        "Runtime.evaluate",
        {
            "expression": STORED,
            "contextId": world["executionContextId"],
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    return list(answer["result"].get("value") or [])


def _frames(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return [tree["frame"], *(frame for child in tree.get("childFrames", ()) for frame in _frames(child))]


def bare(url: str) -> str:
    """Return an address without its query and fragment: identifiers travel there."""
    return url.partition("#")[0].partition("?")[0]
