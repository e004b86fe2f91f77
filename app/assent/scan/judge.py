"""Which category something seen serves: as declared, as the catalogue knows, or as it looks. Pure."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from assent.core.categories import Category
from assent.core.domains import cookie_domains
from assent.core.rules import Rules
from assent.core.suggestion import Families, Suggestion, by_attributes, by_setter, by_shape
from assent.core.urls import Target
from assent.scan.seen import Asked, Cookie, Stored

How = Literal["declared", "catalogue", "site", "suggested", "unknown"]
"""``site``: nobody but the site itself says so."""

OWN_HOST = "a host of the site's own domain"


class Known(NamedTuple):
    """What is known of one thing."""

    category: Category | None
    how: How
    provider: str = ""
    reason: str = ""
    """Why it is suggested."""
    description: str = ""

    @property
    def certain(self) -> bool:
        """Whether a rule names it."""
        return self.how in ("declared", "catalogue", "site")

    @property
    def refusable(self) -> bool:
        """Whether it is known to wait for consent."""
        return self.certain and self.category is not Category.NECESSARY

    @property
    def label(self) -> str:
        """Its category, for a report."""
        if self.category is None:
            return "unknown"
        return self.category.value if self.certain else f"unknown, looks like {self.category.value}"


class Judge:
    """The rules in force, the catalogue's cookies of third parties, and what the site says of itself."""

    def __init__(
        self,
        rules: Rules,
        elsewhere: Iterable[tuple[str, str, Category, str]],
        said: Mapping[str, str],
        site: str,
    ) -> None:
        self._rules = rules
        self._declared = frozenset(map(id, (*rules.cookies, *rules.storage, *rules.hosts)))
        self._elsewhere = tuple(elsewhere)
        self._said = {name: Category(value) for name, value in said.items() if value in set(Category)}
        self._host = urlsplit(site).hostname or ""
        self._families = Families((rule.name, rule.category) for rule in rules.catalogue)

    def own(self, host: str) -> bool:
        """Tell whether a host belongs to the site: its registrable domain, or itself."""
        return _domain(host.partition(":")[0].lstrip(".")) == _domain(self._host)

    def cookie(self, cookie: Cookie) -> Known:
        """Return what is known of a cookie."""
        if not self.own(cookie.domain):
            return self._third(cookie)
        rule = self._rules.cookie(cookie.name.encode("utf-8", "surrogateescape"))
        if rule is not None:
            how: How = "declared" if id(rule) in self._declared or cookie.name == "assent" else "catalogue"
            return Known(rule.category, how, rule.provider, description=rule.description)
        said = self._by_site(cookie.name)
        if said is not None:
            return Known(said, "site", "", "the site's own declaration")
        return self._look(cookie)

    def stored(self, stored: Stored) -> Known:
        """Return what is known of a storage key."""
        if not self.own(urlsplit(stored.origin).netloc):
            return self.host(urlsplit(stored.origin).netloc)
        rule = self._rules.storage_rule(stored.key.encode("utf-8", "surrogateescape"))
        if rule is not None:
            how: How = "declared" if id(rule) in self._declared else "catalogue"
            return Known(rule.category, how, rule.provider, description=rule.description)
        return self._by_setter(stored.setter) or _suggested(by_shape(stored.key)) or Known(None, "unknown")

    def asked(self, asked: Asked) -> Known:
        """Return what is known of a host that was asked."""
        return self.host(asked.host)

    def host(self, host: str) -> Known:
        """Return what is known of a host."""
        rule = self._rules.host_rule(Target.read(host.lower()))
        if rule is not None:
            return Known(
                rule.category, "declared" if id(rule) in self._declared else "catalogue", rule.provider
            )
        if self.own(host):
            return Known(Category.NECESSARY, "suggested", "", OWN_HOST)
        return Known(None, "unknown")

    def said_necessary(self, name: str) -> bool:
        """Tell whether the site itself declares this cookie as necessary."""
        return self._by_site(name) is Category.NECESSARY

    def says(self, name: str) -> bool:
        """Tell whether the site itself declares this cookie."""
        return self._by_site(name) is not None

    @property
    def speaks(self) -> bool:
        """Whether the site has a declaration for machines."""
        return bool(self._said)

    def _by_site(self, name: str) -> Category | None:
        if name in self._said:
            return self._said[name]
        fits = [said for said in self._said if said.endswith("*") and name.startswith(said[:-1])]
        return self._said[max(fits, key=len)] if fits else None

    def _third(self, cookie: Cookie) -> Known:
        host = cookie.domain.lstrip(".")
        for pattern, domain, category, provider in self._elsewhere:
            same = cookie.name == pattern or (pattern.endswith("*") and cookie.name.startswith(pattern[:-1]))
            if same and (host == domain or host.endswith("." + domain)):
                return Known(category, "catalogue", provider)
        known = self.host(urlsplit(cookie.setter).netloc or host)
        return known if known.certain else self._look(cookie)

    def _look(self, cookie: Cookie) -> Known:
        return (
            self._by_setter(cookie.setter)
            or _suggested(self._families.of(cookie.name) or by_shape(cookie.name) or _attributes(cookie))
            or Known(None, "unknown")
        )

    def _by_setter(self, setter: str) -> Known | None:
        host = urlsplit(setter).netloc
        if not host or self.own(host):
            return None
        known = self.host(host)
        if not known.certain or known.category is None:
            return None
        return _suggested(by_setter(host, known.category, known.provider))


def _suggested(suggestion: Suggestion | None) -> Known | None:
    if suggestion is None:
        return None
    return Known(suggestion.category, "suggested", suggestion.provider, suggestion.reason)


def _attributes(cookie: Cookie) -> Suggestion | None:
    by_header = cookie.by == "header"
    return by_attributes(lifetime=cookie.lifetime, http_only=cookie.http_only, by_header=by_header)


def _domain(host: str) -> str:
    found = cookie_domains(host)
    return found[-1] if found else host
