"""The page that every tool is put into: a shop's, of 50 KB, with styles, a script, text and pictures."""

import random
import struct
import zlib
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

TYPES = {".css": "text/css", ".js": "text/javascript", ".png": "image/png"}
PICTURES = 12
TEAS = 60
GRAIN = 24
"""Pixels of each row that do not compress: a picture is 16 KB then."""
WORDS = ["tea", "leaf", "garden", "hill", "spring", "flush", "autumn", "malty", "floral", "smoke", "steamed"]
WORDS += [
    "rolled",
    "dried",
    "strong",
    "light",
    "amber",
    "cup",
    "water",
    "the",
    "of",
    "a",
    "with",
    "for",
    "in",
]

STYLE = """
:root { --ink: #222; --paper: #fff; --line: #ddd; --accent: #2c6e49; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, sans-serif; }
header { display: flex; gap: 1rem; align-items: center; padding: 1rem; border-bottom: 1px solid var(--line); }
nav a { margin-inline-end: 1rem; color: var(--accent); }
main { max-width: 72rem; margin: auto; padding: 1rem; }
.hero { font-size: 1.5rem; max-width: 40em; }
.teas { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem; }
.tea { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; }
.tea img { width: 100%; height: auto; border-radius: .25rem; }
.tea h2 { font-size: 1.1rem; margin: .5rem 0; }
.price { font-weight: 700; }
button { font: inherit; padding: .5rem 1rem; border: 0; background: var(--accent); color: #fff; }
footer { padding: 2rem; background: #f4f4f4; }
""" + "".join(f".shade-{n} {{ background-color: hsl({n * 7} 30% 96%); }}\n" for n in range(50))

SCRIPT = """
document.cookie = "theme=light; path=/; max-age=86400";
const recent = JSON.parse(localStorage.getItem("recent") ?? "[]");
const basket = document.querySelector("#basket");
let count = 0;
for (const tea of document.querySelectorAll(".tea")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Add to basket";
  button.addEventListener("click", () => { basket.textContent = `${++count}`; });
  tea.append(button);
}
const list = document.createElement("ul");
list.innerHTML = recent.map((name) => `<li>${name}</li>`).join("");
document.querySelector("footer").append(list);
"""


def page(head: str = "") -> str:
    """Return the page with what a tool asks for at the end of its head."""
    words = random.Random(7)

    def text(count: int) -> str:
        return " ".join(words.choices(WORDS, k=count)).capitalize() + "."

    teas = "\n".join(
        f'<article class="tea shade-{n % 50}" id="tea-{n}">'
        + (f'<img src="/{n % PICTURES}.png" alt="" width="320" height="200">' if n < 2 * PICTURES else "")
        + f'<h2><a href="/teas/{n}">{text(4)}</a></h2><p>{text(105)}</p>'
        f'<p><span class="price">{words.randint(4, 40)}.50</span> a tin</p></article>'
        for n in range(TEAS)
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fine teas</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/shop.css">
{head}</head>
<body>
<header><strong>Fine teas</strong><nav><a href="/">Teas</a><a href="/about">About</a></nav>
<span id="basket">0</span></header>
<main><h1>Teas of this spring</h1><p class="hero">{text(60)}</p><section class="teas">
{teas}
</section></main>
<footer><p>{text(120)}</p></footer>
<script src="/shop.js"></script>
</body>
</html>
"""


def site(text: str, files: Mapping[str, bytes]) -> Starlette:
    """Return the shop as an application, with the files of a tool."""
    files = {"/shop.css": STYLE.encode(), "/shop.js": SCRIPT.encode(), **_pictures(), **files}

    async def start(request: Request) -> Response:
        return HTMLResponse(text)

    async def file(request: Request) -> Response:
        path = request.url.path
        found = files.get(path)
        if found is None:
            return Response(status_code=404)
        suffix = path[path.rindex(".") :]
        return Response(found, media_type=TYPES[suffix], headers={"cache-control": "no-store"})

    return Starlette(routes=[Route("/", start), Route("/{path:path}", file)])


def _pictures() -> dict[str, bytes]:
    return {f"/{n}.png": _png(320, 200, n) for n in range(PICTURES)}


def _png(width: int, height: int, seed: int) -> bytes:
    noise = random.Random(seed)
    tint = [noise.randrange(60, 180) for _ in range(3)]
    rows = b"".join(
        b"\0"
        + bytes(tint[c] + (x + y) // 8 for x in range(width) for c in range(3))[: -GRAIN * 3]
        + noise.randbytes(GRAIN * 3)
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
