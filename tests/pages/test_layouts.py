"""Bodies that lay out their own children: what Assent puts among them takes no place."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from assent import ConsentMiddleware, Settings
from assent.demo.run import running
from tests.pages.conftest import BEHIND_A_PROXY

pytestmark = pytest.mark.anyio

LAYOUTS = {
    "block": "p { margin: 40px 0 }",
    "header, main and footer": "body { display: grid; min-height: 100vh; grid-template-rows: auto 1fr auto }",
    "two columns": "body { display: grid; grid-template-columns: 1fr 1fr; gap: 10px }",
    "centre": "body { display: grid; place-items: center; min-height: 100vh }",
    "row with gaps": "body { display: flex; gap: 20px }",
    "column with gaps": "body { display: flex; flex-direction: column; gap: 20px }",
    "space between": "body { display: flex; justify-content: space-between }",
    "space around": "body { display: flex; justify-content: space-around; flex-flow: column; height: 90vh }",
    "multicol": "body { columns: 2 }",
    "table": "body { display: table } body > * { display: table-row }",
    "line breaks kept": "body { white-space: pre-wrap }",
    "every child positioned": "body > * { position: relative; margin: 5px; border: 2px solid }",
    "insistent": "div { display: block !important; padding: 10px !important }",
}
BOXES = """() => ["header", "main", "footer"].map((name) => {
  const { x, y, width, height } = document.querySelector(name).getBoundingClientRect();
  return [x, y, width, height];
})"""


async def page(request: Request) -> HTMLResponse:
    style = LAYOUTS[request.path_params["name"]]
    return HTMLResponse(
        f"<!doctype html><html><head><style>body {{ margin: 0 }} {style}</style></head><body>"
        "<header><p>Teas</p></header><main><p>Words.</p><div>More.</div></main>"
        "<footer><p>Imprint</p></footer></body></html>"
    )


@pytest.fixture(scope="module")
def origins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    site = Starlette(routes=[Route("/layouts/{name}", page)])
    values = {
        "data_dir": tmp_path_factory.mktemp("layouts"),
        "gateway": {"trusted_proxies": [BEHIND_A_PROXY]},
    }
    app = ConsentMiddleware(site, settings=Settings.model_validate(values))
    with running(site) as directly, running(app) as through:
        yield directly, through


@pytest.mark.parametrize("accepts", [False, True], ids=["before a choice", "with all granted"])
async def test_a_body_keeps_its_layout(browser: Browser, origins: tuple[str, str], accepts: bool) -> None:
    directly, through = origins
    context = await browser.new_context()
    if accepts:
        fields = {"origin": through}
        answer = await context.request.post(
            f"{through}/_assent/choice", data={"action": "accept_all"}, headers=fields
        )
        assert answer.status == 200
    tab = await context.new_page()
    boxes: dict[str, list[Any]] = {directly: [], through: []}
    for origin, seen in boxes.items():
        for name in LAYOUTS:
            await tab.goto(f"{origin}/layouts/{name}")
            assert await tab.locator("#assent").count() == (origin == through)
            seen.append((name, await tab.evaluate(BOXES)))
    await context.close()

    assert boxes[through] == boxes[directly]
