"""POST /choice: reads what a visitor chose, records it, and only then lets a grant take effect."""

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from time import time
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from assent.asgi.origin import is_same_origin
from assent.asgi.types import OriginOf, Scope
from assent.asgi.visit import Visit, Visits
from assent.core import record
from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.choice import Choice, ChoiceCookie
from assent.core.decision import decide
from assent.core.fields import SET_COOKIE, Fields
from assent.core.freed import frees
from assent.core.personal import Personal
from assent.core.record import BUTTONS, Action
from assent.core.representation import first
from assent.core.rules import Rules
from assent.core.words import N_
from assent.errors import BadChoice, CrossSite, LedgerUnavailable, TooLarge, TooManyRequests
from assent.ledger import Ledger
from assent.web.dialogs import Dialogs
from assent.web.late import Late
from assent.web.notice import Shown
from assent.web.return_to import is_local
from assent.web.state import state

log = logging.getLogger("assent")

MEMBERS = frozenset({"action", "categories", "denied", "language", "notice", "return_to"})
"""Of a choice in JSON."""

MAX_BODY = 64 * 1024
"""Octets; an honest choice has some hundred, the rest is room for what its page was denied."""

PATIENCE = 10.0
"""Seconds that a grant waits for its record."""

REFUSAL_PATIENCE = 2.0
"""Seconds that a refusal waits for its record, which may then follow."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What one POST says."""

    action: Action
    categories: frozenset[Category]
    return_to: str
    script: bool
    notice: str
    """The seal of the notice that was shown, as its form carried it."""
    language: str = ""
    """That of the notice."""
    denied: tuple[str, ...] = ()
    """What the page asks back for: what was kept from it, as the guard names it."""

    @property
    def granted(self) -> frozenset[Category]:
        """The categories that this choice grants."""
        if self.action is Action.ACCEPT_ALL:
            return ALL
        return NECESSARY_ONLY | self.categories if self.action is Action.SAVE else NECESSARY_ONLY


class ChoiceEndpoint:
    """Turns a submission into a record, a consent cookie and the deletion of what is no longer granted."""

    def __init__(
        self,
        *,
        cookie: ChoiceCookie,
        rules: Rules,
        visits: Visits,
        ledger: Ledger,
        origin_of: OriginOf,
        dialogs: Dialogs,
        shown: Shown,
        personal: Callable[[Scope], Personal | None] = lambda scope: None,
        admit: Callable[[Scope], None] = lambda scope: None,
        made: Callable[[Action], None] = lambda action: None,
        others: frozenset[bytes] = frozenset(),
        denied: Callable[[Iterable[str], Scope], None] = lambda names, scope: None,
        late: Late | None = None,
    ) -> None:
        """``admit`` raises TooManyRequests; ``made`` is told of each choice that took effect.

        ``others`` are cookies of other consent tools, whose word a choice ends. ``denied`` is told what the
        page of each was kept from.
        """
        self._cookie = cookie
        self._rules = rules
        self._visits = visits
        self._ledger = ledger
        self._origin_of = origin_of
        self._dialogs = dialogs
        self._shown = shown
        self._personal = personal
        self._admit = admit
        self._made = made
        self._others = others
        self._denied = denied
        self._late = late or Late()

    async def post(self, request: Request) -> Response:
        """Answer one POST: 303 back for a form, the new state as JSON for a script."""
        fields: Fields = request.scope["headers"]
        origin = self._origin_of(request.scope)
        if not is_same_origin(fields, origin):
            raise CrossSite(N_("A choice can only be made on the site itself."))
        submission = parse(fields, await _body(request))
        # Should the choice fail, the words about it lead back to where the visitor was.
        request.state.return_to, request.state.language = submission.return_to, submission.language
        before = self._visits.of(fields)
        choice = await self._effective(submission, before, origin, request.scope)
        self._made(submission.action)
        self._denied(submission.denied, request.scope)
        response = self._response(submission, choice, before)
        line = self._cookie.set_cookie(choice, secure=origin.startswith("https:"))
        withdraws = not before.decision.granted <= choice.granted
        refused = self._visits.refused(fields, choice.granted, wherever_seen=withdraws)
        refused += self._visits.sent(fields, self._others)
        path = urlsplit(submission.return_to).path
        response.raw_headers += [(SET_COOKIE, line), *self._visits.expire(refused, origin, path)]
        return response

    async def _effective(self, submission: Submission, before: Visit, origin: str, scope: Scope) -> Choice:
        """Return the choice as it takes effect. No record, no grant: this is the one place that says so."""
        now = time()
        earlier = before.decision.choice
        consent_id = earlier.consent_id if earlier else record.uuid7(int(now * 1000), secrets.token_bytes(10))
        choice = self._cookie.choice(consent_id, submission.granted, int(now))
        grants_more = not choice.granted <= before.decision.granted
        try:
            self._admit(scope)
            known = self._personal(scope)
            recording = self._record(submission, before, choice, origin, int(now * 1000), known)
            if grants_more:
                async with asyncio.timeout(PATIENCE):
                    await recording
            elif not await self._late.within(REFUSAL_PATIENCE, recording):
                raise TimeoutError
        except (LedgerUnavailable, TimeoutError, TooManyRequests) as error:
            if grants_more:
                if isinstance(error, TooManyRequests):
                    raise
                raise LedgerUnavailable(
                    N_(
                        "Your choice could not be recorded, so nothing was changed. "
                        "Please try again in a moment."
                    )
                ) from error
            if isinstance(error, TimeoutError):
                log.info("a refusal took effect before its record, which follows")
            else:
                log.error("a refusal took effect without its record: %s", error)
            if earlier is not None and choice.granted != NECESSARY_ONLY:
                # What stays granted was recorded before; without a record it is not renewed.
                return replace(choice, at=earlier.at, expires=earlier.expires)
        return choice

    async def _record(
        self,
        submission: Submission,
        before: Visit,
        choice: Choice,
        origin: str,
        ms: int,
        personal: Personal | None,
    ) -> None:
        earlier = before.decision.choice
        previous = await self._ledger.last(choice.consent_id) if earlier else None
        dialog = self._dialogs.asked(submission.language)
        notice = dialog.notice_sha256(submission.notice)
        # Another worker may have shown it; that one has kept it then.
        if shown := self._shown.text(notice):
            await self._ledger.keep(shown)
        made = record.build(
            at=ms,
            entropy=secrets.token_bytes(10),
            consent_id=choice.consent_id,
            site=origin,
            action=submission.action,
            granted=choice.granted,
            before=before.decision.granted,
            gpc=before.decision.gpc,
            language=dialog.language,
            policy_version=choice.policy_version,
            notice=notice,
            method="script" if submission.script else "form",
            expires=choice.expires,
            previous=previous.id if previous else None,
            personal=personal.commitment if personal else None,
        )
        await self._ledger.append(made, personal)

    def _response(self, submission: Submission, choice: Choice, before: Visit) -> Response:
        # Pages in the browser's cache show the state before; going back would show them again.
        headers = {"cache-control": "no-store", "clear-site-data": '"cache"'}
        if choice.granted != ALL:
            # A browser reports network errors for as long as an earlier response told it to; this ends it.
            headers["nel"] = '{"report_to": "none", "max_age": 0}'
        if submission.script:
            if frees(self._rules, submission.denied, before.decision.granted, choice.granted):
                headers["assent-reload"] = "?1"
            body = state(decide(choice, gpc=before.decision.gpc), self._cookie.policy_version)
            return JSONResponse(body, headers=headers)
        return RedirectResponse(submission.return_to, status_code=303, headers=headers)


def parse(fields: Fields, body: bytes) -> Submission:
    """Read the body of a choice, a form or JSON; raises BadChoice that says what would be right."""
    media_type = first(fields, b"content-type").partition(b";")[0].strip().lower()
    if media_type == b"application/json":
        values, script = _json(body), True
    elif media_type == b"application/x-www-form-urlencoded":
        values, script = _form(body), False
    else:
        raise BadChoice("Send the choice as application/x-www-form-urlencoded or application/json.")
    try:
        action: Action | None = Action(values["action"][-1])
    except (KeyError, IndexError, ValueError):
        action = None
    if action not in BUTTONS:
        raise BadChoice(f"action must be one of: {', '.join(BUTTONS)}.")
    try:
        categories = frozenset(Category(name) for name in values.get("category", ()))
    except ValueError:
        raise BadChoice(f"category must be one of: {', '.join(Category)}.") from None
    wanted = values.get("return_to", [""])[-1]
    if wanted and not is_local(wanted):
        raise BadChoice("return_to must be a path of this site, such as /basket?page=2.")
    notice, language = (values.get(name, [""])[-1] for name in ("notice", "language"))
    return Submission(
        action, categories, wanted or "/", script, notice, language, tuple(values.get("denied", ()))
    )


def _json(body: bytes) -> Mapping[str, list[str]]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadChoice("The body is not JSON.") from None
    if not isinstance(data, dict):
        raise BadChoice('The body must be an object such as {"action": "reject_all"}.')
    lists = {name: data.get(name, []) for name in ("categories", "denied")}
    for name, value in lists.items():
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise BadChoice(f"{name} must be a list of names.")
    if unknown := sorted(data.keys() - MEMBERS):
        raise BadChoice(f"{unknown[0]} is no member of a choice; it has: {', '.join(sorted(MEMBERS))}.")
    if wrong := [name for name in sorted(MEMBERS - lists.keys() - {"action"}) if not _is_text(data, name)]:
        raise BadChoice(f"{wrong[0]} must be text.")
    texts = {name: [value] for name in MEMBERS if isinstance(value := data.get(name), str)}
    return {**texts, "category": lists["categories"], "denied": lists["denied"]}


def _is_text(data: Mapping[str, object], name: str) -> bool:
    return isinstance(data.get(name, ""), str)


def _form(body: bytes) -> Mapping[str, list[str]]:
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=64)
    except ValueError:
        raise BadChoice("The body is not a form in UTF-8.") from None
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise TooLarge(f"A choice has at most {MAX_BODY} bytes.")
    return bytes(body)
