"""A bare Chromium with a profile of its own, as close to a visitor's as a lab can have it."""

import asyncio
import contextlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.browser.conftest import executable
from tests.leaks.stage import RESOLVER, Stage

# Distributions' wrapper scripts add flags, such as one that turns <a ping> off.
BARE = (Path("/usr/lib/chromium/chromium"), Path("/usr/lib/chromium-browser/chromium-browser"))

LOOKED_UP = "EXCLUDE *.dns.tracker.test, EXCLUDE *.dns.ads.test"

PREFERENCES = {
    # Third-party cookies allowed, and network prediction on: what refuses them must be Assent.
    "profile": {"cookie_controls_mode": 0, "block_third_party_cookies": False},
    "net": {"network_prediction_options": 0},
}


@contextlib.asynccontextmanager
async def chromium(stage: Stage, profile: Path) -> AsyncIterator[Browser]:
    """Start a browser whose every host is the stage; it ends with the block."""
    _prepare(stage, profile)
    port_file = profile / "DevToolsActivePort"
    process = await asyncio.create_subprocess_exec(
        *_command(stage, profile), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(30):
            # The browser writes it when it is ready, and has no other way to say so.
            while not port_file.exists() or "\n" not in port_file.read_text():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        port = port_file.read_text().split("\n", 1)[0]
        async with async_playwright() as playwright:
            browser = await playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
            yield browser
            await browser.close()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()
        shutil.rmtree(profile, ignore_errors=True)


def _prepare(stage: Stage, profile: Path) -> None:
    (profile / "Default").mkdir(parents=True)
    (profile / "Default" / "Preferences").write_text(json.dumps(PREFERENCES))
    resolver = {"mode": "secure", "templates": f"https://127.0.0.1:{stage.port}{RESOLVER}"}
    (profile / "Local State").write_text(json.dumps({"dns_over_https": resolver}))


def _command(stage: Stage, profile: Path) -> list[str]:
    program = next((str(path) for path in BARE if path.exists()), None) or executable()
    sandbox = [] if getattr(os, "geteuid", lambda: 1)() != 0 else ["--no-sandbox"]
    ports = (stage.port, *stage.udp.values())
    return [
        program,
        "--headless=new",
        "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
        # Names below "dns." are left to the resolver, which sees them; all others need no look-up.
        f"--host-resolver-rules=MAP *.test 127.0.0.1:{stage.port}, {LOOKED_UP}",
        # --ignore-certificate-errors would turn the HTTP cache off.
        f"--ignore-certificate-errors-spki-list={stage.spki}",
        "--no-first-run",
        "--no-default-browser-check",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--disable-extensions",
        "--disable-gpu",
        # A WebRTC stack that hides local addresses asks no STUN server from a machine without a network.
        "--allow-loopback-in-peer-connection",
        "--disable-features=WebRtcHideLocalIpsWithMdns,OptimizationHints,HttpsUpgrades",
        # The stage plays the internet: from a public page, loopback would need a permission.
        "--ip-address-space-overrides=" + ",".join(f"127.0.0.1:{port}=public" for port in ports),
        *sandbox,
        "about:blank",
    ]
