"""Requests that parsers read differently, from the rules of RFC 9112 and the known classes of smuggling.

Each hides a request for /smuggled from one of two readers, or shows to one what the other does not see.
"""

from typing import NamedTuple

HEAD = b"%b HTTP/1.1\r\nHost: shop.example\r\n"
POST = HEAD % b"POST /case"
GET = HEAD % b"GET /case"
HIDDEN = b"GET /smuggled HTTP/1.1\r\nHost: shop.example\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
END = b"0\r\n\r\n"


class Case(NamedTuple):
    """What is sent, and whether it has to be refused; else it may be read as one request for /case."""

    sent: bytes
    refused: bool = True


def _length(value: bytes) -> bytes:
    return b"Content-Length: %b\r\n" % value


def _coded(field: bytes, *, refused: bool = True) -> Case:
    """A body that holds the hidden request for who reads the coding; others meet it as the next one."""
    return Case(POST + field + b"\r\n" + _chunk(HIDDEN) + END, refused)


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _chunks(body: bytes, *, refused: bool = True) -> Case:
    return Case(POST + CHUNKED + b"\r\n" + body, refused)


def _field(line: bytes, *, refused: bool = True) -> Case:
    return Case(GET + line + b"\r\n\r\n", refused)


CASES = {
    # Two framings: which one counts decides where the next request begins.
    "CL.TE": Case(POST + _length(b"%d" % len(END + HIDDEN)) + CHUNKED + b"\r\n" + END + HIDDEN),
    "TE.CL": Case(POST + CHUNKED + _length(b"4") + b"\r\n" + _chunk(HIDDEN) + END),
    "CL.TE with a length of 0": Case(POST + _length(b"0") + CHUNKED + b"\r\n" + END + HIDDEN),
    "TE twice, the second unknown": _coded(CHUNKED + b"Transfer-Encoding: identity\r\n"),
    "TE twice, the first unknown": _coded(b"Transfer-Encoding: x\r\n" + CHUNKED),
    "TE twice and equal": _coded(CHUNKED * 2),
    "TE with a coding after chunked": _coded(b"Transfer-Encoding: chunked, identity\r\n"),
    "TE with a coding before chunked": _coded(b"Transfer-Encoding: identity, chunked\r\n"),
    "TE with letters before": _coded(b"Transfer-Encoding: xchunked\r\n"),
    "TE with a vertical tab": _coded(b"Transfer-Encoding: \x0bchunked\r\n"),
    "TE with a form feed": _coded(b"Transfer-Encoding: chunked\x0c\r\n"),
    "TE with a NUL": _coded(b"Transfer-Encoding: chunked\0\r\n"),
    "TE in quotes": _coded(b'Transfer-Encoding: "chunked"\r\n'),
    "TE with a parameter": _coded(b"Transfer-Encoding: chunked;q=1\r\n"),
    "TE with a space before the colon": _coded(b"Transfer-Encoding : chunked\r\n"),
    "TE with a tab before the colon": _coded(b"Transfer-Encoding\t: chunked\r\n"),
    "TE on a folded line": _coded(b"Transfer-Encoding:\r\n chunked\r\n", refused=False),
    "TE behind a fold": _coded(b"X-A: b\r\n Transfer-Encoding: chunked\r\n", refused=False),
    "TE behind a bare LF": _coded(b"X-A: b\nTransfer-Encoding: chunked\r\n", refused=False),
    "TE behind a bare CR": _coded(b"X-A: b\rTransfer-Encoding: chunked\r\n"),
    "TE with an underscore": Case(
        POST
        + b"Transfer_Encoding: chunked\r\n"
        + _length(b"%d" % len(END + HIDDEN))
        + b"\r\n"
        + END
        + HIDDEN,
        refused=False,
    ),
    "TE with a NUL in the name": _coded(b"Transfer\0-Encoding: chunked\r\n"),
    "TE in HTTP/1.0": Case(
        (POST + CHUNKED + b"\r\n" + END + HIDDEN).replace(b"HTTP/1.1", b"HTTP/1.0", 1),
    ),
    # Lengths that are no numbers, or more than one.
    "two lengths": Case(POST + _length(b"0") + _length(b"%d" % len(HIDDEN)) + b"\r\n" + HIDDEN),
    "list of lengths": Case(POST + _length(b"0, %d" % len(HIDDEN)) + b"\r\n" + HIDDEN),
    "list of equal lengths": Case(POST + _length(b"0, 0") + b"\r\n", refused=False),
    "equal lengths": Case(POST + _length(b"2") * 2 + b"\r\nab", refused=False),
    "length with a plus": Case(POST + _length(b"+%d" % len(HIDDEN)) + b"\r\n" + HIDDEN),
    "length with a minus": Case(POST + _length(b"-1") + b"\r\n" + HIDDEN),
    "length in hexadecimal": Case(POST + _length(b"0x2") + b"\r\n" + HIDDEN),
    "length with a point": Case(POST + _length(b"2.0") + b"\r\n" + HIDDEN),
    "length with a space inside": Case(POST + _length(b"2 2") + b"\r\n" + HIDDEN),
    "length with an underscore": Case(POST + _length(b"2_2") + b"\r\n" + HIDDEN),
    "length in Arabic digits": Case(POST + _length("٢".encode()) + b"\r\n" + HIDDEN),
    "length beyond 64 bits": Case(POST + _length(b"18446744073709551616") + b"\r\n" + HIDDEN),
    "length of nothing": Case(POST + _length(b"") + b"\r\n" + HIDDEN),
    "length with a space before the colon": Case(POST + b"Content-Length : 4\r\n\r\nabcd"),
    "length of a GET": Case(GET + _length(b"%d" % len(HIDDEN)) + b"\r\n" + HIDDEN, refused=False),
    # Chunks.
    "chunk size in 0x form": _chunks(b"0x2\r\nab\r\n" + END),
    "chunk size with a sign": _chunks(b"+2\r\nab\r\n" + END),
    "chunk size below zero": _chunks(b"-2\r\nab\r\n" + END),
    "chunk size with an underscore": _chunks(b"0_2\r\nab\r\n" + END),
    "chunk size of nothing": _chunks(b"\r\nab\r\n" + END),
    "chunk size beyond 64 bits": _chunks(b"10000000000000002\r\nab\r\n" + END, refused=False),
    "chunk longer than its size": _chunks(b"2\r\nabcd\r\n" + END),
    "chunk that ends in a bare LF": _chunks(b"2\r\nab\n" + END),
    "chunk size that ends in a bare LF": _chunks(b"2\nab\r\n" + END),
    "chunk extension that ends in a bare LF": _chunks(b"2;\nab\r\n" + END),
    "chunk extension with a bare CR": _chunks(b"2;a\rb\r\nab\r\n" + END, refused=False),
    "chunk extension": Case(POST + CHUNKED + b"\r\n2;a=b\r\nab\r\n" + END, refused=False),
    "last chunk of many zeros": Case(POST + CHUNKED + b"\r\n2\r\nab\r\n000\r\n\r\n", refused=False),
    "trailer that is a framing": Case(
        POST + CHUNKED + b"\r\n0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN), refused=False
    ),
    # Header sections.
    "bare LF for every line": Case(GET.replace(b"\r\n", b"\n") + b"\n", refused=False),
    "bare LF between fields": _field(b"X-A: b\nX-B: c", refused=False),
    "bare CR between fields": _field(b"X-A: b\rX-B: c"),
    "NUL in a value": _field(b"X-A: b\0c"),
    "folded field": _field(b"X-A: b\r\n c", refused=False),
    "fold before the first field": Case(GET.replace(b"\r\n", b"\r\n X-A: b\r\n", 1) + b"\r\n"),
    "field without a colon": _field(b"X-A b"),
    "field without a name": _field(b": b"),
    "space in a field's name": _field(b"X A: b"),
    "byte beyond ASCII in a field's name": _field(b"X-\xc4: b"),
    "two Hosts": _field(b"Host: evil.example"),
    "two equal Hosts": _field(b"Host: shop.example"),
    "no Host": Case(b"GET /case HTTP/1.1\r\n\r\n"),
    "Host with a path": Case(b"GET /case HTTP/1.1\r\nHost: shop.example/x\r\n\r\n"),
    "Host with a user": Case(b"GET /case HTTP/1.1\r\nHost: a@shop.example\r\n\r\n"),
    "Host on a folded line": Case(b"GET /case HTTP/1.1\r\nHost:\r\n shop.example\r\n\r\n", refused=False),
    # Request lines.
    "absolute-form of another host": Case((HEAD % b"GET http://evil.example/case") + b"\r\n"),
    "absolute-form of this host": Case((HEAD % b"GET http://shop.example/case") + b"\r\n", refused=False),
    "space in the target": Case((HEAD % b"GET /case /smuggled") + b"\r\n"),
    "tab in the request line": Case((HEAD % b"GET\t/case") + b"\r\n"),
    "NUL in the target": Case((HEAD % b"GET /case\0/x") + b"\r\n"),
    "fragment in the target": Case((HEAD % b"GET /case#/smuggled") + b"\r\n"),
    "fragment behind a query": Case((HEAD % b"GET /case?a#/smuggled") + b"\r\n"),
    "HTTP/0.9": Case(b"GET /case\r\n\r\n"),
    "HTTP/1.1 in small letters": Case(b"GET /case http/1.1\r\nHost: shop.example\r\n\r\n"),
    "HTTP/11": Case(b"GET /case HTTP/11\r\nHost: shop.example\r\n\r\n"),
    "preface of HTTP/2": Case(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "upgrade to HTTP/2 in clear": _field(b"Connection: Upgrade\r\nUpgrade: h2c", refused=False),
    "empty lines before": Case(b"\r\n\r\n" + GET + b"\r\n", refused=False),
    "plain": Case(GET + b"\r\n", refused=False),
    "plain with a body": Case(POST + _length(b"2") + b"\r\nab", refused=False),
    "plain with chunks": Case(POST + CHUNKED + b"\r\n" + _chunk(HIDDEN) + END, refused=False),
}
