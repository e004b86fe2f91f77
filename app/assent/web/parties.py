"""Which third parties pages reach once a visitor allows them: those declared, and those that pages name."""

from collections.abc import Callable

from assent.core.categories import OPTIONAL, Category
from assent.core.domains import cookie_domains
from assent.core.rules import Rules
from assent.core.urls import Target
from assent.web.contexts import PartyRow
from assent.web.tables import DECLARED, SEEN


class ThirdParties:
    """Lists third parties by their domain; made anew only when a host was seen that was not there before.

    ``hosts`` gives those that pages and fields name. One that no rule knows is not listed: it stays blocked
    whatever a visitor chooses.
    """

    def __init__(self, rules: Rules, hosts: Callable[[], tuple[str, ...]] = tuple) -> None:
        self._rules = rules
        self._hosts = hosts
        self._seen: tuple[str, ...] | None = None
        self._rows: tuple[PartyRow, ...] = ()

    def current(self) -> tuple[PartyRow, ...]:
        """Return one row for each domain and category, by category and then by name."""
        hosts = self._hosts()
        if hosts is not self._seen:
            self._rows, self._seen = self._build(hosts), hosts
        return self._rows

    def number(self) -> int:
        """Return how many domains there are."""
        return len({row.domain for row in self.current()})

    def _build(self, hosts: tuple[str, ...]) -> tuple[PartyRow, ...]:
        found: dict[tuple[Category, str], str] = {}
        for rule in self._rules.hosts:
            found.setdefault((rule.category, domain_of(rule.host.removeprefix("*."))), DECLARED)
        for host in hosts:
            category = self._rules.host(Target.read(host))
            if category is not None:
                found.setdefault((category, domain_of(host)), SEEN)
        order = list(Category)
        listed = sorted(found.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
        return tuple(
            PartyRow(domain, category.value, category.label, learned)
            for (category, domain), learned in listed
            if category in OPTIONAL
        )


def domain_of(host: str) -> str:
    """Return the registrable domain, or of addresses and the like the host itself."""
    name = Target.read(host).host
    return (cookie_domains(name) or (name,))[-1]
