"""Filter lists as ad blockers use them: of all their rules, those that name a host and nothing else."""

import re
from collections.abc import Iterable, Iterator

from assent.catalogue.importers.facts import About, Item, LeftOut, fact, line
from assent.core.categories import Category

# "||host^", alone or with options that leave out no kind of request to a third party.
_HOST_RULE = re.compile(r"\|\|([^/^$|*]+)\^(?:\$([a-z0-9,-]+))?")
_WHOLE = frozenset(("third-party", "3p", "important", "all"))
_ABOUT = re.compile(r"!\s*(title|version|licen[cs]e)\s*:\s*(.+)", re.IGNORECASE)


def filter_list(lines: Iterable[str], category: Category = Category.ADVERTISEMENT) -> Iterator[Item]:
    """Read the ``||host^$third-party`` rules of a filter list, all for one category."""
    for number, raw in enumerate(lines, 1):
        text = raw.strip()
        if text.startswith("!"):
            if found := _ABOUT.match(text):
                key = found[1].lower().replace("license", "licence")
                yield About(**{key: line(found[2])})
        elif text and not text.startswith("["):
            rule = _HOST_RULE.fullmatch(text)
            if rule and _WHOLE.issuperset((rule[2] or "all").split(",")):
                yield fact("hosts", f"*.{rule[1].lower()}", category, f"line {number}")
            else:
                yield LeftOut("rules that say more, or less, than a host")
