"""Fresh profiles: each visitor comes for the first time, and leaves evidence behind."""

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
from playwright.async_api import Browser, ViewportSize

from assent.scan.crawl import origin
from assent.scan.har import without_values
from assent.scan.plan import Plan
from assent.scan.seen import Step
from assent.scan.visit import Visit

WIDE: ViewportSize = {"width": 1280, "height": 800}
SECONDS = 10.0

# navigator.globalPrivacyControl is there for scripts where the field is there for servers (W3C GPC 3.2).
GPC_SCRIPT = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"


class Profiles:
    """Makes visitors in one browser."""

    def __init__(self, plan: Plan, browser: Browser) -> None:
        self._plan = plan
        self._browser = browser
        self._agent = ""

    @property
    def browser(self) -> str:
        """The browser's name and version."""
        return f"Chromium {self._browser.version}"

    @contextlib.asynccontextmanager
    async def visit(self, step: Step) -> AsyncIterator[Visit]:
        """Give a visitor a fresh profile, logged in where the plan says so; its traffic is evidence."""
        plan = self._plan
        archive = plan.evidence / f"{step}.har" if plan.evidence else None
        options: dict[str, Any] = {}
        if archive:
            options |= {"record_har_path": archive, "record_har_content": "omit"}
        if step == "gpc":
            options |= {"extra_http_headers": {"Sec-GPC": "1"}}
        context = await self._browser.new_context(
            user_agent=await self._user_agent(), viewport=WIDE, ignore_https_errors=plan.near, **options
        )
        try:
            if step == "gpc":
                await context.add_init_script(GPC_SCRIPT)
            page = await context.new_page()
            visit = Visit(context, page, origin(plan.url), plan.settle, f"{plan.base}/")
            await visit.watch()
            if plan.autoconsent:
                await plan.autoconsent.attach(page)
            if plan.login:
                await plan.login(page)
            visit.begin(step)
            yield visit
        finally:
            await context.close()
            if archive and archive.exists():
                kept = without_values(json.loads(archive.read_text("utf-8")))
                archive.write_text(json.dumps(kept, indent=1), "utf-8")

    async def _user_agent(self) -> str:
        # Some banners are hidden from what says that it is driven; an auditor wants what visitors get.
        if not self._agent:
            page = await self._browser.new_page()
            told: str = await page.evaluate("navigator.userAgent")
            await page.close()
            self._agent = told.replace("Headless", "")
        return self._agent


def client(plan: Plan) -> httpx.AsyncClient:
    """Return what asks the site for its files, without a visitor's cookies."""
    return httpx.AsyncClient(follow_redirects=True, timeout=SECONDS, verify=not plan.near)
