"""Carries a visitor's answer to another consent tool over, on the first page that is asked for.

A refusal takes effect with that very page. A grant does so once it is recorded, for which the page waits a
moment; without its record there is none, and the visitor is asked as if nothing had been found.
"""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from time import time

from assent.asgi.types import ASGIApp, Message, OriginOf, Receive, Scope, Send
from assent.asgi.visit import LONGEST, Visits, raw_path
from assent.core import cookies, record
from assent.core.carried import Carried, Carrier, Pair
from assent.core.categories import NECESSARY_ONLY
from assent.core.choice import Choice, ChoiceCookie
from assent.core.fields import COOKIE, OWN_NAME, SET_COOKIE, Fields
from assent.core.personal import SALT_BYTES, Personal
from assent.core.record import Action, Law
from assent.core.representation import Purpose, private_fields, purpose
from assent.core.shape import Shapes, names_of, request_shape
from assent.errors import LedgerUnavailable, TooManyRequests
from assent.ledger import Ledger
from assent.web.state import iso

log = logging.getLogger("assent")

PATIENCE = 0.5
"""Seconds that a page waits for the record; a ledger that is well takes some hundredths."""

NOTICE = (
    "The visitor answered another consent tool, {tool}, before this site moved to Assent. What that tool "
    "showed is not known here. Its cookie was read as the answer to a banner under {law} law.\n"
)
"""What is kept as the notice of such a record: nothing of ours was shown."""


class Carrying:
    """Stands around the enforcement: what it adds to a request reads like a choice that was made here."""

    def __init__(
        self,
        site: ASGIApp,
        *,
        carrier: Carrier,
        law: Law,
        cookie: ChoiceCookie,
        visits: Visits,
        ledger: Ledger,
        origin_of: OriginOf,
        personal: Callable[[Scope], Personal | None],
        admit: Callable[[Scope], None],
        made: Callable[[Action], None],
    ) -> None:
        """``admit`` raises TooManyRequests; ``made`` is told of each choice that took effect."""
        self._site = site
        self._carrier = carrier
        self._law: Law = law
        self._cookie = cookie
        self._visits = visits
        self._ledger = ledger
        self._origin_of = origin_of
        self._personal = personal
        self._admit = admit
        self._made = made
        self._shapes = Shapes(request_shape)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one http or websocket scope."""
        pairs = self._pairs(scope)
        if pairs:
            gpc = (b"sec-gpc", b"1") in scope["headers"]
            found = self._carrier.read(pairs, int(time()), gpc=gpc)
            choice = await self._effective(found, scope, gpc=gpc) if found else None
            if choice is not None:
                self._made(Action.IMPORT)
                scope, send = self._chosen(choice, pairs, scope, send)
        await self._site(scope, receive, send)

    def _pairs(self, scope: Scope) -> list[Pair]:
        """Return the cookie-pairs of another tool, of a request for a page by one who never chose here."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return []
        fields: Fields = scope["headers"]
        values = [value for name, value in fields if name == COOKIE]
        if not values or sum(map(len, values)) > LONGEST:
            return []
        if purpose(fields, self._shapes[tuple(map(names_of, fields))]) is not Purpose.PAGE:
            return []
        pairs = [cookies.split_pair(part) for value in values for part in value.split(b";")]
        # A choice made here came after, be it outdated by now.
        if any(name == OWN_NAME for name, _ in pairs):
            return []
        return [pair for pair in pairs if pair[0] in self._carrier.cookies]

    async def _effective(self, found: Carried, scope: Scope, *, gpc: bool) -> Choice | None:
        """Return the choice as it takes effect. No record, no grant: that holds here, too."""
        now = time()
        consent_id = record.uuid7(int(now * 1000), secrets.token_bytes(10))
        choice = self._cookie.choice(consent_id, found.granted, int(now))
        grants = found.granted != NECESSARY_ONLY
        if grants and found.at is not None:
            # Who has refused is not asked sooner for our moving in; a grant lasts from when it was given.
            at = min(found.at, choice.at)
            choice = replace(choice, at=at, expires=at + self._cookie.lifetime)
        try:
            self._admit(scope)
            async with asyncio.timeout(PATIENCE):
                await self._record(found, choice, scope, int(now * 1000), gpc=gpc)
        except (LedgerUnavailable, TimeoutError, TooManyRequests) as error:
            what = "a grant waits for" if grants else "a refusal took effect without"
            log.error("carried over: %s its record: %s", what, error or "the ledger is too slow")
            return None if grants else choice
        return choice

    async def _record(self, found: Carried, choice: Choice, scope: Scope, ms: int, *, gpc: bool) -> None:
        notice = NOTICE.format(tool=found.tool, law=self._law).encode()
        evidence = self._evidence(found, scope)
        made = record.build(
            at=ms,
            entropy=secrets.token_bytes(10),
            consent_id=choice.consent_id,
            site=self._origin_of(scope),
            action=Action.IMPORT,
            granted=choice.granted,
            gpc=gpc,
            language="en",
            policy_version=choice.policy_version,
            notice=hashlib.sha256(notice).hexdigest(),
            method="automatic",
            expires=choice.expires,
            law=self._law,
            personal=evidence.commitment,
        )
        await self._ledger.keep(notice)
        await self._ledger.append(made, evidence)

    def _evidence(self, found: Carried, scope: Scope) -> Personal:
        """Return what proves the earlier answer, kept apart with what else is known of the visitor."""
        known = self._personal(scope)
        told = {"tool": found.tool, "sha256": found.sha256}
        if found.at is not None:
            told["answered"] = iso(found.at)
        return Personal(secrets.token_bytes(SALT_BYTES), {**(known.data if known else {}), **told})

    def _chosen(self, choice: Choice, pairs: list[Pair], scope: Scope, send: Send) -> tuple[Scope, Send]:
        """Return the request as if it carried the choice, and a ``send`` that gives it to the browser.

        The other tool's cookies go: once the choice here has ended, they must not speak again.
        """
        origin = self._origin_of(scope)
        fields: Fields = scope["headers"]
        sent = [value for name, value in fields if name == COOKIE]
        sent.append(OWN_NAME + b"=" + self._cookie.dump(choice).encode())
        fields = [*(field for field in fields if field[0] != COOKIE), (COOKIE, b"; ".join(sent))]
        gone = self._visits.expire(
            [*dict.fromkeys(name for name, _ in pairs)], origin, raw_path(scope).decode("latin-1")
        )
        set_cookie = (SET_COOKIE, self._cookie.set_cookie(choice, secure=origin.startswith("https:")))

        async def giving(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = private_fields(list(message.get("headers", ())))
                message = {**message, "headers": [*answered, set_cookie, *gone]}
            await send(message)

        return {**scope, "headers": fields}, giving
