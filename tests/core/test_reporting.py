"""Report endpoints: what of each field stays when an endpoint is at a blocked host."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.reporting import report_to, reporting_endpoints, security_policy


def blocked(url: bytes) -> bool:
    return b"bad.example" in url


BAD = b"https://bad.example/r"
GROUP = b'{"group":"%b","max_age":10,"endpoints":[{"url":"%b"}]}'
OWN, THEIRS = GROUP % (b"a", b"/r"), GROUP % (b"b", BAD)


@pytest.mark.parametrize(
    ("value", "left"),
    [
        pytest.param(b'a="/r", b="' + BAD + b'"', b'a="/r"', id="one of two"),
        pytest.param(b'b="' + BAD + b'"', None, id="the only one"),
        pytest.param(b'a="/r";x="' + BAD + b'"', None, id="in a parameter"),
        pytest.param(b'a="' + BAD, None, id="malformed: an open text may go on in the next field"),
        pytest.param(b'A="' + BAD + b'"', None, id="malformed: key"),
    ],
)
def test_reporting_endpoints(value: bytes, left: bytes | None) -> None:
    assert reporting_endpoints(value, blocked) == left


@pytest.mark.parametrize(
    ("value", "left"),
    [
        pytest.param(OWN + b" , " + THEIRS, OWN, id="one of two"),
        pytest.param(THEIRS + b"," + OWN + b",\t" + OWN, OWN + b", " + OWN, id="one of three"),
        pytest.param(THEIRS, None, id="the only one"),
        pytest.param(b'{"endpoints":[{"url":"https:\\u002f\\u002fbad.example"}]}', None, id="escaped"),
        pytest.param(
            b'{"endpoints":[{"url":"/a"},{"url":"//bad.example"}]}', None, id="one of two endpoints"
        ),
        pytest.param(b'/* x */ {"endpoints":[{"url":"' + BAD + b'"}]}', None, id="malformed"),
        pytest.param(b'{"endpoints":[{"url":"\\x2f/bad.exampl\\x65"}],}', None, id="malformed and escaped"),
        pytest.param(OWN + b'{"a":1}, ' + THEIRS, None, id="no comma"),
        pytest.param(b"[" * 50_000 + b'"' + BAD + b'"', None, id="nested without end"),
        pytest.param(b'{"group":"\xff"}, ' + THEIRS, b'{"group":"\xff"}', id="no text"),
    ],
)
def test_report_to(value: bytes, left: bytes | None) -> None:
    assert report_to(value, blocked) == left


@pytest.mark.parametrize(
    ("value", "left"),
    [
        pytest.param(b"img-src *; report-uri " + BAD, b"img-src *", id="last directive"),
        pytest.param(b"report-uri " + BAD + b"; img-src *;", b" img-src *;".strip(), id="first directive"),
        pytest.param(b"a; report-uri /r " + BAD + b"  /s;b", b"a; report-uri /r /s;b", id="one of three"),
        pytest.param(b"a;\tREPORT-URI\t" + BAD + b";b", b"a;b", id="case and tabs"),
        pytest.param(b"report-uri " + BAD, None, id="nothing else"),
        pytest.param(b"report-uri " + BAD + b", img-src *", b"img-src *", id="nothing else in one policy"),
        pytest.param(b"a, b; report-uri " + BAD + b", c", b"a, b, c", id="the second of three policies"),
        pytest.param(b"report-uri /r; report-uri " + BAD, b"report-uri /r", id="a duplicate"),
    ],
)
def test_security_policy(value: bytes, left: bytes | None) -> None:
    assert security_policy(value, blocked) == left


@pytest.mark.parametrize(
    ("judge", "value"),
    [
        pytest.param(reporting_endpoints, b'a="/r",  b="https://good.example"', id="endpoints"),
        pytest.param(reporting_endpoints, b"", id="no endpoints"),
        pytest.param(reporting_endpoints, b"malformed (", id="malformed endpoints"),
        pytest.param(report_to, OWN + b" ,\t" + OWN, id="groups"),
        pytest.param(report_to, b'{"a":1', id="malformed groups"),
        pytest.param(security_policy, b"img-src https://bad.example; report-uri /r;;", id="policy"),
        pytest.param(security_policy, b"report-uri-x https://bad.example , a", id="another directive"),
        pytest.param(security_policy, b"img-src 'self'; report-to bad.example", id="a group's name"),
        pytest.param(security_policy, b" ,; ", id="no policy"),
    ],
)
def test_what_reports_to_nobody_blocked_is_the_same_object(judge: object, value: bytes) -> None:
    assert callable(judge)
    assert judge(value, blocked) is value


PIECES = [
    b"report-uri",
    b" ",
    b";",
    b",",
    BAD,
    b"/r",
    b"img-src *",
    b'"',
    b"a=",
    b"{",
    b"}",
    b"\\",
    b":",
    OWN,
]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join) | st.binary(max_size=40))
@pytest.mark.parametrize("judge", [reporting_endpoints, report_to, security_policy])
def test_whatever_stays_needs_no_second_look(judge: object, value: bytes) -> None:
    assert callable(judge)
    left = judge(value, blocked)
    assert left is None or judge(left, blocked) == left


@pytest.mark.parametrize(
    "piece", [b'"', b"{}", b"{},", b"[", b"report-uri;", b"report-uri a,", b" ", b'\\"', b'{"":']
)
@pytest.mark.parametrize("judge", [reporting_endpoints, report_to, security_policy])
def test_hostile_input_costs_no_more_than_its_length(judge: object, piece: bytes) -> None:
    assert callable(judge)
    started = time.process_time()
    judge(piece * 20_000, blocked)
    assert time.process_time() - started < 5
