"""The shop as an ASGI application: its reading pages, and everything else put together."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from assent.demo.cookies import ON_NOT_FOUND, ON_THE_CAMPAIGN_REDIRECT, put_missing
from assent.demo.counter import Counter
from assent.demo.pages import HERE, Pages
from assent.demo.rules import DECLARED
from assent.demo.seen import Memory, Remember, cookie_names, cookie_string
from assent.demo.sessions import Sessions
from assent.demo.stock import JOURNAL, TEAS

ROBOTS = "User-agent: *\nDisallow: /account\nDisallow: /basket\nDisallow: /seen\n"

FAVICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">\
<rect width="32" height="32" rx="8" fill="#2f5d4f"/>\
<path d="M7 22C6 12 13 7 25 7c1 11-4 18-13 17" fill="#e9f0e2"/>\
<path d="M6 27c3-7 7-11 13-14" fill="none" stroke="#2f5d4f" stroke-width="2" stroke-linecap="round"/></svg>"""

SHOWN_REQUESTS = 12
RECENT_COOKIE = "shop_recent"


class Reading:
    """The pages that a visitor reads."""

    def __init__(self, pages: Pages, memory: Memory) -> None:
        self.pages = pages
        self.memory = memory
        self._declared = {entry["name"]: entry for entry in DECLARED}

    def routes(self) -> list[Route]:
        """Return the routes of teas, journal, campaign and of what the shop received."""
        return [
            Route("/", self.home),
            Route("/teas/{slug}", self.tea),
            Route("/journal", self.journal),
            Route("/journal/{slug}", self.article),
            Route("/go/spring", self.campaign),
            Route("/seen.html", self.seen),
            Route("/robots.txt", self.robots),
            Route("/favicon.svg", self.favicon),
            Route("/favicon.ico", self.favicon),
        ]

    async def home(self, request: Request) -> Response:
        """Show all teas and the journal."""
        return self.pages.render(request, "home.html", teas=TEAS.values(), journal=JOURNAL.values())

    async def tea(self, request: Request) -> Response:
        """Show one tea, and those that the visitor's own cookie says were looked at before."""
        tea = TEAS.get(request.path_params["slug"])
        if tea is None:
            raise HTTPException(404)
        slugs = request.cookies.get(RECENT_COOKIE, "").split(".")
        recent = [TEAS[slug] for slug in dict.fromkeys(slugs) if slug in TEAS and slug != tea.slug]
        return self.pages.render(request, "tea.html", tea=tea, recent=recent[:3])

    async def journal(self, request: Request) -> Response:
        """List the articles."""
        return self.pages.render(request, "journal.html", journal=JOURNAL.values())

    async def article(self, request: Request) -> Response:
        """Show one article."""
        article = JOURNAL.get(request.path_params["slug"])
        if article is None:
            raise HTTPException(404)
        return self.pages.render(request, f"journal_{article.slug}.html", article=article)

    async def campaign(self, request: Request) -> Response:
        """Remember the campaign on the way to the tea that it is about."""
        response = RedirectResponse("/teas/darjeeling", status_code=302)
        ON_THE_CAMPAIGN_REDIRECT.put(response)
        return response

    async def seen(self, request: Request) -> Response:
        """Show for people which cookies this request and the latest ones brought."""
        names = cookie_names(cookie_string(request.scope))
        received = [(name, self._declared.get(name)) for name in names]
        latest = list(reversed(self.memory.sightings))[:SHOWN_REQUESTS]
        return self.pages.render(request, "seen.html", received=received, latest=latest)

    async def robots(self, request: Request) -> Response:
        """Tell crawlers which pages are nobody's but the visitor's."""
        return PlainTextResponse(ROBOTS)

    async def favicon(self, request: Request) -> Response:
        """Return the leaf that stands in the browser's tab."""
        return Response(
            FAVICON, media_type="image/svg+xml", headers={"cache-control": "public, max-age=86400"}
        )

    async def failed(self, request: Request, error: Exception) -> Response:
        """Show what went wrong as a page; an unknown address also sets a cookie, as real shops do."""
        if not isinstance(error, HTTPException):
            raise error
        if error.status_code != 404:
            response = self.pages.render(
                request, "refused.html", status=error.status_code, detail=error.detail
            )
            response.headers.update(error.headers or {})
            return response
        response = self.pages.render(request, "not_found.html", status=404)
        put_missing(request, response, (ON_NOT_FOUND,))
        return response


def create_shop(third_party: str) -> Starlette:
    """Return the shop; its pages load tag, pixel and film from ``third_party``.

    That is an origin without a final slash, such as ``http://127.0.0.1:9002``.
    """
    memory, pages = Memory(), Pages(Sessions(), third_party)
    reading = Reading(pages, memory)
    static = Mount("/static", StaticFiles(directory=HERE / "static"))
    return Starlette(
        routes=[*reading.routes(), *Counter(pages).routes(), *memory.routes(), static],
        middleware=[Middleware(Remember, memory=memory)],
        exception_handlers={HTTPException: reading.failed},
    )
