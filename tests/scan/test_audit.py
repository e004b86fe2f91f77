"""Audits of real sites in a real browser: what is wrong with each is found, and nothing else."""

import asyncio
from collections.abc import Callable

import pytest
from playwright.async_api import Browser
from starlette.applications import Starlette

from assent.demo.run import running
from assent.scan.audit import verdicts
from assent.scan.seen import Site
from assent.scan.verdicts import Verdict
from tests.scan import sites
from tests.scan.conftest import audited, judge

pytestmark = pytest.mark.anyio

SITES = (
    sites.honest,
    sites.early,
    sites.deaf,
    sites.one_sided,
    sites.no_refusal,
    sites.cookieyes,
    sites.clean,
    sites.signalled,
)


@pytest.fixture(scope="module")
async def audits(browser: Browser) -> dict[str, Site]:
    """Audit all sites at once: most of an audit is waiting."""

    async def one(make: Callable[[], Starlette]) -> Site:
        with running(make()) as origin:
            return await audited(origin, browser)

    made = await asyncio.gather(*map(one, SITES))
    return dict(zip((make.__name__ for make in SITES), made, strict=True))


def judged(site: Site) -> dict[int, Verdict]:
    return verdicts(site, judge(site))


def broken(told: dict[int, Verdict]) -> set[int]:
    return {number for number, verdict in told.items() if verdict.status == "fail"}


def words(verdict: Verdict) -> str:
    return " ".join((verdict.reason, *verdict.evidence))


async def test_an_honest_site_breaks_no_rule_but_the_one_about_switches(audits: dict[str, Site]) -> None:
    site = audits["honest"]
    told = judged(site)
    assert broken(told) == {14}
    assert {number for number, one in told.items() if one.status == "pass"} >= {
        1,
        2,
        7,
        8,
        9,
        18,
        19,
        22,
        23,
        24,
    }
    accept = site.step("accept")
    assert accept
    assert {(one.kind, one.key) for one in accept.storage} == {("localStorage", "amplitude_id")}


async def test_what_is_set_before_a_choice_is_found_with_its_setter(audits: dict[str, Site]) -> None:
    site = audits["early"]
    told = judged(site)
    assert {1, 18, 24, 30} <= broken(told)
    assert "cookie _ga for 127.0.0.1, script of http://127.0.0.1" in words(told[1])
    assert "cookie _fbp for 127.0.0.1, header of http://127.0.0.1" in words(told[1])
    before = site.step("before")
    assert before
    assert {one.name: one.http_only for one in before.cookies} == {"_ga": False, "_fbp": False, "zq": True}


async def test_a_refusal_that_changes_nothing_is_found(audits: dict[str, Site]) -> None:
    told = judged(audits["deaf"])
    assert {18, 24, 32} <= broken(told)
    assert not {1, 2, 7, 8, 9} & broken(told)
    assert "_ga" in words(told[18])


async def test_a_hidden_refusal_is_found_and_its_clicks_are_counted(audits: dict[str, Site]) -> None:
    site = audits["one_sided"]
    told = judged(site)
    assert {4, 7, 9, 31} <= broken(told)
    assert not {1, 18, 36} & broken(told)
    reject = site.step("reject")
    assert reject
    assert reject.choice
    assert reject.choice.clicks == ("Einstellungen", "Statistik", "Werbung", "Auswahl speichern")


async def test_a_banner_without_refusal_is_found(audits: dict[str, Site]) -> None:
    told = judged(audits["no_refusal"])
    assert {7, 9, 22, 23, 31} <= broken(told)
    assert told[18].status == "unclear"


async def test_marks_tell_what_buttons_are_for_when_names_do_not(audits: dict[str, Site]) -> None:
    site = audits["cookieyes"]
    told = judged(site)
    assert [step.choice.clicks for step in site.steps if step.choice] == [("Nah",), ("Yeah",), ("Hmm", "Nah")]
    assert broken(told) == set()


async def test_a_site_that_stores_nothing_needs_no_banner(audits: dict[str, Site]) -> None:
    site = audits["clean"]
    told = judged(site)
    assert broken(told) == set()
    assert told[1].status == told[2].status == told[30].status == "pass"
    assert told[7].status == "moot"
    assert [url for step in site.steps for url, _ in step.pages if "logout" in url] == []


async def test_an_opt_out_signal_is_sent_and_its_effect_seen(audits: dict[str, Site]) -> None:
    told = judged(audits["signalled"])
    assert told[1].status == told[7].status == "fail"
    assert told[30].status == told[34].status == "pass"
