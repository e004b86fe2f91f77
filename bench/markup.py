"""How fast whole pages are read and parked, beside turbohtml (a C core) and justhtml in the same run.

All three take the same shop pages and change the same iframes; turbohtml and justhtml get the whole text at
once, Assent 16 KB chunks as they come from a network.
"""

import time
from collections.abc import Callable

import turbohtml.rewrite
from justhtml import JustHTML

from assent.core.boundary import Boundary
from assent.core.markup import Markup
from assent.core.rules import Rules

SELECTORS = (
    "a[ping], area[ping], base, embed, frame, iframe, object, script[type=speculationrules]",
    "link[rel=preconnect], link[rel=dns-prefetch], link[rel=preload], meta[http-equiv=refresh]",
)
CHUNK = 16 * 1024
ROUNDS = 9
HEAD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Fine teas</title>'
    '<link rel="stylesheet" href="/static/shop.css"><link rel="preconnect" href="https://fonts.example">'
    '<script async src="https://tags.example/t.js"></script></head>\n<body class="home">\n'
)
PRODUCT = (
    '<article class="product card" id="p%d" data-sku="TEA-%d"><a class="image" href="/teas/%d?from=list">'
    '<img src="/images/%d.jpg" alt="A tin of tea" width="320" height="240" loading="lazy"></a>\n'
    '<h3 class="title"><a href="/teas/%d">Second flush, number %d</a></h3>\n<p class="text">A tea that is '
    "strong &amp; malty, grown in the hills, rolled by hand and packed on the day it was dried. It keeps "
    'for years.</p>\n<p class="price"><span class="amount">9.50</span> <span class="unit">a tin</span></p>\n'
    '<button class="button" type="button" data-action="cart">Add to cart</button></article>\n'
)
SCRIPT = '<script>shop.seen({id: %d, html: "<b>tea</b>"}); if (1 < 2) { shop.more(); }</script>\n'
FRAME = '<iframe class="film" src="https://films.example/embed/%d" width="640" height="360"></iframe>\n'


def page(size: int) -> str:
    """Return a shop page of about so many octets: 3 frames and 18 scripts in 50 KB."""
    parts, length, number = [HEAD], len(HEAD), 0
    while length < size:
        number += 1
        part = PRODUCT % ((number,) * PRODUCT.count("%d"))
        part += SCRIPT % number if number % 4 else ""
        part += FRAME % number if number % 24 == 0 else ""
        parts.append(part)
        length += len(part)
    return "".join(parts) + "</body></html>\n"


def with_assent(text: str, *, everything: bool = False) -> None:
    data = text.encode()
    boundary = Boundary(Rules(), frozenset(), "https://shop.example", lambda host: None)
    markup = Markup(head=b"<!-- -->", body=b"<!-- -->", boundary=boundary, everything=everything)
    for start in range(0, len(data), CHUNK):
        markup.feed(data[start : start + CHUNK])
    markup.end()


def with_turbohtml(text: str) -> None:
    def park(element: turbohtml.rewrite.Element) -> None:
        for name in ("src", "href", "data"):
            url = element.get(name)
            if url is not None and url.startswith("https:"):
                element.set_attribute(f"data-assent-{name}", url)
                element.remove_attribute(name)

    turbohtml.rewrite.rewrite(text, elements=[(selector, park) for selector in SELECTORS])


def with_justhtml(text: str) -> None:
    JustHTML(text).to_html()


def measure(size: int) -> dict[str, float]:
    """Return MB/s by tool."""
    text = page(size)
    tools: dict[str, tuple[Callable[[str], None], int]] = {
        "assent": (with_assent, ROUNDS),
        "assent, no policy in force": (lambda text: with_assent(text, everything=True), ROUNDS),
        "turbohtml.rewrite": (with_turbohtml, ROUNDS),
        "justhtml": (with_justhtml, 1),
    }
    best = dict.fromkeys(tools, float("inf"))
    for round_ in range(ROUNDS):
        for name, (tool, rounds) in tools.items():
            if round_ < rounds:
                start = time.perf_counter()
                tool(text)
                best[name] = min(best[name], time.perf_counter() - start)
    return {name: len(text) / took / 1e6 for name, took in best.items()}


def main() -> None:
    for size in (50_000, 500_000):
        speeds = measure(size)
        print(f"a page of {size // 1000} KB")
        for name, speed in speeds.items():
            ratio = speed / speeds["turbohtml.rewrite"]
            print(f"  {name:26} {speed:7.1f} MB/s   {ratio:6.3f} of turbohtml.rewrite")


if __name__ == "__main__":
    main()
