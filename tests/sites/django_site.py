"""Django's own admin as a site: sessions, CSRF, messages, redirects and a few hundred static files.

Run as ``python django_site.py PORT`` in an empty folder.
"""

import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.conf import settings

HERE = Path.cwd()

settings.configure(
    DEBUG=False,
    SECRET_KEY="a key for tests alone, which nothing else may use",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="django_site",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HERE / "site.db"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.middleware.gzip.GZipMiddleware",
        "django.middleware.http.ConditionalGetMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    STATIC_URL="/static/",
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
django.setup()

from django.contrib import admin  # noqa: E402  # Django's parts can be imported only once it is set up
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.contrib.staticfiles.views import serve  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path, re_path  # noqa: E402

urlpatterns = [
    path("admin/", admin.site.urls),
    re_path(r"^files/(?P<path>.*)$", serve, {"insecure": True}),
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        pass


if __name__ == "__main__":
    sys.modules["django_site"] = sys.modules["__main__"]
    call_command("migrate", verbosity=0)
    get_user_model().objects.create_superuser("ada", "ada@example.org", "second-flush")
    server = Server(("127.0.0.1", int(sys.argv[1])), Quiet)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    server.serve_forever()
