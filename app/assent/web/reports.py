"""POST /reports: what browsers say they blocked under the decision's policy.

Both forms are read (CSP 3, 5.3; Reporting API). All of it is written by whoever posts: it is bounded, never
echoed, and of the hosts it names only those count that a rule knows.
"""

import json
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from assent.core.rules import Rules
from assent.core.urls import third_party
from assent.errors import BadChoice, TooLarge

MAX_BODY = 64 * 1024
MAX_VIOLATIONS = 50
"""Read from one report."""

PER_SECOND = 100
"""Reports that are read; the rest is answered and forgotten."""

NOWHERE = "https://invalid"


class Reports:
    """Tells which third parties pages ask for, so that the policy names them once they are granted."""

    def __init__(self, *, rules: Rules, sighted: Callable[[str], None]) -> None:
        self._rules = rules
        self._sighted = sighted
        self._second = 0
        self._left = PER_SECOND

    async def post(self, request: Request) -> Response:
        """Take one report; the answer is 204 whatever it says, unless it is no report at all."""
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise TooLarge(f"A report has at most {MAX_BODY} bytes.")
        if self._may_read():
            for url in blocked_urls(bytes(body)):
                target = third_party(url, NOWHERE)
                if target is not None and self._rules.host(target) is not None:
                    self._sighted(str(target))
        return Response(status_code=204)

    def _may_read(self) -> bool:
        second = int(monotonic())
        if second != self._second:
            self._second, self._left = second, PER_SECOND
        self._left -= 1
        return self._left >= 0


def blocked_urls(body: bytes) -> Iterator[str]:
    """Yield the blocked URLs of one report in either form; raises BadChoice when it is neither."""
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise BadChoice("The body is no violation report.") from None
    reports = data if isinstance(data, list) else [data]
    for report in reports[:MAX_VIOLATIONS]:
        if not isinstance(report, dict):
            continue
        for form, key in (("csp-report", "blocked-uri"), ("body", "blockedURL")):
            details = report.get(form)
            url = details.get(key) if isinstance(details, dict) else None
            if isinstance(url, str):
                yield url
