"""The built-in facts: well-formed, without contradiction, and right about the names that matter."""

import csv
import re
from importlib.resources import files

import pytest

import assent.catalogue
from assent.catalogue import cookies, elsewhere
from assent.core.categories import Category
from assent.core.rules import CookieRule, Rules

N, F, A, P, D = Category  # D: what shows a visitor advertisements

BUILT_IN = Rules(catalogue=cookies())

# RFC 6265 4.1.1 makes a cookie-name a token; some of those out there have a colon, so only what a parser
# would cut or refuse is ruled out.
NAME = re.compile(r"[!-~]+")
NOT_IN_A_NAME = frozenset('";,=\\')
DURATION = re.compile(
    r"Session|1 (second|minute|hour|day|week|month|year)|(?!1 )\d+ (second|minute|hour|day|week|month|year)s"
)

# The only cookies that a prefix of Necessary covers and that are not necessary.
EXCEPTIONS = {
    ".AspNetCore.Culture": ".AspNetCore.*",
    "KEYCLOAK_LOCALE": "KEYCLOAK_*",
    "fusionauth.locale": "fusionauth.*",
}

WELL_KNOWN = {
    N: """
        sessionid csrftoken messages session remember_token access_token fastapiusersauth _xsrf
        _rails_session _session_id rack.session remember_user_token laravel_session laravel-session XSRF-TOKEN
        remember_web_59ba36addc2b2f9401580f014c7f58ea4e30989d PHPSESSID REMEMBERME ci_session CAKEPHP _csrf
        csrf-token_Zk3 JSESSIONID JSESSIONID.1a2b3c4d SESSION remember-me ASP.NET_SessionId .ASPXAUTH
        .AspNetCore.Session .AspNetCore.Antiforgery.w5W7x28NAIs .AspNetCore.Identity.Application
        .AspNet.ApplicationCookie .AspNet.Consent ASPSESSIONIDQQBRCTDA __RequestVerificationToken
        __RequestVerificationToken_L2FwcA2 connect.sid koa.sess __session nuxt-session
        next-auth.session-token __Secure-next-auth.session-token __Host-next-auth.csrf-token
        authjs.session-token __Host-authjs.csrf-token sb-abcdefghij-auth-token appSession appSession.0
        KEYCLOAK_SESSION KEYCLOAK_IDENTITY_LEGACY AUTH_SESSION_ID _oauth2_proxy_0 _shibsession_64656661756c74
        wordpress_0123abcd wordpress_logged_in_0123abcd wordpress_sec_0123abcd wordpress_test_cookie
        woocommerce_cart_hash woocommerce_items_in_cart wp_woocommerce_session_0123abcd form_key
        X-Magento-Vary PrestaShop-0123abcd _shopify_essential cart secure_customer_sig session-
        sw-context-token SESS0123abcd SSESS0123abcd joomla_user_state fe_typo_user be_typo_user CraftSessionId
        OCSESSID session_id _t _forum_session _gitlab_session grafana_session MoodleSession nc_session_id
        __Host-nc_sameSiteCookielax AWSALB AWSALBCORS AWSALBTG AWSELB BIGipServerpool_web SERVERID ROUTEID
        ARRAffinity ARRAffinitySameSite ApplicationGatewayAffinityCORS __cf_bm cf_clearance __cflb _cfuvid
        ak_bmsc bm_sv _abck incap_ses_123_456 visid_incap_456 datadome _GRECAPTCHA __stripe_mid __stripe_sid
        CookieConsent OptanonConsent OptanonAlertBoxClosed cookieyes-consent cc_cookie klaro tarteaucitron
        didomi_token euconsent-v2 _iub_cs-1234 cmplz_marketing borlabs-cookie mtm_consent assent
        """,
    F: """
        django_language NEXT_LOCALE pll_language lang theme wp-settings-1 wp-settings-time-1
        comment_author_0123abcd .AspNetCore.Culture KEYCLOAK_LOCALE intercom-id-abc intercom-session-abc
        __zlcmid crisp-client%2Fsession%2Fabc PREF YSC player messagesUtk
        """,
    A: """
        _ga _ga_ABC123 _gid _gat _gat_gtag_UA_1_1 __utma __utmz _pk_id.1.1fff _pk_ses.1.1fff _hjid
        _hjSessionUser_123 _clck _clsk mp_0123abcd_mixpanel AMP_0123abcd amplitude_id_abc ajs_anonymous_id
        ph_phc_abc_posthog __hstc hubspotutk __hssc s_vi AMCV_1%40AdobeOrg _ym_uid Hm_lvt_0123 sbjs_first
        tk_ai _shopify_y fs_uid vuid
        """,
    P: """
        _dd_s NREUM dtCookie rxVisitor ai_user optimizelyEndUserId _vwo_uuid_v2 _vis_opt_s ABTasty _gaexp
        mbox ADRUM_BT1
        """,
    D: """
        _fbp _fbc fr _gcl_au _gcl_aw _gac_UA-1-1 IDE test_cookie __gads NID DSID VISITOR_INFO1_LIVE _ttp
        _tt_enable_cookie bcookie lidc li_sugr UserMatchHistory MUID _uetsid _uetvid _pin_unauth
        _pinterest_ct_ua _scid _scid_r personalization_id guest_id_ads _rdt_uuid cto_bundle t_gid obuid
        __adroll_fpc __qca uuid2 TDID KADUSERCOOKIE __kla_id _mkto_trk visitor_id12345
        """,
}


KNOWN = [(name, category) for category, names in WELL_KNOWN.items() for name in names.split()]


def covering(rule: CookieRule) -> CookieRule | None:
    """Return the rule of the longest prefix, other than the rule's own, that its name falls under."""
    prefixes = [
        other
        for other in cookies()
        if other is not rule and other.name.endswith("*") and rule.name.startswith(other.name[:-1])
    ]
    return max(prefixes, key=lambda other: len(other.name), default=None)


@pytest.mark.parametrize(("name", "category"), KNOWN, ids=[name for name, _ in KNOWN])
def test_a_well_known_cookie_has_the_expected_category(name: str, category: Category) -> None:
    rule = BUILT_IN.cookie(name.encode())
    assert rule is not None, f"nobody knows {name}"
    assert rule.category is category


@pytest.mark.parametrize(
    "name",
    [
        *("user", "user_id", "usertrack", "uid", "uuid", "visitor", "id", "sid", "token", "tracking"),
        *("session_replay", "sessionTracker", "cart_recommendations", "checkout_ads", "messages_pixel"),
        *("_track", "_tracker", "_csrf_ads", "consent_ads", "awsads", "cf_ads", "_shopify_ads", "wp_ads"),
    ],
)
def test_a_name_that_only_resembles_a_necessary_one_is_not_necessary(name: str) -> None:
    rule = BUILT_IN.cookie(name.encode())
    assert rule is None or rule.category is not Category.NECESSARY


def test_no_prefix_of_necessary_covers_a_cookie_of_another_category_but_for_the_known_ones() -> None:
    swallowed = {
        rule.name: prefix.name
        for rule in cookies()
        if rule.category is not Category.NECESSARY
        and (prefix := covering(rule)) is not None
        and prefix.category is Category.NECESSARY
    }
    assert swallowed == EXCEPTIONS


def test_a_prefix_is_long_enough_to_mean_one_provider() -> None:
    assert [rule.name for rule in cookies() if rule.name.endswith("*") and len(rule.name) < len("abc*")] == []


def rows() -> list[dict[str, str]]:
    text = (files(assent.catalogue) / "cookies.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_the_file_is_sorted_by_the_bytes_of_names_and_has_each_once_for_a_domain() -> None:
    places = [(row["name"].encode(), row["domain"]) for row in rows()]
    assert places == sorted(set(places))


def test_the_file_has_what_the_facts_allow() -> None:
    assert len(rows()) > 2300
    assert sum(bool(row["description"]) for row in rows()) > 800


def test_a_cookie_of_a_third_party_s_domain_makes_no_rule() -> None:
    there = {known.rule.name for known in elsewhere()}
    assert {"uid", "li_rm", "personalization"} & there == {"uid", "li_rm"}
    assert BUILT_IN.cookie(b"uid") is None


def test_a_domain_is_one() -> None:
    odd = [known for known in elsewhere() if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", known.domain)]
    assert odd == []


def test_a_name_is_one_that_a_cookie_can_have() -> None:
    odd = [r.name for r in cookies() if not NAME.fullmatch(r.name) or NOT_IN_A_NAME & set(r.name)]
    assert odd == []


def test_no_name_carries_a_prefix_that_the_rules_see_through() -> None:
    assert [r.name for r in cookies() if r.name.lower().startswith(("__host-", "__secure-"))] == []


def test_no_field_has_space_around_it() -> None:
    assert [row for row in rows() if any(field != field.strip() for field in row.values())] == []


def test_a_duration_reads_as_people_say_it() -> None:
    said = [(rule.name, rule.duration) for rule in cookies() if rule.duration]
    assert [(name, duration) for name, duration in said if not DURATION.fullmatch(duration)] == []


def test_a_description_is_one_short_sentence() -> None:
    odd = [
        (r.name, r.description)
        for r in cookies()
        if len(r.description) > 120 or not re.fullmatch(r"[A-Z].*\.", r.description)
    ]
    assert odd == []


def test_no_cookie_is_listed_that_a_prefix_already_covers_in_the_same_words() -> None:
    redundant = [
        (rule.name, prefix.name)
        for rule in cookies()
        if (prefix := covering(rule)) is not None
        and (rule.category, rule.description) == (prefix.category, prefix.description)
    ]
    assert redundant == []


def test_every_category_has_cookies() -> None:
    assert {rule.category for rule in cookies()} == set(Category)
