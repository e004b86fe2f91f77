"""The five categories, as data: their order and what a visitor reads about each."""

from collections.abc import Mapping
from enum import StrEnum


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
        return self.value.capitalize()


OPTIONAL = tuple(c for c in Category if c is not Category.NECESSARY)
"""The categories that a visitor decides about."""

ALL = frozenset(Category)
NECESSARY_ONLY = frozenset({Category.NECESSARY})

DESCRIPTIONS: Mapping[Category, str] = {
    Category.NECESSARY: (
        "Necessary cookies are required to enable the basic features of this site, such as providing "
        "secure log-in or adjusting your consent preferences. These cookies do not store any personally "
        "identifiable data."
    ),
    Category.FUNCTIONAL: (
        "Functional cookies help perform certain functionalities like sharing the content of the website "
        "on social media platforms, collecting feedback, and other third-party features."
    ),
    Category.ANALYTICS: (
        "Analytical cookies are used to understand how visitors interact with the website. These cookies "
        "help provide information on metrics such as the number of visitors, bounce rate, traffic source, "
        "etc."
    ),
    Category.PERFORMANCE: (
        "Performance cookies are used to understand and analyze the key performance indexes of the website "
        "which helps in delivering a better user experience for the visitors."
    ),
    Category.ADVERTISEMENT: (
        "Advertisement cookies are used to provide visitors with customized advertisements based on the "
        "pages you visited previously and to analyze the effectiveness of the ad campaigns."
    ),
}
