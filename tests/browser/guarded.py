"""A site whose pages begin with the guard, put there by hand: what the other layers do is left out."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from assent import catalogue
from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.rules import CookieRule, HostRule, Rules, StorageRule
from assent.web.guard import Guard

RULES = Rules(
    cookies=(
        CookieRule("shop_session", Category.NECESSARY),
        CookieRule("shop_*", Category.FUNCTIONAL),
        CookieRule("basket", Category.NECESSARY),
    ),
    catalogue=catalogue.cookies(),
    storage=(
        StorageRule("an_*", Category.ANALYTICS),
        StorageRule("an_theme", Category.NECESSARY),
        StorageRule("words", Category.NECESSARY),
    ),
    hosts=(
        HostRule("partner.example", Category.NECESSARY),
        HostRule("*.tracker.example", Category.ADVERTISEMENT),
    ),
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
GRANTS = {"none": NECESSARY_ONLY, "analytics": NECESSARY_ONLY | {Category.ANALYTICS}, "all": ALL}


class GuardedSite:
    """The site; ``?granted=analytics`` shows a page as after that choice, ``/plain`` has no guard at all."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.guard = Guard(rules, "/_assent")
        self.worker = b""
        self.reset()

    def reset(self) -> None:
        """Show plain pages again, for the next test."""
        self.pages: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        self.nonce = ""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/_assent/guard/{name}", self.guard),
                Route("/plain", lambda _: HTMLResponse("<!DOCTYPE html><title>Plain</title><body>")),
                Route("/worker.js", self._worker),
                Route("/script", lambda _: Response(self.worker, media_type="text/javascript")),
                Route("/svg", lambda _: Response(SVG, media_type="image/svg+xml")),
                Route("/{path:path}", self._page),
            ]
        )

    async def _page(self, request: Request) -> Response:
        granted = GRANTS[request.query_params.get("granted", "none")]
        tag = self.guard.tag(granted, self.nonce).decode()
        body = self.pages.get(request.url.path, "<p>A page</p>")
        html = f"<!DOCTYPE html><html><head>{tag}<title>Shop</title></head><body>{body}</body></html>"
        return HTMLResponse(html, headers=self.headers)

    async def _worker(self, request: Request) -> Response:
        granted = GRANTS[request.query_params.get("granted", "none")]
        script = self.guard.source(granted) + self.worker
        return Response(script, media_type="text/javascript", headers={"Service-Worker-Allowed": "/"})
