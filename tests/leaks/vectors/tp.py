"""Third parties: everything that makes a browser turn to another host."""

from typing import Any

from tests.leaks.vector import EVERYTHING, UNDECLARED, Effect, Reply, Vector, alternately, synthetic

LINK = "const l = document.createElement('link'); document.head.append(l);"
FRAME = "const f = document.createElement('iframe'); document.body.append(f);"
WORKER = "<script>new Worker('$OWN/x')</script>"


def markup(
    name: str, body: str, category: str = "analytics", effect: Effect = Effect.REQUEST, **options: Any
) -> Vector:
    """Return a vector that is markup in a shared page."""
    return Vector(f"tp.{name}", effect, category, body=body, **options)


def head(name: str, markup: str, effect: Effect = Effect.REQUEST, **options: Any) -> Vector:
    return Vector(f"tp.{name}", effect, head=markup, **options)


def script(name: str, code: str, category: str = "analytics", **options: Any) -> Vector:
    return markup(name, f"<script>{{ {code} }}</script>", category, **options)


def sent(
    name: str, *fields: tuple[str, str], effect: Effect = Effect.REQUEST, body: str = "", **options: Any
) -> Vector:
    """Return a vector that is a field of its document."""
    page = Reply(body or "<!DOCTYPE html><title>x</title><p>x", fields=fields)
    return Vector(f"tp.{name}", effect, page=page, **options)


def replied(name: str, body: str, answer: str, kind: str = "text/javascript") -> Vector:
    """Return a vector of which a part comes from an address of the site's own."""
    return markup(name, body, replies={"x": Reply(answer, kind)})


def bounced(name: str, body: str, **options: Any) -> Vector:
    """Return a vector whose own address redirects to the third party."""
    away = Reply("", status=302, fields=(("Location", "$AWAY/x.gif"),))
    return markup(name, body, replies={"x": away}, **options)


def peer(realm: str = "") -> str:
    """Return code that asks a STUN server for the machine's address."""
    return (
        f"const p = new {realm}RTCPeerConnection({{iceServers: [{{urls: 'stun:$HOST:$UDP'}}]}});"
        "p.createDataChannel('x'); p.createOffer().then(o => p.setLocalDescription(o));"
        "(window.kept ??= []).push(p)"
    )


SCRIPTS = [
    markup("script", "<script src='$AWAY/x.js'></script>"),
    markup("script-async", "<script async src='$AWAY/x.js'></script>"),
    markup("script-protocol-relative", "<script src='//$HOST/x.js'></script>"),
    markup("script-upper-case", "<SCRIPT SRC=HTTPS://$HOST/x.js></SCRIPT>"),
    markup("script-entity", "<script src='&#104;ttps&colon;//$HOST/x.js'></script>"),
    markup("script-backslash", "<script src='\\\\$HOST\\x.js'></script>"),
    markup("script-undeclared", "<script src='$AWAY/x.js'></script>", UNDECLARED),
    markup("script-functional", "<script src='$AWAY/x.js'></script>", "functional"),
    markup("module", "<script type=module src='$AWAY/x.js'></script>"),
    markup("module-import", "<script type=module>import '$AWAY/x.js'</script>"),
    script("import", "import('$AWAY/x.js')"),
    script("import-json", "import('$AWAY/x.json', {with: {type: 'json'}})"),
    Vector(
        "tp.import-map",
        Effect.REQUEST,
        alone=True,
        head='<script type=importmap>{"imports": {"x": "$AWAY/x.js"}}</script>',
        body="<script type=module>import 'x'</script>",
    ),
    script(
        "script-injected",
        "const s = document.createElement('script'); s.src = '$AWAY/x.js'; document.head.append(s)",
    ),
    script("document-write", "document.write('<script src=\"$AWAY/x.js\"><\\/script>')"),
    markup("svg-script", "<svg><script href='$AWAY/x.js'></script></svg>"),
]

IMAGES = [
    markup("image", "<img src='$AWAY/x.gif' alt=''>"),
    markup("image-lazy", "<img loading=lazy src='$AWAY/x.gif' alt=''>"),
    markup("image-undeclared", "<img src='$AWAY/x.gif' alt=''>", UNDECLARED),
    markup("image-srcset", "<img srcset='$AWAY/x.gif 1x' alt=''>"),
    markup("image-sizes", "<img sizes=9px srcset='$AWAY/x.gif 9w' alt=''>"),
    markup("picture", "<picture><source srcset='$AWAY/x.gif'><img src='data:,' alt=''></picture>"),
    script("image-new", "new Image().src = '$AWAY/x.gif'"),
    script("image-attribute", "document.createElement('img').setAttribute('src', '$AWAY/x.gif')"),
    script("image-inner-html", "document.createElement('p').innerHTML = \"<img src='$AWAY/x.gif'>\""),
    markup("input-image", "<input type=image src='$AWAY/x.gif' alt=x>"),
    markup("svg-image", "<svg><image href='$AWAY/x.gif' width=9 height=9 /></svg>"),
    markup("svg-use", "<svg><use href='$AWAY/x.svg#g'/></svg>"),
    markup(
        "svg-fe-image",
        "<svg><filter id=q$ID><feImage href='$AWAY/x.gif'/></filter>"
        "<rect width=9 height=9 filter='url(#q$ID)'/></svg>",
    ),
    markup("poster", "<video poster='$AWAY/x.gif' width=9 height=9></video>"),
    markup("body-background", "<table background='$AWAY/x.gif'><tr><td>x</table>"),
    head("icon", "<link rel=icon href='$AWAY/x.gif'>", alone=True),
    head("apple-icon", "<link rel=apple-touch-icon href='$AWAY/x.gif'>"),
    markup("menu-object", "<object data='$AWAY/x.gif' type='image/gif'></object>"),
]

STYLES = [
    markup("stylesheet", "<link rel=stylesheet href='$AWAY/x.css'>"),
    markup("style-import", "<style>@import '$AWAY/x.css';</style>"),
    markup("style-background", "<style>#$ID { background: url($AWAY/x.gif) }</style><p id=$ID>x</p>"),
    markup("style-attribute", "<p style='background: url($AWAY/x.gif)'>x</p>"),
    markup("style-list", "<ul style='list-style: url($AWAY/x.gif)'><li>x</ul>"),
    markup("style-cursor", "<p style='border-image: url($AWAY/x.gif) 1; border-style: solid'>x</p>"),
    markup("style-mask", "<p style='mask-image: url($AWAY/x.svg)'>x</p>"),
    markup("style-content", "<style>#$ID::before { content: url($AWAY/x.gif) }</style><p id=$ID>x</p>"),
    markup("style-image-set", "<p style='background: image-set(\"$AWAY/x.gif\" 1x)'>x</p>"),
    markup(
        "style-font",
        "<style>@font-face { font-family: '$ID'; src: url($AWAY/x.woff2) }</style>"
        "<p style=\"font-family: '$ID'\">x</p>",
    ),
    script("font-face", "new FontFace('x', 'url($AWAY/x.woff2)').load().catch(() => {})"),
    replied("own-stylesheet", "<link rel=stylesheet href='$OWN/x'>", "@import '$AWAY/x.css';", "text/css"),
    replied(
        "own-stylesheet-url",
        "<link rel=stylesheet href='$OWN/x'><p class=$ID>x</p>",
        ".$ID { background: url($AWAY/x.gif) }",
        "text/css",
    ),
    script(
        "style-cssom",
        "document.body.append(Object.assign(document.createElement('p'), "
        "{textContent: 'x', style: 'background: url($AWAY/x.gif)'}))",
    ),
    script(
        "style-adopted",
        "const s = new CSSStyleSheet; s.replaceSync('body { --x: 0; border-image: url($AWAY/x.gif) }');"
        "document.adoptedStyleSheets.push(s)",
    ),
]

FRAMES = [
    markup("iframe", "<iframe src='$AWAY/x.html'></iframe>"),
    markup("iframe-undeclared", "<iframe src='$AWAY/x.html'></iframe>", UNDECLARED),
    markup("iframe-functional", "<iframe src='$AWAY/x.html'></iframe>", "functional"),
    markup("iframe-srcdoc", "<iframe srcdoc=\"<img src='$AWAY/x.gif'>\"></iframe>"),
    markup(
        "iframe-sandbox",
        "<iframe sandbox=allow-scripts srcdoc=\"<script>fetch('$AWAY/x')</script>\"></iframe>",
    ),
    replied("iframe-own", "<iframe src='$OWN/x'></iframe>", "<img src='$AWAY/x.gif'>", "text/html"),
    script(
        "iframe-injected",
        "document.body.append(Object.assign(document.createElement('iframe'), {src: '$AWAY/x.html'}))",
    ),
    script("iframe-written", f"{FRAME} f.contentDocument.write(\"<img src='$AWAY/x.gif'>\")"),
    script(
        "iframe-blob",
        f"{FRAME} f.src = URL.createObjectURL("
        "new Blob([\"<img src='$AWAY/x.gif'>\"], {type: 'text/html'}))",
    ),
    script("iframe-data", f"{FRAME} f.src = \"data:text/html,<img src='$AWAY/x.gif'>\""),
    script("iframe-location", f"{FRAME} f.contentWindow.location = '$AWAY/x.html'"),
    script("iframe-set-later", f"{FRAME} f.src = '$AWAY/x.html'"),
    script("iframe-attribute", f"{FRAME} f.setAttribute('SRC', '$AWAY/x.html')"),
    script(
        "iframe-inner-html",
        "const p = document.createElement('p'); document.body.append(p); "
        "p.innerHTML = \"<b><iframe src='$AWAY/x.html'></iframe></b>\"",
    ),
    script(
        "iframe-blank-written", f"{FRAME} f.contentDocument.write(\"<iframe src='$AWAY/x.html'></iframe>\")"
    ),
    script(
        "object-injected",
        "document.body.append(Object.assign(document.createElement('object'), {data: '$AWAY/x.html'}))",
    ),
    script(
        "embed-injected",
        "document.body.append(Object.assign(document.createElement('embed'), "
        "{src: '$AWAY/x.html', type: 'text/html'}))",
    ),
    markup("object", "<object data='$AWAY/x.html' type='text/html'></object>"),
    markup("embed", "<embed src='$AWAY/x.html' type='text/html'>"),
    markup(
        "svg-object",
        "<object data='$OWN/x' type='image/svg+xml'></object>",
        replies={
            "x": Reply(
                '<svg xmlns="http://www.w3.org/2000/svg"><image href="$AWAY/x.gif"/></svg>',
                "image/svg+xml",
            )
        },
    ),
]

MEDIA = [
    markup("video", "<video src='$AWAY/x.mp4' preload=auto></video>"),
    markup("video-source", "<video preload=auto><source src='$AWAY/x.mp4'></video>"),
    markup("audio", "<audio src='$AWAY/x.mp3' preload=auto></audio>"),
    script("audio-new", "new Audio('$AWAY/x.mp3').load()"),
    markup("track", "<video crossorigin><track default src='$AWAY/x.vtt'></video>"),
    head("manifest", "<link rel=manifest href='$AWAY/x.json'>", alone=True),
]

CALLS = [
    script("fetch", "fetch('$AWAY/x')"),
    script("fetch-no-cors", "fetch('$AWAY/x', {mode: 'no-cors'})"),
    script("fetch-keepalive", "fetch('$AWAY/x', {keepalive: true, method: 'POST', body: 'x'})"),
    script("fetch-undeclared", "fetch('$AWAY/x')", UNDECLARED),
    script("fetch-frame", f"{FRAME} f.contentWindow.fetch('$AWAY/x')"),
    script("fetch-later", "fetchLater('$AWAY/x', {activateAfter: 0})"),
    script("xhr", "const x = new XMLHttpRequest; x.open('GET', '$AWAY/x'); x.send()"),
    script("beacon", "navigator.sendBeacon('$AWAY/x', 'x')"),
    script("beacon-pagehide", "addEventListener('pagehide', () => navigator.sendBeacon('$AWAY/x', 'x'))"),
    script("event-source", "new EventSource('$AWAY/x.events')"),
    script("websocket", "new WebSocket('wss://$HOST/x')"),
    script("websocket-stream", "new WebSocketStream('wss://$HOST/x')"),
    script("websocket-frame", f"{FRAME} new f.contentWindow.WebSocket('wss://$HOST/x')"),
    markup("ping", "<a id='$ID' href='#$ID' ping='$AWAY/x'>x</a>", click=True),
    script("webrtc", peer(), effect=Effect.DATAGRAM, wait=1.0),
    script("webrtc-frame", f"{FRAME} {peer('f.contentWindow.')}", effect=Effect.DATAGRAM),
    script("webrtc-prefixed", peer().replace("RTCPeer", "webkitRTCPeer"), effect=Effect.DATAGRAM),
    script(
        "webrtc-late",
        "const p = new RTCPeerConnection; p.createDataChannel('x'); (window.kept ??= []).push(p);"
        "p.setConfiguration({iceServers: [{urls: 'stun:$HOST:$UDP'}]});"
        "p.createOffer().then(o => p.setLocalDescription(o))",
        effect=Effect.DATAGRAM,
    ),
    script(
        "webtransport",
        "new WebTransport('https://127.0.0.1:$UDP/x').ready.catch(() => {})",
        effect=Effect.DATAGRAM,
        category=UNDECLARED,
    ),
]

WORKERS = [
    replied("worker-fetch", WORKER, "fetch('$AWAY/x')"),
    replied("worker-import-scripts", WORKER, "importScripts('$AWAY/x.js')"),
    replied(
        "worker-module", "<script>new Worker('$OWN/x', {type: 'module'})</script>", "import '$AWAY/x.js'"
    ),
    replied("worker-websocket", WORKER, "new WebSocket('wss://$HOST/x')"),
    replied("worker-nested", WORKER, "new Worker(URL.createObjectURL(new Blob([\"fetch('$AWAY/x')\"])))"),
    script("worker-blob", "new Worker(URL.createObjectURL(new Blob([\"fetch('$AWAY/x')\"])))"),
    script("worker-data", "new Worker(\"data:text/javascript,fetch('$AWAY/x')\")"),
    replied("shared-worker", "<script>new SharedWorker('$OWN/x')</script>", "fetch('$AWAY/x')"),
    replied(
        "service-worker",
        "<script>navigator.serviceWorker.register('$OWN/x')</script>",
        "oninstall = e => e.waitUntil(fetch('$AWAY/x'))",
    ),
    replied(
        "service-worker-import",
        "<script>navigator.serviceWorker.register('$OWN/x')</script>",
        "importScripts('$AWAY/x.js')",
    ),
    replied("worklet", "<script>CSS.paintWorklet?.addModule('$OWN/x')</script>", "import '$AWAY/x.js'"),
    replied(
        "audio-worklet",
        "<script>new OfflineAudioContext(1, 9, 9000).audioWorklet.addModule('$OWN/x')</script>",
        "import '$AWAY/x.js'",
    ),
    synthetic("tp.synthetic-page", Effect.REQUEST, "<img src='$AWAY/x.gif'>"),
]

RULES = '{"prefetch": [{"source": "list", "urls": ["$AWAY/x.html"], "eagerness": "immediate"}]}'
HINTS = [
    head("preconnect", "<link rel=preconnect href='$AWAY'>", Effect.CONNECTION),
    head("preconnect-crossorigin", "<link rel=preconnect crossorigin href='//$HOST'>", Effect.CONNECTION),
    script(
        "preconnect-injected",
        "document.head.append(Object.assign(document.createElement('link'), "
        "{rel: 'preconnect', href: '$AWAY'}))",
        effect=Effect.CONNECTION,
    ),
    script(
        "preconnect-set-later",
        "const l = document.createElement('link'); document.head.append(l); "
        "l.href = '$AWAY'; l.rel = 'preconnect'",
        effect=Effect.CONNECTION,
    ),
    script(
        "preconnect-attributes",
        "const l = document.createElement('link'); document.head.append(l); "
        "l.setAttribute('rel', 'preconnect'); l.setAttribute('href', '$AWAY')",
        effect=Effect.CONNECTION,
    ),
    script(
        "preconnect-attribute-ns",
        f"{LINK} l.rel = 'preconnect'; l.setAttributeNS(null, 'href', '$AWAY')",
        effect=Effect.CONNECTION,
    ),
    script(
        "preconnect-attribute-value",
        f"{LINK} l.rel = 'preconnect'; l.setAttribute('href', '/'); l.attributes.href.value = '$AWAY'",
        effect=Effect.CONNECTION,
    ),
    script(
        "preconnect-attribute-node",
        f"{LINK} l.rel = 'preconnect'; const a = document.createAttribute('href'); a.value = '$AWAY';"
        "l.setAttributeNode(a)",
        effect=Effect.CONNECTION,
    ),
    script(
        "preconnect-token",
        f"{LINK} l.href = '$AWAY'; l.relList.add('preconnect')",
        effect=Effect.CONNECTION,
    ),
    script(
        "preconnect-srcdoc-set",
        "document.body.append(Object.assign(document.createElement('iframe'), "
        "{srcdoc: '<link rel=preconnect href=$AWAY>'}))",
        effect=Effect.CONNECTION,
    ),
    script(
        "preconnect-srcdoc-later",
        f"{FRAME} f.srcdoc = '<link rel=preconnect href=$AWAY>'",
        effect=Effect.CONNECTION,
    ),
    script(
        "preconnect-srcdoc-inner-html",
        "const p = document.createElement('p'); document.body.append(p); "
        "p.innerHTML = '<iframe srcdoc=\"<link rel=preconnect href=$AWAY>\"></iframe>'",
        effect=Effect.CONNECTION,
    ),
    script(
        "preconnect-blob-frame",
        f"{FRAME} f.src = URL.createObjectURL("
        "new Blob(['<link rel=preconnect href=$AWAY>'], {type: 'text/html'}))",
        effect=Effect.CONNECTION,
    ),
    script(
        "iframe-attribute-value",
        f"{FRAME} f.setAttribute('src', 'about:blank'); f.attributes.src.value = '$AWAY/x.html'",
        effect=Effect.CONNECTION,
    ),
    script(
        "preconnect-inner-html",
        "const p = document.createElement('p'); document.body.append(p); "
        "p.innerHTML = '<link rel=preconnect href=$AWAY>'",
        effect=Effect.CONNECTION,
    ),
    script(
        "preconnect-fragment",
        "document.head.append(document.createRange().createContextualFragment("
        "'<b><link rel=preconnect href=$AWAY></b>'))",
        effect=Effect.CONNECTION,
    ),
    script(
        "preconnect-frame",
        f"{FRAME} f.contentDocument.head.innerHTML = '<link rel=preconnect href=$AWAY>'",
        effect=Effect.CONNECTION,
    ),
    script(
        "dns-prefetch-written", "document.write('<link rel=dns-prefetch href=$AWAY>')", effect=Effect.LOOKUP
    ),
    head("dns-prefetch", "<link rel=dns-prefetch href='$AWAY'>", Effect.LOOKUP),
    script(
        "dns-prefetch-injected",
        "document.head.append(Object.assign(document.createElement('link'), "
        "{rel: 'dns-prefetch', href: '$AWAY'}))",
        effect=Effect.LOOKUP,
    ),
    sent(
        "dns-prefetch-anchor",
        ("X-DNS-Prefetch-Control", "on"),
        effect=Effect.LOOKUP,
        body="<!DOCTYPE html><title>x</title><a href='$AWAY/'>a link</a>",
    ),
    head("preload", "<link rel=preload as=image href='$AWAY/x.gif'>"),
    head("preload-script", "<link rel=preload as=script href='$AWAY/x.js'>"),
    head("preload-imagesrcset", "<link rel=preload as=image imagesrcset='$AWAY/x.gif 1x'>"),
    head("modulepreload", "<link rel=modulepreload href='$AWAY/x.js'>"),
    head("prefetch", "<link rel=prefetch href='$AWAY/x.html'>"),
    head("prerender", "<link rel=prerender href='$AWAY/x.html'>", Effect.CONNECTION),
    sent("link-preconnect", ("Link", "<$AWAY>; rel=preconnect"), effect=Effect.CONNECTION),
    sent("link-dns-prefetch", ("Link", "<$AWAY>; rel=dns-prefetch"), effect=Effect.LOOKUP),
    sent("link-preload", ("Link", "<$AWAY/x.gif>; rel=preload; as=image")),
    sent(
        "link-second",
        ("Link", '</a>; rel="next", <$AWAY>; rel="nofollow preconnect"'),
        effect=Effect.CONNECTION,
    ),
    Vector(
        "tp.link-on-stylesheet",
        Effect.CONNECTION,
        body="<link rel=stylesheet href='$OWN/x'>",
        replies={"x": Reply("", "text/css", fields=(("Link", "<$AWAY>; rel=preconnect"),))},
    ),
    markup("speculation-prefetch", f"<script type=speculationrules>{RULES}</script>", alone=True, wait=1.0),
    markup(
        "speculation-prerender",
        f"<script type=speculationrules>{RULES.replace('prefetch', 'prerender')}</script>",
        alone=True,
        wait=1.0,
    ),
    script(
        "speculation-injected",
        "document.head.append(Object.assign(document.createElement('script'), "
        f"{{type: 'speculationrules', text: '{RULES}'}}))",
        alone=True,
        wait=1.0,
    ),
    sent(
        "speculation-header",
        ("Speculation-Rules", '"$OWN/x"'),
        wait=1.0,
        needs=EVERYTHING,
        replies={"x": Reply(RULES, "application/speculationrules+json")},
    ),
]

LEAVING = [
    sent("refresh-header", ("Refresh", "0; url=$AWAY/x.html")),
    sent("meta-refresh", body="<!DOCTYPE html><meta http-equiv=refresh content='0; url=$AWAY/x.html'>x"),
    sent(
        "meta-refresh-spelled",
        body='<!DOCTYPE html><META HTTP-EQUIV="Refresh" CONTENT="0;URL=\'$AWAY/x.html\'">x',
    ),
    Vector(
        "tp.document-redirect",
        Effect.REQUEST,
        page=Reply("", status=302, fields=(("Location", "$AWAY/x.html"),)),
    ),
    Vector(
        "tp.document-redirect-307",
        Effect.REQUEST,
        page=Reply("", status=307, fields=(("Location", "//$HOST/x.html"),)),
    ),
    script("location", "location = '$AWAY/x.html'", alone=True),
    script("location-href", "location.href = '$AWAY/x.html'", alone=True),
    script("location-replace", "setTimeout(() => location.replace('$AWAY/x.html'))", alone=True),
    script(
        "location-frame",
        "const f = document.createElement('iframe'); document.body.append(f);"
        "f.contentWindow.top.location = '$AWAY/x.html'",
        alone=True,
    ),
    script(
        "location-bounced",
        "location = '$OWN/x'",
        alone=True,
        replies={"x": Reply("", status=302, fields=(("Location", "$AWAY/x.html"),))},
    ),
    script(
        "anchor-clicked",
        "const a = document.createElement('a'); a.href = '$AWAY/x.html';document.body.append(a); a.click()",
        alone=True,
    ),
    markup(
        "anchor-blank",
        "<button id='$ID' onclick=\"const a = document.createElement('a'); a.href = '$AWAY/x.html';"
        " a.target = '_blank'; a.click()\">x</button>",
        click=True,
        alone=True,
    ),
    script(
        "anchor-dispatched",
        "const a = document.createElement('a'); a.href = '$AWAY/x.html'; document.body.append(a);"
        "a.dispatchEvent(new MouseEvent('click'))",
        alone=True,
    ),
    script(
        "meta-refresh-injected",
        "document.head.append(Object.assign(document.createElement('meta'), "
        "{httpEquiv: 'refresh', content: '0; url=$AWAY/x.html'}))",
        alone=True,
        wait=0.5,
    ),
    markup(
        "location-clicked",
        "<button id='$ID' onclick=\"location = '$AWAY/x.html'\">x</button>",
        click=True,
        alone=True,
    ),
    markup(
        "location-undeclared",
        "<button id='$ID' onclick=\"location = '$AWAY/x.html'\">x</button>",
        UNDECLARED,
        click=True,
        alone=True,
    ),
    script(
        "form-made",
        "const f = document.createElement('form'); f.action = '$AWAY/x.html'; f.method = 'post';"
        "document.body.append(f); f.submit()",
        alone=True,
    ),
    markup(
        "form-post",
        "<form id=f method=post action='$AWAY/x.html'></form><script>f.submit()</script>",
        alone=True,
    ),
    markup(
        "form-get-frame",
        "<iframe name=t></iframe><form id=f action='$AWAY/x.html' target=t></form>"
        "<script>f.submit()</script>",
        alone=True,
    ),
    markup(
        "form-formaction",
        "<form id=f><button formaction='$AWAY/x.html'>x</button></form>"
        "<script>f.requestSubmit(f.firstChild)</script>",
        alone=True,
    ),
    markup(
        "popup", "<button id='$ID' onclick=\"window.open('$AWAY/x.html')\">x</button>", click=True, alone=True
    ),
    markup(
        "popup-late",
        "<button id='$ID' onclick=\"w = window.open(''); setTimeout(() => w.location = '$AWAY/x.html', 50)\">"
        "x</button>",
        click=True,
        alone=True,
    ),
    markup(
        "popup-fetch", "<button id='$ID' onclick=\"window.open('').fetch('$AWAY/x')\">x</button>", click=True
    ),
    bounced("image-bounced", "<img src='$OWN/x' alt=''>"),
    bounced("fetch-bounced", "<script>fetch('$OWN/x', {mode: 'no-cors'})</script>"),
    bounced("iframe-bounced", "<iframe src='$OWN/x'></iframe>"),
    bounced("script-bounced", "<script src='$OWN/x'></script>"),
    bounced("stylesheet-bounced", "<link rel=stylesheet href='$OWN/x'>"),
]

POLICY = "img-src 'none'"
BLOCKED = "<!DOCTYPE html><title>x</title><img src='/blocked.gif' alt=''>"
REPORTS = [
    sent("report-uri", ("Content-Security-Policy", f"{POLICY}; report-uri $AWAY/x"), body=BLOCKED),
    sent(
        "report-uri-only",
        ("Content-Security-Policy-Report-Only", f"{POLICY}; report-uri $AWAY/x"),
        body=BLOCKED,
    ),
    sent(
        "report-to",
        ("Content-Security-Policy", f"{POLICY}; report-to x"),
        ("Reporting-Endpoints", 'x="$AWAY/x"'),
        body=BLOCKED,
    ),
    sent(
        "report-to-old",
        ("Content-Security-Policy", f"{POLICY}; report-to x"),
        ("Report-To", '{"group":"x","max_age":999,"endpoints":[{"url":"$AWAY/x"}]}'),
        body=BLOCKED,
    ),
    sent(
        "network-errors",
        ("NEL", '{"report_to":"x","max_age":999,"success_fraction":1}'),
        ("Report-To", '{"group":"x","max_age":999,"endpoints":[{"url":"$AWAY/x"}]}'),
    ),
]

OWN = [
    Vector("tp.own-path", Effect.TOLD, body="<script>fetch('/collect/tp.own-path')</script>"),
    Vector("tp.own-path-image", Effect.TOLD, body="<img src='/collect/tp.own-path-image' alt=''>"),
    Vector(
        "tp.own-path-beacon",
        Effect.TOLD,
        body="<script>navigator.sendBeacon('/collect/tp.own-path-beacon', 'x')</script>",
    ),
    Vector("tp.own-path-spelled", Effect.TOLD, body="<img src='/%63ollect/tp.own-path-spelled' alt=''>"),
    Vector("tp.own-path-doubled", Effect.TOLD, body="<img src='/x/../collect/tp.own-path-doubled' alt=''>"),
    markup("sibling-image", "<img src='https://sibling-image.site.test/x.gif' alt=''>", UNDECLARED),
    script("sibling-fetch", "fetch('https://sibling-fetch.site.test/x')", UNDECLARED),
    script("cached-page", "addEventListener('pageshow', () => { new Image().src = '$AWAY/x.gif' })"),
    Vector(
        "tp.cached-document",
        Effect.REQUEST,
        page=Reply(
            "<!DOCTYPE html><title>x</title><img src='$AWAY/x.gif' alt=''><script>$SET</script>",
            fields=(("Cache-Control", "max-age=600"),),
        ),
    ),
    Vector(
        "tp.cached-script",
        Effect.REQUEST,
        body="<script src='$OWN/x'></script>",
        replies={
            "x": Reply(
                "new Image().src = '$AWAY/x.gif'",
                "text/javascript",
                fields=(("Cache-Control", "max-age=600"),),
            )
        },
    ),
]

# What goes by paths is declared for analytics and stays so.
VECTORS = [
    *alternately(
        SCRIPTS + IMAGES + STYLES + FRAMES + MEDIA + CALLS + WORKERS + HINTS + LEAVING + REPORTS + OWN[5:]
    ),
    *OWN[:5],
]
