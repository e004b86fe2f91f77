"""The Jinja environment, and moulds: markup rendered at start whose open places are filled per request."""

import html
import re
from functools import partial
from gettext import NullTranslations
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from markupsafe import Markup

from assent.catalogue.words import SENTENCES, described
from assent.core.categories import Category
from assent.core.words import N_, NN_
from assent.resources import directory
from assent.web.contexts import CookieRow
from assent.web.return_to import local_path

_BETWEEN_TAGS = re.compile(r">\s*\n\s*<")
LENGTHS = {
    "second": NN_("%(number)s second", "%(number)s seconds"),
    "minute": NN_("%(number)s minute", "%(number)s minutes"),
    "hour": NN_("%(number)s hour", "%(number)s hours"),
    "day": NN_("%(number)s day", "%(number)s days"),
    "week": NN_("%(number)s week", "%(number)s weeks"),
    "month": NN_("%(number)s month", "%(number)s months"),
    "year": NN_("%(number)s year", "%(number)s years"),
}
"""In how many words the catalogue tells how long a cookie lives."""

SESSION = N_("Session")

_SLOT = re.compile(r"\0(\w+)\0")


class Compiled(BytecodeCache):
    """Templates compiled once, for all languages: that takes longer than all else that a language needs."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template whose source is the same."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = Compiled()


def environment(translations: NullTranslations | None = None, own: Path | None = None) -> Environment:
    """Return the environment of Assent's own templates: everything is escaped, nothing may be undefined.

    Without ``translations`` the texts are those that stand in the templates. What is in the folder ``own``
    replaces the template of the same name.
    """
    translations = translations or NullTranslations()
    env = Environment(
        loader=FileSystemLoader([*([own] if own else []), directory("templates")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_COMPILED,
        extensions=["jinja2.ext.i18n"],
    )
    env.policies["ext.i18n.trimmed"] = True
    # What the extension adds to an environment is unknown to its type.
    env.install_gettext_callables(translations.gettext, translations.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals["N_"] = N_
    # For texts that are data: the extension's own functions would read a % in them as a place to fill.
    # What asks for the context is not applied while compiling, which is done once for all languages.
    env.filters["translated"] = pass_context(lambda context, text: translations.gettext(text))
    env.filters["lasting"] = pass_context(lambda context, text: lasting(translations, text))
    env.filters["purpose"] = partial(purpose, translations)
    env.filters["local"] = local_path
    return env


def lasting(translations: NullTranslations, duration: str) -> str:
    """Return a duration such as "2 years" translated; another text as it stands in the translations."""
    number, _, unit = duration.partition(" ")
    forms = LENGTHS.get(unit.removesuffix("s"))
    if forms is None or not number.isdecimal():
        return translations.gettext(duration)
    return translations.ngettext(*forms, int(number)) % {"number": number}


def purpose(translations: NullTranslations, cookie: CookieRow, category: str) -> str:
    """Return what a cookie is for.

    Of the catalogue's sentences only those about a whole category are translated; they stand for the rest.
    """
    text, general = translations.gettext(cookie.description), SENTENCES[Category(category)]
    if cookie.catalogued and text == cookie.description and translations.gettext(general) != general:
        return described(Category(category), cookie.provider, translations.gettext)
    return text


def ascii_html(text: str) -> bytes:
    """Return escaped text as ASCII, which reads the same whatever encoding the page around it has."""
    return html.escape(text).encode("ascii", "xmlcharrefreplace")


def nonce_attribute(value: str) -> Markup:
    """Return the attribute that lets a script or stylesheet pass a page's own policy, or nothing."""
    return Markup(f' nonce="{html.escape(value)}"') if value else Markup()  # noqa: S704 - escaped here


def slot(name: str) -> Markup:
    """Return the mark that leaves a place open for Mould.fill."""
    return Markup(f"\0{name}\0")  # noqa: S704 - the names are literals of this package


class Mould:
    """A rendered piece of markup in ASCII; filling its slots costs a copy and a join."""

    def __init__(self, rendered: str) -> None:
        pieces = _SLOT.split(_BETWEEN_TAGS.sub("><", rendered.strip()))
        self._pieces = [piece.encode("ascii", "xmlcharrefreplace") for piece in pieces]
        # re.split puts what the group caught at the odd places.
        self._slots = [(place, pieces[place]) for place in range(1, len(pieces), 2)]

    def fill(self, values: dict[str, bytes]) -> bytes:
        """Return the markup with every slot filled; the values are escaped already."""
        pieces = self._pieces.copy()
        for place, name in self._slots:
            pieces[place] = values[name]
        return b"".join(pieces)
