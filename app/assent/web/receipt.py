"""GET /receipt: the visitor's own record, signed, as a file for machines or a page for people."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import time

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from assent.asgi.types import OriginOf
from assent.asgi.visit import Visits
from assent.core import receipt
from assent.core.categories import Category
from assent.core.jws import Keys
from assent.core.record import Record, parse
from assent.ledger import Ledger
from assent.web.contexts import Frame
from assent.web.dialog import Dialog
from assent.web.pages import HEADERS
from assent.web.state import in_order, iso

JOSE = "application/jose"
"""A compact JWS (RFC 7515 §9.2.1)."""

JSON = "application/jose+json"

NAME = "consent-receipt.jws"


@dataclass(frozen=True)
class ReceiptPage:
    """For receipt.html."""

    frame: Frame
    rows: tuple[tuple[str, str], ...]
    """What the record says: a name and a value each."""
    token: str
    """The signed receipt."""
    file: str
    """Path of the file."""
    name: str
    """What the file is called."""
    jwks: str
    """URL of the public keys."""


class Receipts:
    """The endpoints that let a visitor hold the owner to the record."""

    def __init__(
        self,
        *,
        dialog: Dialog,
        visits: Visits,
        ledger: Ledger,
        keys: Keys,
        origin_of: OriginOf,
        site_name: str | None,
    ) -> None:
        self._dialog = dialog
        self._visits = visits
        self._ledger = ledger
        self._keys = keys
        self._origin_of = origin_of
        self._site_name = site_name
        self._page = dialog.environment.get_template("receipt.html")

    async def get(self, request: Request) -> Response:
        """Give the receipt of the choice that stands: a page when HTML is asked for, else a signed file."""
        kind = wanted(request.headers.getlist("accept"), request.query_params.get("format"))
        choice = self._visits.of(request.scope["headers"]).decision.choice
        proof = await self._ledger.proof(choice.consent_id) if choice else None
        if proof is None:
            return self._none(request, kind, chosen=choice is not None)
        base = self._origin_of(request.scope) + self._dialog.frame(request.scope.get("root_path", "")).base
        site = receipt.Site(self._origin_of(request.scope), self._site_name, f"{base}/preferences")
        token = receipt.issue(proof, site, int(time()), self._keys)
        headers = {**HEADERS, "vary": "Accept, Cookie"}
        if kind == "text/html":
            return HTMLResponse(
                self._written(request, parse(proof.text.encode()), token, base), headers=headers
            )
        if kind == JSON:
            return Response(receipt.flattened(token), media_type=JSON, headers=headers)
        headers["content-disposition"] = f'attachment; filename="{NAME}"'
        return Response(token + "\n", media_type=JOSE, headers=headers)

    async def jwks(self, request: Request) -> Response:
        """Give the public keys (RFC 7517 §5) that receipts and heads are checked with."""
        headers = {
            "cache-control": "public, max-age=3600",
            "access-control-allow-origin": "*",
            "x-content-type-options": "nosniff",
        }
        return JSONResponse(self._keys.jwks, media_type="application/jwk-set+json", headers=headers)

    def _none(self, request: Request, kind: str, *, chosen: bool) -> Response:
        text = (
            "Your choice is in force, but it could not be recorded, so there is no receipt for it."
            if chosen
            else "There is no receipt, for you have made no choice yet, or it has expired."
        )
        if kind == "text/html":
            root_path = request.scope.get("root_path", "")
            html = self._dialog.message("No receipt", text, return_to="/", root_path=root_path)
            return HTMLResponse(html, status_code=404, headers=HEADERS)
        return JSONResponse({"error": text}, status_code=404, headers=HEADERS)

    def _written(self, request: Request, record: Record, token: str, base: str) -> str:
        frame = self._dialog.frame(request.scope.get("root_path", ""))
        jwks = f"{base}/.well-known/jwks.json"
        return self._page.render(
            vars(ReceiptPage(frame, rows(record), token, f"{frame.base}/receipt?format=jws", NAME, jwks))
        )


def rows(record: Record) -> tuple[tuple[str, str], ...]:
    """Return a record in words."""
    return (
        ("Site", record.site),
        ("Time", iso(record.at // 1000)),
        ("How", receipt.INDICATIONS[record.action]),
        ("Allowed", labels(record.given)),
        ("Refused", labels(record.refused)),
        ("Valid until", iso(record.expires)),
        ("Policy version", record.policy_version),
        ("Notice shown (SHA-256)", record.notice),
        ("Consent ID", record.consent_id),
        ("Record ID", record.id),
    )


def labels(categories: Iterable[Category]) -> str:
    """Return categories by their names, or a word for none."""
    return ", ".join(name.capitalize() for name in in_order(categories)) or "None"


def wanted(accept: list[str], asked: str | None) -> str:
    """Return the media type to answer with: what the query asks for, else what Accept names first."""
    if asked is not None:
        return {"html": "text/html", "json": JSON}.get(asked, JOSE)
    for item in ",".join(accept).lower().split(","):
        media_type = item.partition(";")[0].strip()
        if media_type in ("text/html", "application/xhtml+xml"):
            return "text/html"
        if media_type in ("application/json", "application/ld+json", JSON):
            return JSON
        if media_type in (JOSE, "*/*"):
            return JOSE
    return JOSE
