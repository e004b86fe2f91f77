"""Everything that a visitor reads can be translated: a language in which nothing stays as it is written."""

import re
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from assent.core.categories import NECESSARY_ONLY, Category
from assent.core.choice import Choice
from assent.core.decision import decide
from assent.core.record import Action, build
from assent.core.rules import OWN, CookieRule, Rules
from assent.resources import directory
from assent.web.assets import Assets
from assent.web.dialog import Dialog
from assent.web.notice import Seal
from assent.web.receipt import ReceiptPage, rows
from assent.web.templating import lasting

ROOT = Path(__file__).parents[2]
FOR_OPERATORS = {"_reasons.html", "overlay.html", "reasons.html"}
"""Shown to visitors on this machine alone; they speak English, as the command line does.

So do answers in plain text or JSON: those of the gateway in the place of the site, such as 502, and 413, 429
and 431, which are for who looks after a site or writes programs for it.
"""

TEMPLATES = sorted(path for path in directory("templates").glob("*.html") if path.name not in FOR_OPERATORS)
MARKED = re.compile(
    r"\{#.*?#\}|\{%-? *trans\b.*?%\}.*?\{%-? *endtrans *-?%\}|\{%.*?%\}|\{\{.*?\}\}|<code>.*?</code>",
    re.DOTALL,
)
READ = re.compile(r'(?:aria-label|title|alt|placeholder|data-label)="([^"]*)"')
CHOSEN = decide(
    Choice("0190a7c0-1111", 1795412340, NECESSARY_ONLY | {Category.ANALYTICS}, "v", 1810964340), gpc=True
)


class Brackets(NullTranslations):
    """A language that only brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


class Outside(HTMLParser):
    """Collects what is said outside of brackets, in text and in attributes that are read out."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._depth = 0
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            value
            for name, value in attrs
            if name in ("aria-label", "data-label", "data-other") and value and not value.startswith("⟦")
        ]

    def handle_data(self, data: str) -> None:
        for piece in re.split("([⟦⟧])", data):
            self._depth += {"⟦": 1, "⟧": -1}.get(piece, 0)
            if not self._depth and re.search(r"[A-Za-z]", piece):
                self.found.append(piece.strip())


@pytest.fixture(scope="module")
def dialog() -> Dialog:
    return Dialog(
        prefix="/_assent",
        rules=Rules(cookies=(CookieRule("_ga", Category.ANALYTICS, "", "2 years", ""),)),
        assets=Assets("/_assent"),
        seal=Seal(["k" * 32]),
        policy_version="v",
        lifetime_days=180,
        privacy_policy="/privacy",
        translations=Brackets(),
    )


def test_nothing_in_the_dialog_stays_as_it_is_written(dialog: Dialog) -> None:
    assert Outside(dialog.fragment(CHOSEN, return_to="/")).found == ["0190a7c0-1111", OWN.name, "_ga"]


@pytest.mark.parametrize("gpc", [False, True], ids=["unasked", "gpc"])
def test_nothing_in_the_site_s_pages_stays_as_it_is_written(dialog: Dialog, gpc: bool) -> None:
    assert Outside(dialog.insertion(decide(None, gpc=gpc), path="/").decode()).found == []


def test_nothing_in_the_page_around_a_receipt_stays_as_it_is_written(dialog: Dialog) -> None:
    record = build(
        at=1_795_412_340_000,
        entropy=bytes(10),
        consent_id="0190a7c0-1111",
        site="https://shop.example",
        action=Action.SAVE,
        granted=NECESSARY_ONLY | {Category.ANALYTICS, Category.FUNCTIONAL},
        gpc=False,
        language="en",
        policy_version="v",
        notice="0" * 64,
        method="form",
        expires=1_810_964_340,
    )
    page = ReceiptPage(dialog.frame(""), rows(record), "a.b.c", "/file", "receipt.jws", "/keys")
    assert Outside(dialog.render("receipt.html", page).partition("<body>")[2]).found == ["a.b.c"]


def test_nothing_in_a_message_stays_as_it_is_written(dialog: Dialog) -> None:
    assert Outside(dialog.message("A title", "A text.", return_to="/").partition("<body>")[2]).found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_word_that_is_not_marked(path: Path) -> None:
    source = path.read_text("utf-8")
    bare = MARKED.sub("", source)
    said = re.sub(r"<[^>]*>|[\w-]+=\"[^\"]*\"", " ", bare) + " ".join(READ.findall(bare))
    assert re.findall(r"[A-Za-z]{2,}", said) == []


@pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="needs the checkout")
def test_all_texts_are_collected(tmp_path: Path) -> None:
    collected = tmp_path / "messages.pot"
    arguments = ["extract", "-F", ROOT / "pyproject.toml", "-k", "N_", "-k", "NN_:1,2", "-o", collected]
    folders = [ROOT / "app", ROOT / "templates", ROOT / "static"]
    CommandLineInterface().run(["pybabel", *map(str, arguments), *map(str, folders)])  # type: ignore[no-untyped-call]
    with collected.open("rb") as file:
        texts = {message.id for message in read_po(file)}
    assert {
        "Accept All",
        "Lets %(provider)s count visits and see how this site is used.",
        "Functional",
        "Remembers your consent preferences.",
        "Your choice was not saved",
        "Your preferences are saved. They apply from the next page on.",
        ("%(count)s cookie", "%(count)s cookies"),
        ("%(number)s year", "%(number)s years"),
    } <= texts


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2 years", "⟦2 years⟧"),
        ("1 day", "⟦1 day⟧"),
        ("Session", "⟦Session⟧"),
        ("as long as 100% of you stay", "⟦as long as 100% of you stay⟧"),
    ],
)
def test_a_duration_is_told_in_the_plural_of_its_number(written: str, told: str) -> None:
    assert lasting(Brackets(), written) == told
