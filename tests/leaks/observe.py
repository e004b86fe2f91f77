"""What the browser itself holds and held: its jar, its storage, and cookies that were there for a moment."""

from typing import Any

from playwright.async_api import Browser, Page

CHANGED = """
globalThis.cookieStore?.addEventListener('change', event => {
  for (const {name, value} of event.changed) labWitness(name || value);
});
"""
# Read in a world of its own: there no script of the page and no guard stands in the way.
STORED = """(async () => {
  const found = [];
  for (const area of [localStorage, sessionStorage])
    for (let i = 0; i < area.length; i++) found.push(area.key(i));
  const databases = async factory => (await factory.databases()).map(({name}) => name);
  found.push(...await databases(indexedDB), ...await caches.keys());
  for await (const name of (await navigator.storage.getDirectory()).keys()) found.push(name);
  for (const name of await navigator.storageBuckets?.keys() ?? []) {
    const bucket = await navigator.storageBuckets.open(name);
    found.push(name, ...await databases(bucket.indexedDB), ...await bucket.caches.keys());
  }
  for (const {scope} of await navigator.serviceWorker.getRegistrations())
    found.push('worker ' + scope.split('/').at(-2));
  return found;
})()"""
WORLD = "lab"
SITE = "site.test"


class Observer:
    """Collects the names of cookies and storage keys, those of a moment apart from those that stayed."""

    def __init__(self) -> None:
        self._root: Any = None
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.kept: set[str] = set()
        self.glimpsed: set[str] = set()
        self.stored: set[str] = set()
        self.banner: set[str] = set()

    async def begin(self, browser: Browser) -> None:
        """Attach to the browser."""
        self._root = await browser.new_browser_cdp_session()

    async def watch(self, page: Page) -> None:
        """Have every document of a page report the cookies that change in it."""
        session = await page.context.new_cdp_session(page)
        session.on("Runtime.bindingCalled", lambda event: self.glimpsed.add(event["payload"]))
        await session.send("Page.enable")
        await session.send("Runtime.enable")
        await session.send("Runtime.addBinding", {"name": "labWitness", "executionContextName": WORLD})
        await session.send("Page.addScriptToEvaluateOnNewDocument", {"source": CHANGED, "worldName": WORLD})

    async def jar(self) -> list[dict[str, Any]]:
        """Return the site's cookies."""
        found = await self._root.send("Storage.getCookies")
        return [cookie for cookie in found["cookies"] if cookie["domain"].endswith(SITE)]

    async def look(self) -> set[str]:
        """Return the names of the cookies that are there now, and remember them."""
        now = {cookie["name"] or cookie["value"] for cookie in await self.jar()}
        self.kept |= now
        return now

    async def plant(self, cookie: dict[str, Any]) -> None:
        """Put a cookie into the jar."""
        await self._root.send("Storage.setCookies", {"cookies": [cookie]})

    async def read_storage(self, page: Page) -> set[str]:
        """Return the keys that the page's origin holds now, and remember them."""
        session = await page.context.new_cdp_session(page)
        frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
        world = await session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "probe"})
        answer = await session.send(
            "Runtime.evaluate",
            {
                "expression": STORED,
                "contextId": world["executionContextId"],
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        await session.detach()
        if "exceptionDetails" in answer:
            raise RuntimeError(f"storage could not be read: {answer['exceptionDetails']}")
        now = set(answer["result"]["value"])
        self.stored |= now
        return now

    async def stop_workers(self, page: Page) -> None:
        """Stop all service workers."""
        session = await page.context.new_cdp_session(page)
        await session.send("ServiceWorker.enable")
        await session.send("ServiceWorker.stopAllWorkers")
        await session.detach()

    async def prune(self, keep: int) -> None:
        """Drop cookies before the browser does: it keeps 180 for a domain, and the choice must stay."""
        jar = await self.jar()
        for cookie in jar[: max(0, len(jar) - keep)]:
            if cookie["name"] != "assent":
                await self.plant({**cookie, "expires": 1})
