"""The built-in hosts: well-formed, without contradiction, and right about those that matter."""

import csv
import re
from importlib.resources import files

import pytest

import assent.catalogue
from assent.catalogue import hosts
from assent.catalogue.tables import HOST_COLUMNS, read_hosts
from assent.core.categories import Category
from assent.core.rules import HostRule, Rules
from assent.core.urls import Target
from assent.errors import ConfigError

N, F, A, P, D = Category  # D: what shows a visitor advertisements

BUILT_IN = Rules(catalogue_hosts=hosts())

WELL_KNOWN = {
    N: """
        js.stripe.com api.stripe.com challenges.cloudflare.com hcaptcha.com consent.cookiebot.com
        cdn.cookielaw.org
        """,
    F: """
        www.youtube.com www.youtube-nocookie.com i.ytimg.com player.vimeo.com open.spotify.com
        w.soundcloud.com maps.googleapis.com maps.google.com fonts.googleapis.com fonts.gstatic.com
        cdnjs.cloudflare.com
        cdn.jsdelivr.net unpkg.com code.jquery.com widget.intercom.io static.zdassets.com embed.tawk.to
        client.crisp.chat www.recaptcha.net www.paypal.com q.stripe.com secure.gravatar.com
        """,
    A: """
        www.google-analytics.com region1.google-analytics.com www.googletagmanager.com static.hotjar.com
        www.clarity.ms cdn.segment.com cdn.amplitude.com api-js.mixpanel.com edge.fullstory.com mc.yandex.ru
        hm.baidu.com cdn.matomo.cloud plausible.io tags.tiqcdn.com assets.adobedtm.com eu.posthog.com
        """,
    P: """
        js-agent.newrelic.com bam.nr-data.net browser.sentry-cdn.com o1.ingest.sentry.io cdn.optimizely.com
        dev.visualwebsiteoptimizer.com static.cloudflareinsights.com c.go-mpulse.net client.tt.omtrdc.net
        """,
    D: """
        stats.g.doubleclick.net googleads.g.doubleclick.net pagead2.googlesyndication.com
        www.googleadservices.com connect.facebook.net www.facebook.com bat.bing.com px.ads.linkedin.com
        snap.licdn.com analytics.tiktok.com ct.pinterest.com static.ads-twitter.com static.criteo.net
        cdn.taboola.com widgets.outbrain.com ib.adnxs.com dpm.demdex.net tr.snapchat.com js.hs-scripts.com
        """,
}

SHARED = """
    d111111abcdef8.cloudfront.net bucket.s3.amazonaws.com e1.akamaihd.net app.azureedge.net someone.github.io
    someone.herokuapp.com storage.googleapis.com account.blob.core.windows.net site.fastly.net www.google.com
    www.gstatic.com
    """

KNOWN = [(host, category) for category, names in WELL_KNOWN.items() for host in names.split()]


@pytest.mark.parametrize(("host", "category"), KNOWN, ids=[host for host, _ in KNOWN])
def test_a_well_known_host_has_the_expected_category(host: str, category: Category) -> None:
    assert BUILT_IN.host(Target(host)) is category


@pytest.mark.parametrize("host", SHARED.split())
def test_a_host_that_serves_anybody_is_not_in_it(host: str) -> None:
    assert BUILT_IN.host(Target(host)) is None


def test_what_is_necessary_is_a_short_list_that_people_have_read() -> None:
    assert sorted(rule.host for rule in hosts() if rule.category is N) == [
        *("*.auth0.com", "*.civiccomputing.com", "*.cookie-script.com", "*.cookiebot.com", "*.cookielaw.org"),
        *(
            "*.hcaptcha.com",
            "*.iubenda.com",
            "*.mgr.consensu.org",
            "*.onetrust.com",
            "*.usercentrics.eu",
            "api.privacy-center.org",
        ),
        *("api.stripe.com", "challenges.cloudflare.com", "checkout.stripe.com", "cmp.osano.com"),
        *("hooks.stripe.com", "js.stripe.com", "sdk.privacy-center.org"),
    ]


def rows() -> list[list[str]]:
    text = (files(assent.catalogue) / "hosts.csv").read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines()))[1:]


def test_the_file_is_sorted_by_the_bytes_of_the_hosts_and_names_none_twice() -> None:
    names = [rule.host.encode() for rule in hosts()]
    assert names == sorted(set(names))
    assert len(names) > 2600


def test_no_field_has_space_around_it_or_markup_in_it() -> None:
    odd = [row for row in rows() if any(f != f.strip() or re.search(r"&\w+;|[Ã<\x00-\x1f]", f) for f in row)]
    assert odd == []


def test_no_host_is_listed_that_a_wildcard_already_covers_in_the_same_words() -> None:
    listed = {host: [category, provider] for host, category, provider, _ in rows()}
    for host, words in listed.items():
        parent = host.removeprefix("*.") if not host.startswith("*.") else host[2:].partition(".")[2]
        while parent and f"*.{parent}" not in listed:
            parent = parent.partition(".")[2]
        assert listed.get(f"*.{parent}") != words, host


def test_every_category_has_hosts() -> None:
    assert {rule.category for rule in hosts()} == set(Category)


def test_the_built_in_file_is_read_once() -> None:
    assert hosts() is hosts()


HEADER = ",".join(HOST_COLUMNS) + "\n"


def test_a_line_becomes_a_rule() -> None:
    [rule] = read_hosts([HEADER, '*.ads.example,advertisement,"Ape, Bee & Co",own\n'], "facts.csv")
    assert rule == HostRule("*.ads.example", Category.ADVERTISEMENT, "Ape, Bee & Co")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("a.example,functional", "2 fields where 4 belong", id="field missing"),
        pytest.param("a.example,functional,,own", "no provider", id="field empty"),
        pytest.param("a.example,marketing,X,own", "'marketing' is no category", id="category"),
        pytest.param("A.example,functional,X,own", "'A.example' is no host", id="upper case"),
        pytest.param("https://a.example,functional,X,own", "is no host", id="scheme"),
        pytest.param("*.example,functional,X,own", "'*.example' is no host", id="whole top-level domain"),
        pytest.param("*,functional,X,own", "'*' is no host", id="star alone"),
        pytest.param("a.*.example,functional,X,own", "is no host", id="star in the middle"),
    ],
)
def test_a_malformed_line_is_named_with_its_number(line: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_hosts([HEADER, "a.example,functional,X,own\n", line + "\n"], "facts.csv")
    [problem] = caught.value.problems
    assert problem.startswith("facts.csv, line 3: ")
    assert words in problem
