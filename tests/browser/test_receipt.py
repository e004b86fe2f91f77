"""The receipt's page in a real browser: readable, accessible, narrow, and its file holds."""

from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from axe_playwright_python.async_playwright import Axe
from starlette.applications import Starlette

from assent import ConsentMiddleware, Settings
from assent.core.jws import Keys
from assent.core.receipt import verify
from assent.demo.run import running

from .conftest import Contexts

pytestmark = pytest.mark.anyio


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    with running(ConsentMiddleware(Starlette(), settings=Settings(data_dir=tmp_path))) as origin:
        yield origin


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_the_page_is_accessible_and_fits_a_narrow_screen(
    site: str, context: Contexts, scheme: str, scripts: bool
) -> None:
    visitor = await context(
        java_script_enabled=scripts, color_scheme=scheme, viewport={"width": 320, "height": 640}
    )
    page = await visitor.new_page()
    await page.goto(f"{site}/_assent/preferences")
    await page.get_by_role("button", name="Accept All").click()
    await page.goto(f"{site}/_assent/receipt")
    assert await page.get_by_role("heading", name="Your consent receipt").is_visible()
    await page.get_by_text("The signed receipt", exact=True).click()
    if scripts:
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        found = await Axe().run(page)
        assert found.response["violations"] == [], found.generate_report()
    async with page.expect_download() as saving:
        await page.get_by_role("link", name="Save the signed receipt").click()
    assert (await saving.value).suggested_filename == "consent-receipt.jws"
    saved = await anyio.Path(await (await saving.value).path()).read_text()
    jwks = await (await visitor.request.get(f"{site}/_assent/.well-known/jwks.json")).text()
    assert len(verify(saved, Keys.of_jwks(jwks)).record.given) == 4
