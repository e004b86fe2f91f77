"""Renders what the visitor sees: the banner in the site's pages, the dialog, and words when it fails."""

import hashlib
import html
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from jinja2 import Template

from assent.core.categories import DESCRIPTIONS, Category
from assent.core.choice import Choice
from assent.core.decision import Decision, decide
from assent.core.rules import Rules
from assent.web.assets import Assets
from assent.web.contexts import ChoiceMade, Frame, Insertion, Message, Preferences, Section
from assent.web.notice import Seal
from assent.web.return_to import local_path
from assent.web.state import iso, state
from assent.web.tables import CookieTables, Tables
from assent.web.templating import Mould, ascii_html, environment, slot

REMEMBERED = 1024
"""Decisions whose state attribute is kept: writing one takes longer than all the rest of an insertion."""

_compact = json.JSONEncoder(separators=(",", ":")).encode

UNASKED = decide(None, gpc=False)
"""The decision about a visitor who has said nothing yet."""


class Dialog:
    """Made once at start; ``names`` gives the cookie-names seen so far, which the dialog then lists."""

    def __init__(
        self,
        *,
        prefix: str,
        rules: Rules,
        assets: Assets,
        seal: Seal,
        policy_version: str,
        lifetime_days: int,
        site_name: str | None = None,
        privacy_policy: str | None = None,
        names: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self.policy_version = policy_version
        self._seal = seal
        self._prefix = prefix
        self._css = assets.url("assent.css")
        self._js = assets.url("assent.js")
        self._site_name = site_name
        self._privacy_policy = privacy_policy
        self._tables = CookieTables(rules, lifetime_days=lifetime_days, names=names)
        env = environment()
        self._preferences = env.get_template("preferences.html")
        self._fragment = env.get_template("fragment.html")
        self._message = env.get_template("message.html")
        self._moulds = self._cast(env.get_template("insertion.html"))
        self._state_of = lru_cache(REMEMBERED)(self._state_attribute)
        self._noticed: tuple[Tables, bytes, str, str] | None = None
        self.build = self._build_name()

    def page(
        self,
        decision: Decision,
        *,
        return_to: str,
        root_path: str = "",
        more: bool = False,
        ticked: frozenset[Category] | None = None,
    ) -> str:
        """Return the dialog as a whole page; ``ticked`` are switches as the visitor left them, unsaved."""
        context = self._context(decision, return_to, root_path, more=more, ticked=ticked)
        return self._preferences.render(self._sealed(context))

    def fragment(self, decision: Decision, *, return_to: str, root_path: str = "") -> str:
        """Return the ``<dialog>`` element alone, for the script to show."""
        return self._fragment.render(self._sealed(self._context(decision, return_to, root_path)))

    def message(self, title: str, text: str, *, return_to: str, root_path: str = "") -> str:
        """Return a small page that says what happened and leads back."""
        return self._message.render(vars(Message(self.frame(root_path), title, text, local_path(return_to))))

    def notice(self) -> bytes:
        """Return the dialog as it is shown before anything is ticked: what a consent is a consent to."""
        return self._current_notice()[1]

    def notice_sha256(self, sealed: str = "") -> str:
        """Return the SHA-256, in hexadecimal, of the notice that a form was shown with, else the current."""
        return self._seal.open(sealed) or self._current_notice()[2]

    def insertion(
        self,
        decision: Decision,
        *,
        path: str,
        root_path: str = "",
        script_nonce: str = "",
        style_nonce: str = "",
    ) -> bytes:
        """Return what is put into a page of the site: ASCII, and well-formed as XML too.

        ``path`` is the page's path and query as the browser wrote them; the nonces are those of the page's
        own Content-Security-Policy.
        """
        chosen = decision.choice is not None
        values = {
            "root": ascii_html(root_path) if root_path else b"",
            "return_to": ascii_html(local_path(path)),
            "state": self._state_of(decision),
            "notice": self._current_notice()[3].encode(),
            "script_nonce": _nonce(script_nonce),
            "style_nonce": _nonce(style_nonce),
        }
        return self._moulds[chosen, decision.gpc].fill(values)

    def _cast(self, template: Template) -> Mapping[tuple[bool, bool], Mould]:
        """Return the mould of each variant of the insertion, by (has a choice, sends Sec-GPC: 1)."""
        variants = [(chosen, gpc) for chosen in (False, True) for gpc in (False, True)]
        return {variant: Mould(template.render(vars(self._insertion(*variant)))) for variant in variants}

    def _insertion(self, chosen: bool, gpc: bool) -> Insertion:
        return Insertion(
            frame=self.frame(slot("root")),
            chosen=chosen,
            gpc=gpc,
            return_to=slot("return_to"),
            state=slot("state"),
            notice=slot("notice"),
            script_nonce=slot("script_nonce"),
            style_nonce=slot("style_nonce"),
        )

    def _build_name(self) -> str:
        """Name what the moulds say: pages that carry another insertion are other representations."""
        said = repr([vars(mould) for mould in self._moulds.values()])
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    def _current_notice(self) -> tuple[Tables, bytes, str, str]:
        tables = self._tables.current()
        if self._noticed is None or self._noticed[0] is not tables:
            context = replace(self._context(UNASKED, "/", ""), sections=sections(tables, frozenset()))
            shown = self._fragment.render(vars(context)).encode()
            sha256 = hashlib.sha256(shown).hexdigest()
            self._noticed = (tables, shown, sha256, self._seal.close(sha256))
        return self._noticed

    def _context(
        self,
        decision: Decision,
        return_to: str,
        root_path: str,
        *,
        more: bool = False,
        ticked: frozenset[Category] | None = None,
    ) -> Preferences:
        chosen = decision.granted if decision.choice else frozenset[Category]()
        return Preferences(
            frame=self.frame(root_path),
            sections=sections(self._tables.current(), chosen if ticked is None else ticked),
            made=choice_made(decision.choice) if decision.choice else None,
            gpc=decision.gpc,
            return_to=local_path(return_to),
            more=more,
            state=_compact(state(decision, self.policy_version)),
        )

    def _sealed(self, context: Preferences) -> dict[str, object]:
        """Return what a template is given, with the seal of the notice that it shows."""
        return vars(context) | {"notice": self._current_notice()[3]}

    def frame(self, root_path: str) -> Frame:
        """Return what every page of Assent's own has around it."""
        return Frame(
            base=root_path + self._prefix,
            css=root_path + self._css,
            js=root_path + self._js,
            site_name=self._site_name,
            privacy_policy=self._privacy_policy,
        )

    def _state_attribute(self, decision: Decision) -> bytes:
        """Return the state for an attribute in single quotes, where JSON's own quotes need no escape."""
        text = _compact(state(decision, self.policy_version))
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;").encode("ascii")


def sections(tables: Tables, checked: frozenset[Category]) -> tuple[Section, ...]:
    """Return the five sections of the dialog; a category without cookies is decidable all the same."""
    return tuple(
        Section(
            value=category.value,
            label=category.label,
            description=DESCRIPTIONS[category],
            always=category is Category.NECESSARY,
            checked=category in checked,
            cookies=tables[category],
        )
        for category in Category
    )


def choice_made(choice: Choice) -> ChoiceMade:
    """Return a choice in words."""
    at = time.gmtime(choice.at)
    return ChoiceMade(
        at=iso(choice.at),
        when=f"{at.tm_mday} {time.strftime('%B %Y, %H:%M UTC', at)}",
        labels=", ".join(category.label for category in Category if category in choice.granted),
        consent_id=choice.consent_id,
    )


def _nonce(value: str) -> bytes:
    return f' nonce="{html.escape(value)}"'.encode("ascii", "xmlcharrefreplace") if value else b""
