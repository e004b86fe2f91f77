"""Thirty and more popular stacks, each with what it sets, classified as somebody who knows them would."""

import csv
from pathlib import Path

import pytest

from assent.catalogue import cookies, elsewhere, hosts, storage
from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.rules import Rules
from assent.core.urls import Target
from tests.core.cookie_samples import may_pass, passage, permitting

N, F, A, P, D = Category  # D: what shows a visitor advertisements

BUILT_IN = Rules(catalogue=cookies(), catalogue_storage=storage(), catalogue_hosts=hosts())


ROWS = list(csv.DictReader(Path(__file__).with_name("stacks.csv").read_text("utf-8").splitlines()))
CASES = [(row["stack"], row["kind"], row["name"], Category(row["category"])) for row in ROWS]
COOKIES = [row for row in ROWS if row["kind"] == "cookie"]


def classified(kind: str, name: str) -> Category | None:
    if kind == "host":
        return BUILT_IN.host(Target(name))
    rule = BUILT_IN.storage_rule(name.encode()) if kind == "storage" else BUILT_IN.cookie(name.encode())
    return rule.category if rule else None


def test_there_are_thirty_stacks_or_more() -> None:
    assert len({stack for stack, *_ in CASES}) >= 30


@pytest.mark.parametrize(
    ("kind", "name", "category"),
    [case[1:] for case in CASES],
    ids=[f"{stack}: {name}" for stack, _, name, _ in CASES],
)
def test_a_stack_is_classified_as_an_expert_would(kind: str, name: str, category: Category) -> None:
    assert classified(kind, name) is category


def test_each_cookie_has_its_attributes_and_nothing_else_has_any() -> None:
    assert [row["name"] for row in ROWS if bool(row["attributes"]) != (row["kind"] == "cookie")] == []


@pytest.mark.parametrize("row", COOKIES, ids=[f"{row['stack']}: {row['name']}" for row in COOKIES])
def test_with_everything_refused_a_cookie_is_set_and_sent_only_when_it_is_necessary(
    row: dict[str, str],
) -> None:
    line = f"{row['name']}=1; {row['attributes']}".encode()
    necessary = row["category"] == Category.NECESSARY

    assert may_pass(line, passage(NECESSARY_ONLY, BUILT_IN)) == necessary
    assert permitting(NECESSARY_ONLY, BUILT_IN)(row["name"].encode()) == necessary
    assert may_pass(line, passage(ALL, BUILT_IN))


# Whoever counts, records, tests or advertises, by name; none of their names may pass unasked.
TRACKING = """
    google analytics, google ads, adsense, doubleclick, tag manager, meta, facebook, instagram,
    tiktok, snap, pinterest, linkedin, reddit, twitter, microsoft advertising, clarity, bing,
    hotjar, fullstory, logrocket, smartlook, mouseflow, inspectlet, crazy egg, lucky orange,
    contentsquare, heap, mixpanel, amplitude, segment, posthog, rudderstack, snowplow, adobe
    analytics, audience manager, adobe target, criteo, taboola, outbrain, xandr, trade desk,
    pubmatic, magnite, index exchange, openx, adform, quantcast, lotame, liveramp, tapad, id5,
    prebid, yahoo, amazon ads, klaviyo, marketo, pardot, eloqua, chartbeat, parse.ly, comscore,
    nielsen, yandex, baidu, optimizely, vwo, ab tasty, kameleoon, dynatrace, new relic, datadog,
    sentry, nexx360, salesforce dmp, adroll, teads, 6sense, clearbit, appsflyer, branch, braze,
    mparticle, pendo, awin, impact, tradedoubler
    """

TRACKERS = [" ".join(each.split()) for each in TRACKING.split(",")]


def test_no_tracker_is_necessary() -> None:
    rules = [
        *((rule.name, rule.provider) for rule in cookies() if rule.category is N),
        *((known.rule.name, known.rule.provider) for known in elsewhere() if known.rule.category is N),
        *((rule.key, rule.provider) for rule in storage() if rule.category is N),
        *((rule.host, rule.provider) for rule in hosts() if rule.category is N),
    ]
    # Whole names of providers, and those with more words after them: "Segment" is not "Segmentation Ltd".
    tracking = {
        name: provider
        for name, provider in rules
        for tracker in TRACKERS
        if f"{provider.lower()} ".startswith(f"{tracker} ")
    }
    assert tracking == {}


def test_no_prefix_of_necessary_covers_what_a_known_tracker_sets() -> None:
    tracking = [rule.name for rule in cookies() if rule.category in (A, D)]
    tracking += [known.rule.name for known in elsewhere() if known.rule.category in (A, D)]
    beginnings = tuple(rule.name[:-1] for rule in cookies() if rule.category is N and rule.name.endswith("*"))
    assert [name for name in tracking if name.startswith(beginnings)] == []


def test_no_key_of_necessary_covers_what_a_known_tracker_stores() -> None:
    tracking = [rule.key for rule in storage() if rule.category in (A, D)]
    beginnings = tuple(rule.key[:-1] for rule in storage() if rule.category is N and rule.key.endswith("*"))
    swallowed = [key for key in tracking if key.startswith(beginnings)]
    assert swallowed == ["workbox-google-analytics*"], "the one exception, and the longer prefix counts"
    assert classified("storage", "workbox-google-analytics:x") is A
