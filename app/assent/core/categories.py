"""The five categories, as data: their order and what a visitor reads about each."""

from collections.abc import Mapping
from enum import StrEnum

from assent.core.words import N_


class Category(StrEnum):
    """What a cookie, a storage key, a host or a path serves; the order is the dialog's."""

    NECESSARY = "necessary"
    FUNCTIONAL = "functional"
    ANALYTICS = "analytics"
    PERFORMANCE = "performance"
    ADVERTISEMENT = "advertisement"

    @property
    def label(self) -> str:
        """The name that the visitor sees, in English."""
        return LABELS[self]


OPTIONAL = tuple(c for c in Category if c is not Category.NECESSARY)
"""The categories that a visitor decides about."""

ALL = frozenset(Category)
NECESSARY_ONLY = frozenset({Category.NECESSARY})

LABELS: Mapping[Category, str] = {
    Category.NECESSARY: N_("Necessary"),
    Category.FUNCTIONAL: N_("Functional"),
    Category.ANALYTICS: N_("Analytics"),
    Category.PERFORMANCE: N_("Performance"),
    Category.ADVERTISEMENT: N_("Advertisement"),
}

DESCRIPTIONS: Mapping[Category, str] = {
    Category.NECESSARY: N_(
        "Necessary cookies are required to enable the basic features of this site, such as providing "
        "secure log-in or adjusting your consent preferences. These cookies do not store any personally "
        "identifiable data."
    ),
    Category.FUNCTIONAL: N_(
        "Functional cookies help perform certain functionalities like sharing the content of the website "
        "on social media platforms, collecting feedback, and other third-party features."
    ),
    Category.ANALYTICS: N_(
        "Analytical cookies are used to understand how visitors interact with the website. These cookies "
        "help provide information on metrics such as the number of visitors, bounce rate, traffic source, "
        "etc."
    ),
    Category.PERFORMANCE: N_(
        "Performance cookies are used to understand and analyze the key performance indexes of the website "
        "which helps in delivering a better user experience for the visitors."
    ),
    Category.ADVERTISEMENT: N_(
        "Advertisement cookies are used to provide visitors with customized advertisements based on the "
        "pages you visited previously and to analyze the effectiveness of the ad campaigns."
    ),
}
