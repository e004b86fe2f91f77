import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.boundary import Boundary
from assent.core.markup import LONGEST_WORD, Markup
from assent.core.rules import Rules

MARKUP = b'<aside id="a">consent</aside>'
HEAD = b"<meta name=h>"
OPEN = Boundary(Rules(unknown_hosts="allow"), frozenset(), "https://shop.example", lambda host: None)
"""A boundary that refuses nothing, so that a document is read to its end and not changed."""


def inserted(*chunks: bytes, boundary: Boundary | None = None, head: bytes = b"") -> bytes:
    markup = Markup(head=head, body=MARKUP, boundary=boundary)
    return b"".join([*map(markup.feed, chunks), markup.end()])


# Each document with a "|" where the markup belongs; without one it is to pass untouched.
DOCUMENTS = {
    "a plain page": "<!doctype html><html><head><title>t</title></head><body class=a>|<p>x</body></html>",
    "white space between everything": " \n<!doctype html>\r\n\t<html>\f<head> </head> <body >|",
    "only a doctype": "<!doctype html>|",
    "only a head": "<!doctype html><html><head><meta charset=utf-8><link rel=x></head>\n|",
    "empty": "|",
    "only white space": " \n|",
    "text": "|Hello",
    "text after a head": "<head></head> \n|Hello <body>",
    "an element without html, head and body": "<!doctype html><title>t</title>|<p>x",
    "head tags without a head": "<base href=/><basefont><bgsound><meta><link><style></style>|<div>",
    "everything twice": "<html><html><head><head></head><body>|<body>",
    "a no-break space is text": "|\u00a0<body>",
    "a NUL is text": "|\0<body>",
    "a tag in capitals": "<HTML><HEAD></HEAD><BODY>|",
    "a tag in mixed case": "<hTmL><bOdY>|",
    "a name that begins like body": "|<bodyx>",
    "a custom element": "|<body-part>",
    "a name with a NUL": "|<body\0>",
    # Comments (WHATWG 13.2.5.43 to .52) and what is read as one.
    "body in a comment": "<!-- <body> --><body>|",
    "a comment that > ends at once": "<!--><body>|-->",
    "a comment that -> ends at once": "<!---><body>|-->",
    "an empty comment": "<!----><body>|",
    "a comment ended by --!>": "<!-- a --!><body>|",
    "a comment of dashes": "<!--------><body>|",
    "a comment that !> does not end": "<!---!> <body> --><body>|",
    "a comment that -- > does not end": "<!-- -- > <body> --><body>|",
    "a comment in a comment": "<!-- <!-- --><body>|-->",
    "a comment whose inner one has nothing in it": "<!--<!--><body>|",
    "an XML declaration": "<?xml version='1.0'?><body>|",
    "a processing instruction with dashes": "<?-- a><body>|-->",
    "a markup declaration": "<!element a><body>|",
    "half a comment's start": "<!-><body>|",
    "CDATA ends at >": "<![CDATA[ <body> |]]><body>",
    "a doctype ends at > within quotes": '<!doctype html public "a>|b"><body>',
    "an end tag without a name": "</><body>|",
    "an end tag whose name begins with a space": "</ body><body>|",
    # End tags before the body.
    "end of head": "</head>|<p>",
    "end tags that mean nothing": "</p></div></head></title></template><body>|",
    "end of body": "<html>|</body></html>",
    "end of html": "|</html>",
    "end of br": "|</br>",
    # Tags and their attributes (13.2.5.32 to .40).
    "> in a double-quoted value": '<body data-a="<p>">|<p>',
    "> in a single-quoted value": "<html lang='a>b'><body a='>'>|",
    "a quote in an unquoted value": '<body a=b">|">',
    "a value right after a quoted one": "<body a=\"x\"b='>'>|",
    "spaces around =": '<body a  = \n ">" >|',
    "a value that is missing": "<body a= >|x>",
    "a quote in a name": '<body "a>|">',
    "a name that begins with =": '<body =">|">',
    "= after a slash": '<body a/=">|">',
    "a slash as the value": "<body a=/>|",
    "self-closing": "<body/>|",
    "a slash for a space": '<body/a=">"/>|',
    "line feed after the name": "<body\n>|",
    "form feed after the name": "<body\fa>|",
    "attributes of an end tag": "</head a=\">\"></p a='>'><body>|",
    "twenty attributes": "<body " + " ".join(f'a{n}="{n}>"' for n in range(20)) + ">|",
    "< in a tag": "<html <body>|",
    # Raw text (13.2.5.2 to .14).
    "body in a title": "<title><body></title><body>|",
    "body in a style": "<style>a::after{content:'<body>'}</style><body>|",
    "body in noscript": "<noscript><body></noscript><body>|",
    "body in noframes": "<noframes><body></noframes><body>|",
    "an end tag in capitals and with a space": "<TITLE></tItLe ><body>|",
    "an end tag with a slash": "<title></title/><body>|",
    "an end tag that only begins alike": "<title></titles></title><body>|",
    "a comment in a style holds no end tag back": "<style><!--</style><body>|--></style>",
    "raw text is not self-closing": "<title/><body></title><body>|",
    # Scripts (13.2.5.4 and .15 to .31).
    "body in a script": "<script>document.write('<body>')</script><body>|",
    "an end tag in a script, escaped by its author": "<script>'<\\/script>'</script><body>|",
    "a script's end in capitals": "<script></SCRIPT\n><body>|",
    "a script's end that only begins alike": "<script></scripts></script><body>|",
    "an open comment in a script": "<script><!-- </script><body>|",
    "a script in a comment in a script": "<script><!-- <script> </script> <body> --></script><body>|",
    "... left by its end tag": "<script><!-- <script> </script> </script><body>|",
    "... left by the comment's end": "<script><!-- <script> --></script><body>|",
    "... twice": "<script><!-- <script></script><script></script></script><body>|",
    "... once more a comment": "<script><!-- <script> <!-- </script></script><body>|",
    "... with slashes": "<script><!-- <script/x</script/y</script z><body>|",
    "a tag that only begins like script in one": "<script><!-- <scripts></script><body>|",
    "script in a script without a comment": "<script><script></script><body>|",
    "a comment that > ends at once in a script": "<script><!--><script></script><body>|",
    "a comment that -> ends at once in a script": "<script><!---><script></script><body>|",
    "a comment of dashes in a script": "<script><!------><script></script><body>|",
    "a second comment ends both": "<script><!--<!--><script></script><body>|",
    "a second comment shares its dashes": "<script><!-- <!---> <script></script><body>|",
    "an end of a comment that none began": "<script>--><script></script><body>|",
    # Templates hold anything.
    "a template": "<template><body><p>x</template><body>|",
    "a template in a template": "<template><template></template><p></template><body>|",
    "a template's end in a script": "<template><script></template><p></script></template><body>|",
    "a template's end in a textarea": "<template><textarea></template><p></textarea></template><body>|",
    "a template's end in an iframe": "<template><iframe></template><p></iframe></template><body>|",
    "a template's end in a title": "<template><title></template><p></title></template><body>|",
    "an end of a template that none began": "</template><template></template><body>|",
    "a frameset in a template": "<template><frameset></template><body>|",
    # Framesets have no body.
    "a frameset": "<html><head></head><frameset rows=1><frame></frameset>",
    "a frameset without a head": "<FRAMESET>",
    "a frameset that comes too late": "|<p><frameset>",
    # Byte order marks.
    "a byte order mark": "\ufeff<!doctype html><body>|",
    "a byte order mark before text": "\ufeff|Hello",
    "a byte order mark alone": "\ufeff|",
    "two byte order marks": "\ufeff|\ufeff<body>",
    "a byte order mark that is none": " |\ufeff<body>",
    # What is cut off: no markup may become a part of it.
    "cut off in a comment": "<html><!-- <body>",
    "cut off in a tag": "<html><body",
    "cut off in a value": '<html><body class="a',
    "cut off before a value": "<html><body class=",
    "cut off after <": "<html><",
    "cut off in a doctype": "<!doctype html",
    "cut off in a title": "<title>Hello",
    "cut off in a style": "<style>a{",
    "cut off in a script": "<script>save() // and",
    "cut off in a script's end": "<script>save()</script",
    "cut off in a comment in a script": "<script><!--",
    "cut off in a template": "<template><p>Hello",
}
TABLE = [
    pytest.param(
        text.replace("|", "").encode(), text.encode().replace(b"|", MARKUP), id=situation.replace(" ", "-")
    )
    for situation, text in DOCUMENTS.items()
]
UTF_16 = [
    pytest.param(text, text, id=name)
    for name, text in {
        "UTF-16LE": "\ufeff<html><body>".encode("utf-16-le"),
        "UTF-16BE": "\ufeff<html><body>".encode("utf-16-be"),
    }.items()
]
FRAGMENTS = [
    *b"< > / = - ! \" ' x \0 \xef \xbb \xbf \xff \xfe <!-- --> --!> <!doctype <? <script <script>".split(),
    *b"</script </script> <title> </title> <style> </style> <noscript> </noscript> <template>".split(),
    *b"</template> <textarea> </textarea> <html> <head> </head> <body <body> </body> <p <p> </p>".split(),
    *(b" ", b"\n", b"<frameset>", b"<a href=", b"<!doctype html>"),
]


@pytest.mark.parametrize(("document", "expected"), TABLE + UTF_16)
def test_the_markup_goes_where_a_parser_begins_the_body(document: bytes, expected: bytes) -> None:
    assert inserted(document) == expected


@pytest.mark.parametrize(("document", "expected"), TABLE + UTF_16)
def test_it_goes_there_wherever_the_document_is_cut(document: bytes, expected: bytes) -> None:
    for cut in range(len(document) + 1):
        assert inserted(document[:cut], document[cut:]) == expected, document[:cut]


@pytest.mark.parametrize(("document", "expected"), TABLE + UTF_16)
def test_it_goes_there_byte_by_byte(document: bytes, expected: bytes) -> None:
    assert inserted(*(document[place : place + 1] for place in range(len(document)))) == expected
    assert inserted(*(part for byte in document for part in (bytes([byte]), b""))) == expected


@pytest.mark.parametrize(("document", "expected"), TABLE + UTF_16)
def test_it_goes_there_when_the_rest_is_read_too(document: bytes, expected: bytes) -> None:
    for size in (1, 3, len(document) or 1):
        chunks = (document[place : place + size] for place in range(0, len(document), size))
        assert inserted(*chunks, boundary=OPEN) == expected


# Each document with a "^" where the head's piece belongs.
HEADS = {
    "a plain page": "<!doctype html><html><head>^<title>t</title></head><body>",
    "a head with attributes": "<html><head lang='>' a=b>^<script></script>",
    "a head in capitals": "<HTML><HEAD\n>^",
    "before a script that implies a head": "<!doctype html>\n<!-- a --> ^<script>a</script>",
    "before text": "<!doctype html> ^Hello",
    "before a body": "<html lang=en>^<body>",
    "before a frameset": "<html>^<frameset><frame src=/a></frameset>",
    "before a template": "^<template><p></template>",
    "before a header element": "^<header>",
    "after a second doctype": "<html><!doctype html>^<p>",
    "after end tags that are ignored": "</p></template></title>^<link>",
    "before an end of head": "<html>^</head><p>",
    "before an end of body": "^</body>",
    "before an end of br": "^</br>",
    "after a head in a comment": "<!-- <head> --><head>^",
    "after an instruction, which > ends": "<?php <head>^?><p>",
    "after a byte order mark": "\ufeff<head>^",
    "in an empty document": "^",
    "only a doctype": "<!doctype html>\n^",
    "a second head": "<head>^</head><head><p>",
    "not into an unfinished comment": "<!-- <head>",
    "not into an unfinished doctype": "<!doctype",
    "not before an unfinished tag": "<html><he",
}


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=situation.replace(" ", "-")) for situation, text in HEADS.items()]
)
def test_the_head_comes_before_all_that_can_load(text: str) -> None:
    document, expected = text.replace("^", "").encode(), text.encode().replace(b"^", HEAD)
    for boundary in (None, OPEN):
        for size in (1, 2, 5, len(document) or 1):
            chunks = [document[place : place + size] for place in range(0, len(document), size)]
            out = inserted(*chunks, boundary=boundary, head=HEAD)
            assert out.replace(MARKUP, b"") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<html><body>", "<html>^<body>|"),
        ("<p>", "^|<p>"),
        ("", "^|"),
        ("<title>t</title>", "^<title>t</title>|"),
        ("<head></head>", "<head>^</head>|"),
    ],
)
def test_the_head_comes_before_the_body(text: str, expected: str) -> None:
    wanted = expected.encode().replace(b"^", HEAD).replace(b"|", MARKUP)
    assert (
        inserted(text.encode(), head=HEAD)
        == inserted(*(b"%c" % o for o in text.encode()), head=HEAD)
        == wanted
    )


@pytest.mark.parametrize("xml", [False, True], ids=["html", "xhtml"])
@pytest.mark.parametrize(
    ("html", "xhtml"),
    [
        pytest.param(
            "<html><head>^<title>t</title></head>\n$<body a>|<p>",
            "<html><head>^$<title>t</title></head>\n<body a>|<p>",
            id="head and body",
        ),
        pytest.param("^<title>t</title>$|<p>", "<title>t</title><p>", id="neither"),
        pytest.param("<html>^$<body>|", "<html><body>^$|", id="a body alone"),
        pytest.param("<head>^</head><frameset>", "<head>^$</head><frameset>", id="a frameset"),
        pytest.param("^$|", "", id="nothing"),
    ],
)
def test_the_tail_is_what_the_head_ends_with(html: str, xhtml: str, xml: bool) -> None:
    tail, text = b"<link rel=t>", xhtml if xml else html
    document = re.sub(r"[\^$|]", "", text).encode()
    expected = text.encode().replace(b"^", HEAD).replace(b"$", tail).replace(b"|", MARKUP)
    for size in (1, 5, 1000):
        markup = Markup(head=HEAD, tail=tail, body=MARKUP, xml=xml)
        chunks = [document[place : place + size] for place in range(0, len(document), size)]
        assert b"".join([*map(markup.feed, chunks), markup.end()]) == expected


XHTML = {
    "a plain page": "<?xml version='1.0'?><!DOCTYPE html><html xmlns='x'><head>^<title/></head><body>|<p/>",
    "a doctype with declarations": "<!DOCTYPE html [<!ENTITY a '<body>'>]><html><head>^</head><body>|",
    "CDATA before the body": "<html><head>^<script><![CDATA[ <body> ]]></script></head><body>|",
    "an instruction with >": "<?a > <body> ?><html><head>^</head><body>|",
    "a comment that > does not end": "<!--> <body> --><head>^</head><body>|",
    "a script that holds elements": "<head>^<script/></head><body>|",
    "nothing is implied": "<html><p/></html>",
    "a body without a head": "<html><body>^|<p/>",
    "a body without content": "<html><head>^</head><body/></html>",
    "an empty document": "",
}


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=situation.replace(" ", "-")) for situation, text in XHTML.items()]
)
def test_xhtml_has_only_the_head_and_body_that_are_written(text: str) -> None:
    document = text.replace("^", "").replace("|", "").encode()
    expected = text.encode().replace(b"^", HEAD).replace(b"|", MARKUP)
    for boundary in (None, OPEN):
        for size in (1, 4, len(document) or 1):
            markup = Markup(head=HEAD, body=MARKUP, boundary=boundary, xml=True)
            chunks = [document[place : place + size] for place in range(0, len(document), size)]
            assert b"".join([*map(markup.feed, chunks), markup.end()]) == expected


chunked = st.lists(
    st.lists(st.sampled_from(FRAGMENTS), max_size=6).map(b"".join) | st.binary(max_size=24),
    max_size=12,
)


@given(chunked)
def test_any_bytes_in_any_chunks_become_what_the_whole_becomes(chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    expected = inserted(whole)
    assert expected.count(MARKUP) <= 1
    assert expected.replace(MARKUP, b"") == whole
    assert inserted(*chunks) == expected
    assert inserted(*(bytes([byte]) for byte in whole)) == expected
    assert inserted(*chunks, boundary=OPEN, head=HEAD).replace(HEAD, b"") == expected


@given(chunked)
def test_what_went_out_is_never_ahead_nor_far_behind(chunks: list[bytes]) -> None:
    for boundary in (None, OPEN):
        markup = Markup(body=MARKUP, boundary=boundary)
        came = went = b""
        for chunk in chunks:
            came += chunk
            went += markup.feed(chunk).replace(MARKUP, b"")
            assert came.startswith(went)
            held = came[len(went) :]
            assert len(held) <= LONGEST_WORD or (held.startswith(b"<") and not markup.done)
