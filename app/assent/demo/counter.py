"""What a visitor can do in the shop: basket, log-in and newsletter, as forms that need no scripts."""

import secrets

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from assent.demo.cookies import ON_THE_BASKET, SESSION, put_missing
from assent.demo.forms import read_form
from assent.demo.pages import Pages
from assent.demo.stock import TEAS, Tea

EMAIL = "ada@example.org"
PASSWORD = "second-flush"  # noqa: S105 - no secret: the log-in page and the console show it to everybody
NAME = "Ada"


def _tea(fields: dict[str, str]) -> Tea:
    tea = TEAS.get(fields.get("tea", ""))
    if tea is None:
        raise HTTPException(400, "There is no such tea in this shop. Go back and choose one from the list.")
    return tea


def _is_ada(fields: dict[str, str]) -> bool:
    email, password = fields.get("email", "").strip().lower(), fields.get("password", "")
    return email == EMAIL and secrets.compare_digest(password.encode(), PASSWORD.encode())


class Counter:
    """The endpoints that read and change a visitor's session."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages

    def routes(self) -> list[Route]:
        """Return the routes of basket, account and newsletter."""
        return [
            Route("/basket", self.basket),
            Route("/basket/add", self.add, methods=["POST"]),
            Route("/basket/remove", self.remove, methods=["POST"]),
            Route("/login", self.login_page, methods=["GET"]),
            Route("/login", self.login, methods=["POST"]),
            Route("/account", self.account),
            Route("/logout", self.logout, methods=["POST"]),
            Route("/newsletter", self.newsletter_page, methods=["GET"]),
            Route("/newsletter", self.newsletter, methods=["POST"]),
        ]

    async def basket(self, request: Request) -> Response:
        """Show the basket, and suggest a tea that is not in it."""
        session = self.pages.session(request)
        others = [tea for tea in TEAS.values() if tea.slug not in session.basket]
        suggested = others[0] if session.basket and others else None
        response = self.pages.render(request, "basket.html", session, suggested=suggested)
        put_missing(request, response, (ON_THE_BASKET,))
        return response

    async def add(self, request: Request) -> Response:
        """Put a tea into the basket and go back to the page it was added on."""
        fields = await read_form(request)
        tea, session = _tea(fields), self.pages.session(request)
        session.add(tea)
        session.notice = f"{tea.name} is in your basket."
        # A closed list of pages, not any path: a form field must never decide where a redirect leads.
        back = {"home": "/#teas", "basket": "/basket"}.get(fields.get("from", ""), f"/teas/{tea.slug}")
        return self.pages.redirect(request, back, session)

    async def remove(self, request: Request) -> Response:
        """Take a tea out of the basket."""
        tea, session = _tea(await read_form(request)), self.pages.session(request)
        session.basket.pop(tea.slug, None)
        session.notice = f"{tea.name} is no longer in your basket."
        return self.pages.redirect(request, "/basket", session)

    async def login_page(self, request: Request) -> Response:
        """Show the log-in form, or the account to who is logged in already."""
        session = self.pages.session(request)
        if session.name:
            return self.pages.redirect(request, "/account", session)
        return self._login_form(request)

    async def login(self, request: Request) -> Response:
        """Log in under a fresh session id, or say that e-mail and password do not match."""
        fields = await read_form(request)
        if not _is_ada(fields):
            problem = "This e-mail address and password do not belong together."
            return self._login_form(request, status=422, problem=problem, email=fields.get("email", ""))
        session = self.pages.sessions.log_in(self.pages.session(request), NAME)
        return self.pages.redirect(request, "/account", session)

    def _login_form(
        self, request: Request, status: int = 200, problem: str = "", email: str = ""
    ) -> Response:
        return self.pages.render(
            request,
            "login.html",
            status=status,
            email=email,
            problem=problem,
            demo_email=EMAIL,
            demo_password=PASSWORD,
        )

    async def account(self, request: Request) -> Response:
        """Show the account, or the log-in form to who is not logged in."""
        session = self.pages.session(request)
        if not session.name:
            session.notice = "Please log in to see your account."
            return self.pages.redirect(request, "/login", session)
        return self.pages.render(request, "account.html", session)

    async def logout(self, request: Request) -> Response:
        """Forget the session here and in the browser."""
        await read_form(request)
        session = self.pages.session(request)
        self.pages.sessions.close(session)
        response = RedirectResponse("/", status_code=303)
        SESSION.delete(response)
        return response

    async def newsletter_page(self, request: Request) -> Response:
        """Show the newsletter form."""
        return self.pages.render(request, "newsletter.html", problem="", email="")

    async def newsletter(self, request: Request) -> Response:
        """Thank for a subscription; the demo neither keeps the address nor sends anything."""
        email = (await read_form(request)).get("email", "").strip()
        name, _, domain = email.partition("@")
        if not name or not domain or " " in email:
            problem = "This does not look like an e-mail address: it needs something on both sides of an @."
            return self.pages.render(request, "newsletter.html", status=422, problem=problem, email=email)
        session = self.pages.session(request)
        session.notice = f"Thank you. The next letter would go to {email}."
        return self.pages.redirect(request, "/newsletter", session)
