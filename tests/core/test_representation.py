import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.fields import Field, Fields
from assent.core.representation import (
    Purpose,
    can_rewrite,
    combined,
    first,
    is_sniffed,
    navigation_fields,
    not_modified_fields,
    original_tags,
    private_fields,
    purpose,
    rewritten_fields,
    unchangeable,
)
from assent.core.shape import names_of, request_shape

STATE, OTHER = b"0123456789", b"abcdef0123"
HTML: Field = (b"content-type", b"text/html; charset=utf-8")


def navigates(*fields: Field) -> bool:
    return purpose(list(fields), request_shape(tuple(map(names_of, fields)))) is Purpose.PAGE


def values(fields: Fields, name: bytes) -> list[bytes]:
    return [value for key, value in fields if key.lower() == name]


def test_first_and_combined_find_a_field_in_any_case() -> None:
    fields = [(b"Vary", b"a"), (b"X", b"1"), (b"VARY", b"b"), (b"vary", b"")]
    assert first(fields, b"vary") == b"a"
    assert combined(fields, b"vary") == b"a, b, "
    assert first(fields, b"etag") == combined(fields, b"etag") == b""


@pytest.mark.parametrize(
    ("fields", "navigation"),
    [
        pytest.param([(b"sec-fetch-dest", b"document")], True, id="document"),
        pytest.param([(b"sec-fetch-dest", b"iframe"), (b"accept", b"text/html")], False, id="frame"),
        pytest.param([(b"sec-fetch-dest", b"empty"), (b"accept", b"text/html")], False, id="fetch"),
        pytest.param(
            [(b"sec-fetch-dest", b"empty"), (b"sec-fetch-mode", b"navigate")], True, id="by a service worker"
        ),
        pytest.param([(b"sec-fetch-dest", b"image"), (b"sec-fetch-mode", b"no-cors")], False, id="image"),
        pytest.param([(b"accept", b"text/html,*/*;q=0.8")], True, id="accepts HTML"),
        pytest.param([(b"accept", b"Text/HTML")], True, id="accepts HTML in capitals"),
        pytest.param([(b"accept", b"*/*")], False, id="accepts anything"),
        pytest.param(
            [(b"accept", b"text/html"), (b"x-requested-with", b"XMLHttpRequest")], False, id="by a script"
        ),
        pytest.param([], False, id="says nothing"),
    ],
)
def test_a_navigation_is_told_by_what_the_browser_says(fields: Fields, navigation: bool) -> None:
    assert navigates(*fields) is navigation


@pytest.mark.parametrize(
    ("accepted", "asked"),
    [
        (b"gzip, deflate, br, zstd", b"gzip"),
        (b"gzip", b"gzip"),
        (b"x-gzip", b"gzip"),
        (b"br,GZIP", b"gzip"),
        (b"gzip;q=0.5, br", b"gzip"),
        (b"gzip ; q=0.001", b"gzip"),
        (b"gzip;q=1", b"gzip"),
        (b"gzip;q=0", b"identity"),
        (b"gzip; q=0.000, br", b"identity"),
        (b"br;q=1.0, gzip;q=0.", b"identity"),
        (b"br", b"identity"),
        (b"gzipped", b"identity"),
        (b"not-gzip", b"identity"),
        (b"", b"identity"),
        (b"*", b"identity"),
    ],
)
def test_only_a_coding_that_can_be_undone_is_asked_for(accepted: bytes, asked: bytes) -> None:
    assert navigation_fields([(b"accept-encoding", accepted)], STATE) == [(b"accept-encoding", asked)]


def test_a_navigation_asks_for_the_whole_page_anew() -> None:
    host, language = (b"host", b"shop.example"), (b"accept-language", b"de")
    asked = [
        host,
        (b"range", b"bytes=0-99"),
        (b"if-range", b'"x"'),
        (b"if-modified-since", b"Mon, 23 Nov 2026 08:00:00 GMT"),
        (b"if-none-match", b'"x"'),
        language,
        host,
    ]
    assert navigation_fields(asked, STATE) == [host, language, host]


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        pytest.param(b'"x"', b'W/"x"', id="strong"),
        pytest.param(b'W/"x"', b'W/"x"', id="weak"),
        pytest.param(b'  W/"x" ', b'W/"x"', id="spaces"),
        pytest.param(b'"a,b, c"', b'W/"a,b, c"', id="commas"),
        pytest.param(b'""', b'W/""', id="empty"),
        pytest.param(b'"W/"', b'W/"W/"', id="looks weak"),
        pytest.param(b'"\xe9-assent."', b'W/"\xe9-assent."', id="looks marked"),
    ],
)
def test_an_entity_tag_is_marked_on_the_way_out_and_bare_on_the_way_back(stored: bytes, asked: bytes) -> None:
    (marked,) = values(rewritten_fields([HTML, (b"ETag", stored)], STATE), b"etag")
    assert marked.startswith(b'W/"')
    assert marked != asked
    assert original_tags(marked, STATE) == asked
    assert original_tags(marked, OTHER) == b""
    assert navigation_fields([(b"if-none-match", marked)], STATE) == [(b"if-none-match", asked)]
    assert navigation_fields([(b"if-none-match", marked)], OTHER) == []
    assert values(not_modified_fields([(b"etag", stored)], STATE), b"etag") == [marked]


def test_of_several_entity_tags_those_of_this_state_are_asked_for() -> None:
    sent = b'"plain", W/"a,1-assent.0123456789", W/"b-assent.abcdef0123",W/"c-assent.0123456789"'
    assert original_tags(sent, STATE) == b'W/"a,1", W/"c"'
    assert original_tags(b"*", STATE) == b""


@given(st.from_regex(rb'[^"\x00-\x20\x7f]{0,20}', fullmatch=True), st.booleans())
def test_any_entity_tag_survives_the_round_trip(tag: bytes, weak: bool) -> None:
    etag = (b"W/" if weak else b"") + b'"' + tag + b'"'
    (marked,) = values(rewritten_fields([(b"etag", etag)], STATE), b"etag")
    assert original_tags(marked, STATE) == b'W/"' + tag + b'"'


def test_an_entity_tag_that_is_none_stays_and_is_never_asked_for() -> None:
    assert (b"etag", b"x") in rewritten_fields([(b"etag", b"x")], STATE)
    assert navigation_fields([(b"if-none-match", b"x")], STATE) == []


@pytest.mark.parametrize(
    ("accepted", "asked"),
    [
        (b"gzip, deflate, br, zstd", b"gzip, br, zstd"),
        (b"br;q=0, ZSTD;q=0.1, x-gzip", b"zstd, gzip"),
        (b"br, br, *", b"br"),
        (b"compress", b"identity"),
    ],
)
def test_all_codings_that_can_be_undone_are_asked_for(accepted: bytes, asked: bytes) -> None:
    codings = (b"gzip", b"br", b"zstd")
    assert navigation_fields([(b"accept-encoding", accepted)], STATE, codings) == [
        (b"accept-encoding", asked)
    ]
    assert can_rewrite(200, [HTML, (b"content-encoding", b"ZSTD")], codings)
    assert not can_rewrite(200, [HTML, (b"content-encoding", b"zstd")])
    assert not can_rewrite(200, [HTML, (b"content-encoding", b"gzip, br")], codings)


@pytest.mark.parametrize(
    ("status", "fields", "rewritable"),
    [
        pytest.param(200, [], True, id="200"),
        pytest.param(404, [], True, id="error page"),
        pytest.param(500, [], True, id="server error"),
        pytest.param(203, [], True, id="203"),
        pytest.param(204, [], False, id="no content"),
        pytest.param(205, [], False, id="reset content"),
        pytest.param(206, [], False, id="part of a page"),
        pytest.param(304, [], False, id="not modified"),
        pytest.param(200, [(b"content-encoding", b"gzip")], True, id="gzip"),
        pytest.param(200, [(b"Content-Encoding", b" X-GZIP ")], True, id="x-gzip"),
        pytest.param(200, [(b"content-encoding", b"identity")], True, id="identity"),
        pytest.param(200, [(b"content-encoding", b"identity, gzip,")], True, id="identity and gzip"),
        pytest.param(200, [(b"content-encoding", b"utf-8")], True, id="what browsers pass over"),
        pytest.param(200, [(b"content-encoding", b"br")], False, id="brotli"),
        pytest.param(200, [(b"content-encoding", b"gzip, br")], False, id="two codings"),
        pytest.param(
            200,
            [(b"content-encoding", b"identity"), (b"content-encoding", b"br")],
            False,
            id="two codings in two fields",
        ),
        pytest.param(200, [(b"content-length", b"0")], False, id="empty"),
        pytest.param(200, [(b"content-length", b"10")], True, id="short"),
        pytest.param(200, [(b"cache-control", b"no-transform")], False, id="no-transform"),
        pytest.param(200, [(b"cache-control", b"max-age=1 , No-Transform")], False, id="... among others"),
        pytest.param(
            200,
            [(b"cache-control", b"max-age=1"), (b"cache-control", b"no-transform")],
            False,
            id="... in a second field",
        ),
        pytest.param(200, [(b"cache-control", b"x-no-transform")], True, id="another directive"),
        pytest.param(
            200, [(b"content-disposition", b'Attachment; filename="a.html"')], False, id="a download"
        ),
        pytest.param(200, [(b"content-disposition", b"inline")], True, id="inline"),
    ],
)
def test_which_pages_can_be_rewritten(status: int, fields: Fields, rewritable: bool) -> None:
    assert can_rewrite(status, [HTML, *fields]) is rewritable


@pytest.mark.parametrize(
    ("status", "fields", "why"),
    [
        (200, [], ""),
        (200, [(b"content-encoding", b"gzip")], ""),
        (200, [(b"content-encoding", b"gzip"), (b"content-encoding", b"gzip")], "content-encoding"),
        (200, [(b"cache-control", b"no-transform")], "no-transform"),
        (206, [], "status 206"),
    ],
)
def test_why_a_page_goes_out_as_it_came(status: int, fields: Fields, why: str) -> None:
    assert unchangeable(status, [HTML, *fields]) == why


@pytest.mark.parametrize(
    ("status", "fields", "content_type", "sniffed"),
    [
        (200, [], b"", True),
        (404, [], b"*/*", True),
        (302, [], b"", False),
        (200, [], b"text/plain", False),
        (200, [(b"X-Content-Type-Options", b"NoSniff")], b"", False),
    ],
)
def test_when_browsers_look_at_the_content(
    status: int, fields: Fields, content_type: bytes, sniffed: bool
) -> None:
    assert is_sniffed(status, fields, content_type) is sniffed


TARGETED = [
    (b"Surrogate-Control", b"max-age=1"),
    (b"CDN-Cache-Control", b"max-age=1"),
    (b"cloudflare-cdn-cache-control", b"max-age=1"),
    (b"netlify-cdn-cache-control", b"max-age=1"),
    (b"vercel-cdn-cache-control", b"max-age=1"),
    (b"X-Accel-Expires", b"300"),
]


def test_a_rewritten_page_says_nothing_that_was_true_only_of_the_old_one() -> None:
    stale = [
        (b"Content-Length", b"20"),
        (b"content-md5", b"x"),
        (b"Digest", b"x"),
        (b"content-digest", b"x"),
        (b"repr-digest", b"x"),
        (b"accept-ranges", b"bytes"),
        (b"Last-Modified", b"x"),
        (b"cache-control", b"public, max-age=60"),
        (b"expires", b"x"),
        (b"pragma", b"x"),
        *TARGETED,
    ]
    kept = [HTML, (b"vary", b"Accept-Encoding"), (b"content-encoding", b"gzip"), (b"set-cookie", b"a=1")]
    control = [(b"cache-control", b"private, no-cache")]
    assert rewritten_fields([*stale, *kept, (b"set-cookie", b"a=1")], STATE) == [
        *kept,
        (b"set-cookie", b"a=1"),
        *control,
    ]


def test_a_confirmation_keeps_what_it_says_of_the_stored_page() -> None:
    kept = [(b"last-modified", b"x"), (b"content-length", b"20"), (b"vary", b"x")]
    stale = [(b"cache-control", b"public"), (b"expires", b"x"), (b"Pragma", b"x"), *TARGETED]
    assert not_modified_fields([*kept, *stale], STATE) == [*kept, (b"cache-control", b"private, no-cache")]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param([], b"private, no-cache", id="none"),
        pytest.param([b"public, max-age=600"], b"private, no-cache", id="public"),
        pytest.param([b"no-store"], b"no-store", id="no-store"),
        pytest.param([b"private , No-Store"], b"no-store", id="no-store among others"),
        pytest.param([b"max-age=0", b"no-store"], b"no-store", id="no-store in a second field"),
        pytest.param([b"x-no-store"], b"private, no-cache", id="another directive"),
    ],
)
def test_cache_control_of_a_rewritten_page(sent: list[bytes], expected: bytes) -> None:
    fields = [(b"Cache-Control", value) for value in sent]
    for result in (rewritten_fields(fields, STATE), not_modified_fields(fields, STATE)):
        assert values(result, b"cache-control") == [expected]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param([], [b"private"], id="none"),
        pytest.param([b"public"], [b"private"], id="public"),
        pytest.param([b"Public, max-age=60"], [b"private, max-age=60"], id="public with a lifetime"),
        pytest.param([b"s-maxage=60,max-age=5"], [b"private, max-age=5"], id="s-maxage"),
        pytest.param([b"no-cache", b"public"], [b"private, no-cache"], id="two fields"),
        pytest.param([b", ,"], [b"private"], id="empty directives"),
        pytest.param([b"private, max-age=1"], [b"private, max-age=1"], id="private already"),
        pytest.param([b"max-age=1", b"no-store"], [b"max-age=1", b"no-store"], id="no-store already"),
        pytest.param([b'private="x-user"'], [b'private, private="x-user"'], id="private but for one field"),
    ],
)
def test_a_response_with_a_cookie_of_ours_is_for_no_shared_cache(
    sent: list[bytes], expected: list[bytes]
) -> None:
    rest = [HTML, (b"set-cookie", b"sid=1"), (b"etag", b'"x"')]
    fields = [*rest, *((b"Cache-Control", value) for value in sent), *TARGETED]
    result = private_fields(fields)
    assert values(result, b"cache-control") == expected
    assert [field for field in result if field[0].lower() != b"cache-control"] == rest
    assert private_fields(result) == result


@given(st.lists(st.tuples(st.binary(max_size=8), st.binary(max_size=40)), max_size=6))
def test_any_fields_can_be_judged(fields: Fields) -> None:
    for name in (b"etag", b"cache-control", b"content-encoding", b"accept-encoding", b"if-none-match"):
        some = [(name, value) for _, value in fields] + fields
        can_rewrite(200, some)
        navigation_fields(some, STATE)
        assert private_fields(private_fields(some)) == private_fields(some)
        assert values(rewritten_fields(some, STATE), b"cache-control")[-1] in (
            b"no-store",
            b"private, no-cache",
        )
