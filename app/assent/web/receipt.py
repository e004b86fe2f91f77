"""GET /receipt: the visitor's own record, signed, as a file for machines or a page for people."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import time

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from assent.asgi.types import OriginOf
from assent.asgi.visit import Visits
from assent.core import receipt
from assent.core.categories import NECESSARY_ONLY, Category
from assent.core.choice import Choice
from assent.core.jws import Keys
from assent.core.record import Record, parse
from assent.core.words import N_
from assent.ledger import Ledger
from assent.web.contexts import Frame
from assent.web.dialogs import Dialogs
from assent.web.pages import HEADERS
from assent.web.state import iso

JOSE = "application/jose"
"""A compact JWS (RFC 7515 §9.2.1)."""

JSON = "application/jose+json"

NAME = "consent-receipt.jws"


@dataclass(frozen=True)
class ReceiptPage:
    """For receipt.html."""

    frame: Frame
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    """What the record says: a name and one value or more, all in English."""
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
        dialogs: Dialogs,
        visits: Visits,
        ledger: Ledger,
        keys: Keys,
        origin_of: OriginOf,
        site_name: str | None,
    ) -> None:
        self._dialogs = dialogs
        self._visits = visits
        self._ledger = ledger
        self._keys = keys
        self._origin_of = origin_of
        self._site_name = site_name

    async def get(self, request: Request) -> Response:
        """Give the receipt of the choice that stands: a page when HTML is asked for, else a signed file."""
        kind = wanted(request.headers.getlist("accept"), request.query_params.get("format"))
        choice = self._visits.of(request.scope["headers"]).decision.choice
        proof = await self._ledger.proof(choice.consent_id) if choice else None
        record = parse(proof.text.encode()) if proof else None
        # A refusal whose record was lost must not get the receipt of the grant before it.
        if choice is None or proof is None or record is None or not records(record, choice):
            return self._none(request, kind, chosen=choice is not None)
        origin, dialog = self._origin_of(request.scope), self._dialogs.request(request)
        frame = dialog.frame(request.scope.get("root_path", ""))
        base = origin + frame.base
        site = receipt.Site(origin, self._site_name, f"{base}/preferences")
        token = receipt.issue(proof, site, int(time()), self._keys)
        headers = {**HEADERS, "vary": "Accept, Accept-Language, Cookie"}
        if kind == "text/html":
            page = ReceiptPage(
                frame=frame,
                rows=rows(record),
                token=token,
                file=f"{frame.base}/receipt?format=jws",
                name=NAME,
                jwks=f"{base}/.well-known/jwks.json",
            )
            return HTMLResponse(dialog.render("receipt.html", page), headers=headers)
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
            N_("Your choice is in force, but it could not be recorded, so there is no receipt for it.")
            if chosen
            else N_("There is no receipt, for you have made no choice yet, or it has expired.")
        )
        if kind == "text/html":
            root_path = request.scope.get("root_path", "")
            dialog = self._dialogs.request(request)
            html = dialog.message(N_("No receipt"), text, return_to="/", root_path=root_path)
            return HTMLResponse(html, status_code=404, headers=HEADERS)
        return JSONResponse({"error": text}, status_code=404, headers=HEADERS)


def records(record: Record, choice: Choice) -> bool:
    """Tell whether this is the record of what the cookie says, whatever changed since and is asked again."""
    return frozenset(record.given) == (choice.granted | choice.changed) - NECESSARY_ONLY


def rows(record: Record) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return a record in words, which the page translates; what is signed stays as it is."""
    return (
        (N_("Site"), (record.site,)),
        (N_("Time of your choice"), (iso(record.at // 1000),)),
        (N_("How you chose"), (receipt.INDICATIONS[record.action],)),
        (N_("Allowed categories"), labels(record.given)),
        (N_("Refused categories"), labels(record.refused)),
        (N_("Valid until"), (iso(record.expires),)),
        (N_("Version of the policy"), (record.policy_version,)),
        (N_("Notice that was shown (SHA-256)"), (record.notice,)),
        (N_("Consent ID"), (record.consent_id,)),
        (N_("Record ID"), (record.id,)),
    )


def labels(categories: Iterable[Category]) -> tuple[str, ...]:
    """Return categories by their names, or a word for none."""
    held = frozenset(categories)
    return tuple(category.label for category in Category if category in held) or (N_("None of them"),)


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
