"""The layers beyond cookies, for one site: what its pages may reach, and the fields that hold them to it."""

from assent.asgi.types import OriginOf, Scope, Sightings
from assent.core.allowed import allowed_hosts
from assent.core.boundary import Boundary
from assent.core.categories import ALL, Category
from assent.core.fields import Field, Fields
from assent.core.hygiene import NO_DNS_PREFETCH, Departure, Removal, clean
from assent.core.media import is_other_xml
from assent.core.policy import content_security_policy, permissions_policy
from assent.core.representation import first
from assent.core.rules import Rules

ORIGINS = 64
"""Boundaries remembered; a client can ask for any Host."""

POLICIES = 512
"""Policies remembered; a site can write a media type in many ways."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})

CSP = b"content-security-policy"
REPORT_ONLY = b"content-security-policy-report-only"
PERMISSIONS = b"permissions-policy"


class Layers:
    """Makes boundaries and policies, each once for a set of granted categories."""

    def __init__(self, rules: Rules, sightings: Sightings, *, origin_of: OriginOf, prefix: str) -> None:
        self._rules = rules
        self._sightings = sightings
        self._origin_of = origin_of
        self._prefix = prefix
        self._boundaries: dict[tuple[frozenset[Category], str], Boundary] = {}
        self._policies: dict[tuple[frozenset[Category], str, bytes], Fields] = {}
        self._hosts: tuple[str, ...] = ()

    @property
    def by_policy(self) -> bool:
        """Whether a policy holds pages back; it has no deny-list, so not where unknown hosts are allowed."""
        return self._rules.unknown_hosts == "block"

    def boundary(self, granted: frozenset[Category], scope: Scope) -> Boundary:
        """Return what pages of this request's origin may reach."""
        key = (granted, self._origin_of(scope))
        boundary = self._boundaries.get(key)
        if boundary is None:
            if len(self._boundaries) >= ORIGINS:
                self._boundaries.clear()
            boundary = self._boundaries[key] = Boundary(self._rules, *key, self._sightings.host)
        return boundary

    def boundary_to_hold(self, granted: frozenset[Category], scope: Scope) -> Boundary | None:
        """Return the boundary that markup is read against, or None when nothing can lie beyond it."""
        if granted == ALL and not self.by_policy:
            return None
        return self.boundary(granted, scope)

    def permits_path(self, scope: Scope, granted: frozenset[Category]) -> bool:
        """Tell whether a path of the site may be asked for."""
        return not self._rules.paths or self._rules.permits_path(scope["path"], granted)

    def policy(
        self, granted: frozenset[Category], scope: Scope, content_type: bytes, *, enforce: bool = True
    ) -> Fields:
        """Return the decision's policy as the fields to add: one more, or none."""
        hosts = self._sightings.hosts()
        if hosts is not self._hosts or len(self._policies) > POLICIES:
            self._policies.clear()
            self._hosts = hosts
        key = (granted, scope.get("root_path", ""), content_type)
        policy = self._policies.get(key)
        if policy is None:
            policy = self._policies[key] = self._written(*key)
        if enforce:
            return policy
        return [(REPORT_ONLY, value) for _, value in policy]

    def _written(self, granted: frozenset[Category], root_path: str, content_type: bytes) -> Fields:
        if not self.by_policy:
            return []
        value = content_security_policy(
            allowed_hosts(self._rules, granted, self._hosts),
            report=f"{root_path}{self._prefix}/reports",
            script_free=granted != ALL and is_other_xml(content_type),
        )
        return [(CSP, value)]

    def clean(
        self, fields: Fields, granted: frozenset[Category], scope: Scope, *, navigates: bool, status: int
    ) -> tuple[Fields, list[Removal | Departure]]:
        """Return fields without what leads to refused hosts, and what was found."""
        fields, findings = clean(fields, self.boundary(granted, scope), navigation=navigates)
        if status not in REDIRECTS:
            # Of other answers a browser does not follow the Location.
            findings = [finding for finding in findings if not isinstance(finding, Departure)]
        return fields, findings

    def quiet(self, fields: Fields, granted: frozenset[Category]) -> Fields:
        """Return the fields of a page with what browsers do by themselves off, unless granted.

        That is their advertising interfaces, and looking up every host that a link names.
        """
        if granted == ALL:
            return fields
        if not first(fields, NO_DNS_PREFETCH[0]):
            fields = [*fields, NO_DNS_PREFETCH]
        own = [value for name, value in fields if name.lower() == PERMISSIONS]
        value = permissions_policy(own, granted)
        if value is None:
            return fields
        rest: list[Field] = [field for field in fields if field[0].lower() != PERMISSIONS]
        return [*rest, (PERMISSIONS, value)]
