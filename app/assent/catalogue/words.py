"""What a visitor reads about a cookie that has no sentence of its own: made from category and provider."""

from collections.abc import Callable, Mapping

from assent.core.categories import Category
from assent.core.words import N_

SENTENCES: Mapping[Category, str] = {
    Category.NECESSARY: N_("Is needed by %(provider)s for this site to work."),
    Category.FUNCTIONAL: N_("Lets %(provider)s remember settings, or do more for you on this site."),
    Category.ANALYTICS: N_("Lets %(provider)s count visits and see how this site is used."),
    Category.PERFORMANCE: N_(
        "Lets %(provider)s measure how well this site works, or compare versions of it."
    ),
    Category.ADVERTISEMENT: N_(
        "Lets %(provider)s recognize visitors to choose ads, or count what they lead to."
    ),
}


MANY = N_("Many sites")
"""The provider of a name that is nobody's own."""


def described(category: Category, provider: str, translated: Callable[[str], str] = str) -> str:
    """Return one sentence about what this provider does with a cookie of this category."""
    who = translated(N_("This site")) if provider == MANY else provider
    return translated(SENTENCES[category]) % {"provider": who}
