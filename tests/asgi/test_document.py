import gzip
import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.asgi.coding import CODINGS, GZIP, BrokenCoding, coding
from assent.asgi.document import PROLOGUE, Document
from assent.core.fields import Fields
from assent.core.markup import Markup
from assent.core.tokens import WHOLE_DOCUMENT

MARKUP = b"<aside>consent</aside>"
HEAD = b"<!doctype html><html><head><title>t</title></head>"
PAGE = HEAD + b"<body class=a>" + b"<p>Some text.</p>" * 20
EXPECTED = PAGE.replace(b"<p>", MARKUP + b"<p>", 1)
PLAIN: Fields = [(b"content-type", b"text/html")]
PACKED: Fields = [*PLAIN, (b"Content-Encoding", b"GZip")]


def sent(chunks: list[bytes], fields: Fields, *, only_whole: bool = False) -> list[bytes]:
    document = Document(Markup(body=MARKUP), fields, only=WHOLE_DOCUMENT if only_whole else None)
    *firsts, last = chunks
    return [*(document.body(chunk, last=False) for chunk in firsts), document.body(last, last=True)]


def received(chunks: list[bytes], fields: Fields) -> tuple[bytes, bool]:
    """What a client makes of these chunks, and whether it sees that the body is whole."""
    if fields is PLAIN:
        return b"".join(chunks), True
    coding = zlib.decompressobj(GZIP)
    plain = coding.decompress(b"".join(chunks))
    return plain, coding.eof and not coding.unused_data


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted(place % (len(data) + 1) for place in places)
    return [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)], strict=True)]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        pytest.param(PAGE, PLAIN, id="identity"),
        pytest.param(gzip.compress(PAGE), PACKED, id="gzip"),
        pytest.param(gzip.compress(PAGE), [*PLAIN, (b"content-encoding", b"x-gzip")], id="x-gzip"),
        pytest.param(gzip.compress(PAGE[:60]) + gzip.compress(PAGE[60:]), PACKED, id="two members"),
        pytest.param(
            b"".join(gzip.compress(PAGE[n : n + 30]) for n in range(0, len(PAGE), 30)),
            PACKED,
            id="many members",
        ),
        pytest.param(gzip.compress(b"") + gzip.compress(PAGE), PACKED, id="an empty member first"),
        pytest.param(gzip.compress(PAGE) + bytes(512), PACKED, id="zeros after the last member"),
        pytest.param(gzip.compress(PAGE, compresslevel=0), PACKED, id="stored, not compressed"),
    ],
)
def test_a_page_is_inserted_into_however_it_is_cut(body: bytes, fields: Fields) -> None:
    for place in range(len(body) + 1):
        assert received(sent([body[:place], body[place:]], fields), fields) == (EXPECTED, True)
    assert received(sent([body[n : n + 1] for n in range(len(body))], fields), fields) == (EXPECTED, True)
    assert received(sent([body, b""], fields), fields) == (EXPECTED, True)
    assert received(sent([b"", b"", body, b"", b""], fields), fields) == (EXPECTED, True)


@given(
    st.lists(st.sampled_from([b"<body>", b"<p>", b"x", b"<!--", b"-->", b"<html>", HEAD]) | st.binary()),
    st.lists(st.integers(0, 2000), max_size=8),
    st.integers(0, 9),
)
def test_gzip_and_identity_say_the_same(parts: list[bytes], places: list[int], level: int) -> None:
    plain = b"".join(parts)
    packed = gzip.compress(plain, compresslevel=level)
    expected = b"".join(sent([plain], PLAIN))
    assert expected.replace(MARKUP, b"") == plain.replace(MARKUP, b"")
    assert received(sent(cut(plain, places), PLAIN), PLAIN) == (expected, True)
    assert received(sent(cut(packed, places), PACKED), PACKED) == (expected, True)


def flushed(parts: list[bytes]) -> list[bytes]:
    packing = zlib.compressobj(wbits=GZIP)
    packed = [packing.compress(part) + packing.flush(zlib.Z_SYNC_FLUSH) for part in parts]
    return [*packed, packing.flush()]


def test_what_came_first_can_be_read_first() -> None:
    parts = [b"<!doctype html><head>", b"<title>t</title>", b"</head><body>", b"<p>one", b"<p>two"]
    for fields, chunks in ((PLAIN, [*parts, b""]), (PACKED, flushed(parts))):
        document = Document(Markup(body=MARKUP), fields)
        reader = zlib.decompressobj(GZIP) if fields is PACKED else None
        came = read = b""
        for part, chunk in zip(parts, chunks, strict=False):
            came += part
            out = document.body(chunk, last=False)
            read += reader.decompress(out) if reader else out
            assert read.replace(MARKUP, b"") == came
        assert MARKUP in read
        out = document.body(chunks[-1], last=True)
        assert (reader.decompress(out) if reader else out) == b""
        assert reader is None or reader.eof


def test_chunks_after_the_insertion_are_the_very_same_objects() -> None:
    document = Document(Markup(body=MARKUP), PLAIN)
    assert document.body(b"<body>", last=False) == b"<body>" + MARKUP
    chunk = b"<p>" * 1000
    assert document.body(chunk, last=False) is chunk


def test_a_page_that_was_cut_off_is_not_ended_properly() -> None:
    packed = gzip.compress(PAGE)
    for end in range(30, len(packed)):
        plain, whole = received(sent([packed[:20], packed[20:end]], PACKED), PACKED)
        assert not whole
        assert EXPECTED.startswith(plain) or plain.replace(MARKUP, b"") == PAGE[: len(plain) - len(MARKUP)]


def test_a_second_member_that_was_cut_off_is_not_ended_properly() -> None:
    packed = gzip.compress(PAGE) + gzip.compress(b"<p>more")
    assert received(sent([packed[:-9]], PACKED), PACKED)[1] is False


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(PAGE, id="not packed at all"),
        pytest.param(b"\x1f\x8b\x08\x00" + b"\xff" * 40, id="a good start and then nonsense"),
        pytest.param(b"\x1f", id="one octet"),
        pytest.param(b"\x1f\x8bgarbage", id="the magic octets and then nonsense"),
    ],
)
def test_a_coding_that_is_broken_from_the_start_passes_as_it_is(body: bytes) -> None:
    body += b"<body>" * 20
    for place in range(len(body) + 1):
        assert b"".join(sent([body[:place], body[place:]], PACKED)) == body
    assert b"".join(sent([body[n : n + 1] for n in range(len(body))], PACKED)) == body
    assert b"".join(sent([body], PACKED, only_whole=True)) == body


def test_a_coding_that_breaks_before_anything_went_out_passes_whole() -> None:
    packing = zlib.compressobj(wbits=GZIP)
    held = packing.compress(b"<html lang=") + packing.flush(zlib.Z_SYNC_FLUSH)
    for only_whole in (False, True):
        assert sent([held, b"\xff" * 10], PACKED, only_whole=only_whole) == [b"", held + b"\xff" * 10]


def test_a_coding_that_breaks_later_breaks_the_transfer() -> None:
    document = Document(Markup(body=MARKUP), PACKED)
    start = flushed([HEAD])[0]
    assert zlib.decompressobj(GZIP).decompress(document.body(start, last=False)) == HEAD
    with pytest.raises(BrokenCoding):
        document.body(b"\xff" * 10, last=True)


@pytest.mark.parametrize("name", CODINGS)
def test_a_page_comes_out_in_the_coding_that_it_came_in(name: bytes) -> None:
    packing, fields = coding(name), [*PLAIN, (b"content-encoding", name)]
    chunks = [packing.encode(PAGE[n : n + 50], last=False) for n in range(0, len(PAGE), 50)]
    reading = coding(name)
    plain = b""
    for chunk, until in zip(out := sent(chunks, fields), range(50, 2000, 50), strict=False):
        plain += b"".join(reading.decode(chunk))
        assert plain.replace(MARKUP, b"") == PAGE[:until]
    assert plain == EXPECTED
    assert len(out) == len(chunks)


# UTF-16 is told by a byte order mark, which overrules what is declared, else by what is declared.
@pytest.mark.parametrize(
    ("mark", "encoding", "declared"),
    [
        ("\ufeff", "utf-16-le", b""),
        ("\ufeff", "utf-16-be", b""),
        ("\ufeff", "utf-16-le", b"; charset=utf-8"),
        ("\ufeff", "utf-16-be", b"; charset=utf-16"),
        ("", "utf-16-le", b"; charset=utf-16"),
        ("", "utf-16-be", b'; charset="UTF-16BE"'),
        ("\ufeff", "utf-8", b"; charset=utf-16"),
        ("", "utf-8", b"; charset=utf-8"),
        ("", "shift_jis", b"; charset=shift_jis"),
    ],
)
def test_a_page_comes_out_in_the_encoding_that_it_came_in(mark: str, encoding: str, declared: bytes) -> None:
    page = f"{mark}<!doctype html><title>\u8336</title><body>|<p title='\u8336'>\u8336 &amp; \u30bd"
    page += "" if encoding == "shift_jis" else "\U0001f375"
    body, expected = (
        page.replace("|", "").encode(encoding),
        page.replace("|", MARKUP.decode()).encode(encoding),
    )
    fields = [(b"content-type", b"text/html" + declared)]
    for size in (1, 2, 3, 7, len(body)):
        chunks = [body[n : n + size] for n in range(0, len(body), size)]
        assert b"".join(sent([*chunks, b""], fields)) == expected
        assert b"".join(sent(chunks, fields)) == expected


def test_half_a_character_at_the_end_of_utf_16_reads_as_a_browser_reads_it() -> None:
    body = "\ufeff<body>".encode("utf-16-le") + b"a"
    out = b"".join(sent([body], PLAIN))
    assert out.decode("utf-16") == "<body>" + MARKUP.decode() + "\ufffd"


@pytest.mark.parametrize("body", [b"", b"\xff", b"\xef", b"\xef\xbb", b"\xfe"])
def test_what_is_less_than_a_byte_order_mark_is_kept(body: bytes) -> None:
    out = b"".join(sent([body[:1], body[1:]], PLAIN))
    assert out.replace(MARKUP, b"") == body


@pytest.mark.parametrize(
    ("body", "fields", "only_whole", "times"),
    [
        (PAGE, PLAIN, True, 0),
        (PAGE, PACKED, False, 1),
        (b"<div>part</div>", PLAIN, True, 0),
        (b"<div>part</div>", PLAIN, False, 0),
    ],
)
def test_a_page_that_is_not_what_it_says_is_told_once(
    body: bytes, fields: Fields, only_whole: bool, times: int
) -> None:
    told: list[None] = []
    document = Document(
        Markup(body=MARKUP),
        fields,
        only=WHOLE_DOCUMENT if only_whole else None,
        unguarded=lambda: told.append(None),
    )
    document.body(body, last=False)
    document.body(body, last=True)
    assert len(told) == times


FRAGMENT = b"<div>part of a page</div>"


@pytest.mark.parametrize(
    ("body", "inserted"),
    [
        pytest.param(PAGE, True, id="a whole document"),
        pytest.param(b"\n<!-- a --><HTML><body>", True, id="after a comment"),
        pytest.param(FRAGMENT, False, id="a short fragment"),
        pytest.param(FRAGMENT * 10, False, id="a long fragment"),
        pytest.param(b"<!---->" * 40 + FRAGMENT, False, id="a fragment of comments"),
        pytest.param(b"", False, id="empty"),
        pytest.param(b'{"a": "<body>"}', False, id="no HTML"),
    ],
)
def test_where_only_whole_documents_count_others_pass_untouched(body: bytes, inserted: bool) -> None:
    expected = body.replace(b"<body>", b"<body>" + MARKUP).replace(b" class=a>", b" class=a>" + MARKUP)
    expected = expected if inserted else body
    assert b"".join(sent([body], PLAIN, only_whole=True)) == expected
    assert b"".join(sent([*cut(body, [1, 5, 9]), b""], PLAIN, only_whole=True)) == expected
    packed = gzip.compress(body)
    assert received(sent([packed], PACKED, only_whole=True), PACKED) == (expected, True)
    assert received(sent([*cut(packed, [1, 15]), b""], PACKED, only_whole=True), PACKED) == (expected, True)


def test_a_prologue_is_held_until_it_shows_what_it_begins() -> None:
    document = Document(Markup(body=MARKUP), PLAIN, only=WHOLE_DOCUMENT)
    assert document.body(b" " * (PROLOGUE - 1), last=False) == b""
    assert document.body(b" ", last=False) == b" " * PROLOGUE
    assert document.body(b"<html><body>", last=True) == b"<html><body>"
    document = Document(Markup(body=MARKUP), PLAIN, only=WHOLE_DOCUMENT)
    assert document.body(b"<!doc", last=False) == b""
    assert document.body(b"type html><p", last=False) == b"<!doctype html>"
    assert document.body(b">", last=True) == MARKUP + b"<p>"


def test_nothing_goes_out_for_a_chunk_that_holds_nothing() -> None:
    document = Document(Markup(body=MARKUP), PACKED)
    assert document.body(b"", last=False) == b""
    packed = gzip.compress(PAGE)
    assert document.body(packed[:12], last=False) == b""
    assert re.match(rb"\x1f\x8b", document.body(packed[12:], last=False))
    assert document.body(b"", last=False) == b""
    assert document.body(b"", last=True) != b""
