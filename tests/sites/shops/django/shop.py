"""Django: its sessions, log-in, messages and protection of forms, as ``startproject`` sets them up."""

import sys
from pathlib import Path
from wsgiref.simple_server import make_server

import django
from django.conf import settings

HERE = Path(__file__).parent

settings.configure(
    SECRET_KEY="a key for tests alone, which nothing else may use",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HERE / "shop.db"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [HERE]}],
    LOGIN_REDIRECT_URL="/",
    LOGOUT_REDIRECT_URL="/",
)
django.setup()

from django.contrib import messages  # noqa: E402  # Django's parts can be imported only once it is set up
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.views import LoginView, LogoutView  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.shortcuts import redirect  # noqa: E402
from django.urls import path  # noqa: E402

PAGE = (HERE.parent / "shop.html").read_text()


def front(request: HttpRequest) -> HttpResponse:
    token = f'<input type="hidden" name="csrfmiddlewaretoken" value="{get_token(request)}">'
    page = PAGE.replace("@token@", token)
    page = page.replace("@visitor@", request.user.get_username() or "a guest")
    page = page.replace("@message@", "".join(map(str, messages.get_messages(request))))
    response = HttpResponse(page.replace("@cart@", ", ".join(request.session.get("cart", []))))
    for name in ("_ga", "_fbp", "visitor_id"):
        response.set_cookie(name, "1.2", max_age=63072000)
    return response


def review(request: HttpRequest) -> HttpResponse:
    messages.success(request, f"Thank you for {len(request.POST['review'])} letters")
    return redirect("/")


def cart(request: HttpRequest) -> HttpResponse:
    request.session["cart"] = [*request.session.get("cart", []), request.POST["item"]]
    return redirect("/")


def checkout(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        messages.success(request, f"Ordered: {', '.join(request.session.pop('cart'))}")
    else:
        messages.error(request, "Log in first")
    return redirect("/")


urlpatterns = [
    path("", front),
    path("login", LoginView.as_view()),
    path("logout", LogoutView.as_view()),
    path("review", review),
    path("cart", cart),
    path("checkout", checkout),
]
call_command("migrate", verbosity=0)
if not get_user_model().objects.exists():
    get_user_model().objects.create_user("ada", password="second-flush")
app = get_asgi_application()

if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application()).serve_forever()
