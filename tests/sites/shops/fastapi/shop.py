"""FastAPI with Starlette's sessions; neither protects forms, so a token in the session does."""

import hmac
import secrets
import sys
from pathlib import Path
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.middleware.sessions import SessionMiddleware

PAGE = (Path(__file__).parents[1] / "shop.html").read_text()
PASSWORDS = {"ada": "second-flush"}
Text = Annotated[str, Form()]

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key="a key for tests alone")


def protected(request: Request, token: Text = "") -> None:
    if not hmac.compare_digest(token, request.session.get("token", "-")):
        raise HTTPException(403)


PROTECTED = [Depends(protected)]


@app.get("/")
def front(request: Request) -> HTMLResponse:
    token = request.session.setdefault("token", secrets.token_urlsafe())
    page = PAGE.replace("@token@", f'<input type="hidden" name="token" value="{token}">')
    page = page.replace("@visitor@", request.session.get("user", "a guest"))
    page = page.replace("@message@", request.session.pop("message", ""))
    response = HTMLResponse(page.replace("@cart@", ", ".join(request.session.get("cart", []))))
    for name in ("_ga", "_fbp", "visitor_id"):
        response.set_cookie(name, "1.2", max_age=63072000)
    return response


@app.post("/login", dependencies=PROTECTED)
def log_in(request: Request, username: Text, password: Text) -> RedirectResponse:
    if PASSWORDS.get(username) == password:
        request.session["user"] = username
    return RedirectResponse("/", 303)


@app.post("/review", dependencies=PROTECTED)
def publish(request: Request, review: Text) -> RedirectResponse:
    request.session["message"] = f"Thank you for {len(review)} letters"
    return RedirectResponse("/", 303)


@app.post("/cart", dependencies=PROTECTED)
def add(request: Request, item: Text) -> RedirectResponse:
    request.session["cart"] = [*request.session.get("cart", []), item]
    return RedirectResponse("/", 303)


@app.post("/checkout", dependencies=PROTECTED)
def order(request: Request, address: Text = "") -> RedirectResponse:
    known = "user" in request.session
    request.session["message"] = (
        f"Ordered: {', '.join(request.session.pop('cart'))}" if known else "Log in first"
    )
    return RedirectResponse("/", 303)


@app.post("/logout", dependencies=PROTECTED)
def log_out(request: Request) -> RedirectResponse:
    request.session.clear()
    return RedirectResponse("/", 303)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
