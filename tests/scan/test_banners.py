"""Widespread banners themselves, from npm: their buttons are found, and what they cannot do is told."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from anyio import run_process
from playwright.async_api import Browser, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from assent.demo.run import running
from assent.scan import autoconsent
from assent.scan.audit import verdicts
from assent.scan.seen import Choice, Step
from tests.browser.shop import Shop
from tests.pages.workshop import missing
from tests.scan import sites
from tests.scan.conftest import audited, judge

pytestmark = [pytest.mark.anyio, pytest.mark.long]

PACKAGES = (
    "@duckduckgo/autoconsent@16.23.0",
    "cookieconsent@3.1.1",
    "klaro@0.7.22",
    "tarteaucitronjs@1.34.0",
    "vanilla-cookieconsent@3.1.0",
)

VANILLA = """<link rel="stylesheet" href="/npm/vanilla-cookieconsent/dist/cookieconsent.css">
<script src="/npm/vanilla-cookieconsent/dist/cookieconsent.umd.js"></script>
<script type="text/plain" data-category="analytics">SET</script><script>
addEventListener('load', () => CookieConsent.run({
  categories: {necessary: {readOnly: true}, analytics: {autoClear: {cookies: [{name: /^_ga/}]}}, ads: {}},
  language: {default: 'en', translations: {en: {
    consentModal: {title: 'Cookies', description: 'TEXT', acceptAllBtn: 'Accept all',
      acceptNecessaryBtn: 'Reject all', showPreferencesBtn: 'Manage individual preferences'},
    preferencesModal: {title: 'Manage cookie preferences', acceptAllBtn: 'Accept all',
      acceptNecessaryBtn: 'Reject all', savePreferencesBtn: 'Accept current selection', sections: [
        {title: 'Analytics', linkedCategory: 'analytics'}, {title: 'Ads', linkedCategory: 'ads'}]}}}}}))
</script>"""

KLARO = """<script>var klaroConfig = {version: 1, lang: 'en', acceptAll: true, services: [
  {name: 'ga', title: 'Counting', purposes: ['analytics'], cookies: [/^_ga/]},
  {name: 'ads', title: 'Ads', purposes: ['marketing']}]}</script>
<script defer src="/npm/klaro/dist/klaro.js"></script>
<script type="text/plain" data-type="application/javascript" data-name="ga">SET</script>"""

TARTEAUCITRON = """<script src="/npm/tarteaucitronjs/tarteaucitron.js"></script><script>
tarteaucitron.init({privacyUrl: '/privacy', orientation: 'bottom', cookieName: 'tarteaucitron',
  showIcon: true, iconPosition: 'BottomRight', DenyAllCta: true, AcceptAllCta: true, highPrivacy: true});
tarteaucitron.services.own =
  {key: 'own', type: 'analytic', name: 'Own', needConsent: true, cookies: ['_ga'], js() { SET }};
(tarteaucitron.job ??= []).push('own')</script>"""

OSANO = """<link rel="stylesheet" href="/npm/cookieconsent/build/cookieconsent.min.css">
<script src="/npm/cookieconsent/build/cookieconsent.min.js"></script>
<script>SET; addEventListener('load', () => cookieconsent.initialise(
  {palette: {popup: {background: '#000'}, button: {background: '#f1d600'}}, type: 'opt-out'}))</script>"""


@pytest.fixture(scope="module")
async def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the banners; no script of a package is run."""
    npm = shutil.which("npm") or missing("npm")
    folder = tmp_path_factory.mktemp("npm")
    quiet = ("--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--no-package-lock")
    await run_process([npm, "install", *quiet, "--prefix", str(folder), *PACKAGES])
    return folder / "node_modules"


@contextmanager
def served(head: str, modules: Path) -> Iterator[str]:
    html = sites.page("").replace("</head>", f"{head}</head>")
    html = html.replace("SET", sites.SET_GA).replace("TEXT", sites.TEXT)

    async def show(request: Request) -> Response:
        return HTMLResponse(html)

    routes = [Mount("/npm", StaticFiles(directory=modules)), Route("/{rest:path}", show)]
    with running(Starlette(routes=routes)) as origin:
        yield origin


@pytest.mark.parametrize(
    ("head", "reject", "accept", "wrong"),
    [
        (VANILLA, ("Reject all",), ("Accept all",), {22, 23}),
        (KLARO, ("I decline",), ("That's ok",), {22, 23}),
        (TARTEAUCITRON, ("Cookies : Deny all cookies",), ("Cookies : OK, accept all",), set()),
        # Its way back is a tab out of sight that no keyboard reaches.
        (OSANO, ("deny cookies",), ("allow cookies",), {1, 8, 18, 22, 23, 30, 32}),
    ],
    ids=["vanilla-cookieconsent", "klaro", "tarteaucitron", "osano"],
)
async def test_the_buttons_of_a_banner_are_found_and_its_faults_are_told(
    head: str,
    reject: tuple[str, ...],
    accept: tuple[str, ...],
    wrong: set[int],
    modules: Path,
    browser: Browser,
) -> None:
    with served(head, modules) as origin:
        site = await audited(origin, browser, patience=3.0, settle=0.4)
    pressed: dict[Step, tuple[str, ...]] = {
        step.step: step.choice.clicks for step in site.steps if step.choice
    }
    assert (pressed["reject"], pressed["accept"]) == (reject, accept)
    told = verdicts(site, judge(site))
    broken = {number for number, verdict in told.items() if verdict.status == "fail"}
    # These tell what the site wrote into the banner, and whether it named its cookies.
    assert broken - {11, 14, 15, 16, 35} == wrong


async def test_the_rules_of_autoconsent_press_the_buttons(modules: Path, browser: Browser) -> None:
    package = autoconsent.found(modules / "@duckduckgo/autoconsent")
    with running(sites.cookieyes()) as origin:
        site = await audited(origin, browser, autoconsent=package)
    reject, accept = site.step("reject"), site.step("accept")
    assert reject
    assert accept
    assert reject.choice == accept.choice == Choice(True, ("click 1",), by="autoconsent, cookieyes")


@pytest.mark.parametrize("compatible", [False, True])
async def test_its_rule_for_cookieyes_finds_our_banner_and_refuses(
    compatible: bool, modules: Path, browser: Browser, tmp_path: Path
) -> None:
    package = modules / "@duckduckgo/autoconsent"
    script = (package / autoconsent.SCRIPT).read_text("utf-8")
    rules = json.loads((package / autoconsent.RULES).read_text("utf-8"))
    loop = asyncio.get_running_loop()
    said = {kind: loop.create_future() for kind in ("popupFound", "optOutResult", "selfTestResult")}
    shop = Shop(tmp_path, compatibility={"cookieyes": compatible})
    with running(shop.app()) as origin:
        page = await browser.new_page()

        async def heard(source: dict[str, Any], message: dict[str, Any]) -> None:
            if message["type"] in said:
                said[message["type"]].set_result(message)
            elif message["type"] == "init":
                config = {**autoconsent.CONFIG, "autoAction": "optOut", "enablePrehide": True}
                answer = {"type": "initResp", "config": config, "rules": rules}
                await source["frame"].evaluate("(answer) => void autoconsentReceiveMessage(answer)", answer)

        await page.expose_binding(autoconsent.BINDING, heard)
        await page.add_init_script(script)
        await page.goto(origin)
        async with asyncio.timeout(20):
            found, refused = await said["popupFound"], await said["optOutResult"]
            assert found["cmp"] == refused["cmp"] == "cookieyes"
            assert refused["result"] is True
            await expect(page.locator(".cky-consent-container")).to_be_hidden()
            assert await page.evaluate("assent.state.choice.categories") == ["necessary"]
            await page.evaluate("void autoconsentReceiveMessage({ type: 'selfTest' })")
            # It looks for a word in a cookie that only a site made for CookieYes needs.
            assert (await said["selfTestResult"])["result"] is compatible
        await page.close()
    assert shop.recorded() == ["reject_all"]
