"""Link fields: which items reach out, and that the others stay as they are."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.links import link

BAD = b"<https://bad.example/x>"
HINT = BAD + b"; rel=preconnect"


def blocked(url: bytes) -> bool:
    return b"bad.example" in url


@pytest.mark.parametrize(
    "rel",
    [
        *(
            b"preconnect",
            b"dns-prefetch",
            b"preload",
            b"prefetch",
            b"modulepreload",
            b"prerender",
            b"stylesheet",
        ),
        *(b'"preconnect"', b"'preconnect'", b"PreConnect", b'"canonical preconnect"', b'"x\tDNS-prefetch"'),
        *(b'"pre\\connect"', b' "preconnect" ', b"canonical; rel=preload", b"preload; as=image; crossorigin"),
    ],
    ids=lambda rel: rel.decode(),
)
@pytest.mark.parametrize(
    "form",
    [
        b"%b; rel=%b",
        b"%b;rel=%b",
        b"  %b ; REL = %b",
        b'%b; title="a, b; c"; rel=%b',
        b"%b; as=script; rel=%b;",
    ],
    ids=lambda form: form.decode(),
)
def test_an_item_that_reaches_out_goes(form: bytes, rel: bytes) -> None:
    assert link(form % (BAD, rel), blocked) is None


@pytest.mark.parametrize(
    ("value", "left"),
    [
        pytest.param(b"</a>; rel=preload, " + HINT, b"</a>; rel=preload", id="last"),
        pytest.param(HINT + b", </a>; rel=preload", b"</a>; rel=preload", id="first"),
        pytest.param(b"</a>;rel=x ,  " + HINT + b" , </b>; y", b"</a>;rel=x , </b>; y", id="in the middle"),
        pytest.param(b'</a,b>; title="x, <y>", ' + HINT, b'</a,b>; title="x, <y>"', id="commas inside"),
        pytest.param(b'</a>; title="\\", ", ' + HINT, b'</a>; title="\\", "', id="escaped quotation mark"),
        pytest.param(
            b'</a>; rel=preload; as=image; imagesrcset="/1 1x, https://bad.example/2 2x"',
            None,
            id="image set",
        ),
        pytest.param(b"< https://bad.example/x >; rel=preload", None, id="space in the brackets"),
        pytest.param(HINT + b", " + HINT, None, id="all"),
        pytest.param(HINT + b", ,", None, id="all but empty ones"),
    ],
)
def test_the_other_items_stay_as_they_are(value: bytes, left: bytes | None) -> None:
    assert link(value, blocked) == left


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"</a>; rel=preconnect",
        b"<https://good.example>; rel=preconnect, </b>; rel=next",
        BAD + b"; rel=canonical",
        BAD + b'; rel="next"; title="rel=preload"',
        BAD + b'; rel=license; title="; rel=preload"',
        BAD,
        b"malformed",
        b'</a>; title="open',
    ],
    ids=lambda value: value.decode() or "empty",
)
def test_what_reaches_nobody_blocked_is_the_same_object(value: bytes) -> None:
    assert link(value, blocked) is value


@pytest.mark.parametrize(
    "value",
    [
        b'", <https://bad.example>; rel=preconnect',
        b'", <https://bad.example>; title="',
        b"x <https://bad.example>; rel=preload",
        b"<https://bad.example",
        b"<https://bad.example> rel=preload",
        b"<https://bad.example>; rel=preload x",
        b'<https://bad.example>; rel="preload',
    ],
    ids=lambda value: value.decode(),
)
def test_a_malformed_item_goes_when_it_names_somebody_blocked(value: bytes) -> None:
    assert link(value, blocked) is None


PIECES = [
    b"</a>",
    BAD,
    b"; rel=",
    b"preload",
    b"next",
    b'"',
    b"\\",
    b",",
    b" ",
    b"<",
    b">",
    b";",
    b"title=",
    b"'",
]


@given(st.lists(st.sampled_from(PIECES), max_size=16).map(b"".join))
def test_whatever_stays_needs_no_second_look(value: bytes) -> None:
    left = link(value, blocked)
    assert left is None or link(left, blocked) is left


@pytest.mark.parametrize(
    "piece", [b",", b"<", b'"', b";", b'\\"', b"<>;", b"<a>;b=", b'<>;"', b"<>;a ", b"<>; rel=a"]
)
def test_hostile_input_costs_no_more_than_its_length(piece: bytes) -> None:
    started = time.process_time()
    link(piece * 20_000, blocked)
    link(b"<a>" + piece * 20_000, blocked)
    assert time.process_time() - started < 5
