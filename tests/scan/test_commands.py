"""The commands, from their arguments to the files they write and the status they end with."""

import json
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner, Result
from playwright.sync_api import sync_playwright

from assent import Settings, create_app
from assent.cli import main
from assent.core.rules import Rules
from assent.demo.counter import EMAIL, PASSWORD
from assent.demo.rules import DECLARED, declared
from assent.demo.run import running
from assent.demo.shop import create_shop
from assent.demo.third_party import create_third_party
from assent.scan import report
from assent.scan.audit import verdicts
from assent.scan.findings import findings
from assent.scan.judge import Judge
from assent.scan.seen import Asked, Choice, Cookie, Observed, Site, Stored
from tests.browser.conftest import executable
from tests.scan import sites

QUICK = ("--pages", "1", "--settle", "0.1")
LOGIN = f"""
async def login(page):
    await page.goto("SHOP/login")
    await page.fill("[name=email]", "{EMAIL}")
    await page.fill("[name=password]", "{PASSWORD}")
    await page.click("main form button")
    await page.wait_for_url("**/account")
"""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run where no assent.toml and no node_modules are."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def third_party() -> Iterator[str]:
    with running(create_third_party(), name="localhost") as origin:
        yield origin


@pytest.fixture(scope="module")
def shop(third_party: str) -> Iterator[str]:
    with running(create_shop(third_party)) as origin:
        yield origin


def assent(*arguments: object) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def rules(file: Path) -> dict[str, dict[str, Any]]:
    return {one["rule"]: one for one in json.loads(file.read_text("utf-8"))["rules"]}


@pytest.mark.long
def test_behind_assent_the_demo_breaks_no_rule(shop: str, third_party: str, tmp_path: Path) -> None:
    executable()
    settings = Settings.model_validate({"data_dir": tmp_path / "data", **declared(shop, third_party)})
    with running(create_app(settings)) as origin:
        done = assent(
            "audit", origin, *QUICK, "--output", "a.json", "--output", "a.html", "--evidence", "seen"
        )
    told = rules(tmp_path / "a.json")
    assert {rule for rule, one in told.items() if one["verdict"] == "fail"} == set()
    # The dialog shows the consent id, which is in the cookie.
    assert "Consent ID: …" in told["R25"]["evidence"][0]
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", (tmp_path / "a.json").read_text("utf-8"))
    assert done.exit_code == 0, done.output
    assert {told[f"R{number}"]["verdict"] for number in (1, 2, 7, 8, 9, 14, 18, 22, 23, 24, 30)} == {"pass"}


@pytest.mark.long
def test_bare_the_demo_breaks_the_rules_and_its_scan_finds_what_it_declares(
    shop: str, tmp_path: Path
) -> None:
    executable()
    outputs = [argument for suffix in ("toml", "html", "json") for argument in ("--output", f"s.{suffix}")]
    (tmp_path / "login.py").write_text(LOGIN.replace("SHOP", shop), "utf-8")
    done = assent("scan", shop, "--pages", "20", "--settle", "0.1", "--login", "login.py", *outputs)
    assert done.exit_code == 0, done.output
    tree = json.loads((tmp_path / "s.json").read_text("utf-8"))
    found = {one["name"] for one in tree["found"] if one["table"] == "cookies"}
    # Its third party's cookies are refused by the browser, for it is another site.
    assert found >= {entry["name"] for entry in DECLARED} - {"tp_id", "tp_video"}
    entries = tomllib.loads((tmp_path / "s.toml").read_text("utf-8"))
    assert {"_ga", "_fbp"} <= {entry["name"] for entry in entries["cookies"]}
    assert "shop_session" not in {entry["name"] for entry in entries["cookies"]}


def test_a_broken_rule_is_status_1_and_no_output_has_a_value(tmp_path: Path) -> None:
    executable()
    with running(sites.early()) as origin:
        outputs = ("--output", "a.json", "--output", "a.html", "--evidence", "seen")
        done = assent("audit", origin, *QUICK, *outputs)
    assert done.exit_code == 1
    assert "R1\tbroken" in done.output
    written = [file for file in tmp_path.rglob("*") if file.suffix in (".json", ".html", ".har")]
    assert {file.name for file in written} == {"a.json", "a.html", "before.har", "accept.har", "gpc.har"}
    assert [file.name for file in written if sites.SECRET in file.read_text("utf-8")] == []
    told = rules(tmp_path / "a.json")
    assert {rule for rule, one in told.items() if one["verdict"] == "fail"} >= {"R1", "R18", "R24", "R30"}
    evidence = " ".join(told["R1"]["evidence"])
    assert f"cookie _ga for 127.0.0.1, script of {origin}/" in evidence
    assert f"cookie _fbp for 127.0.0.1, header of {origin}/" in evidence
    page = (tmp_path / "a.html").read_text("utf-8")
    assert "Evidence for R1" in page
    assert " src=" not in page


def test_without_the_extra_a_line_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "playwright", None)
    for command in ("scan", "audit"):
        done = assent(command, "https://shop.example/")
        assert done.exit_code == 2
        assert "pip install 'assent[scan]'" in done.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("scan", "shop.example"), "write it as https://shop.example/"),
        (("audit", "ftp://shop.example/"), "write it as https://shop.example/"),
        (("scan", "https://shop.example/", "--output", "a.pdf"), ".html, .json, .toml"),
        (("audit", "https://shop.example/", "--output", "a.toml"), ".html, .json"),
        (("scan", "http://127.0.0.1:9/", "--settle", "0"), "does not answer"),
        (("scan", "http://127.0.0.1:9/", "--login", "empty.py"), "no `async def login(page)`"),
        (("scan", "http://127.0.0.1:9/", "--autoconsent", "."), "not the package @duckduckgo/autoconsent"),
        (("scan", "http://127.0.0.1:9/", "--browser", "empty.py"), "does not start"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_usage_is_status_2_and_says_what_would_be_right(
    arguments: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    executable()
    (tmp_path / "empty.py").write_text("", "utf-8")
    done = assent(*arguments)
    assert done.exit_code == 2, done.output
    assert says in done.output
    assert "configuration" not in done.output


def test_reports_read_well_narrow_and_wide_light_and_dark(tmp_path: Path) -> None:
    path = executable()
    with sync_playwright() as playwright:
        sandbox = getattr(os, "geteuid", lambda: 1)() != 0
        browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=sandbox)
        for file in reports(tmp_path):
            page = browser.new_page()
            page.goto(file.as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": 320, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
            assert [one["id"] for one in Axe().run(page).response["violations"]] == []
            page.emulate_media(color_scheme="dark")
            page.set_viewport_size({"width": 1280, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
            assert [one["id"] for one in Axe().run(page).response["violations"]] == []
        browser.close()


def reports(folder: Path) -> list[Path]:
    """Write both reports of a site that has something for every part of them."""
    url = "https://a-shop-with-a-rather-long-name.example/"
    step = Observed(
        "before",
        0.0,
        pages=((url, 200), (f"{url}{'long-path/' * 20}", 404)),
        cookies=(Cookie("x" * 120, "shop.example", "/", url, 0.0, "script", f"{url}{'s' * 90}.js", 90),),
        storage=(Stored("IndexedDB", "k" * 90, url[:-1], url, 0.0),),
        hosts=(Asked("t.example", "script", url, 0.0, "answered"),),
        console=("error: " + "e" * 200,),
    )
    site = Site(
        url, "Chromium", (step, Observed("reject", 1.0, choice=Choice(True, ("Settings", "Save")))), {}
    )
    judge = Judge(Rules(), (), {}, url)
    pages = {
        "scan.html": report.scan_page(findings(site, judge), site),
        "audit.html": report.audit_page(verdicts(site, judge), site, judge),
    }
    for name, page in pages.items():
        (folder / name).write_text(page, "utf-8")
    return [folder / name for name in pages]
