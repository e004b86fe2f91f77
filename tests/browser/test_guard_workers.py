"""The guard at the beginning of workers: classic, module, shared, service, and those made of a blob."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Page

from assent.demo.run import running
from tests.browser.conftest import Contexts
from tests.browser.guarded import GuardedSite

pytestmark = pytest.mark.anyio

STORE = """
const store = async (key) => {
  await new Promise((resolve) => {
    const request = indexedDB.open(key, 1);
    request.onsuccess = () => { request.result.close(); resolve() };
    request.onerror = (event) => { event.preventDefault(); resolve() };
  });
  await caches.open(key).catch(() => {});
  const root = await navigator.storage.getDirectory();
  await root.getFileHandle(key, { create: true }).catch(() => {});
  if (self.cookieStore) await cookieStore.set("_ga", "1");
};
self.onmessage = async ({ data, source }) => {
  for (const key of data) await store(key);
  (source ?? self).postMessage("done");
};
self.onconnect = ({ ports: [port] }) => {
  port.onmessage = async ({ data }) => {
    for (const key of data) await store(key);
    port.postMessage("done");
  };
};
"""
START = {
    "classic": "worker = new Worker(url)",
    "module": "worker = new Worker(url, { type: 'module' })",
    "shared": "worker = new SharedWorker(url).port",
    "service": """await navigator.serviceWorker.register(url, { scope: "/" });
      const { active } = await navigator.serviceWorker.ready;
      worker = { postMessage: data => active.postMessage(data) };
      navigator.serviceWorker.onmessage = event => worker.onmessage(event)""",
    "blob": """const blob = new Blob([await (await fetch("/script")).text()], { type: "text/javascript" });
      const made = URL.createObjectURL(blob); worker = new Worker(made); URL.revokeObjectURL(made)""",
    "module blob": """const script = await (await fetch("/script")).text();
      const blob = new Blob([script], { type: "text/javascript" });
      worker = new Worker(URL.createObjectURL(blob), { type: "module" })""",
    "blob of a frame": """document.body.append(document.createElement("iframe"));
      const { contentWindow } = document.querySelector("iframe");
      const blob = new Blob([await (await fetch("/script")).text()]);
      worker = new contentWindow.Worker(contentWindow.URL.createObjectURL(blob))""",
}
RUN = """async ([url, keys]) => {{
  let worker;
  {start};
  await new Promise((resolve) => {{ worker.onmessage = resolve; worker.postMessage(keys) }});
  const root = await navigator.storage.getDirectory();
  return [
    (await indexedDB.databases()).map(({{ name }}) => name).sort(),
    (await caches.keys()).sort(),
    (await Array.fromAsync(root.keys())).sort(),
  ];
}}"""


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[GuardedSite, str]]:
    served = GuardedSite()
    with running(served.app()) as origin:
        yield served, origin


@pytest.fixture
def site(served: tuple[GuardedSite, str]) -> GuardedSite:
    served[0].reset()
    served[0].worker = STORE.encode()
    return served[0]


@pytest.fixture
def origin(site: GuardedSite, served: tuple[GuardedSite, str]) -> str:
    return served[1]


@pytest.fixture
async def page(context: Contexts) -> AsyncIterator[Page]:
    errors: list[str] = []
    opened = await (await context()).new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    assert not errors


@pytest.mark.parametrize("kind", START)
async def test_a_worker_stores_nothing_that_is_refused(page: Page, origin: str, kind: str) -> None:
    await page.goto(origin)
    stored = await page.evaluate(RUN.format(start=START[kind]), ["/worker.js", ["an_id", "words"]])
    assert stored == [["words"]] * 3
    assert not await page.context.cookies()


@pytest.mark.parametrize("kind", ["classic", "module", "service", "blob"])
async def test_a_worker_stores_what_is_granted(page: Page, origin: str, kind: str) -> None:
    await page.goto(origin + "/?granted=analytics")
    worker = "/worker.js?granted=analytics"
    stored = await page.evaluate(RUN.format(start=START[kind]), [worker, ["an_id", "words"]])
    assert stored == [["an_id", "words"]] * 3
    assert [cookie["name"] for cookie in await page.context.cookies()] == (
        ["_ga"] if kind == "service" else []
    )


async def test_a_module_worker_with_imports_still_runs(page: Page, origin: str, site: GuardedSite) -> None:
    site.worker = (
        b"import * as none from 'data:text/javascript,export const word = 1'; postMessage(none.word);"
    )
    await page.goto(origin)
    told = await page.evaluate(
        """() => new Promise(resolve => {
          new Worker("/worker.js", { type: "module" }).onmessage = ({ data }) => resolve(data) })"""
    )
    assert told == 1
