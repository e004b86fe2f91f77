"""The scanner beside another tokenizer, and beside itself without its short cut, on any document."""

import os

import turbohtml
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.core.boundary import Boundary
from assent.core.markup import Markup
from assent.core.parking import HINTS, MOST_PARKED
from assent.core.rules import Rules

MANY = settings(max_examples=5000 if os.environ.get("ASSENT_LONG") == "1" else 300)
REFUSING = Boundary(Rules(), frozenset(), "https://shop.example", lambda host: None)
REACHES = {"a": "ping", "area": "ping", "iframe": "src", "frame": "src", "embed": "src", "object": "data"}
REACHES |= {"base": "href", "link": "href"}

# What changes how a tokenizer reads on, whole and in halves, and tags that reach out at every turn.
_PIECES = r"""
< > / = - ! " ' ` x & &amp; <!-- --> --!> <!doctype <? </ <![CDATA[ ]]> <!--> <!---> <p <p> </p> <b <b/a='
<script <script> </script </script> <title> </title> <style> </style> <textarea> </textarea> <xmp> </xmp>
<noembed> </noembed> <noframes> </noframes> <iframe> </iframe> <plaintext <template> </template> <html>
<head> </head> <body <body> </body> a= a=' a=" a='b' a="b" =x <div/> <a <a/ ping=//1.example
ping='//2.example' rel=preconnect href=//3.example src="//4.example" data=//5.example <iframe <embed
<link <object <base <area <LINK HREF=//6.example PING=/ src=/ type=x <a> <! <a/b/ping='//23.example'>
"""
PIECES = [*_PIECES.split(), "\0"]
TAGS = [
    "<a ping=//7.example>",
    '<a class="x" ping="//8.example">',
    "<iframe title='>' src='//9.example'></iframe>",
    '<link rel="preconnect" href="//10.example">',
    "<link href=//11.example rel='x PREFETCH'>",
    '<p title="<a ping=//12.example>">',
    "<!-- <a ping=//13.example> -->",
    "<script>'<a ping=//14.example>'</script>",
    "<style><a ping=//15.example></style>",
    '<p class="a b">text</p>\n',
    " ",
    "\n",
]
FOREIGN = [
    *(
        f"{slash}{name}>"
        for name in ("svg", "math", "g", "desc", "title", "mi", "font")
        for slash in ("<", "</")
    ),
    "<svg",
    "<svg/>",
    "<path/>",
    '<svg class="i"><path d="M0 0"/></svg>',
    "<svg><g><circle r=1></g></svg>",
    "<foreignObject>",
    "</foreignObject>",
    "<frameset>",
    "<frame src=//16.example>",
    "<noscript><a ping=//17.example></noscript>",
    "<noscript>",
    "</noscript>",
    "<img srcset='/a, //18.example'>",
    '<img src="/a" alt="x">',
    "<img src=//19.example>",
    '<script src="//20.example"></script>',
    '<script async src="/a.js">a < b</script>',
    "<meta http-equiv=refresh content='0;//21.example'>",
    '<video poster="//22.example" src="/v">',
]


HEADS = [
    "<head>",
    "</head>",
    "<title>a &lt; b</title>",
    "<title>a < <b></title >",
    '<meta charset="utf-8">',
    '<link rel=stylesheet href="/a.css">',
    "<link rel=preconnect href=//23.example>",
    "<style>a < b</style>",
    "<template>",
    "</template>",
    "<html lang=de>",
    "<body>",
    "</br>",
    "\n",
]


def documents(pieces: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces), max_size=40).map("".join)


def found_by_turbohtml(document: str) -> list[str]:
    found: list[str] = []
    for token in turbohtml.tokenize(document):
        name = token.tag or ""
        if token.type.name != "START_TAG" or name not in REACHES:
            continue
        attributes = {key: value or "" for key, value in reversed(token.attrs or [])}
        if name == "link" and HINTS.isdisjoint(attributes.get("rel", "").lower().split()):
            continue
        urls = attributes.get(REACHES[name], "").split()
        url = next((url for url in urls if REFUSING.blocked(url)), None)
        if url is not None:
            found.append(url)
    return found


def parked(document: str, size: int, *, everything: bool, hops: bool = True) -> tuple[bytes, list[str]]:
    markup = Markup(head=b"<!--h-->", body=b"<!--b-->", boundary=REFUSING, everything=everything)
    if not hops:
        markup._hop = markup._hop_in_head = None
    data = document.encode()
    out = [markup.feed(data[start : start + size]) for start in range(0, len(data), size)]
    return b"".join([*out, markup.end()]), [entry.url for entry in markup.parked]


@MANY
@given(documents(PIECES + TAGS + [" "] * 20), st.sampled_from([1, 7, 10_000]))
def test_it_finds_the_tags_that_turbohtml_finds(document: str, size: int) -> None:
    assert parked(document, size, everything=False)[1] == found_by_turbohtml(document)[:MOST_PARKED]


@MANY
@given(
    documents(HEADS + PIECES),
    documents(PIECES + TAGS + FOREIGN + [" "] * 20),
    st.booleans(),
    st.sampled_from([1, 5, 64, 10_000]),
)
def test_the_short_cut_changes_nothing(head: str, body: str, everything: bool, size: int) -> None:
    document = head + body
    slow = parked(document, 10_000, everything=everything, hops=False)
    assert parked(document, size, everything=everything) == slow


@given(documents(PIECES + TAGS + FOREIGN + [" "] * 20))
def test_without_what_was_put_in_a_document_is_what_it_was(document: str) -> None:
    out, _ = parked(document, 10, everything=True)
    for piece in (b"<!--h-->", b"<!--b-->", b"data-assent-", b'src="about:blank" ', b'data="about:blank" '):
        out = out.replace(piece, b"")
    assert out == document.encode()
