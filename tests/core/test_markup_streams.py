from time import perf_counter

import pytest

from assent.core.markup import LONGEST_WORD, MAX_HELD, WHOLE_DOCUMENT, Insertion

MARKUP = b'<aside id="a">consent</aside>'


def inserted(*chunks: bytes) -> bytes:
    insertion = Insertion(MARKUP)
    return b"".join([*map(insertion.feed, chunks), insertion.end()])


def test_after_the_body_has_begun_chunks_pass_by_reference() -> None:
    insertion = Insertion(MARKUP)
    assert insertion.feed(b"<!doctype html><bo") == b"<!doctype html>"
    assert not insertion.done
    assert insertion.feed(b"dy><p") == b"<body>" + MARKUP + b"<p"
    assert insertion.done
    for chunk in (b"<script>", b"<body>", b"", b"<!--" + b"x" * 100_000):
        assert insertion.feed(chunk) is chunk
    assert insertion.end() == b""


def test_a_first_flush_goes_out_at_once() -> None:
    insertion = Insertion(MARKUP)
    head = b"<!doctype html><html><head><title>t</title><link rel=stylesheet href=/a.css>\n"
    assert insertion.feed(head) == head
    assert insertion.feed(b"</head>") == b"</head>"
    assert insertion.feed(b"<body>") == b"<body>" + MARKUP


@pytest.mark.parametrize("element", [b"script", b"style", b"title", b"noscript"])
def test_long_raw_text_streams(element: bytes) -> None:
    insertion = Insertion(MARKUP)
    came, went = b"<" + element + b">", 0
    went += len(insertion.feed(came))
    total = len(came)
    for _ in range(500):
        chunk = b"if (a < b && c > d) { '</scr' + '<!-' } " * 50
        total += len(chunk)
        went += len(insertion.feed(chunk))
        assert total - went <= LONGEST_WORD
    assert insertion.feed(b"</" + element + b"><body>").endswith(b"<body>" + MARKUP)


def test_a_whole_comment_or_tag_is_held_no_longer_than_it_lasts() -> None:
    insertion = Insertion(MARKUP)
    assert insertion.feed(b"<html><!-- a ") == b"<html>"
    assert insertion.feed(b"long -- comment > with <tags>") == b""
    assert insertion.feed(b"--") == b""
    assert insertion.feed(b">\n") == b"<!-- a long -- comment > with <tags>-->\n"


@pytest.mark.parametrize(
    "start",
    [b'<html lang="', b"<html lang='", b"<html ", b"<html a=", b"<!-- ", b"<!doctype ", b"<?", b"</"],
)
@pytest.mark.parametrize("step", [b"x", b"x ", b"a=", b"<", b"-", b"/ "])
def test_what_never_ends_passes_when_it_has_become_too_long(start: bytes, step: bytes) -> None:
    insertion = Insertion(MARKUP)
    came, went = [start], [insertion.feed(start)]
    while sum(map(len, came)) <= MAX_HELD + 4096:
        came.append(step * 1024)
        went.append(insertion.feed(came[-1]))
    assert insertion.done
    assert b"".join(went) == b"".join(came)
    assert insertion.feed(b'"><body>') == b'"><body>'
    assert insertion.end() == b""


@pytest.mark.parametrize("over", [False, True])
def test_the_bound_is_exact(over: bool) -> None:
    insertion = Insertion(MARKUP)
    tag = b'<body a="' + b"x" * (MAX_HELD - 9 + over)
    assert insertion.feed(tag) == (tag if over else b"")
    assert insertion.feed(b'">') == (b'">' if over else tag + b'">' + MARKUP)


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
    ],
)
def test_hostile_documents_take_linear_time(hostile: bytes) -> None:
    began = perf_counter()
    for size in (len(hostile), 4096):
        chunks = [hostile[place : place + size] for place in range(0, len(hostile), size)]
        assert inserted(*chunks).replace(MARKUP, b"") == hostile
    assert perf_counter() - began < 3


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
    began = perf_counter()
    assert not WHOLE_DOCUMENT.match(part * 20_000 + b"<p>")
    assert perf_counter() - began < 0.5
