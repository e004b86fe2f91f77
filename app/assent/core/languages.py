"""Which of the languages on offer a page or a browser asks for."""

from collections.abc import Sequence

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def direction(language: str) -> str:
    """Return in which direction a language is written, as HTML names it."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def fitting(tag: str, offered: Sequence[str]) -> str | None:
    """Return the language on offer that a tag such as ``de-AT`` asks for (RFC 4647 3.4, lookup)."""
    known = {name.lower(): name for name in offered}
    wanted = tag.strip().lower()
    while wanted and wanted not in known:
        wanted = wanted.rpartition("-")[0]
    return known.get(wanted)


def accepted(field: str, offered: Sequence[str]) -> str | None:
    """Return the language on offer that an Accept-Language field likes best (RFC 9110 12.5.4)."""
    wanted: list[tuple[float, str]] = []
    for item in field.split(","):
        tag, _, parameter = item.partition(";")
        name, _, weight = parameter.partition("=")
        try:
            quality = float(weight) if name.strip() == "q" else 1.0
        except ValueError:
            quality = 0.0
        if quality > 0:
            wanted.append((-quality, tag))
    # Sorting is stable: of two that are liked as well, the first counts.
    found = (fitting(tag, offered) for _, tag in sorted(wanted, key=lambda each: each[0]))
    return next(filter(None, found), None)
