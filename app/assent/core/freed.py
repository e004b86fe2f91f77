"""What a choice sets free of all that a page was denied: only for that need the page be loaded anew."""

from collections.abc import Iterable

from assent.core.categories import ALL, Category
from assent.core.rules import Rules
from assent.core.urls import Target


def frees(rules: Rules, denied: Iterable[str], before: frozenset[Category], now: frozenset[Category]) -> bool:
    """Tell whether any of these may pass now and might not before; they are named as ``cookie _ga`` is."""
    gained = now - before
    if gained and now >= ALL:
        # What nobody declared waits for just that.
        return any(denied)
    return any(category_of(rules, name) in gained for name in denied)


def category_of(rules: Rules, denied: str) -> Category | None:
    """Return the category of what a page was denied, or None when nobody knows it."""
    kind, _, name = denied.partition(" ")
    if kind == "host":
        return rules.host(Target.read(name))
    encoded = name.encode("utf-8", "surrogatepass")
    rule = rules.cookie(encoded) if kind == "cookie" else rules.storage_rule(encoded)
    return rule.category if rule else None
