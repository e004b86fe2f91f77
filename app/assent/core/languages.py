"""Which of the languages on offer a page or a browser asks for."""

from collections.abc import Mapping
from functools import lru_cache

ALIASES: Mapping[str, str] = {
    "in": "id",
    "iw": "he",
    "nn": "nb",
    "no": "nb",
    "cmn": "zh-cn",
    "yue": "zh-hk",
    "zh": "zh-cn",
    "zh-hans": "zh-cn",
    "zh-sg": "zh-cn",
    "zh-hant": "zh-tw",
    "zh-hant-hk": "zh-hk",
    "zh-hant-mo": "zh-hk",
    "zh-mo": "zh-hk",
}
"""Tags that ask for what is kept under another one: retired and wider ones (CLDR, likely subtags)."""

CLOSEST: Mapping[str, str] = {"pt": "pt-br", "zh-hk": "zh-tw", "zh-tw": "zh-hk"}
"""What a reader of one understands best where that one is not on offer; the script stays the same."""

RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"})
"""Languages that are, unless their tag says otherwise, written in one of these scripts."""

SCRIPTS_FROM_RIGHT = frozenset({"adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"})
"""By their codes of ISO 15924."""

REMEMBERED = 1024
"""Requests whose answer is kept: few browsers differ in what they ask for."""

LONGEST = 256
"""Characters of an Accept-Language field that count; nobody reads more languages."""

LONGEST_TAG = 35
"""Characters of a language tag that count (RFC 5646 4.4.1)."""


def direction(language: str) -> str:
    """Return in which direction a language is written, as HTML names it."""
    name, *rest = language.lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), None)
    from_right = script in SCRIPTS_FROM_RIGHT if script else name in RIGHT_TO_LEFT
    return "rtl" if from_right else "ltr"


def fitting(tag: str, offered: tuple[str, ...]) -> str | None:
    """Return the language on offer that a tag such as ``de-AT`` asks for (RFC 4647 3.4, lookup)."""
    return _fitting(tag[:LONGEST_TAG], offered)


def accepted(field: str, offered: tuple[str, ...]) -> str | None:
    """Return the language on offer that an Accept-Language field likes best (RFC 9110 12.5.4)."""
    # Cut between two languages, else "de;q=0.1" might become "de".
    return _accepted(field if len(field) <= LONGEST else field[:LONGEST].rpartition(",")[0], offered)


@lru_cache(REMEMBERED)
def _accepted(field: str, offered: tuple[str, ...]) -> str | None:
    wanted: list[tuple[float, str]] = []
    for item in field.split(","):
        tag, _, parameter = item.partition(";")
        name, _, weight = parameter.partition("=")
        try:
            quality = float(weight) if name.strip().lower() == "q" else 1.0
        except ValueError:
            quality = 0.0
        if quality > 0:
            wanted.append((-quality, tag))
    # Sorting is stable: of two that are liked as well, the first counts.
    known = _known(offered)
    found = (_lookup(tag, known) for _, tag in sorted(wanted, key=lambda each: each[0]))
    return next(filter(None, found), None)


@lru_cache(REMEMBERED)
def _fitting(tag: str, offered: tuple[str, ...]) -> str | None:
    return _lookup(tag, _known(offered))


def _lookup(tag: str, known: Mapping[str, str]) -> str | None:
    # Many a page writes "de_DE", as locales are written elsewhere.
    wanted = tag.strip().lower().replace("_", "-")
    while wanted:
        name = ALIASES.get(wanted, wanted)
        if found := known.get(wanted) or known.get(name) or known.get(CLOSEST.get(name, "")):
            return found
        wanted = wanted.rpartition("-")[0]
    return None


def _known(offered: tuple[str, ...]) -> Mapping[str, str]:
    """Return the languages on offer by the tags that ask for them; their own come before their aliases."""
    names = {name.lower(): name for name in reversed(offered)}
    return {ALIASES[name]: spelt for name, spelt in names.items() if name in ALIASES} | names
