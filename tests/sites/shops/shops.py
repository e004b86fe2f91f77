"""The shops: how each is started, and which cookies it sets unless told otherwise."""

import sys
from dataclasses import dataclass

from tests.sites.shops.customer import Customer
from tests.sites.shops.story import Visitor

PYTHON = (sys.executable, "shop.py", "{port}")
NODE = ("node", "shop.mjs", "{port}")
PHP = ("php", "-S", "127.0.0.1:{port}", "index.php")
NEXT = ("node", "../node_modules/next/dist/bin/next")


@dataclass(frozen=True, kw_only=True)
class Shop:
    """One framework's shop, in the folder of its name."""

    name: str
    title: str
    """As the table in docs/catalogue.md has it."""

    cookies: frozenset[str]
    """What the framework itself sets by the time that somebody is logged in and about to order."""

    refused: frozenset[str] = frozenset()
    """What the framework itself sets besides, and can do without."""

    visitor: type[Visitor] = Visitor
    """Who knows their way there."""

    serve: tuple[str, ...] = PYTHON
    """What runs it in its folder, with ``{port}`` for the port."""

    build: tuple[str, ...] = ()
    """What is run once in its folder before."""

    declares: tuple[str, ...] = ()
    """Cookies that are named after the application, so that no catalogue can know them."""

    tokens: bool = True
    """Whether a form without the right token is refused; otherwise where it comes from decides."""

    asgi: bool = False
    """Whether Assent can stand around it as middleware, too."""


QUICK = (
    Shop(name="django", title="Django", cookies=frozenset({"sessionid", "csrftoken"}), asgi=True),
    Shop(name="fastapi", title="FastAPI", cookies=frozenset({"session"}), asgi=True),
)
MORE = (
    Shop(
        name="flask", title="Flask, Flask-Login, Flask-WTF", cookies=frozenset({"session", "remember_token"})
    ),
    Shop(
        name="django-oscar",
        title="django-oscar",
        cookies=frozenset({"sessionid", "csrftoken"}),
        refused=frozenset({"oscar_history"}),
        visitor=Customer,
    ),
    Shop(name="pyramid", title="Pyramid", cookies=frozenset({"session", "auth_tkt", "csrf_token"})),
    Shop(name="litestar", title="Litestar", cookies=frozenset({"session", "csrftoken"}), asgi=True),
    Shop(
        name="express",
        title="Express, Passport, csrf-csrf",
        cookies=frozenset({"connect.sid", "__Host-psifi.x-csrf-token"}),
        serve=NODE,
    ),
    Shop(name="koa", title="Koa", cookies=frozenset({"koa.sess", "koa.sess.sig"}), serve=NODE),
    Shop(name="fastify", title="Fastify", cookies=frozenset({"sessionId", "_csrf"}), serve=NODE),
    Shop(name="hapi", title="hapi, yar, crumb", cookies=frozenset({"session", "crumb"}), serve=NODE),
    Shop(
        name="next",
        title="Next.js, NextAuth.js",
        cookies=frozenset(f"next-auth.{name}" for name in ("session-token", "csrf-token", "callback-url")),
        build=(*NEXT, "build"),
        serve=(*NEXT, "start", "-H", "127.0.0.1", "-p", "{port}"),
        tokens=False,
    ),
    Shop(
        name="rails",
        title="Ruby on Rails",
        cookies=frozenset({"_teapots_session"}),
        declares=("_teapots_session",),
        serve=("ruby", "shop.rb", "{port}"),
    ),
    Shop(
        name="laravel",
        title="Laravel",
        cookies=frozenset({"laravel_session", "XSRF-TOKEN", "remember_web_*"}),
        serve=PHP,
    ),
    Shop(name="symfony", title="Symfony", cookies=frozenset({"PHPSESSID", "REMEMBERME"}), serve=PHP),
    Shop(
        name="mojolicious",
        title="Mojolicious",
        cookies=frozenset({"mojolicious"}),
        serve=("perl", "shop.pl", "daemon", "-l", "http://127.0.0.1:{port}"),
    ),
    Shop(
        name="wordpress",
        title="WordPress",
        cookies=frozenset({"wordpress_*", "wordpress_logged_in_*", "wordpress_test_cookie"}),
        serve=(sys.executable, "serve.py", "{port}"),
    ),
)
