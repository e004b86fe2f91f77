"""The read API: records and rates for the owner's own programs, behind the admin token."""

import hmac
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from assent.core.record import canonical
from assent.errors import BadChoice
from assent.ledger import Ledger
from assent.ledger.archive import Filed, Period, Place
from assent.web.openapi import description

_DIGITS = re.compile("[0-9]{1,18}")

LIMIT = 1000
"""Records that one answer holds at most."""

HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}

Endpoint = Callable[[Request], Awaitable[Response]]


class Api:
    """Answers with JSON; without a token in the settings there is no API at all."""

    def __init__(self, ledger: Ledger, token: str | None, prefix: str) -> None:
        self._ledger = ledger
        self._token = token
        self._prefix = prefix

    def routes(self) -> list[Route]:
        """Return the routes, all below the prefix."""
        base = f"{self._prefix}/api"
        return [
            Route(f"{base}/openapi.json", self._described),
            Route(f"{base}/records", self._guarded(self._records)),
            Route(f"{base}/records/{{consent_id}}", self._guarded(self._history)),
            Route(f"{base}/rates", self._guarded(self._rates)),
        ]

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def answer(request: Request) -> Response:
            if self._token is None:
                return JSONResponse({"error": "There is no API: no admin_token is set."}, 404, HEADERS)
            scheme, _, given = request.headers.get("authorization", "").partition(" ")
            known = scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), self._token.encode())
            if not known:
                headers = {**HEADERS, "www-authenticate": "Bearer"}
                return JSONResponse({"error": "Send the admin token as a bearer token."}, 401, headers)
            try:
                return await endpoint(request)
            except BadChoice as error:
                return JSONResponse({"error": str(error)}, 400, HEADERS)

        return answer

    async def _described(self, request: Request) -> Response:
        return JSONResponse(description(request.scope.get("root_path", "") + self._prefix), headers=HEADERS)

    async def _records(self, request: Request) -> Response:
        query = request.query_params
        limit = _number(query.get("limit"), LIMIT)
        after = _place(query.get("after"))
        listed: list[dict[str, Any]] = []
        async with self._ledger.view() as view:
            async for filed in view.filed(_period(request), after):
                listed.append(_told(filed))
                if len(listed) == limit:
                    break
        last = listed[-1] if len(listed) == limit else None
        following = f"{last['tree']}:{last['place']}" if last else None
        return JSONResponse({"records": listed, "next": following}, headers=HEADERS)

    async def _history(self, request: Request) -> Response:
        found = await self._ledger.history(request.path_params["consent_id"])
        if not found:
            return JSONResponse({"error": "There is no record of this consent id."}, 404, HEADERS)
        return JSONResponse({"records": [json.loads(canonical(record)) for record in found]}, headers=HEADERS)

    async def _rates(self, request: Request) -> Response:
        async with self._ledger.view() as view:
            found = await view.rates(_period(request))
        told = [
            {
                "day": rate.day,
                "language": rate.language,
                "choices": rate.choices,
                "accepted": rate.accepted,
                "rejected": rate.rejected,
                "given": dict(rate.given),
            }
            for rate in found
        ]
        return JSONResponse({"rates": told}, headers=HEADERS)


def _told(filed: Filed) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(canonical(filed.record))
    return members | {"tree": filed.tree, "place": filed.place}


def _period(request: Request) -> Period:
    return Period(*(_moment(name, request.query_params.get(name)) for name in ("since", "until")))


def _moment(name: str, value: str | None) -> int | None:
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise BadChoice(
            f"{name} must be a day or a moment, such as 2026-11-23 or 2026-11-23T05:39:00Z."
        ) from None
    return int(found.replace(tzinfo=found.tzinfo or UTC).timestamp() * 1000)


def _number(value: str | None, most: int) -> int:
    if value is None:
        return most
    # So short that it can be read as a number, and be handed to any database.
    if not _DIGITS.fullmatch(value) or not 0 < int(value) <= most:
        raise BadChoice(f"limit must be a whole number from 1 to {most}.")
    return int(value)


def _place(value: str | None) -> Place | None:
    if value is None:
        return None
    tree, _, place = value.rpartition(":")
    if not tree or not _DIGITS.fullmatch(place):
        raise BadChoice("after must be what an answer gave as next.")
    return tree, int(place)
