from time import process_time

import pytest

from assent.core.boundary import Boundary
from assent.core.markup import LONGEST_WORD, MAX_HELD, Markup
from assent.core.rules import Rules
from assent.core.tokens import WHOLE_DOCUMENT

MARKUP = b'<aside id="a">consent</aside>'


OPEN = Boundary(Rules(unknown_hosts="allow"), frozenset(), "https://shop.example", lambda host: None)


def inserted(*chunks: bytes, boundary: Boundary | None = None) -> bytes:
    markup = Markup(body=MARKUP, boundary=boundary)
    return b"".join([*map(markup.feed, chunks), markup.end()])


def test_after_the_body_has_begun_chunks_pass_by_reference() -> None:
    markup = Markup(body=MARKUP)
    assert markup.feed(b"<!doctype html><bo") == b"<!doctype html>"
    assert not markup.done
    assert markup.feed(b"dy><p") == b"<body>" + MARKUP + b"<p"
    assert markup.done
    for chunk in (b"<script>", b"<body>", b"", b"<!--" + b"x" * 100_000):
        assert markup.feed(chunk) is chunk
    assert markup.end() == b""


def test_a_first_flush_goes_out_at_once() -> None:
    markup = Markup(body=MARKUP)
    head = b"<!doctype html><html><head><title>t</title><link rel=stylesheet href=/a.css>\n"
    assert markup.feed(head) == head
    assert markup.feed(b"</head>") == b"</head>"
    assert markup.feed(b"<body>") == b"<body>" + MARKUP


@pytest.mark.parametrize("element", [b"script", b"style", b"title", b"noscript"])
def test_long_raw_text_streams(element: bytes) -> None:
    markup = Markup(body=MARKUP)
    came, went = b"<" + element + b">", 0
    went += len(markup.feed(came))
    total = len(came)
    for _ in range(500):
        chunk = b"if (a < b && c > d) { '</scr' + '<!-' } " * 50
        total += len(chunk)
        went += len(markup.feed(chunk))
        assert total - went <= LONGEST_WORD
    assert markup.feed(b"</" + element + b"><body>").endswith(b"<body>" + MARKUP)


def test_a_tag_is_held_no_longer_than_it_lasts() -> None:
    markup = Markup(body=MARKUP)
    assert markup.feed(b"<html><link a ") == b"<html>"
    assert markup.feed(b"b='") == b""
    assert markup.feed(b">") == b""
    assert markup.feed(b"'>\n") == b"<link a b='>'>\n"


@pytest.mark.parametrize(
    ("start", "step", "end"),
    [
        (b"<!-- ", b"a > b -- ", b"-->"),
        (b"<!doctype ", b"html ' <p ", b">"),
        (b"<?", b"a ?", b">"),
        (b"</ ", b"</a", b">"),
    ],
)
def test_comments_and_declarations_stream(start: bytes, step: bytes, end: bytes) -> None:
    markup = Markup(body=MARKUP)
    came, went = start, len(markup.feed(start))
    for _ in range(50):
        went += len(markup.feed(step * 20))
        came += step * 20
        assert len(came) - went <= LONGEST_WORD
    assert markup.feed(end + b"<body>").endswith(b"<body>" + MARKUP)


@pytest.mark.parametrize("start", [b'<html lang="', b"<html lang='", b"<html ", b"<html a=", b"</x", b"</p "])
@pytest.mark.parametrize("step", [b"x", b"x ", b"a=", b"<", b"-", b"/ "])
@pytest.mark.parametrize("boundary", [None, OPEN], ids=["read no further", "read on"])
def test_a_tag_too_long_to_be_held_passes_and_its_end_is_found(
    start: bytes, step: bytes, boundary: Boundary | None
) -> None:
    markup = Markup(body=MARKUP, boundary=boundary)
    came, went = [start], [markup.feed(start)]
    while sum(map(len, came)) <= 2 * MAX_HELD:
        came.append(step * 1024)
        went.append(markup.feed(came[-1]))
        assert sum(map(len, came)) - sum(map(len, went)) <= MAX_HELD + LONGEST_WORD
    end = b"\"'>" if start[-1:] not in b"\"'" else start[-1:] + b">"
    tail = end + b"<!-- <body> --><body>"
    out = b"".join(went) + markup.feed(tail) + markup.end()
    assert out.replace(MARKUP, b"") == b"".join(came) + tail
    assert out.endswith(b"<body>" + MARKUP)


def test_a_body_tag_too_long_to_be_held_still_begins_the_body() -> None:
    tag = b'<body a="' + b"x" * (MAX_HELD + 100) + b'">'
    assert inserted(tag[:100], tag[100:-2], tag[-2:]) == tag + MARKUP
    assert inserted(b"<p" + tag[5:-2], b'">') == MARKUP + b"<p" + tag[5:]


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(b"<" * 300_000, id="less-than signs"),
        pytest.param(b"<!>" * 100_000, id="tiny comments"),
        pytest.param(b"<html>" * 50_000, id="html tags"),
        pytest.param(b"</x>" * 75_000, id="end tags"),
        pytest.param(b"<html " + b"a " * 150_000, id="attributes"),
        pytest.param(b"<html " + b"a=" * 150_000, id="equals signs"),
        pytest.param(b"<html a" + b" " * 300_000, id="spaces after a name"),
        pytest.param(b"<html " + b"a = b " * 50_000, id="spaced values"),
        pytest.param(b'<html a="' + b">" * 300_000, id="an open quote full of >"),
        pytest.param(b"<!--" + b"-- >" * 75_000, id="a comment that almost ends"),
        pytest.param(b"<script>" + b"<!--" * 75_000, id="comments in a script"),
        pytest.param(b"<script><!--" + b"<script " * 37_500, id="scripts in a script"),
        pytest.param(b"<script>" + b"</script" * 37_500, id="almost ends of a script"),
        pytest.param(b"<title>" + b"</title" * 42_000, id="almost ends of a title"),
        pytest.param(b"<template>" * 30_000, id="templates"),
        pytest.param(b"<body>" + b"<svg>" * 50_000, id="drawings"),
        pytest.param(b"<body>" + b"<svg><path>" * 25_000, id="drawings without an end"),
        pytest.param(b"<body><svg><title>" * 15_000, id="drawings with titles"),
        pytest.param(b"<body>" + b"<script>" * 30_000, id="scripts"),
        pytest.param(b"<body>" + b"<style>" * 40_000, id="styles"),
        pytest.param(b"<body>" + b"<noscript><a b='>" * 20_000, id="noscripts"),
        pytest.param(b"<body>" + b"<a b='" * 50_000, id="links with open quotes"),
        pytest.param(b"<body><img srcset='" + b",a " * 80_000, id="a srcset"),
    ],
)
def test_hostile_documents_take_linear_time(hostile: bytes) -> None:
    began = process_time()
    for size, boundary in ((len(hostile), None), (4096, OPEN)):
        chunks = [hostile[place : place + size] for place in range(0, len(hostile), size)]
        assert inserted(*chunks, boundary=boundary).replace(MARKUP, b"") == hostile
    assert process_time() - began < 3


@pytest.mark.parametrize(
    ("start", "whole"),
    [
        (b"<!doctype html>", True),
        (b"<!DOCTYPE HTML PUBLIC", True),
        (b"\xef\xbb\xbf \n<html>", True),
        (b"<?xml version='1.0'?>\n<!-- a --><!-- b --> <html lang=en>", True),
        (b"<head>", True),
        (b"<BODY\n", True),
        (b"<!--[if IE]> <html> <![endif]--><html>", True),
        (b"<div><html>", False),
        (b"<header>", False),
        (b"<htmlx>", False),
        (b"<!-- <html> --><p>", False),
        (b"<!-- a --> <p> --><html>", False),
        (b"text <html>", False),
        (b"", False),
    ],
)
def test_how_a_whole_document_begins(start: bytes, whole: bool) -> None:
    assert bool(WHOLE_DOCUMENT.match(start)) is whole


@pytest.mark.parametrize("part", [b"<!---->", b"<!--[--><!--]-->", b"<??>", b" ", b"<!--", b"-->"])
def test_fragments_full_of_comments_are_told_from_documents_in_linear_time(part: bytes) -> None:
    began = process_time()
    assert not WHOLE_DOCUMENT.match(part * 20_000 + b"<p>")
    assert process_time() - began < 0.5
