"""Delivery: what must work in every phase, whatever else is refused."""

import gzip
from typing import Any

from tests.leaks.vector import Effect, Reply, Vector

TELL = "fetch('$TOLD', {method: 'POST', keepalive: true})"
SCRIPT = f"<script>{TELL}</script>"
HTML = f"<!DOCTYPE html><html lang=en><head><title>x</title></head><body><p>x</p>{SCRIPT}</body></html>"


def works(
    name: str,
    body: str | bytes | tuple[tuple[float, str], ...],
    kind: str = "text/html; charset=utf-8",
    *fields: tuple[str, str],
    effect: Effect = Effect.TOLD,
    **options: Any,
) -> Vector:
    """Return a document that tells the site when it works."""
    encoding = options.pop("encoding", "utf-8")
    status = options.pop("status", 200)
    reply = Reply(body, kind, status, fields, encoding)
    return Vector(f"dl.{name}", effect, "necessary", page=reply, **options)


def answered(name: str, script: str, reply: Reply) -> Vector:
    """Return a script that tells the site when it got what it fetched."""
    return Vector(
        f"dl.{name}", Effect.TOLD, "necessary", body=f"<script>{{ {script} }}</script>", replies={"x": reply}
    )


def policed(
    name: str, policy: str, body: str = HTML, replies: dict[str, Reply] | None = None
) -> tuple[Vector, Vector]:
    """Return a document with a policy of its own, once for the site's script and once for the banner."""
    field = ("Content-Security-Policy", policy)
    html = "text/html; charset=utf-8"
    return (
        works(name, body, html, field, replies=replies or {}),
        works(f"{name}-banner", body, html, field, effect=Effect.BANNER),
    )


EARLY = (
    (
        0.0,
        "<!DOCTYPE html><title>x</title><p>first</p>"
        + "<!-- -->" * 40
        + "<script>window.began = performance.now()</script>",
    ),
    (1.5, f"<p>last</p><script>if (performance.now() - began > 500) {TELL}</script>"),
)
STREAM = ((0.0, "x" * 2000), (1.5, "y"))
NONCE = HTML.replace("<script>", "<script nonce=lab>")
XHTML = (
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>'
    f"<body>{SCRIPT}</body></html>"
)
CODED = "<!DOCTYPE html><title>x</title><p>x</p><script>fetch('/told/dl.gzip', {method: 'POST'})</script>"

VECTORS = [
    works("plain", HTML),
    works("banner", HTML, effect=Effect.BANNER),
    works("early-flush", EARLY),
    works("no-head", f"<p>x</p>{SCRIPT}"),
    works("no-doctype-banner", "<p>x</p>", effect=Effect.BANNER),
    works("error-page-banner", HTML, effect=Effect.BANNER, status=404),
    works("xhtml", XHTML, "application/xhtml+xml"),
    works("utf-16", HTML, "text/html; charset=utf-16", encoding="utf-16"),
    works("latin-1", HTML, "text/html; charset=iso-8859-1"),
    works("gzip", gzip.compress(CODED.encode()), "text/html", ("Content-Encoding", "gzip")),
    works("large", HTML.replace("<p>x</p>", "<p>x</p>" * 200_000)),
    *policed("own-nonce", "default-src 'self'; script-src 'nonce-lab'", NONCE),
    *policed("strict-dynamic", "script-src 'nonce-lab' 'strict-dynamic'; object-src 'none'", NONCE),
    *policed("trusted-types", "require-trusted-types-for 'script'; trusted-types 'none'"),
    *policed(
        "no-inline",
        "default-src 'self'",
        HTML.replace(SCRIPT, "<script src='/r/dl.no-inline/x'></script>"),
        {"x": Reply(TELL, "text/javascript")},
    ),
    works(
        "form-post", "<!DOCTYPE html><form id=f method=post action='$TOLD'></form><script>f.submit()</script>"
    ),
    works("location", "<!DOCTYPE html><script>location = '$TOLD'</script>"),
    works("meta-refresh", "<!DOCTYPE html><meta http-equiv=refresh content='0; url=$TOLD'>"),
    works("refresh-header", "<!DOCTYPE html>x", "text/html", ("Refresh", "0; url=$TOLD")),
    works("redirect", "", "text/html", ("Location", "$TOLD"), status=302),
    works("document-write", f'<!DOCTYPE html><script>document.write("<script>{TELL}<\\/script>")</script>'),
    answered(
        "streamed-fetch",
        "const t = performance.now(); fetch('$OWN/x').then(async a => { const r = "
        f"a.body.getReader(); await r.read(); if (performance.now() - t < 1000) {TELL} }})",
        Reply(STREAM, "text/plain"),
    ),
    answered(
        "events",
        f"new EventSource('$OWN/x').onmessage = () => {{ {TELL} }}",
        Reply(((0.0, "data: 1\n\n"), (0.8, "data: 2\n\n")), "text/event-stream"),
    ),
    answered(
        "fragment",
        f"fetch('$OWN/x').then(a => a.text()).then(t => {{ if (t === '<p>part</p>') {TELL} }})",
        Reply("<p>part</p>"),
    ),
    answered(
        "json",
        f"fetch('$OWN/x').then(a => a.json()).then(o => {{ if (o.x === 1) {TELL} }})",
        Reply('{"x": 1}', "application/json"),
    ),
    answered(
        "big-body",
        f"fetch('$OWN/x').then(a => a.text()).then(t => {{ if (t.length === 3e6) {TELL} }})",
        Reply("x" * 3_000_000, "text/plain"),
    ),
    answered(
        "status", f"fetch('$OWN/x').then(a => {{ if (a.status === 418) {TELL} }})", Reply("", status=418)
    ),
    answered(
        "worker",
        f"new Worker('$OWN/x').onmessage = () => {{ {TELL} }}",
        Reply("postMessage(1)", "text/javascript"),
    ),
    answered(
        "blob-worker",
        f"new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))).onmessage = () => {{ {TELL} }}",
        Reply(),
    ),
    answered(
        "service-worker",
        f"navigator.serviceWorker.register('$OWN/x').then(() => {TELL})",
        Reply("", "text/javascript"),
    ),
    answered("eval", f'eval("{TELL}")', Reply()),
    answered(
        "frame",
        "const f = document.createElement('iframe'); f.onload = () => "
        f"{{ if (f.contentDocument.body.textContent.includes('inside')) {TELL} }}; f.src = '$OWN/x';"
        "document.body.append(f)",
        Reply("<!DOCTYPE html><p>inside</p>"),
    ),
    answered(
        "data-image",
        f"const i = new Image; i.onload = () => {{ {TELL} }}; i.src = "
        "'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'",
        Reply(),
    ),
    answered(
        "cookie-read",
        f"document.cookie = 'n_read=1; path=/';if (document.cookie.includes('n_read=1')) {TELL}",
        Reply(),
    ),
    answered(
        "storage-read",
        f"localStorage.n_read = 'x'; if (localStorage.getItem('n_read') === 'x') {TELL}",
        Reply(),
    ),
]
