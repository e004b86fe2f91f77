"""What the visitor reads, word for word, and what pages carry."""

import hashlib
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.choice import Choice
from assent.core.decision import Decision, decide
from assent.core.rules import CookieRule, Rules
from assent.web.assets import Assets
from assent.web.dialog import Dialog
from assent.web.notice import Seal

TITLE = "Customize Consent Preferences"
INTRO = (
    "We use cookies to help you navigate efficiently and perform certain functions. You will find detailed "
    "information about all cookies under each consent category below."
)
INTRO_NECESSARY = (
    'The cookies that are categorized as "Necessary" are stored on your browser as they are essential for '
    "enabling the basic functionalities of the site. ..."
)
NECESSARY = (
    "Necessary cookies are required to enable the basic features of this site, such as providing secure "
    "log-in or adjusting your consent preferences. These cookies do not store any personally identifiable "
    "data."
)
FUNCTIONAL = (
    "Functional cookies help perform certain functionalities like sharing the content of the website on "
    "social media platforms, collecting feedback, and other third-party features."
)
ANALYTICS = (
    "Analytical cookies are used to understand how visitors interact with the website. These cookies help "
    "provide information on metrics such as the number of visitors, bounce rate, traffic source, etc."
)
PERFORMANCE = (
    "Performance cookies are used to understand and analyze the key performance indexes of the website "
    "which helps in delivering a better user experience for the visitors."
)
ADVERTISEMENT = (
    "Advertisement cookies are used to provide visitors with customized advertisements based on the pages "
    "you visited previously and to analyze the effectiveness of the ad campaigns."
)
EMPTY = "No cookies to display."
ANY_WORD = {"value": "", "data-cky-tag": ""}
"""What tells one button from another: all else is the same."""
IN_ORDER = [
    TITLE,
    INTRO,
    INTRO_NECESSARY,
    "Show more",
    "Necessary",
    "Always Active",
    NECESSARY,
    "Functional",
    FUNCTIONAL,
    EMPTY,
    "Analytics",
    ANALYTICS,
    EMPTY,
    "Performance",
    PERFORMANCE,
    EMPTY,
    "Advertisement",
    ADVERTISEMENT,
    EMPTY,
    "Reject All",
    "Save My Preferences",
    "Accept All",
]

UNASKED = decide(None, gpc=False)
SIGNALLED = decide(None, gpc=True)
CHOSEN = decide(
    Choice(
        consent_id="0190a7c0-1111",
        at=1795412340,
        granted=NECESSARY_ONLY | {Category.ANALYTICS},
        policy_version="2026-11",
        expires=1810964340,
    ),
    gpc=False,
)


class Reader(HTMLParser):
    """Reads markup as a browser does: what is said, and every tag with its attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._said: list[str] = []
        self._hidden = 0
        self.feed(markup)
        self.text = " ".join("".join(self._said).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._said.append(" ")

    def handle_data(self, data: str) -> None:
        self._said.append(data)

    def find(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [
            found
            for name, found in self.tags
            if name == tag and all(found.get(key) == value for key, value in attributes.items())
        ]


def make(rules: Rules | None = None, **options: object) -> Dialog:
    return Dialog(
        prefix="/_assent",
        rules=rules or Rules(),
        assets=Assets("/_assent"),
        seal=Seal(["k" * 32]),
        policy_version="2026-11",
        lifetime_days=180,
        **options,  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def dialog() -> Dialog:
    return make()


def whole_page(dialog: Dialog) -> str:
    return dialog.page(UNASKED, return_to="/").partition("<body>")[2]


def element(dialog: Dialog) -> str:
    return dialog.fragment(UNASKED, return_to="/")


@pytest.mark.parametrize("render", [whole_page, element], ids=["the page", "the dialog element"])
class TestWords:
    def test_every_word_stands_in_its_place(self, dialog: Dialog, render) -> None:  # type: ignore[no-untyped-def]
        text, place = Reader(render(dialog)).text, 0
        for words in IN_ORDER:
            found = text.find(words, place)
            assert found >= 0, f"{words!r} is missing after {text[:place][-80:]!r}"
            place = found + len(words)

    def test_nothing_is_checked_before_a_choice(self, dialog: Dialog, render) -> None:  # type: ignore[no-untyped-def]
        switches = Reader(render(dialog)).find("input", role="switch")
        assert [switch["value"] for switch in switches] == [
            "functional",
            "analytics",
            "performance",
            "advertisement",
        ]
        assert not any("checked" in switch for switch in switches)

    def test_a_switch_is_named_by_its_label_alone(self, dialog: Dialog, render) -> None:  # type: ignore[no-untyped-def]
        labels = dict(re.findall(r'<label for="([^"]+)">([^<]*)</label>', render(dialog)))
        switches = Reader(render(dialog)).find("input", role="switch")
        assert [labels[str(switch["id"])] for switch in switches] == [
            "Functional",
            "Analytics",
            "Performance",
            "Advertisement",
        ]

    def test_reject_and_accept_are_the_same_but_for_their_words(self, dialog: Dialog, render) -> None:  # type: ignore[no-untyped-def]
        reader = Reader(render(dialog))
        [reject] = reader.find("button", value="reject_all")
        [accept] = reader.find("button", value="accept_all")
        assert {**reject, **ANY_WORD} == {**accept, **ANY_WORD}


class TestPage:
    def test_a_choice_shows_its_switches_time_id_and_withdrawal(self, dialog: Dialog) -> None:
        page = Reader(dialog.page(CHOSEN, return_to="/"))
        assert [s["value"] for s in page.find("input", role="switch") if "checked" in s] == ["analytics"]
        assert "You chose on 23 November 2026, 05:39 UTC: Necessary, Analytics." in page.text
        assert "0190a7c0-1111" in page.text
        assert page.find("button", name="action", value="withdraw")

    def test_before_a_choice_there_is_nothing_to_withdraw(self, dialog: Dialog) -> None:
        assert not Reader(dialog.page(UNASKED, return_to="/")).find("button", value="withdraw")

    def test_show_more_without_scripts_keeps_the_ticks_and_offers_less(self, dialog: Dialog) -> None:
        ticked = frozenset({Category.PERFORMANCE})
        page = Reader(dialog.page(CHOSEN, return_to="/a", more=True, ticked=ticked))
        assert [s["value"] for s in page.find("input", role="switch") if "checked" in s] == ["performance"]
        [less] = page.find("button", name="more")
        assert (less["value"], less["aria-expanded"]) == ("0", "true")
        assert less["formmethod"] == "get"
        assert less["formaction"] == "/_assent/preferences"
        [rest] = [found for _, found in page.tags if found.get("id") == less["aria-controls"]]
        assert "hidden" not in rest

    def test_nothing_ticked_is_not_taken_for_the_choice_that_stands(self, dialog: Dialog) -> None:
        page = Reader(dialog.page(CHOSEN, return_to="/", more=True, ticked=frozenset()))
        assert not [s for s in page.find("input", role="switch") if "checked" in s]

    def test_it_leads_back_and_stays_out_of_search_engines(self, dialog: Dialog) -> None:
        page = Reader(dialog.page(UNASKED, return_to='/a?q="&b=<c>', root_path="/shop"))
        assert page.find("a", href='/a?q="&b=<c>')
        assert page.find("input", name="return_to", value='/a?q="&b=<c>')
        assert page.find("form", action="/shop/_assent/choice", method="post")
        assert page.find("meta", name="robots", content="noindex")

    @pytest.mark.parametrize("gpc", [False, True], ids=["no signal", "Sec-GPC: 1"])
    def test_the_signal_is_mentioned_when_it_was_sent(self, dialog: Dialog, gpc: bool) -> None:
        page = Reader(dialog.page(decide(None, gpc=gpc), return_to="/"))
        assert ("Global Privacy Control" in page.text) is gpc

    def test_a_message_page_says_what_happened_and_leads_back(self, dialog: Dialog) -> None:
        page = Reader(dialog.message("Not saved", "Try <again>.", return_to="/a?b=1&c", root_path="/shop"))
        assert "Not saved" in page.text
        assert "Try <again>." in page.text
        assert page.find("a", href="/a?b=1&c")
        assert page.find("a", href="/shop/_assent/preferences?return_to=%2Fa%3Fb%3D1%26c&language=en")


class TestCookies:
    def test_a_category_with_cookies_shows_a_table_instead_of_the_empty_words(self) -> None:
        rules = Rules(
            cookies=(
                CookieRule(
                    "_ga*", Category.ANALYTICS, "Google <Analytics>", "2 years", "Tells visitors apart."
                ),
            )
        )
        page = Reader(make(rules).page(UNASKED, return_to="/"))
        assert (
            "Cookie Provider Duration Description _ga* Google <Analytics> 2 years Tells visitors apart."
            in (page.text)
        )
        assert page.text.count(EMPTY) == 3
        assert {th["scope"] for th in page.find("th")} == {"col"}

    def test_assents_own_cookie_is_the_first_necessary_one(self) -> None:
        rules = Rules(cookies=(CookieRule("session", Category.NECESSARY),))
        names = re.findall(r"<code>(.*?)</code>", make(rules).page(UNASKED, return_to="/"))
        assert names == ["assent", "session"]

    def test_a_long_list_is_folded_and_a_short_one_open(self) -> None:
        rules = Rules(cookies=tuple(CookieRule(f"a{n}", Category.ANALYTICS) for n in range(13)))
        necessary, analytics = Reader(make(rules).page(UNASKED, return_to="/")).find("details")
        assert "open" in necessary
        assert "open" not in analytics


class TestNotice:
    def test_it_is_the_dialog_as_shown_before_anything_is_ticked(self, dialog: Dialog) -> None:
        sealed = Reader(dialog.fragment(UNASKED, return_to="/")).find("input", name="notice")[0]["value"]
        shown = dialog.fragment(UNASKED, return_to="/").replace(str(sealed), "")
        assert dialog.notice().decode() == shown
        assert dialog.notice_sha256() == hashlib.sha256(dialog.notice()).hexdigest()

    def test_the_form_carries_the_hash_of_the_notice_it_was_shown_with(self) -> None:
        names: list[str] = []
        rules = Rules(catalogue=(CookieRule("_fbp", Category.ADVERTISEMENT),))
        dialog = make(rules, names=lambda: tuple(names))
        before = dialog.notice_sha256()
        page = Reader(dialog.page(UNASKED, return_to="/"))
        sealed = str(page.find("input", name="notice")[0]["value"])
        names.append("_fbp")
        assert dialog.notice_sha256(sealed) == before != dialog.notice_sha256()

    @pytest.mark.parametrize("forged", ["", "0" * 64, "0" * 64 + ".x", "é", "\udc80"])
    def test_a_hash_that_was_not_sealed_here_is_not_believed(self, dialog: Dialog, forged: str) -> None:
        assert dialog.notice_sha256(forged) == dialog.notice_sha256()

    def test_its_hash_changes_with_what_is_listed(self) -> None:
        names: list[str] = []
        rules = Rules(catalogue=(CookieRule("_fbp", Category.ADVERTISEMENT),))
        dialog = make(rules, names=lambda: tuple(names))
        before = dialog.notice_sha256()
        names.append("nobody_knows_it")
        assert dialog.notice_sha256() == before
        names.append("_fbp")
        assert dialog.notice_sha256() != before
        assert b"<code>_fbp</code>" in dialog.notice()


def parsed(markup: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(markup.decode("ascii"))


@pytest.mark.parametrize("decision", [UNASKED, SIGNALLED, CHOSEN], ids=["unasked", "gpc", "chosen"])
class TestInsertion:
    def test_it_is_ascii_and_well_formed_whatever_is_put_in(self, decision: Decision) -> None:
        dialog = make(site_name="Café <&> \"Noël\" 'x'", privacy_policy='/p?a=1&b="2"')
        markup = dialog.insertion(decision, path="/grün\x07?a=1&b=\"<'>", root_path="/ö")
        root = parsed(markup)
        back = {field.get("value") for field in root.iter("input") if field.get("name") == "return_to"}
        assert back == {"/gr%C3%BCn%07?a=1&b=\"<'>"}
        assert root.get("data-base") == "/ö/_assent"
        assert "Café <&> \"Noël\" 'x'" in "".join(root.itertext())

    def test_either_the_banner_or_the_button_is_shown(self, decision: Decision, dialog: Dialog) -> None:
        root = parsed(dialog.insertion(decision, path="/"))
        [banner] = root.iter("section")
        [again] = [form for form in root.iter("form") if form.get("method") == "get"]
        chosen = decision.choice is not None
        assert (banner.get("hidden"), again.get("hidden")) == (
            ("hidden", None) if chosen else (None, "hidden")
        )

    def test_its_names_are_those_that_people_and_tools_look_for(
        self, decision: Decision, dialog: Dialog
    ) -> None:
        root = parsed(dialog.insertion(decision, path="/"))
        [banner] = root.iter("section")
        assert (banner.get("role"), banner.get("aria-label")) == ("region", "Cookie consent")
        assert [button.text for button in banner.iter("button")] == ["Customize", "Reject All", "Accept All"]
        assert [button.text for button in root.iter("button")][-1] == "Consent Preferences"
        assert root.get("id") == "assent"
        assert "data-nosnippet" in banner.attrib

    def test_reject_and_accept_are_the_same_but_for_their_words(
        self, decision: Decision, dialog: Dialog
    ) -> None:
        buttons = {
            button.get("value"): button.attrib
            for button in parsed(dialog.insertion(decision, path="/")).iter("button")
        }
        assert {**buttons["reject_all"], **ANY_WORD} == {**buttons["accept_all"], **ANY_WORD}

    def test_no_name_in_it_is_one_that_filter_lists_hide(self, decision: Decision, dialog: Dialog) -> None:
        root = parsed(dialog.insertion(decision, path="/"))
        names = " ".join(found.get(key, "") for found in root.iter() for key in ("id", "class", "src"))
        # Widespread lists hide this one on some sites only; browsers that refuse for users look for it.
        names = names.replace("cky-consent-container", "")
        assert not re.search(r"cookie|consent|gdpr|cmp|banner|privacy", names)
        # A link to the list of cookies may say so; what is loaded must not.
        assert not [found.get("href") for found in root.iter() if found.tag == "link"]


def test_the_build_names_what_pages_carry() -> None:
    assert make().build == make().build
    assert make().build != make(site_name="Another").build


def test_all_categories_are_granted_after_accept_all_and_so_checked(dialog: Dialog) -> None:
    choice = Choice("0190a7c0-1111", 1795412340, ALL, "2026-11", 1810964340)
    page = Reader(dialog.page(decide(choice, gpc=True), return_to="/"))
    assert all("checked" in switch for switch in page.find("input", role="switch"))
