"""Django Oscar, a shop as it is: its pages, its basket in a signed cookie, its checkout."""

import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server

import django
from django.conf import settings
from oscar import defaults

HERE = Path(__file__).parent
DASHBOARD = "catalogue", "communications", "offers", "orders", "pages", "partners", "ranges", "reports"
APPS = (
    *("address", "analytics", "basket", "catalogue", "catalogue.reviews", "checkout", "communication"),
    *("customer", "offer", "order", "partner", "payment", "search", "shipping", "voucher", "wishlists"),
    *("dashboard", "dashboard.reviews", "dashboard.shipping", "dashboard.users", "dashboard.vouchers"),
    *(f"dashboard.{name}" for name in DASHBOARD),
)
HEAD = (HERE.parent / "shop.html").read_text().partition("</title>")[2].partition("</head>")[0]


def config(app):
    first, *rest = app.title().split(".")
    names = (*rest, first) if first == "Dashboard" else (first, *rest)
    return f"oscar.apps.{app}.apps.{''.join(names)}Config"


class NoMigrations(dict):
    """Has tables made from models at once; a history of hundreds of changes takes minutes."""

    def __contains__(self, app):
        return True

    def __getitem__(self, app):
        return None


def advertise(get_response):
    def respond(request):
        response = get_response(request)
        if "text/html" in response.get("content-type", ""):
            response.content = response.content.replace(b"</head>", HEAD.encode() + b"</head>")
        for name in ("_ga", "_fbp", "visitor_id"):
            response.set_cookie(name, "1.2", max_age=63072000)
        return response

    return respond


settings.configure(
    **{name: value for name, value in vars(defaults).items() if name.isupper()},
    SECRET_KEY="a key for tests alone, which nothing else may use",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SITE_ID=1,
    STATIC_URL="/static/",
    MEDIA_URL="/media/",
    MEDIA_ROOT=HERE / "media",
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HERE / "shop.db",
            "ATOMIC_REQUESTS": True,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    MIGRATION_MODULES=NoMigrations(),
    HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
    AUTHENTICATION_BACKENDS=["oscar.apps.customer.auth_backends.EmailBackend"],
    INSTALLED_APPS=[
        *(
            f"django.contrib.{app}"
            for app in ("auth", "contenttypes", "sessions", "messages", "staticfiles", "sites", "flatpages")
        ),
        "oscar.config.Shop",
        *map(config, APPS),
        *("widget_tweaks", "haystack", "treebeard", "sorl.thumbnail", "django_tables2"),
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "oscar.apps.basket.middleware.BasketMiddleware",
        f"{__name__}.advertise",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                    "oscar.apps.search.context_processors.search_form",
                    "oscar.apps.checkout.context_processors.checkout",
                    "oscar.core.context_processors.metadata",
                ]
            },
        }
    ],
)
django.setup()

from django.apps import apps  # noqa: E402  # Django's parts can be imported only once it is set up
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402
from oscar.core.loading import get_model  # noqa: E402

urlpatterns = [path("", include(apps.get_app_config("oscar").urls[0]))]


def fill():
    get_user_model().objects.create_user("ada", "ada@example.org", "second-flush")
    get_model("address", "Country").objects.create(
        iso_3166_1_a2="GB", printable_name="United Kingdom", is_shipping_country=True
    )
    kind = get_model("catalogue", "ProductClass").objects.create(name="Tea")
    partner = get_model("partner", "Partner").objects.create(name="Teapots")
    for name in ("teapot", "cup"):
        product = get_model("catalogue", "Product").objects.create(title=name, product_class=kind)
        get_model("partner", "StockRecord").objects.create(
            product=product, partner=partner, partner_sku=name, price=9, num_in_stock=99
        )


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


if __name__ == "__main__":
    call_command("migrate", run_syncdb=True, verbosity=0)
    fill()
    site = StaticFilesHandler(get_wsgi_application())
    make_server("127.0.0.1", int(sys.argv[1]), site, Server).serve_forever()
