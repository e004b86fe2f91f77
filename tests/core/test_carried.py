"""What visitors told other consent tools, in the forms that those write, and which of it stands here."""

import hashlib
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assent.core.carried import LONGEST, Carried, Carrier, Pair
from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.record import Law
from assent.core.services import folded, naming
from assent.core.tools import TOOLS

NOW = 1_800_000_000
DAY = 24 * 3600
LIFETIME = 180 * DAY
WEEK_AGO, YEAR_AGO = NOW - 7 * DAY, NOW - 365 * DAY
ISO = {WEEK_AGO: "2027-01-08T08:00:00.123Z", YEAR_AGO: "2026-01-15T08:00:00.123Z"}

FUNCTIONAL, ANALYTICS, PERFORMANCE, ADVERTISEMENT = (
    Category.FUNCTIONAL,
    Category.ANALYTICS,
    Category.PERFORMANCE,
    Category.ADVERTISEMENT,
)


def carrier(*tools: str, law: Law = "opt-in", own: dict[str, Category] | None = None) -> Carrier:
    return Carrier(tools or [*TOOLS], law=law, lifetime=LIFETIME, names=naming(own or {}))


def read(
    *cookies: str, law: Law = "opt-in", gpc: bool = False, own: dict[str, Category] | None = None
) -> Carried | None:
    pairs = [tuple(cookie.encode().split(b"=", 1)) for cookie in cookies]
    return carrier(law=law, own=own).read(pairs, NOW, gpc=gpc)  # type: ignore[arg-type]


def granted(*cookies: str, law: Law = "opt-in", gpc: bool = False) -> set[str] | None:
    """What is granted beyond necessary; None when nothing is carried over."""
    found = read(*cookies, law=law, gpc=gpc)
    return {str(category) for category in found.granted - NECESSARY_ONLY} if found else None


def cookieyes(consent: str, *yes: str, action: str = "yes", more: str = "") -> str:
    words = ("necessary", "functional", "analytics", "performance", "advertisement")
    chosen = ",".join(f"{word}:{'yes' if word in (*yes, 'necessary') else 'no'}" for word in words)
    value = f"consentid:TkVRb1pyRXJMUW5nNWlr,consent:{consent},action:{action},{chosen}{more}"
    return f"cookieyes-consent={value}"


def cookiebot(*yes: str, method: str = "explicit", at: int = WEEK_AGO) -> str:
    chosen = ",".join(
        f"{word}:{str(word in (*yes, 'necessary')).lower()}"
        for word in ("necessary", "preferences", "statistics", "marketing")
    )
    value = f"{{stamp:'q+a/Zg==',{chosen},method:'{method}',ver:1,utc:{at}000,region:'de'}}"
    return "CookieConsent=" + quote(value, safe="{}:+/=")


def onetrust(groups: str, more: str = "") -> str:
    told = f"isGpcEnabled=0&datestamp=Fri+Jan+15+2027+09%3A00%3A47+GMT%2B0100&version=202501.1.0{more}"
    return f"OptanonConsent={told}&interactionCount=1&groups={quote(groups, safe='')}&intType=1"


def closed(at: int = WEEK_AGO) -> str:
    return f"OptanonAlertBoxClosed={ISO[at]}"


def vanilla(accepted: str, offered: str = "", at: int = WEEK_AGO) -> str:
    def names(words: str, form: str) -> str:
        return ",".join(form % word for word in words.split())

    value = (
        f'{{"categories":[{names(accepted, "%r")}],"revision":0,"data":null,'
        f'"consentTimestamp":"{ISO[YEAR_AGO]}","consentId":"4fc44b3b",'
        f'"services":{{{names(offered or accepted, "%r:[]")}}},"lastConsentTimestamp":"{ISO[at]}"}}'
    )
    return "cc_cookie=" + quote(value.replace("'", '"'))


def klaro(**services: bool) -> str:
    return "klaro=" + quote(str(services).replace("'", '"').replace("T", "t").replace("F", "f"))


def complianz(**words: str) -> list[str]:
    told = {"cmplz_policy_id": "13", "cmplz_functional": "allow", "cmplz_banner-status": "dismissed"}
    told |= {f"cmplz_{name}": word for name, word in words.items()}
    return [f"{name}={word}" for name, word in told.items()]


REFUSALS = {
    "cookieyes": [cookieyes("no")],
    "cookieyes of its newer script": [
        "cookieyes-consent=" + quote(cookieyes("no", more=",tax:1f,lastRenewedDate:1799395200000")[18:])
    ],
    "cookiebot": [cookiebot()],
    "onetrust": [onetrust("C0001:1,C0002:0,C0003:0,C0004:0"), closed()],
    "vanilla-cookieconsent": [vanilla("necessary", "necessary analytics marketing")],
    "vanilla-cookieconsent, nothing required": [vanilla("", "analytics")],
    "vanilla-cookieconsent 2": [
        'cc_cookie={"categories":["necessary"],"revision":0,"consent_date":"2025-01-08T08:00:00.123Z"}'
    ],
    "klaro": [klaro(klaro=True, cms=True, matomo=False, youtube=False)],
    "tarteaucitron": ["tarteaucitron=!gtag=false!youtube=false"],
    "complianz": complianz(preferences="deny", statistics="deny", marketing="deny"),
}


@pytest.mark.parametrize("gpc", [True, False])
@pytest.mark.parametrize("law", ["opt-in", "opt-out"])
@pytest.mark.parametrize("cookies", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_carries_over_always(cookies: list[str], law: Law, gpc: bool) -> None:
    assert granted(*cookies, law=law, gpc=gpc) == set()


def test_a_refusal_does_not_grow_too_old() -> None:
    assert granted(cookiebot(at=YEAR_AGO)) == set()
    assert granted(onetrust("C0001:1,C0004:0"), closed(YEAR_AGO)) == set()


GRANTS = {
    "cookieyes": ([cookieyes("yes", "analytics", "performance")], {"analytics", "performance"}),
    "cookieyes, all": (
        [cookieyes("yes", "functional", "analytics", "performance", "advertisement", more=",other:yes")],
        {"functional", "analytics", "performance", "advertisement"},
    ),
    "cookiebot": ([cookiebot("statistics", "preferences")], {"functional", "analytics", "performance"}),
    "onetrust": ([onetrust("C0001:1,C0002:1,C0003:0,C0004:0"), closed()], {"analytics", "performance"}),
    "onetrust, all": (
        [onetrust("C0001:1,C0002:1,C0003:1,C0004:1,C0005:1,BG9:1"), closed()],
        {"functional", "analytics", "performance", "advertisement"},
    ),
    "vanilla-cookieconsent": (
        [vanilla("necessary analytics", "necessary analytics ads")],
        {"analytics", "performance"},
    ),
    "klaro": ([klaro(klaro=True, matomo=True, youtube=False)], {"analytics"}),
    "tarteaucitron": (["tarteaucitron=!gtag=true!youtube=wait!facebookpixel=false"], {"analytics"}),
    "complianz": (complianz(preferences="allow", statistics="deny", marketing="deny"), {"functional"}),
}


@pytest.mark.parametrize(("cookies", "what"), GRANTS.values(), ids=GRANTS.keys())
def test_a_grant_carries_over_for_what_it_was_given(cookies: list[str], what: set[str]) -> None:
    assert granted(*cookies) == what


@pytest.mark.parametrize("cookies", [cookies for cookies, _ in GRANTS.values()], ids=GRANTS.keys())
def test_no_grant_carries_over_against_the_signal_of_the_browser(cookies: list[str]) -> None:
    assert granted(*cookies, gpc=True) is None


@pytest.mark.parametrize("cookies", [cookies for cookies, _ in GRANTS.values()], ids=GRANTS.keys())
def test_not_to_have_opted_out_is_no_consent(cookies: list[str]) -> None:
    assert granted(*cookies, law="opt-out") in (None, set())


@pytest.mark.parametrize(
    "cookies",
    [
        [cookiebot("marketing", at=YEAR_AGO)],
        [onetrust("C0001:1,C0004:1"), closed(YEAR_AGO)],
        [vanilla("necessary analytics", at=YEAR_AGO)],
        [cookieyes("yes", "analytics", more=f",tax:1f,lastRenewedDate:{YEAR_AGO}000")],
    ],
)
def test_a_grant_older_than_a_choice_lasts_is_none(cookies: list[str]) -> None:
    assert granted(*cookies) is None


def test_the_last_moment_of_a_grant_is_told_to_the_second() -> None:
    assert granted(cookiebot("marketing", at=NOW - LIFETIME + 1)) == {"advertisement"}
    assert granted(cookiebot("marketing", at=NOW - LIFETIME)) is None


@pytest.mark.parametrize("ahead", [3600, 400 * DAY])
def test_a_clock_that_is_ahead_makes_no_grant_and_undoes_no_refusal(ahead: int) -> None:
    assert granted(cookiebot("marketing", at=NOW + ahead)) is None
    assert granted(cookiebot(at=NOW + ahead)) == set()


def test_the_date_is_that_of_the_choice() -> None:
    dates = {name: found.at for name, (cookies, _) in GRANTS.items() if (found := read(*cookies))}
    assert dates == {
        **dict.fromkeys(["cookieyes", "cookieyes, all", "klaro", "tarteaucitron", "complianz"]),
        **dict.fromkeys(["cookiebot", "onetrust", "onetrust, all", "vanilla-cookieconsent"], WEEK_AGO),
    }


def test_when_an_owner_asked_anew_is_not_when_a_visitor_chose() -> None:
    found = read(cookieyes("yes", "analytics", more=f",lastRenewedDate:{YEAR_AGO}000"))
    assert found
    assert found.at is None


def test_the_cookies_are_proved_as_they_came() -> None:
    pairs = onetrust("C0001:1,C0002:0"), closed()
    found = read("a=b", *pairs, "_ga=1")
    assert found == Carried(
        "onetrust", NECESSARY_ONLY, WEEK_AGO, hashlib.sha256("; ".join(pairs).encode()).hexdigest()
    )


@pytest.mark.parametrize(
    "cookies",
    [
        [cookieyes("yes", "analytics", action="no")],
        [cookieyes("yes", "functional", "analytics", "performance", "advertisement", action="")],
        # Under a law by which silence lets everything in, "no" means not opted out.
        [cookieyes("no", "functional", "analytics", "performance", "advertisement")],
        [cookieyes("yes", "analytics", more=",assent:yes")],
        [cookieyes("maybe", "analytics")],
        [cookieyes("yes", "analytics", more=",tax:1f,lastRenewedDate:soon")],
        ["cookieyes-consent=action:yes,consent:yes,analytics:perhaps"],
        [cookiebot("marketing", method="implied")],
        [cookiebot("marketing", at=NOW + DAY)],
        ["CookieConsent=-1"],
        ["CookieConsent=true"],
        [onetrust("C0001:1,C0002:1,C0003:1,C0004:1")],
        [onetrust("C0001:1"), closed()],
        [onetrust("C0001:1,C0004:1", "&groups=C0004:1"), closed()],
        [onetrust("C0001:1,C0005:1"), closed()],
        [onetrust("C0001:1,C0004:1"), "OptanonAlertBoxClosed=yesterday"],
        [onetrust("C0001:1,C0004:1"), "OptanonAlertBoxClosed=2027-01-08T08:00:00"],
        ["cc_cookie=accepted"],
        ['cc_cookie={"categories":"analytics"}'],
        [vanilla("necessary something")],
        ["klaro=" + "[" * 3000],
        ['klaro={"matomo":1}'],
        [klaro(klaro=True, mathCaptcha=True)],
        ["tarteaucitron=!gtag=wait!youtube=wait"],
        ["tarteaucitron=!unheard=true"],
        [word for word in complianz(marketing="allow") if "banner" not in word],
        complianz(marketing="perhaps"),
        ["tarteaucitron=" + "!gtag=false" * 400],
        ["klaro=%ff"],
    ],
)
def test_what_is_no_answer_of_a_visitor_is_no_choice(cookies: list[str]) -> None:
    assert granted(*cookies) is None


def test_an_address_that_a_page_was_reached_by_says_nothing() -> None:
    planted = quote("https://shop.example/?x=1&groups=C0001:1,C0004:1", safe="")
    cookie = onetrust("C0001:1,C0004:0", f"&landingPage={planted}")
    assert granted(cookie, closed()) == set()


def test_whoever_allows_social_media_alone_has_not_allowed_advertising() -> None:
    assert granted(onetrust("C0001:1,C0002:1,C0005:1"), closed()) == {"analytics", "performance"}
    assert granted(onetrust("C0002:1,C0004:1,C0005:0"), closed()) == {"analytics", "performance"}


def test_a_category_is_granted_when_all_that_it_has_was() -> None:
    assert granted(klaro(matomo=True, hotjar=False)) == set()
    assert granted(vanilla("necessary analytics", "necessary analytics performance")) == {"analytics"}


def test_the_operator_can_say_what_a_name_means() -> None:
    own = {"Unsere Videos": FUNCTIONAL, "matomo": PERFORMANCE}
    found = read('klaro={"unsere-videos":true,"matomo":true}', own=own)
    assert found
    assert found.granted == NECESSARY_ONLY | {FUNCTIONAL, PERFORMANCE}


@pytest.mark.parametrize(
    "names",
    [("google-analytics", "googleAnalytics", "Google Analytics"), ("analytical-cookies", "analytical")],
)
def test_spellings_of_one_name_are_one(names: tuple[str, ...]) -> None:
    assert len({folded(name) for name in names}) == 1
    assert len({naming({})(name) for name in names}) == 1
    assert naming({})(names[0])


def test_of_cookies_that_contradict_each_other_only_a_refusal_is_believed() -> None:
    yes, no, other = cookiebot("marketing"), cookiebot(), cookiebot("statistics")
    assert granted(yes, no) == set()
    assert granted(yes, other) is None
    assert granted(yes, yes) == {"advertisement"}
    assert granted(yes, "CookieConsent=-1") is None


def test_of_several_tools_one_refusal_outweighs_all_grants_else_the_first_that_is_listed_counts() -> None:
    matomo, videos = 'klaro={"matomo":true}', "tarteaucitron=!youtube=true"
    pairs: list[Pair] = [(b"tarteaucitron", b"!youtube=true"), (b"klaro", b'{"matomo":true}')]
    first = carrier("klaro", "tarteaucitron").read(pairs, NOW, gpc=False)
    assert first
    assert first.tool == "klaro"
    assert granted(matomo, videos, cookieyes("no")) == set()


def test_tools_that_are_not_listed_are_not_heard() -> None:
    assert carrier("klaro").read([(b"tarteaucitron", b"!gtag=false")], NOW, gpc=False) is None


def test_a_value_longer_than_browsers_keep_is_not_read() -> None:
    cookie = cookieyes("no", more="," + "x" * LONGEST)
    assert granted(cookie) is None


PIECES = [
    *(cookie.split("=", 1)[1] for cookies in REFUSALS.values() for cookie in cookies),
    *(
        "{",
        "}",
        "[",
        '"',
        "'",
        ":",
        ",",
        "!",
        "=",
        "&",
        "%",
        "%7B",
        "groups=",
        "action:yes",
        "\\ud800",
        "9" * 20,
    ),
]
values = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=8).map("".join)
hostile = st.binary(max_size=300) | values.map(lambda text: text.encode("utf-8", "surrogatepass"))
NAMES = [name.encode() for tool in TOOLS.values() for name in tool.cookies]


@given(st.lists(st.tuples(st.sampled_from(NAMES), hostile), max_size=6), st.booleans())
@example([(b"klaro", b"[" * 4000)], False)
@example([(b"klaro", b'{"a":' * 700)], False)
@example([(b"cc_cookie", b'{"categories":[],"services":5}')], False)
@example([(b"cc_cookie", b'{"categories":[],"consent_date":5}')], False)
@example(
    [(b"OptanonConsent", b"groups=C0004:1"), (b"OptanonAlertBoxClosed", b"0001-01-01T00:00+23:59")], False
)
def test_no_bytes_raise_and_none_grant_what_is_no_category(pairs: list[Pair], gpc: bool) -> None:
    found = carrier().read(pairs, NOW, gpc=gpc)
    assert found is None or NECESSARY_ONLY <= found.granted <= ALL
