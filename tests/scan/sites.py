"""Small sites with banners of their own, each right or wrong in its own way."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

YEAR = 365 * 86400
SECRET = "GA1.1.4711.174"
"""The value of every tracking cookie: no report may have it."""

STYLE = """<style>
body { margin: 0; font: 16px/1.5 sans-serif; color: #111; background: #fff }
.bar { position: fixed; inset: auto 0 0; padding: 1rem; background: #eee }
button { font: inherit; padding: .6rem 1rem; color: #fff; background: #224; border: 0 }
.link { background: none; color: #666; font-size: 12px; padding: 0; text-decoration: underline }
</style>"""

TEXT = (
    "We ask for your consent to cookies for analytics and advertising, ours and those of third parties. "
    "You can withdraw it at any time."
)
SET_GA = f"document.cookie = '_ga={SECRET}; path=/; max-age={YEAR}'"


def page(body: str, script: str = "", lang: str = "en") -> str:
    return f"""<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>A site</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{STYLE}</head><body><main><h1>A site</h1>
<p><a href="/">Home</a> <a href="/second">Second</a> <a href="/logout">Log out</a></p></main>{body}
<script>{script}</script></body></html>"""


def site(html: str, *, cookies: dict[str, str] | None = None) -> Starlette:
    """Return a site whose every page is this one; ``cookies`` are names with what their attributes are."""

    async def show(request: Request) -> Response:
        if request.url.path == "/logout":
            return PlainTextResponse(
                "a crawler has logged out", headers={"set-cookie": "_logged_out=1; path=/"}
            )
        response = HTMLResponse(html, 200 if request.url.path in ("/", "/second") else 404)
        for name, attributes in (cookies or {}).items():
            response.headers.append("set-cookie", f"{name}={SECRET}; {attributes}")
        return response

    async def policy(request: Request) -> Response:
        return HTMLResponse(page("<p>We set the cookies cookieconsent_status, _ga and _fbp.</p>"))

    return Starlette(routes=[Route("/policy", policy), Route("/{rest:path}", show)])


# What an honest script does: nothing before the choice, all after yes, and away with it after no.
HONEST = f"""
const bar = document.querySelector('.bar'), again = document.querySelector('.again');
const chosen = () => /cookieconsent_status=(\\w+)/.exec(document.cookie)?.[1];
function show() {{
  bar.hidden = !!chosen(); again.hidden = !chosen();
  if (chosen() === 'yes') {{ {SET_GA}; localStorage.setItem('amplitude_id', 'x') }}
}}
function choose(what) {{
  document.cookie = 'cookieconsent_status=' + what + '; path=/; max-age={YEAR}';
  if (what === 'no') {{ document.cookie = '_ga=; path=/; max-age=0'; localStorage.clear() }}
  show();
}}
again.onclick = () => {{ bar.hidden = false }};
show();
"""

BUTTONS = """<button onclick="choose('no')">Reject all</button>
<button onclick="choose('yes')">Accept all</button> <a href="/policy">Cookie policy</a>"""

BAR = f"""<div class="bar" hidden><p>{TEXT}</p>{BUTTONS}</div>
<button class="again" hidden>Cookie settings</button>"""


def honest() -> Starlette:
    return site(page(BAR, HONEST))


def early() -> Starlette:
    """Sets cookies by header and by script before anybody has chosen; one of them nobody knows."""
    return site(
        page(BAR, SET_GA + HONEST), cookies={"_fbp": f"path=/; max-age={YEAR}", "zq": "path=/; HttpOnly"}
    )


def deaf() -> Starlette:
    """Asks in a shadow tree, and takes every answer for a yes."""
    deaf = HONEST.replace("chosen() === 'yes'", "chosen()").replace("what === 'no'", "false")
    shadow = """
const host = document.createElement('div'); document.body.append(host);
const root = host.attachShadow({mode: 'open'});
root.append(document.querySelector('style').cloneNode(true), document.querySelector('.bar'));
""" + deaf.replace("document.querySelector('.bar')", "root.querySelector('.bar')")
    return site(page(BAR, shadow))


ONE_SIDED = """<div class="bar" role="dialog" aria-label="Cookies" hidden>
<div class="one"><p>Wir nutzen Cookies.</p><button onclick="choose('yes')">Alle akzeptieren</button>
<button class="link" onclick="settings()">Einstellungen</button></div>
<div class="two" hidden><p>Wählen Sie, welche Cookies wir nutzen.</p>
<label><input type="checkbox" checked> Statistik</label>
<label><input type="checkbox" checked> Werbung</label>
<button class="link" onclick="save()">Auswahl speichern</button></div></div>
<button class="again" hidden>Cookie-Einstellungen</button>"""
SETTINGS = """
const [one, two] = ['.one', '.two'].map(layer => document.querySelector(layer));
function settings() { one.hidden = true; two.hidden = false }
const ticked = () => [...document.querySelectorAll('input')].some(input => input.checked);
function save() { choose(ticked() ? 'yes' : 'no') }
"""


def one_sided() -> Starlette:
    """Speaks German, hides the refusal in its settings, with switches that are on, and draws it weaker."""
    return site(page(ONE_SIDED, HONEST + SETTINGS, lang="de"))


def no_refusal() -> Starlette:
    """Offers to agree, and nothing else."""
    bar = f"""<div class="bar" hidden><p>{TEXT}</p><button onclick="choose('yes')">Got it</button></div>
<span class="again" hidden></span>"""
    return site(page(bar, HONEST))


def cookieyes() -> Starlette:
    """Has the marks of a CookieYes banner, and buttons whose names no table has."""
    bar = f"""<div class="cky-consent-container bar" role="region" aria-label="Cookies" hidden>
<p>{TEXT}</p>
<button data-cky-tag="settings-button" onclick="settings()">Hmm</button>
<button data-cky-tag="reject-button" onclick="choose('no')">Nah</button>
<button data-cky-tag="accept-button" onclick="choose('yes')">Yeah</button><a href="/policy">Cookie policy</a>
<div class="cky-modal" hidden><label><input type="checkbox"> Counting</label>
<label><input type="checkbox"> Ads</label><button data-cky-tag="detail-save-button">Fine</button></div></div>
<button class="again" data-cky-tag="settings-button" hidden>Hmm</button>"""
    settings = "function settings() { document.querySelector('.cky-modal').hidden = false }"
    return site(page(bar, HONEST + settings))


def framed() -> Starlette:
    """Asks in a frame of its own, as hosted banners do, and tells the page by a message."""
    frame = f"""<!DOCTYPE html><html lang="de"><head><title>Cookies</title>{STYLE}</head><body>
<div role="dialog" aria-label="Cookies"><p>Wir bitten um Ihre Einwilligung zu Cookies.</p>
<button onclick="parent.postMessage('no')">Ablehnen</button>
<button onclick="parent.postMessage('yes')">Zustimmen</button></div></body></html>"""
    bar = """<div class="bar" hidden>
<iframe src="/frame" title="Cookies" width="600" height="200"></iframe></div>
<button class="again" hidden>Cookie-Einstellungen</button>"""

    async def show(request: Request) -> Response:
        listens = "addEventListener('message', ({data}) => choose(data));"
        return HTMLResponse(frame if request.url.path == "/frame" else page(bar, HONEST + listens, lang="de"))

    return Starlette(routes=[Route("/{rest:path}", show)])


def clean() -> Starlette:
    """Sets nothing, asks nobody, and so asks nothing."""
    return site(page(""))


def signalled() -> Starlette:
    """Sets nothing to those who signal an opt-out, and says so."""

    async def show(request: Request) -> Response:
        response = HTMLResponse(page(""))
        if request.headers.get("sec-gpc") != "1":
            response.set_cookie("_fbp", SECRET)
        return response

    async def said(request: Request) -> Response:
        return JSONResponse({"gpc": True, "lastUpdate": "2026-11-23"})

    return Starlette(routes=[Route("/.well-known/gpc.json", said), Route("/{rest:path}", show)])
