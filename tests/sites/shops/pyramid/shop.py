"""Pyramid: signed-cookie sessions, ``auth_tkt`` logins, and a CSRF token required of every form."""

import sys
from pathlib import Path
from wsgiref.simple_server import make_server

from pyramid.authentication import AuthTktCookieHelper
from pyramid.config import Configurator
from pyramid.csrf import CookieCSRFStoragePolicy, get_csrf_token
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from pyramid.security import forget, remember
from pyramid.session import SignedCookieSessionFactory

PAGE = (Path(__file__).parents[1] / "shop.html").read_text()
PASSWORDS = {"ada": "second-flush"}


class Tickets:
    """Who somebody is, by the ticket in their cookie."""

    def __init__(self):
        self.cookies = AuthTktCookieHelper("a key for tests alone")
        self.remember = self.cookies.remember
        self.forget = self.cookies.forget

    def identity(self, request):
        return self.cookies.identify(request)

    def authenticated_userid(self, request):
        found = request.identity
        return found and found["userid"]


def front(request):
    token = f'<input type="hidden" name="csrf_token" value="{get_csrf_token(request)}">'
    page = PAGE.replace("@token@", token).replace("@visitor@", request.authenticated_userid or "a guest")
    page = page.replace("@message@", "".join(request.session.pop_flash()))
    response = Response(page.replace("@cart@", ", ".join(request.session.get("cart", []))))
    for name in ("_ga", "_fbp", "visitor_id"):
        response.set_cookie(name, "1.2", max_age=63072000)
    return response


def log_in(request):
    name = request.POST["username"]
    known = PASSWORDS.get(name) == request.POST["password"]
    return HTTPSeeOther("/", headers=remember(request, name) if known else [])


def publish(request):
    request.session.flash(f"Thank you for {len(request.POST['review'])} letters")
    return HTTPSeeOther("/")


def add(request):
    request.session["cart"] = [*request.session.get("cart", []), request.POST["item"]]
    return HTTPSeeOther("/")


def order(request):
    known = request.authenticated_userid
    request.session.flash(f"Ordered: {', '.join(request.session.pop('cart'))}" if known else "Log in first")
    return HTTPSeeOther("/")


def log_out(request):
    return HTTPSeeOther("/", headers=forget(request))


if __name__ == "__main__":
    with Configurator() as config:
        config.set_session_factory(SignedCookieSessionFactory("another key for tests alone"))
        config.set_security_policy(Tickets())
        config.set_csrf_storage_policy(CookieCSRFStoragePolicy())
        config.set_default_csrf_options(require_csrf=True)
        for name, view in {
            "": front,
            "login": log_in,
            "review": publish,
            "cart": add,
            "checkout": order,
            "logout": log_out,
        }.items():
            config.add_route(view.__name__, f"/{name}")
            config.add_view(view, route_name=view.__name__)
    make_server("127.0.0.1", int(sys.argv[1]), config.make_wsgi_app()).serve_forever()
