"""Flask: its session, Flask-Login with "remember me", Flask-WTF's protection of forms."""

import sys
from pathlib import Path

from flask import Flask, flash, get_flashed_messages, make_response, redirect, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFProtect, generate_csrf

PAGE = (Path(__file__).parents[1] / "shop.html").read_text()
PASSWORDS = {"ada": "second-flush"}

app = Flask(__name__)
app.secret_key = "a key for tests alone"
CSRFProtect(app)
logins = LoginManager(app)


class User(UserMixin):
    def __init__(self, name):
        self.id = name


@logins.user_loader
def load(name):
    return User(name)


@app.get("/")
def front():
    page = PAGE.replace("@token@", f'<input type="hidden" name="csrf_token" value="{generate_csrf()}">')
    page = page.replace("@visitor@", current_user.id if current_user.is_authenticated else "a guest")
    page = page.replace("@message@", "".join(get_flashed_messages()))
    response = make_response(page.replace("@cart@", ", ".join(session.get("cart", []))))
    for name in ("_ga", "_fbp", "visitor_id"):
        response.set_cookie(name, "1.2", max_age=63072000)
    return response


@app.post("/login")
def log_in():
    if PASSWORDS.get(request.form["username"]) == request.form["password"]:
        login_user(User(request.form["username"]), remember=True)
    return redirect("/")


@app.post("/review")
def publish():
    flash(f"Thank you for {len(request.form['review'])} letters")
    return redirect("/")


@app.post("/cart")
def add():
    session["cart"] = [*session.get("cart", []), request.form["item"]]
    return redirect("/")


@app.post("/checkout")
def order():
    flash(f"Ordered: {', '.join(session.pop('cart'))}" if current_user.is_authenticated else "Log in first")
    return redirect("/")


@app.post("/logout")
def log_out():
    logout_user()
    return redirect("/")


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]))
