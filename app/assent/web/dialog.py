"""Renders what the visitor sees: the banner in the site's pages, the dialog, and words when it fails."""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from gettext import NullTranslations

from jinja2 import Template

from assent.config import Theme
from assent.core.categories import DESCRIPTIONS, OPTIONAL, Category
from assent.core.choice import Choice
from assent.core.decision import Decision, decide
from assent.core.languages import direction
from assent.core.rules import Rules
from assent.web.assets import Assets
from assent.web.contexts import ChoiceMade, Declaration, Frame, Insertion, Message, Preferences, Section
from assent.web.denied import denied
from assent.web.notice import Seal
from assent.web.novelty import Novelty, marked
from assent.web.opening import BY_FILE, Opening
from assent.web.parties import ThirdParties
from assent.web.return_to import local_path
from assent.web.state import iso
from assent.web.tables import CookieTables, Tables
from assent.web.templating import Mould, ascii_html, environment, slot
from assent.web.theme import DIALOG, FIRST_VIEW, dress

UNASKED = decide(None, gpc=False)
"""The decision about a visitor who has said nothing yet."""


class Dialog:
    """Made once at start; ``names`` and ``hosts`` give what was seen so far, which the dialog then lists."""

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
        legal_notice: str | None = None,
        controller: str | None = None,
        transfers: str | None = None,
        theme: Theme | None = None,
        names: Callable[[], Iterable[str]] = tuple,
        hosts: Callable[[], tuple[str, ...]] = tuple,
        novelty: Novelty | None = None,
        noticed: Callable[[str, bytes], None] = lambda sha256, notice: None,
        translations: NullTranslations | None = None,
        language: str = "en",
    ) -> None:
        theme = theme or Theme()
        dress(assets, theme)
        self.policy_version = policy_version
        self.language = language
        self.opening = Opening(assets, prefix=prefix, policy_version=policy_version)
        self.translated = (translations or NullTranslations()).gettext
        self._rules = rules
        self._tell = noticed
        self._novelty = novelty
        self._seal = seal
        self._frame = Frame(
            base=prefix,
            styles=(assets.url(FIRST_VIEW), assets.url(DIALOG)),
            site_name=site_name,
            privacy_policy=privacy_policy,
            legal_notice=legal_notice,
            controller=controller,
            transfers=transfers,
            side=theme.dialog == "side",
            lang=language,
            dir=direction(language),
        )
        self._tables = CookieTables(rules, lifetime_days=lifetime_days, names=names)
        self._parties = ThirdParties(rules, hosts)
        self.environment = environment(translations, theme.templates)
        self._preferences = self.environment.get_template("preferences.html")
        self._fragment = self.environment.get_template("fragment.html")
        self._message = self.environment.get_template("message.html")
        self._declaration = self.environment.get_template("declaration.html")
        self._purposes = self.environment.get_template("_purposes.html")
        self._changes = self.environment.get_template("_changes.html")
        self._in_words: dict[object, bytes] = {}
        self._moulds = self._cast(self.environment.get_template("insertion.html"))
        self._noticed: tuple[object, bytes, str, str] | None = None
        self.build = self._build_name()

    def render(self, template: str, context: object) -> str:
        """Return another page of Assent's own, in this language."""
        return self.environment.get_template(template).render(vars(context))

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
        script = self.opening.script(decision, BY_FILE, root_path).decode("ascii")
        return self._preferences.render(self._sealed(context) | {"opening": script})

    def fragment(self, decision: Decision, *, return_to: str, root_path: str = "", said: str = "") -> str:
        """Return the ``<dialog>`` element alone, for a script; ``said`` names what its page was denied."""
        context = self._context(decision, return_to, root_path)
        context = replace(context, denied=denied(said, self._rules, decision.granted))
        return self._fragment.render(self._sealed(context))

    def message(self, title: str, text: str, *, return_to: str, root_path: str = "") -> str:
        """Return a small page that says what happened and leads back."""
        return self._message.render(vars(Message(self.frame(root_path), title, text, local_path(return_to))))

    def declaration(self, *, root_path: str = "") -> Declaration:
        """Return what the site uses, as the page of it and its JSON tell it."""
        listed = sections(self._tables.current(), frozenset())
        return Declaration(self.frame(root_path), listed, self._parties.current(), self._parties.number())

    def declaration_page(self, *, root_path: str = "") -> str:
        """Return the declaration as a page, which may stand in a frame of the site's."""
        return self._declaration.render(vars(self.declaration(root_path=root_path)))

    def notice(self) -> bytes:
        """Return the dialog as it is shown before anything is ticked: what a consent is a consent to."""
        return self._current_notice()[1]

    def notice_sha256(self, sealed: str = "") -> str:
        """Return the SHA-256, in hexadecimal, of the notice that a form was shown with, else the current."""
        return self._seal.open(sealed) or self._current_notice()[2]

    def insertion(self, decision: Decision, *, path: str, root_path: str = "", reasons: str = "") -> bytes:
        """Return what is put into a page of the site: ASCII, and well-formed as XML too.

        ``path`` is the page's path and query as the browser wrote them; ``reasons`` is markup for visitors on
        this machine.
        """
        choice = decision.choice
        again = choice is not None and bool(choice.changed)
        values = {
            "changes": self._changed(choice) if again else b"",
            "root": ascii_html(root_path) if root_path else b"",
            "return_to": ascii_html(local_path(path)),
            "purposes": self._told(self._parties.number(), choice.changed if choice else frozenset()),
            "notice": self._current_notice()[3].encode(),
            "reasons": reasons.encode("ascii", "xmlcharrefreplace"),
        }
        return self._moulds[choice is not None, again, decision.gpc].fill(values)

    def frame(self, root_path: str) -> Frame:
        """Return what every page of Assent's own has around it."""
        frame = self._frame
        styles = tuple(root_path + url for url in frame.styles)
        return replace(frame, base=root_path + frame.base, styles=styles) if root_path else frame

    def _told(self, parties: int, changed: frozenset[Category] = frozenset()) -> bytes:
        """Return what cookies are used for, and by how many, in words; ``changed`` is asked for again."""
        said = {"parties": parties, "changed": bool(changed), "others": not changed.issuperset(OPTIONAL)}
        return self._words(self._purposes, tuple(said.values()), {"frame": self._frame, **said})

    def _changed(self, choice: Choice | None) -> bytes:
        """Return what a visitor is asked again about, in words."""
        marked = self._marked(sections(self._tables.current(), frozenset()), choice)
        changed = [section for section in marked if section.changed]
        key = tuple((section.value, section.new_cookies, section.new_parties) for section in changed)
        return self._words(self._changes, key, {"sections": changed})

    def _words(self, template: Template, key: object, context: Mapping[str, object]) -> bytes:
        """Return a piece of the banner, rendered once for what it says."""
        place = template.name, key
        if place not in self._in_words:
            self._in_words[place] = template.render(context).strip().encode("ascii", "xmlcharrefreplace")
        return self._in_words[place]

    def _marked(self, listed: tuple[Section, ...], choice: Choice | None) -> tuple[Section, ...]:
        """Return the sections such that they say what is new since a choice."""
        if choice is None or not choice.changed:
            return listed
        return tuple(marked(section, self._parties.current(), choice, self._novelty) for section in listed)

    def _cast(self, template: Template) -> Mapping[tuple[bool, bool, bool], Mould]:
        """Return the mould of each variant of the insertion.

        By (has a choice, which is asked for again, sends Sec-GPC: 1).
        """
        chosen = ((False, False), (True, False), (True, True))
        variants = [(*made, gpc) for made in chosen for gpc in (False, True)]
        return {variant: Mould(template.render(vars(self._insertion(*variant)))) for variant in variants}

    def _insertion(self, chosen: bool, again: bool, gpc: bool) -> Insertion:
        return Insertion(
            frame=self.frame(slot("root")),
            chosen=chosen and not again,
            changes=slot("changes") if again else "",
            gpc=gpc,
            return_to=slot("return_to"),
            purposes=slot("purposes"),
            notice=slot("notice"),
            reasons=slot("reasons"),
        )

    def _build_name(self) -> str:
        """Name what the moulds say: pages that carry another insertion are other representations."""
        moulds = [vars(mould) for mould in self._moulds.values()]
        said = repr((moulds, self._told(0), self.opening.said))
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    def _current_notice(self) -> tuple[object, bytes, str, str]:
        listed = self._tables.current(), self._parties.current()
        if self._noticed is None or self._noticed[0] != listed:
            context = replace(self._context(UNASKED, "/", ""), sections=sections(listed[0], frozenset()))
            shown = self._fragment.render(vars(context)).encode()
            sha256 = hashlib.sha256(shown).hexdigest()
            self._noticed = (listed, shown, sha256, self._seal.close(sha256))
            self._tell(sha256, shown)
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
            sections=self._marked(
                sections(self._tables.current(), chosen if ticked is None else ticked), decision.choice
            ),
            made=choice_made(decision.choice, self._frame.lang) if decision.choice else None,
            gpc=decision.gpc,
            return_to=local_path(return_to),
            more=more,
            parties=self._parties.number(),
        )

    def _sealed(self, context: Preferences) -> dict[str, object]:
        """Return what a template is given, with the seal of the notice that it shows."""
        return vars(context) | {"notice": self._current_notice()[3]}


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


def choice_made(choice: Choice, language: str) -> ChoiceMade:
    """Return a choice in words; a date in figures is read alike in most languages."""
    at = time.gmtime(choice.at)
    # What has changed since was chosen all the same.
    said = choice.granted | choice.changed
    english = f"{at.tm_mday} {time.strftime('%B %Y, %H:%M UTC', at)}"
    return ChoiceMade(
        at=iso(choice.at),
        when=english if language.startswith("en") else time.strftime("%Y-%m-%d, %H:%M UTC", at),
        labels=tuple(category.label for category in Category if category in said),
        consent_id=choice.consent_id,
    )
