"""Cookies by Set-Cookie: every status, kind of resource and spelling."""

from tests.leaks.vector import NEVER, UNDECLARED, Effect, Reply, Vector, alternately

PLAIN = "$NAME=1; Path=/; Secure"
EPOCH = "Thu, 01 Jan 2032 00:00:00 GMT"


def document(name: str, reply: Reply, category: str = "analytics") -> Vector:
    """Return a vector whose own document carries the cookie."""
    fields = (*reply.fields, ("Set-Cookie", PLAIN))
    return Vector(
        f"http.{name}",
        Effect.COOKIE,
        category,
        page=Reply(reply.body or "<!DOCTYPE html><title>x</title><p>x", reply.type, reply.status, fields),
    )


def fetched(
    name: str,
    line: str = PLAIN,
    category: str = "analytics",
    stored: str = "$NAME",
    field: str = "Set-Cookie",
    needs: frozenset[str] = frozenset(),
) -> Vector:
    """Return a vector that differs in how the field is spelled."""
    return Vector(
        f"http.{name}",
        Effect.COOKIE,
        category,
        body="<script>fetch('$OWN/x')</script>",
        replies={"x": Reply("x", "text/plain", fields=((field, line),))},
        stored=stored,
        needs=needs,
    )


def loaded(
    name: str, markup: str, kind: str = "text/plain", body: str | bytes = "", status: int = 200
) -> Vector:
    """Return a vector that differs in what loads the resource."""
    return Vector(
        f"http.{name}",
        Effect.COOKIE,
        body=markup,
        replies={"x": Reply(body, kind, status, (("Set-Cookie", PLAIN),))},
    )


def redirect(status: int) -> Vector:
    return document(f"document-{status}", Reply("x", status=status, fields=(("Location", "/plain"),)))


SPELLINGS = [
    fetched("lower-case-field", field="set-cookie"),
    fetched("upper-case-field", field="SET-COOKIE"),
    fetched("no-attributes", "$NAME=1"),
    fetched("no-space", "$NAME=1;path=/;secure"),
    fetched("spaces-around", "  $NAME  =  1  ;  Path=/  "),
    fetched("tabs-around", "\t$NAME\t=\t1\t;\tPath=/"),
    fetched("quoted-value", '$NAME="a;b"; Path=/'),
    fetched("comma-in-value", "$NAME=a, n_other=2; Path=/"),
    fetched("equals-in-value", "$NAME=a=b==; Path=/"),
    fetched("empty-value", "$NAME=; Path=/"),
    fetched("many-semicolons", "$NAME=1;;; ; Path=/;;"),
    fetched("long-value", "$NAME=" + "x" * 3900 + "; Path=/r/http.long-value/"),
    fetched("non-ascii-value", "$NAME=caf\xe9; Path=/r/http.non-ascii-value/", needs=NEVER),
    fetched("expires", f"$NAME=1; Path=/; Expires={EPOCH}"),
    fetched("max-age", "$NAME=1; Path=/; Max-Age=3600"),
    fetched("max-age-beats-expires", "$NAME=1; Path=/; Max-Age=99; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
    fetched("bad-expires", "$NAME=1; Path=/; Expires=yesterday"),
    fetched("http-only", f"{PLAIN}; HttpOnly"),
    fetched("same-site-none", f"{PLAIN}; SameSite=None"),
    fetched("same-site-strict", f"{PLAIN}; SameSite=Strict"),
    fetched("domain", f"{PLAIN}; Domain=site.test"),
    fetched("domain-dot", f"{PLAIN}; Domain=.site.test"),
    fetched("domain-own-host", f"{PLAIN}; Domain=www.site.test"),
    fetched("domain-upper-case", f"{PLAIN}; DOMAIN=SITE.TEST"),
    fetched("deep-path", "$NAME=1; Path=/r/http.deep-path/a/b/"),
    fetched("path-without-slash", "$NAME=1; Path=/r/http.path-without-slash"),
    fetched("attributes-twice", "$NAME=1; Path=/nowhere; Path=/"),
    fetched("partitioned", f"{PLAIN}; SameSite=None; Partitioned"),
    fetched("partitioned-domain", f"{PLAIN}; SameSite=None; Partitioned; Domain=site.test"),
    fetched("prefix-host", "__Host-$NAME=1; Path=/; Secure", stored="__Host-$NAME"),
    fetched("prefix-secure", "__Secure-$NAME=1; Path=/; Secure", stored="__Secure-$NAME"),
    fetched("prefix-http", "__Http-$NAME=1; Path=/; Secure; HttpOnly", stored="__Http-$NAME"),
    fetched("prefix-host-http", "__Host-Http-$NAME=1; Path=/; Secure; HttpOnly", stored="__Host-Http-$NAME"),
    fetched("prefix-lower-case", "__host-$NAME=1; Path=/; Secure", stored="__host-$NAME"),
    fetched("http-only-lower-case", "$NAME=1; path=/; httponly; SECURE; samesite=lax"),
    fetched("name-with-space", "$NAME x=1; Path=/", stored="$NAME x"),
    fetched("undeclared", PLAIN, UNDECLARED),
    fetched("nameless", "=$NAME; Path=/r/http.nameless/", UNDECLARED),
    fetched("no-equals", "$NAME; Path=/r/http.no-equals/", UNDECLARED),
    fetched("undeclared-http-only", f"{PLAIN}; HttpOnly", UNDECLARED),
    fetched("non-ascii-name", "$NAME\xe9=1; Path=/r/http.non-ascii-name/", UNDECLARED),
    fetched("functional", PLAIN, "functional"),
    fetched("performance", PLAIN, "performance"),
    fetched("necessary", PLAIN, "necessary"),
    fetched("necessary-http-only", "$NAME=1; Path=/; HttpOnly; SameSite=Strict", "necessary"),
    fetched("necessary-host-prefix", "__Host-$NAME=1; Path=/; Secure", "necessary", "__Host-$NAME"),
    fetched("necessary-domain", f"{PLAIN}; Domain=site.test", "necessary"),
    Vector(
        "http.second-of-two",
        Effect.COOKIE,
        body="<script>fetch('$OWN/x')</script>",
        replies={"x": Reply("x", fields=(("Set-Cookie", "n_first=1; Path=/"), ("Set-Cookie", PLAIN)))},
    ),
]

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
RESOURCES = [
    loaded("image", "<img src='$OWN/x' alt=''>", "image/svg+xml", SVG),
    loaded("stylesheet", "<link rel=stylesheet href='$OWN/x'>", "text/css"),
    loaded("css-background", "<div style='background: url($OWN/x)'>x</div>", "image/svg+xml", SVG),
    loaded("script", "<script src='$OWN/x'></script>", "text/javascript"),
    loaded("module", "<script type=module src='$OWN/x'></script>", "text/javascript"),
    loaded("iframe", "<iframe src='$OWN/x'></iframe>", "text/html", "<p>x"),
    loaded("object", "<object data='$OWN/x'></object>", "text/html", "<p>x"),
    loaded("embed", "<embed src='$OWN/x' type='text/html'>", "text/html", "<p>x"),
    loaded("video", "<video src='$OWN/x' preload=auto></video>", "video/mp4"),
    loaded("track", "<video><track default src='$OWN/x'></video>", "text/vtt", "WEBVTT\n"),
    loaded("preload", "<link rel=preload as=image href='$OWN/x'>", "image/svg+xml", SVG),
    loaded("prefetch", "<link rel=prefetch href='$OWN/x'>"),
    Vector(
        "http.manifest",
        Effect.COOKIE,
        alone=True,
        head="<link rel=manifest href='$OWN/x' crossorigin=use-credentials>",
        replies={"x": Reply("{}", "application/json", fields=(("Set-Cookie", PLAIN),))},
    ),
    loaded("worker", "<script>new Worker('$OWN/x')</script>", "text/javascript"),
    loaded("shared-worker", "<script>new SharedWorker('$OWN/x')</script>", "text/javascript"),
    loaded("xhr", "<script>x = new XMLHttpRequest; x.open('GET', '$OWN/x'); x.send()</script>"),
    loaded("beacon", "<script>navigator.sendBeacon('$OWN/x', 'x')</script>"),
    loaded("fetch-post", "<script>fetch('$OWN/x', {method: 'POST', body: 'x'})</script>"),
    loaded("fetch-put", "<script>fetch('$OWN/x', {method: 'PUT', body: 'x'})</script>"),
    loaded("fetch-delete", "<script>fetch('$OWN/x', {method: 'DELETE'})</script>"),
    loaded("fetch-head", "<script>fetch('$OWN/x', {method: 'HEAD'})</script>"),
    loaded("fetch-keepalive", "<script>fetch('$OWN/x', {keepalive: true})</script>"),
    loaded("fetch-204", "<script>fetch('$OWN/x')</script>", status=204),
    loaded("fetch-404", "<script>fetch('$OWN/x')</script>", status=404),
    loaded("fetch-500", "<script>fetch('$OWN/x')</script>", status=500),
    loaded("fetch-503", "<script>fetch('$OWN/x')</script>", status=503),
    loaded("events", "<script>new EventSource('$OWN/x')</script>", "text/event-stream", "data: 1\n\n"),
    Vector(
        "http.image-redirect",
        Effect.COOKIE,
        body="<img src='$OWN/x' alt=''>",
        replies={"x": Reply("", status=302, fields=(("Location", "/plain"), ("Set-Cookie", PLAIN)))},
    ),
    Vector(
        "http.fetch-redirect-to-other-site",
        Effect.COOKIE,
        body="<script>fetch('$OWN/x', {redirect: 'manual'})</script>",
        replies={
            "x": Reply("", status=307, fields=(("Location", "https://x.good.test/"), ("Set-Cookie", PLAIN)))
        },
    ),
    Vector(
        "http.not-modified",
        Effect.COOKIE,
        body="<script>fetch('$OWN/x', {cache: 'no-cache'}).then(a => a.text())"
        ".then(() => fetch('$OWN/x', {headers: {'If-None-Match': '\"kept\"'}, cache: 'no-store'}))</script>",
        # Only the 304 carries it, so that nothing else can have set it.
        replies={
            "x": Reply("x", "text/plain", fields=(("ETag", '"kept"'),)),
            "304": Reply("", "text/plain", 304, (("ETag", '"kept"'), ("Set-Cookie", PLAIN))),
        },
    ),
]

DOCUMENTS = [
    document("document", Reply()),
    document("document-404", Reply(status=404)),
    document("document-500", Reply(status=500)),
    *(redirect(status) for status in (301, 302, 303, 307, 308)),
    document("document-text", Reply("x", "text/plain")),
    document("document-json", Reply("{}", "application/json")),
    document("document-svg", Reply(SVG, "image/svg+xml")),
    document(
        "document-xhtml", Reply("<html xmlns='http://www.w3.org/1999/xhtml'/>", "application/xhtml+xml")
    ),
    document("document-utf-16", Reply("<!DOCTYPE html>x", "text/html; charset=utf-16", encoding="utf-16")),
    document("document-untyped", Reply("<!DOCTYPE html><title>x</title>x", "")),
    document(
        "document-download",
        Reply("x", "application/octet-stream", fields=(("Content-Disposition", "attachment"),)),
    ),
    document("document-no-transform", Reply(fields=(("Cache-Control", "no-transform"),))),
    document("document-necessary", Reply(), "necessary"),
]

VECTORS = alternately(SPELLINGS + RESOURCES + DOCUMENTS)
