"""Cookies by script: every moment, every realm, every way to reach the setter."""

from tests.leaks.vector import EVERYTHING, UNDECLARED, Effect, Reply, Vector, alternately, served, synthetic

FRAME = "const f = document.createElement('iframe'); document.body.append(f);"
SETTER = "Object.getOwnPropertyDescriptor(Document.prototype, 'cookie').set"
INNER = "<script>$SET</script>"


def script(name: str, code: str, **options: object) -> Vector:
    """Return a vector that is one inline script, in a scope of its own."""
    return markup(name, f"<script>{{ {code} }}</script>", **options)


def markup(name: str, body: str, **options: object) -> Vector:
    return Vector(f"js.{name}", Effect.COOKIE, body=body, **options)  # type: ignore[arg-type]


def replied(name: str, body: str, answer: str, kind: str = "text/javascript") -> Vector:
    """Return a vector whose script comes from an address of the site's own."""
    return markup(name, body, replies={"x": Reply(answer, kind)})


def opened(name: str, body: str, kind: str) -> Vector:
    """Return a vector that is a document of another kind."""
    return Vector(f"js.{name}", Effect.COOKIE, page=Reply(body, kind))


MOMENTS = [
    script("inline", "$SET"),
    Vector("js.head", Effect.COOKIE, head=INNER),
    script("dom-content-loaded", "addEventListener('DOMContentLoaded', () => { $SET })"),
    script("load", "addEventListener('load', () => { $SET })"),
    script("timeout", "setTimeout(() => { $SET }, 50)"),
    script("timeout-string", 'setTimeout("$SET", 50)'),
    script("animation-frame", "requestAnimationFrame(() => { $SET })"),
    script("idle", "requestIdleCallback(() => { $SET })"),
    script("microtask", "queueMicrotask(() => { $SET })"),
    script("message", "addEventListener('message', () => { $SET }, {once: true}); postMessage('$ID', '*')"),
    script(
        "channel", "const c = new MessageChannel; c.port1.onmessage = () => { $SET }; c.port2.postMessage(1)"
    ),
    script(
        "mutation",
        "new MutationObserver((_, o) => { o.disconnect(); $SET })"
        ".observe(document.body, {childList: true}); document.body.append('x')",
    ),
    script("visibility", "addEventListener('pagehide', () => { $SET })"),
    script("before-unload", "addEventListener('beforeunload', () => { $SET })"),
    markup("click", '<button id="$ID" onclick="$SET">x</button>', click=True),
    markup("image-error", '<img src="data:x" onerror="$SET" alt="">'),
    markup("svg-load", '<svg onload="$SET"></svg>'),
    markup("details-toggle", '<details open ontoggle="$SET">x</details>'),
    markup("style-load", '<style onload="$SET">x {}</style>'),
    markup("body-focus", '<input autofocus onfocus="$SET" id="$ID">', click=True),
]

WAYS = [
    script("eval", 'eval("$SET")'),
    script("indirect-eval", '(0, eval)("$SET")'),
    script("new-function", 'new Function("$SET")()'),
    script(
        "inserted", 'const s = document.createElement("script"); s.text = "$SET"; document.head.append(s)'
    ),
    script(
        "inner-html",
        "const d = document.createElement('div'); d.innerHTML = `<img src='data:x' onerror=\"$SET\">`",
    ),
    script("document-write", 'document.write("<script>$SET<\\/script>")'),
    script(
        "contextual-fragment",
        'document.body.append(document.createRange().createContextualFragment("<script>$SET<\\/script>"))',
    ),
    script(
        "set-html-unsafe",
        "document.body.appendChild(document.createElement('p'))"
        ".setHTMLUnsafe(`<img src='data:x' onerror=\"$SET\">`)",
    ),
    script(
        "insert-adjacent",
        "document.body.insertAdjacentHTML('beforeend', `<img src='data:x' onerror=\"$SET\">`)",
    ),
    script(
        "custom-element",
        "customElements.define('x-lab', class extends HTMLElement "
        "{ connectedCallback() { $SET } }); document.body.append(document.createElement('x-lab'))",
    ),
    script(
        "shadow",
        "document.body.appendChild(document.createElement('p')).attachShadow({mode: 'closed'})"
        ".innerHTML = `<img src='data:x' onerror=\"$SET\">`",
    ),
    script(
        "javascript-url", "const a = document.createElement('a'); a.href = `javascript:void($SET)`; a.click()"
    ),
    markup("module", "<script type=module>$SET</script>"),
    replied("external", "<script src='$OWN/x'></script>", "$SET"),
    replied("external-async", "<script async src='$OWN/x'></script>", "$SET"),
    replied("external-defer", "<script defer src='$OWN/x'></script>", "$SET"),
    replied("import", "<script>import('$OWN/x')</script>", "$SET"),
    replied("fetched-text", "<script>fetch('$OWN/x').then(a => a.text()).then(eval)</script>", "$SET"),
    script("import-data", 'import("data:text/javascript," + encodeURIComponent("$SET"))'),
    script(
        "data-script",
        "const s = document.createElement('script');"
        's.src = "data:text/javascript," + encodeURIComponent("$SET"); document.head.append(s)',
    ),
    script(
        "blob-script",
        "const s = document.createElement('script');"
        's.src = URL.createObjectURL(new Blob(["$SET"])); document.head.append(s)',
    ),
    script("prototype-setter", f"{SETTER}.call(document, '$NAME=1; path=/')"),
    script("reflect-set", "Reflect.set(document, 'cookie', '$NAME=1; path=/')"),
    script("bracket", "document['coo' + 'kie'] = '$NAME=1; path=/'"),
    script("lookup-setter", "document.__lookupSetter__('cookie').call(document, '$NAME=1; path=/')"),
    script("with", "with (document) cookie = '$NAME=1; path=/'"),
    script("assign", "Object.assign(document, {cookie: '$NAME=1; path=/'})"),
    script("foreign-setter", f"{FRAME} f.contentWindow.{SETTER}.call(document, '$NAME=1; path=/')"),
    script(
        "redefined",
        f"const s = {SETTER}; Object.defineProperty(document, 'cookie', {{set: v => s.call(document, v)}});"
        "document.cookie = '$NAME=1; path=/'",
        alone=True,
    ),
]

SPELLINGS = [
    script("no-attributes", "document.cookie = '$NAME=1'"),
    script("spaces", "document.cookie = '   $NAME   =  1 ;Path=/'"),
    script("domain", "document.cookie = '$NAME=1; path=/; domain=site.test'"),
    script("deep-path", "document.cookie = '$NAME=1; path=/v/js.deep-path'"),
    script("max-age", "document.cookie = '$NAME=1; path=/; max-age=999'"),
    script("partitioned", "document.cookie = '$NAME=1; path=/; secure; samesite=none; partitioned'"),
    script("prefix-host", "document.cookie = '__Host-$NAME=1; path=/; secure'", stored="__Host-$NAME"),
    script("prefix-secure", "document.cookie = '__Secure-$NAME=1; path=/; secure'", stored="__Secure-$NAME"),
    script("nameless", "document.cookie = '=$NAME; path=/nameless'", category=UNDECLARED),
    script("no-equals", "document.cookie = '$NAME; path=/no-equals'", category=UNDECLARED),
    script("undeclared", "$SET", category=UNDECLARED),
    script("object", "document.cookie = {toString: () => '$NAME=1; path=/'}"),
    script(
        "two-faced",
        "let n = 0, m = 0; document.cookie = {toString: () => n++ ? '$NAME=1' : 'n_x=1'};"
        "document.cookie = {toString: () => m++ ? 'n_x=1' : '$NAME=1'}",
    ),
    script("functional", "$SET", category="functional"),
    script("performance", "$SET", category="performance"),
    script("necessary", "$SET", category="necessary"),
    script("necessary-store", "cookieStore.set('$NAME', '1')", category="necessary"),
    script("necessary-frame", f"{FRAME} f.contentDocument.cookie = '$NAME=1; path=/'", category="necessary"),
]

STORE = [
    script("store", "cookieStore.set('$NAME', '1')"),
    script("store-object", "cookieStore.set({name: '$NAME', value: '1', path: '/'})"),
    script("store-domain", "cookieStore.set({name: '$NAME', value: '1', domain: 'site.test'})"),
    script(
        "store-partitioned",
        "cookieStore.set({name: '$NAME', value: '1', partitioned: true, sameSite: 'none'})",
    ),
    script("store-prototype", "CookieStore.prototype.set.call(cookieStore, '$NAME', '1')"),
    script(
        "store-getter",
        "let n = 0; cookieStore.set({get name() { return n++ ? '$NAME' : 'n_x' }, value: '1'});"
        "cookieStore.set({get name() { return n++ % 2 ? '$NAME' : 'n_x' }, value: '1'})",
    ),
    script("store-frame", f"{FRAME} f.contentWindow.cookieStore.set('$NAME', '1')"),
    script(
        "store-foreign", f"{FRAME} f.contentWindow.CookieStore.prototype.set.call(cookieStore, '$NAME', '1')"
    ),
    script("store-undeclared", "cookieStore.set('$NAME', '1')", category=UNDECLARED),
    replied(
        "service-worker",
        "<script>navigator.serviceWorker.register('$OWN/x')</script>",
        "oninstall = e => e.waitUntil(cookieStore.set('$NAME', '1'))",
    ),
]

REALMS = [
    replied("frame-src", "<iframe src='$OWN/x'></iframe>", INNER, "text/html"),
    markup("frame-srcdoc", '<iframe srcdoc="<script>$SET</script>"></iframe>'),
    markup(
        "frame-srcdoc-nested", "<iframe srcdoc='<iframe srcdoc=\"<script>$PUT</script>\"></iframe>'></iframe>"
    ),
    markup("frame-onload", "<iframe onload=\"this.contentDocument.cookie = '$NAME=1; path=/'\"></iframe>"),
    markup("frame-javascript", "<iframe src=\"javascript:'<script>$PUT</script>'\"></iframe>"),
    markup(
        "frame-sandbox",
        '<iframe sandbox="allow-scripts allow-same-origin" srcdoc="<script>$SET</script>"></iframe>',
    ),
    replied(
        "frame-parent",
        "<iframe src='$OWN/x'></iframe>",
        "<script>parent.document.cookie = '$NAME=1; path=/'</script>",
        "text/html",
    ),
    script("content-window", f"{FRAME} f.contentWindow.document.cookie = '$NAME=1; path=/'"),
    script("content-document", f"{FRAME} f.contentDocument.cookie = '$NAME=1; path=/'"),
    script(
        "content-window-late", f"{FRAME} setTimeout(() => f.contentDocument.cookie = '$NAME=1; path=/', 100)"
    ),
    script("frame-index", f"{FRAME} window[window.length - 1].document.cookie = '$NAME=1; path=/'"),
    script("frame-frames", f"{FRAME} frames[frames.length - 1].document.cookie = '$NAME=1; path=/'"),
    script(
        "frame-name",
        "const f = document.createElement('iframe'); f.name = 'n$NAME';"
        "document.body.append(f); window.n$NAME.document.cookie = '$NAME=1; path=/'",
    ),
    script(
        "frame-open",
        "const f = document.createElement('iframe'); f.name = 'o$NAME';"
        "document.body.append(f); open('', 'o$NAME').document.cookie = '$NAME=1; path=/'",
    ),
    script(
        "frame-surrounding",
        "const f = document.createElement('iframe'), p = document.createElement('p');"
        "document.body.append(p); const r = new Range; r.selectNode(p); r.surroundContents(f);"
        "window[window.length - 1].document.cookie = '$NAME=1; path=/'",
    ),
    markup(
        "frame-going-on",
        "<iframe src='$OWN/x' onload=\"if (!this.src.endsWith('y')) this.src = '$OWN/y'; else "
        "frames[[...document.querySelectorAll('iframe')].indexOf(this)].document.cookie = "
        "'$NAME=1; path=/'\"></iframe>",
        replies={"x": Reply("x", "text/plain"), "y": Reply("y", "text/plain")},
        alone=True,
    ),
    script(
        "frame-inner-html",
        "const d = document.createElement('div'); document.body.append(d);"
        "d.innerHTML = '<iframe></iframe>'; frames[frames.length - 1].document.cookie = '$NAME=1; path=/'",
    ),
    script("frame-write", f"{FRAME} f.contentDocument.write('<script>$PUT<\\/script>')"),
    script("frame-setter", f"{FRAME} f.contentWindow.{SETTER}.call(f.contentDocument, '$NAME=1; path=/')"),
    script("frame-function", f'{FRAME} f.contentWindow.Function("$SET")()'),
    script("frame-eval", f'{FRAME} f.contentWindow.eval("$SET")'),
    script(
        "frame-default-view", f"{FRAME} f.contentDocument.defaultView.document.cookie = '$NAME=1; path=/'"
    ),
    script(
        "frame-blob",
        "const f = document.createElement('iframe');"
        "f.src = URL.createObjectURL(new Blob([`<script>$SET<\\/script>`], {type: 'text/html'}));"
        "document.body.append(f)",
    ),
    markup("object-html", "<object data='$OWN/x' type='text/html'></object>", replies={"x": Reply(INNER)}),
    markup(
        "svg-object",
        "<object data='$OWN/x' type='image/svg+xml'></object>",
        replies={"x": Reply(f'<svg xmlns="http://www.w3.org/2000/svg">{INNER}</svg>', "image/svg+xml")},
        needs=EVERYTHING,
    ),
    markup("frame-404", "<iframe src='$OWN/x'></iframe>", replies={"x": Reply(INNER, status=404)}),
    markup(
        "popup",
        "<button id='$ID' onclick=\"w = window.open('about:blank');"
        "w.document.cookie = '$NAME=1; path=/'\">x</button>",
        click=True,
    ),
    markup(
        "popup-write",
        "<button id='$ID' onclick=\"w = window.open('');"
        "w.document.write('<script>$PUT</script>')\">x</button>",
        click=True,
    ),
    markup(
        "popup-own-page",
        "<button id='$ID' onclick=\"window.open('$OWN/x')\">x</button>",
        click=True,
        replies={"x": Reply(INNER)},
    ),
    opened("document-svg", f'<svg xmlns="http://www.w3.org/2000/svg">{INNER}</svg>', "image/svg+xml"),
    opened(
        "document-xhtml",
        f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{INNER}</body></html>',
        "application/xhtml+xml",
    ),
    opened(
        "document-xml",
        f'<x xmlns:h="http://www.w3.org/1999/xhtml">{INNER.replace("script", "h:script")}</x>',
        "text/xml",
    ),
    opened("document-no-head", INNER, "text/html"),
    opened(
        "document-xsl", f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{INNER}</body></html>', "text/xsl"
    ),
    opened("document-of-no-type", f"<!DOCTYPE html>{INNER}", ""),
    opened("document-of-unknown-type", f"<!DOCTYPE html>{INNER}", "unknown/unknown"),
    opened("document-of-two-types", f"<!DOCTYPE html>{INNER}", "text/plain, text/html"),
    opened("document-without-semicolon", f"<!DOCTYPE html>{INNER}", "text/html charset=utf-8"),
    opened("document-iso-2022-jp", f"<!DOCTYPE html>{INNER}", "text/html; charset=iso-2022-jp"),
    Vector(
        "js.document-odd-coding",
        Effect.COOKIE,
        page=Reply(f"<!DOCTYPE html>{INNER}", fields=(("Content-Encoding", "identity, none"),)),
    ),
    Vector(
        "js.document-utf-16",
        Effect.COOKIE,
        page=Reply(f"<!DOCTYPE html>{INNER}", "text/html; charset=utf-16", encoding="utf-16"),
    ),
    opened("document-latin-1", f"<!DOCTYPE html><meta charset=latin1>{INNER}", "text/html"),
    Vector("js.document-error", Effect.COOKIE, page=Reply(f"<!DOCTYPE html>{INNER}", status=500)),
    Vector(
        "js.document-no-transform",
        Effect.COOKIE,
        page=Reply(f"<!DOCTYPE html>{INNER}", fields=(("Cache-Control", "no-transform"),)),
    ),
    synthetic("js.synthetic-page", Effect.COOKIE, "<script>$SET<\\/script>"),
    served("js.passed-on-page", Effect.COOKIE, INNER, "e.respondWith(fetch(e.request))"),
    served(
        "js.kept-page",
        Effect.COOKIE,
        INNER,
        "e.respondWith(caches.match(e.request).then(kept => kept ?? fetch(e.request)))",
        "oninstall = e => e.waitUntil(caches.open('n_$ID').then(c => c.add('$OWN/page')));",
    ),
]

VECTORS = alternately(MOMENTS + WAYS + SPELLINGS + STORE + REALMS)
