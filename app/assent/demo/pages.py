"""Rendering a page: the template, what all pages show, and the cookies that go with a page view."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.templating import Jinja2Templates

from assent.demo.cookies import CSRF, ON_EVERY_PAGE, SESSION, put_missing
from assent.demo.sessions import Session, Sessions

HERE = Path(__file__).parent


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


class Pages:
    """The shop's pages; ``third_party`` is the origin that they load their tag, pixel and film from."""

    def __init__(self, sessions: Sessions, third_party: str) -> None:
        self.sessions = sessions
        self._templates = Jinja2Templates(env=_environment())
        self._third_party = third_party

    def session(self, request: Request) -> Session:
        """Return the visitor's session, a new one if the request names none that we know."""
        return self.sessions.find_or_open(request.cookies.get(SESSION.name))

    def render(
        self,
        request: Request,
        template: str,
        session: Session | None = None,
        *,
        status: int = 200,
        **context: Any,
    ) -> Response:
        """Render a template; the response sets each page cookie that the browser did not send."""
        session = session or self.session(request)
        token = request.cookies.get(CSRF.name)
        notice, session.notice = session.notice, ""
        fresh_token = token or CSRF.value()
        shared = {
            "third_party": self._third_party,
            "session": session,
            "notice": notice,
            "csrf": fresh_token,
            "path": request.url.path,
        }
        response = self._templates.TemplateResponse(request, template, shared | context, status_code=status)
        response.headers["cache-control"] = "private, no-cache"
        self._name_session(request, response, session)
        if not token:
            CSRF.put(response, fresh_token)
        put_missing(request, response, ON_EVERY_PAGE)
        return response

    def redirect(self, request: Request, path: str, session: Session) -> Response:
        """Send the browser on to a path of the shop after a form (303 See Other)."""
        response = RedirectResponse(path, status_code=303)
        self._name_session(request, response, session)
        return response

    def _name_session(self, request: Request, response: Response, session: Session) -> None:
        if request.cookies.get(SESSION.name) != session.id:
            SESSION.put(response, session.id)
