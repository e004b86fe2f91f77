"""Litestar: its encrypted sessions in the cookie, and its own protection of forms."""

import sys
from pathlib import Path
from typing import Annotated

import uvicorn
from litestar import Litestar, Request, Response, get, post
from litestar.config.csrf import CSRFConfig
from litestar.enums import RequestEncodingType
from litestar.middleware.session.client_side import CookieBackendConfig
from litestar.params import Body
from litestar.response import Redirect
from litestar.template.base import csrf_token

PAGE = (Path(__file__).parents[1] / "shop.html").read_text()
PASSWORDS = {"ada": "second-flush"}
Fields = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/", media_type="text/html", sync_to_thread=False)
def front(request: Request) -> Response[str]:
    token = f'<input type="hidden" name="_csrf_token" value="{csrf_token({"request": request})}">'
    page = PAGE.replace("@token@", token).replace("@visitor@", request.session.get("user", "a guest"))
    page = page.replace("@message@", request.session.pop("message", ""))
    response = Response(page.replace("@cart@", ", ".join(request.session.get("cart", []))))
    for name in ("_ga", "_fbp", "visitor_id"):
        response.set_cookie(name, "1.2", max_age=63072000)
    return response


@post("/login", sync_to_thread=False)
def log_in(request: Request, data: Fields) -> Redirect:
    if PASSWORDS.get(data["username"]) == data["password"]:
        request.session["user"] = data["username"]
    return Redirect("/", status_code=303)


@post("/review", sync_to_thread=False)
def publish(request: Request, data: Fields) -> Redirect:
    request.session["message"] = f"Thank you for {len(data['review'])} letters"
    return Redirect("/", status_code=303)


@post("/cart", sync_to_thread=False)
def add(request: Request, data: Fields) -> Redirect:
    request.session["cart"] = [*request.session.get("cart", []), data["item"]]
    return Redirect("/", status_code=303)


@post("/checkout", sync_to_thread=False)
def order(request: Request) -> Redirect:
    known = "user" in request.session
    request.session["message"] = (
        f"Ordered: {', '.join(request.session.pop('cart'))}" if known else "Log in first"
    )
    return Redirect("/", status_code=303)


@post("/logout", sync_to_thread=False)
def log_out(request: Request) -> Redirect:
    request.clear_session()
    return Redirect("/", status_code=303)


app = Litestar(
    [front, log_in, publish, add, order, log_out],
    csrf_config=CSRFConfig(secret="a key for tests alone"),
    middleware=[CookieBackendConfig(secret=b"a key of sixteen").middleware],
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
