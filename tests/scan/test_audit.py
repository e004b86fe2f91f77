"""Audits of real sites in a real browser: what is wrong with each is found, and nothing else."""

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


async def audit(make: Callable[[], Starlette], browser: Browser) -> Site:
    with running(make()) as origin:
        return await audited(origin, browser)


def judged(site: Site) -> dict[int, Verdict]:
    return verdicts(site, judge(site))


def broken(told: dict[int, Verdict]) -> set[int]:
    return {number for number, verdict in told.items() if verdict.status == "fail"}


def words(verdict: Verdict) -> str:
    return " ".join((verdict.reason, *verdict.evidence))


@pytest.mark.long
async def test_an_honest_site_breaks_no_rule_but_the_one_about_switches(browser: Browser) -> None:
    site = await audit(sites.honest, browser)
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


@pytest.mark.long
async def test_a_refusal_that_changes_nothing_is_found(browser: Browser) -> None:
    told = judged(await audit(sites.deaf, browser))
    assert {18, 24, 32} <= broken(told)
    assert not {1, 2, 7, 8, 9} & broken(told)
    assert "_ga" in words(told[18])


async def test_a_hidden_refusal_is_found_and_its_clicks_are_counted(browser: Browser) -> None:
    site = await audit(sites.one_sided, browser)
    told = judged(site)
    assert {4, 7, 9, 31} <= broken(told)
    assert not {1, 18, 36} & broken(told)
    reject = site.step("reject")
    assert reject
    assert reject.choice
    assert reject.choice.clicks == ("Einstellungen", "Statistik", "Werbung", "Auswahl speichern")


@pytest.mark.long
async def test_a_banner_without_refusal_is_found(browser: Browser) -> None:
    told = judged(await audit(sites.no_refusal, browser))
    assert {7, 9, 22, 23, 31} <= broken(told)
    assert told[18].status == "unclear"


@pytest.mark.long
async def test_marks_tell_what_buttons_are_for_when_names_do_not(browser: Browser) -> None:
    site = await audit(sites.cookieyes, browser)
    told = judged(site)
    assert [step.choice.clicks for step in site.steps if step.choice] == [("Nah",), ("Yeah",), ("Hmm", "Nah")]
    assert broken(told) == set()


async def test_a_site_that_stores_nothing_needs_no_banner(browser: Browser) -> None:
    site = await audit(sites.clean, browser)
    told = judged(site)
    assert broken(told) == set()
    assert told[1].status == told[2].status == told[30].status == "pass"
    assert told[7].status == "moot"
    assert [url for step in site.steps for url, _ in step.pages if "logout" in url] == []


@pytest.mark.long
async def test_an_opt_out_signal_is_sent_and_its_effect_seen(browser: Browser) -> None:
    told = judged(await audit(sites.signalled, browser))
    assert told[1].status == told[7].status == "fail"
    assert told[30].status == told[34].status == "pass"


@pytest.mark.long
async def test_a_banner_in_a_frame_is_found(browser: Browser) -> None:
    site = await audit(sites.framed, browser)
    assert [step.choice.clicks for step in site.steps if step.choice][:2] == [("Ablehnen",), ("Zustimmen",)]
    assert not {1, 18} & broken(judged(site))
