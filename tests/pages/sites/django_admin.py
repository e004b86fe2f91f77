"""A Django site in an empty folder: ``python django_admin.py DRESS prepare``, then ``... DRESS PORT``."""

import sys
from collections.abc import Callable
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.conf import settings

DRESS, ACTION = sys.argv[1:]
NAME = Path(__file__).stem
WAGTAIL = ["embeds", "sites", "users", "snippets", "documents", "images", "search", "admin"]
APPS = {
    "plain": [],
    "unfold": ["unfold"],
    "jazzmin": ["jazzmin"],
    "wagtail": [*(f"wagtail.{app}" for app in WAGTAIL), "wagtail", "modelcluster", "taggit"],
}[DRESS]
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class NoMigrations:
    """Has tables made from models at once; a history of hundreds of changes takes minutes."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None

    def get(self, app: str, default: object = None) -> None:
        return None


def strict(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def respond(request: Any) -> Any:
        response = get_response(request)
        response["Content-Security-Policy"] = STRICT
        return response

    return respond


settings.configure(
    DEBUG=False,
    SECRET_KEY="a key for tests alone, which nothing else may use",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=NAME,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path.cwd() / "site.db"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    MIGRATION_MODULES=NoMigrations(),
    INSTALLED_APPS=[
        *APPS,
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.gzip.GZipMiddleware",
        "django.middleware.http.ConditionalGetMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        *([f"{NAME}.strict"] if DRESS == "plain" else []),
    ],
    STATIC_URL="/static/",
    USE_TZ=True,
    WAGTAIL_SITE_NAME="Teas",
    WAGTAILADMIN_BASE_URL="http://127.0.0.1",
    WAGTAIL_ENABLE_UPDATE_CHECK=False,
    WAGTAIL_ENABLE_WHATS_NEW_BANNER=False,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
)
sys.modules[NAME] = sys.modules["__main__"]
django.setup()

from django.contrib import admin  # noqa: E402  # Django's parts can be imported only once it is set up
from django.contrib.auth.admin import UserAdmin  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.contrib.staticfiles.views import serve  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402

if DRESS == "unfold":
    from unfold.admin import ModelAdmin

    admin.site.unregister(User)
    admin.site.register(User, type("DressedUserAdmin", (UserAdmin, ModelAdmin), {}))

urlpatterns = [path("admin/", admin.site.urls)]
if DRESS == "wagtail":
    urlpatterns = [
        path("cms/", include("wagtail.admin.urls")),
        path("documents/", include("wagtail.documents.urls")),
        path("", include("wagtail.urls")),
    ]


class Files(StaticFilesHandler):  # type: ignore[misc]  # Django ships no types
    def serve(self, request: Any) -> Any:
        # Django's own would refuse outside of DEBUG.
        return serve(request, self.file_path(request.path), insecure=True)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        pass


def prepare() -> None:
    call_command("migrate", run_syncdb=True, verbosity=0)
    User.objects.create_superuser("ada", "ada@example.org", "second-flush")
    if DRESS == "wagtail":
        from wagtail.models import Locale, Page, Site

        Locale.objects.create(language_code="en")
        home = Page.add_root(title="Root", slug="root").add_child(title="Home", slug="home")
        home.add_child(title="Teas", slug="teas")
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)


if __name__ == "__main__":
    if ACTION == "prepare":
        prepare()
    else:
        server = Server(("127.0.0.1", int(ACTION)), Quiet)
        server.set_app(Files(get_wsgi_application()))
        server.serve_forever()
