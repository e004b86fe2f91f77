"""The consent cookie: what a visitor chose, signed; no other file knows its form.

``1.<consent id>.<unix seconds>.<granted categories>.<policy version>.<signature>``, in cookie-octets.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer

from assent.core.categories import NECESSARY_ONLY, Category

NAME = "assent"
FORM = "1"
MAX_LENGTH = 512
"""Octets; a longer value cannot be ours, and is not worth the hashing."""

_CONSENT_ID = re.compile(r"[0-9a-f-]{8,64}\Z")
_SECONDS = re.compile(r"[0-9]{1,12}\Z", re.ASCII)
_BY_CATEGORY = re.compile(rf"[0-9a-f]{{6}}(?:-[0-9a-f]{{6}}){{{len(Category) - 1}}}\Z")
POLICY_VERSION = re.compile(r"[A-Za-z0-9_.~-]{1,64}\Z")

# The last character stands for four bits; another spelling of the same octets is not one that we wrote.
_SIGNED = re.compile(rb"[!-~]+\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\Z")

CLOCK_SKEW = 300
"""Seconds that another gateway's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What one visitor said: ``at`` and ``expires`` are unix seconds; ``granted`` holds necessary always."""

    consent_id: str
    at: int
    granted: frozenset[Category]
    policy_version: str
    expires: int
    changed: frozenset[Category] = frozenset()
    """What was granted, and has changed since: no longer granted, and to be asked for again."""


class ChoiceCookie:
    """Writes and reads the consent cookie; the first key signs, all verify."""

    def __init__(
        self, keys: Sequence[str], *, policy_version: str, lifetime: int, domain: str | None = None
    ) -> None:
        # itsdangerous signs with the last key of its list.
        self._signer = Signer(
            list(reversed(keys)),
            salt="assent.choice",
            sep=".",
            digest_method=hashlib.sha256,
            key_derivation="hmac",
        )
        self.policy_version = policy_version
        self.lifetime = lifetime
        self._domain = f"; Domain={domain}" if domain else ""

    def choice(self, consent_id: str, granted: Iterable[Category], now: int) -> Choice:
        """Return the choice that a visitor makes now."""
        return Choice(
            consent_id=consent_id,
            at=now,
            granted=NECESSARY_ONLY | frozenset(granted),
            policy_version=self.policy_version,
            expires=now + self.lifetime,
        )

    def dump(self, choice: Choice) -> str:
        """Return the signed cookie-value of a choice."""
        granted = "-".join(category for category in Category if category in choice.granted)
        value = f"{FORM}.{choice.consent_id}.{choice.at}.{granted}.{choice.policy_version}"
        return self._signer.sign(value).decode("ascii")

    def load(self, value: bytes, now: int) -> Choice | None:
        """Read a cookie-value; None when it is bad, forged, expired or made under another policy.

        Where policies can be told apart by category, what was granted in those that changed is undecided
        again, and the rest stands. A refusal stands in any case: nobody is asked again what they refused.
        """
        if len(value) > MAX_LENGTH or not _SIGNED.match(value):
            return None
        try:
            form, consent_id, at, granted, policy_version = (
                self._signer.unsign(value).decode("ascii").split(".", 4)
            )
            categories = frozenset(Category(name) for name in granted.split("-"))
        except (BadSignature, ValueError):
            return None
        if form != FORM or not _CONSENT_ID.match(consent_id) or not _SECONDS.match(at):
            return None
        made = int(at)
        expires = made + self.lifetime
        if not made - CLOCK_SKEW <= now < expires or Category.NECESSARY not in categories:
            return None
        changed = changed_since(policy_version, self.policy_version)
        if changed is None:
            return None
        lapsed = (categories & changed) - NECESSARY_ONLY
        return Choice(consent_id, made, categories - lapsed, policy_version, expires, lapsed)

    def newest(self, values: Iterable[bytes], now: int) -> Choice | None:
        """Return the newest choice among several consent cookies (one per Domain may arrive)."""
        choices = [choice for value in values if (choice := self.load(value, now))]
        return max(choices, key=lambda choice: choice.at, default=None)

    def set_cookie(self, choice: Choice, *, secure: bool) -> bytes:
        """Return the Set-Cookie value that stores a choice in the browser."""
        line = f"{NAME}={self.dump(choice)}; Path=/{self._domain}; Max-Age={self.lifetime}; SameSite=Lax"
        return (line + "; Secure" if secure else line).encode("ascii")


def changed_since(then: str, now: str) -> frozenset[Category] | None:
    """Return the categories that differ between two policy versions; None when that cannot be told.

    It can where both have a part for each category, as ``rules.policy_version`` makes them.
    """
    if then == now:
        return frozenset()
    if not _BY_CATEGORY.match(then) or not _BY_CATEGORY.match(now):
        return None
    parts = zip(Category, then.split("-"), now.split("-"), strict=True)
    return frozenset(category for category, earlier, later in parts if earlier != later)
