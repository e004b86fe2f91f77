"""One pattern that hops over all that does not matter in a head or in a body, to the next tag that may.

A tag that might matter is hopped over too where a glance at its attributes shows that it leads nowhere else;
whatever is written in an unusual way stops the hop and is read in full.
"""

import re
from collections.abc import Iterable
from functools import cache

from assent.core.tokens import REST_OF_TAG, TAG_NAME, S

_LETTERS = b"abcdefghijklmnopqrstuvwxyz"
_NAME_ENDS = rb"(?=[\t\n\f\r />])"
_COMMENT = rb"!--(?!-?>)[^-]*+(?:-(?!-!?>)[^-]*+)*+--!?>"
_END_TAG = rb"/(?:[a-zA-Z][^\t\n\f\r \"'=>]*+>|" + TAG_NAME + REST_OF_TAG + rb")"
# A URL that shows at once that it is relative, and a srcset in which no URL can be anything else.
_RELATIVE = rb"(?:/(?![/\\\t\n\r&\"])|[a-zA-Z0-9_.-]++(?=[/?#\"])|[?#])[^\"]*+"
_RELATIVE_SET = rb"(?:[^\":\\&/]++|/(?!/))++"
_SHAPES = (
    rb"path|g|circle|rect|line|polyline|polygon|ellipse|defs|linearGradient|radialGradient|stop|clipPath"
)


@cache
def hop(
    states: frozenset[bytes], elements: frozenset[bytes], urls: frozenset[bytes], sets: frozenset[bytes]
) -> re.Pattern[bytes]:
    """Return a pattern whose match ends where something may matter, or where the text cuts a token off.

    ``states`` are the start tags after which a tokenizer changes its state; ``elements`` those that matter
    for their attributes, ``urls`` with one URL and ``sets`` with several.
    """
    links = {b"a", b"area"}
    named = states | elements | links
    first = {name[:1] for name in named}
    others = bytes(letter for letter in _LETTERS if bytes([letter]) not in first)
    rest = _rest_of_tag(b"")
    svg = _in_any_case(b"svg")
    ways = (
        _END_TAG,
        rb"(?:[%b]|(?!%b[\t\n\f\r />])[a-zA-Z])[^\t\n\f\r />]*+%b"
        % (others + others.upper(), _any_of(named), rest),
        rb"%b%b%b" % (_any_of(links), _NAME_ENDS, _rest_of_tag(_none_of({b"ping"}))),
        rb"%b%b%b" % (_any_of(elements - states - links), _NAME_ENDS, _harmless(urls, sets)),
        *_raw(urls, sets),
        rb"%b%b%b(?:[^<]++|</?(?:%b)%b%b)*+</%b>" % (svg, _NAME_ENDS, rest, _SHAPES, _NAME_ENDS, rest, svg),
        _COMMENT,
    )
    return re.compile(rb"(?:[^<]++|<(?:%b)[^<]*+)*+" % rb"|".join(ways))


@cache
def hop_in_head(urls: frozenset[bytes], sets: frozenset[bytes]) -> re.Pattern[bytes]:
    """Return the same for a head that has begun: its match ends before anything that may begin the body."""
    title = _in_any_case(b"title")
    ways = (
        rb"%b%b%b" % (_any_of({b"meta", b"link"}), _NAME_ENDS, _harmless(urls, sets)),
        *_raw(urls, sets),
        rb"%b%b%b[^<]*+</%b>" % (title, _NAME_ENDS, _rest_of_tag(b""), title),
        rb"/%b>" % _in_any_case(b"head"),
        _COMMENT,
    )
    return re.compile(rb"(?:%b++|<(?:%b))*+" % (S, rb"|".join(ways)))


def _harmless(urls: frozenset[bytes], sets: frozenset[bytes], also: Iterable[bytes] = ()) -> bytes:
    """Return a pattern for the rest of a tag whose URLs are relative, with nothing else that tells."""
    relative = rb"%b=\"%b\"|%b=\"%b\"" % (_any_of(urls), _RELATIVE, _any_of(sets), _RELATIVE_SET)
    return _rest_of_tag(_none_of({*urls, *sets, *(also or (b"http-equiv", b"srcdoc"))}), relative)


def _raw(urls: frozenset[bytes], sets: frozenset[bytes]) -> tuple[bytes, bytes]:
    """Return patterns for a script and for a style with all that is in them."""
    script, style = map(_in_any_case, (b"script", b"style"))
    return (
        rb"%b%b%b[^<]*+(?:<(?!!--|/?[sS][cC][rR])[^<]*+)*+</%b>"
        % (script, _NAME_ENDS, _harmless(urls, sets, {b"type"}), script),
        rb"%b%b%b[^<]*+</%b>" % (style, _NAME_ENDS, _rest_of_tag(b""), style),
    )


def _rest_of_tag(condition: bytes, harmless: bytes = b"") -> bytes:
    """Return a pattern for the rest of a tag in which every attribute meets the condition or is harmless.

    Nearly every tag is made of spaces and double-quoted attributes; the full grammar goes on where it ends.
    """
    plain = condition + rb"[a-zA-Z0-9_:-]++=\"[^\"]*+\""
    full = REST_OF_TAG.replace(rb"|[^\t\n\f\r />]", rb"|" + condition + rb"[^\t\n\f\r />]", 1)
    either = rb"(?:%b|%b)" % (plain, harmless) if harmless else plain
    return rb"(?:%b%b)*+(?:>|%b)" % (S, either, full)


def _none_of(names: Iterable[bytes]) -> bytes:
    """Return a condition for an attribute: it has none of these names."""
    return rb"(?!%b[\t\n\f\r />=])" % _any_of(names)


def _any_of(words: Iterable[bytes]) -> bytes:
    """Return a pattern for words in any case, longer ones first; those with one first letter share it."""
    tails: dict[bytes, list[bytes]] = {}
    for word in sorted(words, reverse=True):
        tails.setdefault(word[:1], []).append(word[1:])
    heads = (
        rb"%b(?:%b)" % (_in_any_case(head), rb"|".join(map(_in_any_case, rest)))
        for head, rest in tails.items()
    )
    return rb"(?:%b)" % rb"|".join(heads)


def _in_any_case(word: bytes) -> bytes:
    return b"".join(
        b"[%c%c]" % (octet, octet & 0xDF) if octet in _LETTERS else b"%c" % octet for octet in word
    )
