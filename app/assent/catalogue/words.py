"""What a visitor reads about a cookie that has no sentence of its own: made from category and provider."""

from collections.abc import Mapping

from assent.core.categories import Category

SENTENCES: Mapping[Category, str] = {
    Category.NECESSARY: "Is needed by {provider} for this site to work.",
    Category.FUNCTIONAL: "Lets {provider} remember settings, or do more for you on this site.",
    Category.ANALYTICS: "Lets {provider} count visits and see how this site is used.",
    Category.PERFORMANCE: "Lets {provider} measure how well this site works, or compare versions of it.",
    Category.ADVERTISEMENT: "Lets {provider} recognize visitors to choose ads, or count what they lead to.",
}


def described(category: Category, provider: str) -> str:
    """Return one sentence about what this provider does with a cookie of this category."""
    return SENTENCES[category].format(provider=provider)
