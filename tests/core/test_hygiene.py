"""A response's fields under a decision: what points to blocked hosts goes, all else is untouched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.boundary import Boundary
from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.fields import Fields
from assent.core.hygiene import LOOKED_AT, NO_DNS_PREFETCH, Departure, Removal, clean
from assent.core.rules import HostRule, Rules

D = Category.ADVERTISEMENT
BOTH = (("refused", NECESSARY_ONLY), ("granted", ALL))


def boundary(granted: frozenset[Category] = NECESSARY_ONLY, origin: str = "https://shop.example") -> Boundary:
    rules = Rules(hosts=(HostRule("*.ads.example", D), HostRule("cdn.example", Category.NECESSARY)))
    return Boundary(rules, granted, origin, list[str]().append)


def cleaned(*fields: tuple[bytes, bytes], navigation: bool = False) -> Fields:
    return clean(list(fields), boundary(), navigation=navigation)[0]


REFUSED = [
    (b"link", b"<https://ads.example>; rel=preconnect"),
    (b"Link", b"<//x.ads.example/a.css>; rel=stylesheet"),
    (b"refresh", b"0; url=https://ads.example/"),
    (b"Speculation-Rules", b'"https://ads.example/rules.json"'),
    (b"report-to", b'{"group":"a","max_age":1,"endpoints":[{"url":"https://ads.example/r"}]}'),
    (b"reporting-endpoints", b'a="https://ads.example/r"'),
    (b"content-security-policy", b"report-uri https://ads.example/r"),
    (b"CONTENT-SECURITY-POLICY-REPORT-ONLY", b"report-uri https://ads.example/r"),
]


@pytest.mark.parametrize("field", REFUSED, ids=lambda field: field[0].decode())
def test_what_points_to_a_refused_host_goes_and_is_named(field: tuple[bytes, bytes]) -> None:
    other = (b"content-type", b"text/html")
    left, [found] = clean([other, field], boundary(), navigation=False)
    assert left == [other]
    assert isinstance(found, Removal)
    assert (found.field, found.category) == (field[0].decode().lower(), D)
    assert found.host.endswith("ads.example")


@pytest.mark.parametrize("field", REFUSED, ids=lambda field: field[0].decode())
def test_what_points_to_a_granted_host_is_the_same_list(field: tuple[bytes, bytes]) -> None:
    fields = [field]
    assert clean(fields, boundary(ALL), navigation=True) == (fields, [])
    assert clean(fields, boundary(ALL), navigation=True)[0] is fields


@pytest.mark.parametrize("field", REFUSED, ids=lambda field: field[0].decode())
def test_an_unknown_host_is_blocked_whatever_is_granted(field: tuple[bytes, bytes]) -> None:
    unknown = (field[0], field[1].replace(b"ads.example", b"who.example"))
    left, [found] = clean([unknown], boundary(ALL), navigation=False)
    assert left == []
    assert isinstance(found, Removal)
    assert found.category is None


def test_a_part_that_goes_leaves_the_rest_as_it_is() -> None:
    fields = [
        (b"Link", b"</a.css>; rel=preload;as=style , <https://ads.example>; rel=preconnect"),
        (b"Set-Cookie", b"a=1"),
        (b"Content-Security-Policy", b"default-src 'self'  ;  report-uri /r https://ads.example"),
    ]
    left, found = clean(fields, boundary(), navigation=False)
    assert left == [
        (b"Link", b"</a.css>; rel=preload;as=style"),
        (b"Set-Cookie", b"a=1"),
        (b"Content-Security-Policy", b"default-src 'self'  ;  report-uri /r"),
    ]
    assert found == [
        Removal("link", "ads.example", D),
        Removal("content-security-policy", "ads.example", D),
    ]


def test_a_host_is_named_once_for_a_field() -> None:
    value = b"<https://ads.example/1>; rel=preload, <https://ads.example/2>; rel=preload"
    assert clean([(b"link", value)], boundary(), navigation=False)[1] == [Removal("link", "ads.example", D)]


@pytest.mark.parametrize(
    "value",
    [
        b"0;url=https://ads.example",
        b"5 ; URL = 'https://ads.example/x'",
        b'0, url="//ads.example/"x',
        b"0 https://ads.example",
        b"0;https://ads.example",
        b".5;url=https:\\\\ads.example",
        b"url=https://ads.example",
        b"0;url='https://ads.example",
        b"0;url=\"https://ads.example/'",
        b"0;\turl\t=\thttps://ads.example",
        b"https://ads.example",
    ],
    ids=lambda value: value.decode(),
)
def test_a_refresh_to_a_refused_host_goes(value: bytes) -> None:
    assert cleaned((b"refresh", value)) == []


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"5",
        b"0;",
        b"0;url=",
        b"0;url=/x?https://ads.example",
        b"0; url.html",
        b"0;url='/x'",
        b"3;https://cdn.example",
        b"0;url=https://www.shop.example/",
    ],
    ids=lambda value: value.decode() or "empty",
)
def test_a_refresh_that_stays_stays(value: bytes) -> None:
    assert cleaned((b"refresh", value)) == [(b"refresh", value)]


def test_a_navigation_that_is_redirected_to_a_blocked_host_is_a_departure() -> None:
    fields = [(b"Location", b"https://ads.example/x?y")]
    left, found = clean(fields, boundary(), navigation=True)
    assert found == [Departure("ads.example", D, "https://ads.example/x?y")]
    assert left == [*fields, NO_DNS_PREFETCH]
    assert clean(fields, boundary(), navigation=False) == (fields, [])


@pytest.mark.parametrize(
    ("location", "origin"),
    [
        pytest.param(b"/x", "https://shop.example", id="relative"),
        pytest.param(b"https://cdn.example/", "https://shop.example", id="necessary"),
        pytest.param(b"https://shop.example/", "http://shop.example", id="to https"),
        pytest.param(b"https://www.shop.example/", "https://shop.example", id="to www"),
        pytest.param(b"https://shop.example/", "http://www.shop.example", id="from www"),
        pytest.param(b"mailto:a@b.example", "https://shop.example", id="no network"),
    ],
)
def test_other_redirects_are_none(location: bytes, origin: str) -> None:
    assert clean([(b"location", location)], boundary(origin=origin), navigation=True)[1] == []


@pytest.mark.parametrize(
    "location",
    [b"https://shop.example:8443/", b"https://a.shop.example", b"https://www.who.example", b"//who.example"],
)
def test_a_sibling_another_port_and_the_unknown_are_departures(location: bytes) -> None:
    [found] = clean([(b"location", location)], boundary(), navigation=True)[1]
    assert isinstance(found, Departure)
    assert found.category is None


def test_speculation_rules_go_while_anything_is_refused_since_they_may_name_anyone() -> None:
    field = (b"speculation-rules", b'"/rules.json"')
    assert clean([field], boundary(), navigation=False) == ([], [Removal("speculation-rules", "", None)])
    assert clean([field], boundary(ALL), navigation=False) == ([field], [])


OWN_GROUP = (b"report-to", b'{"group":"a","max_age":1,"endpoints":[{"url":"/r"}]}')
ERRORS = (b"NEL", b'{"report_to":"a","max_age":1}')


@pytest.mark.parametrize(
    ("fields", "granted", "stays"),
    [
        pytest.param([ERRORS, OWN_GROUP], NECESSARY_ONLY, True, id="to a group of its own"),
        pytest.param([ERRORS, REFUSED[4]], NECESSARY_ONLY, False, id="to a refused host"),
        pytest.param([REFUSED[4], ERRORS, OWN_GROUP], NECESSARY_ONLY, False, id="perhaps to a refused host"),
        pytest.param([ERRORS], NECESSARY_ONLY, False, id="to a group of an earlier response"),
        pytest.param([ERRORS], ALL, True, id="... with everything granted"),
        pytest.param([ERRORS, REFUSED[4]], ALL, True, id="to a granted host"),
    ],
)
def test_network_error_logging(fields: Fields, granted: frozenset[Category], stays: bool) -> None:
    left, found = clean(fields, boundary(granted), navigation=False)
    assert (ERRORS in left) is stays
    assert (Removal("nel", "", None) in found) is not stays


@pytest.mark.parametrize(
    ("own", "granted", "navigation", "expected"),
    [
        pytest.param(None, NECESSARY_ONLY, True, [b"off"], id="said for a document"),
        pytest.param(None, NECESSARY_ONLY, False, [], id="not for anything else"),
        pytest.param(None, ALL, True, [], id="not with everything granted"),
        pytest.param(b"OFF", NECESSARY_ONLY, True, [b"OFF"], id="said already"),
        pytest.param(b" On", NECESSARY_ONLY, True, [b"off"], id="the opposite was said"),
        pytest.param(b"on", ALL, True, [b"on"], id="... with everything granted"),
    ],
)
def test_dns_prefetch(
    own: bytes | None, granted: frozenset[Category], navigation: bool, expected: list[bytes]
) -> None:
    fields = [(b"X-DNS-Prefetch-Control", own)] if own is not None else []
    left = clean(fields, boundary(granted), navigation=navigation)[0]
    assert [value for name, value in left if name.lower() == b"x-dns-prefetch-control"] == expected


def test_fields_that_point_to_nobody_blocked_are_the_same_list() -> None:
    fields = [
        (b"content-type", b"text/html"),
        (b"link", b"</a>; rel=preload, <https://cdn.example>; rel=preconnect, <https://who.example>; rel=me"),
        (b"location", b"https://ads.example"),
        (b"content-security-policy", b"default-src https://ads.example; report-uri /r"),
        (b"content-location", b"https://ads.example"),
        (b"x-dns-prefetch-control", b"off"),
    ]
    assert clean(fields, boundary(), navigation=False)[0] is fields
    assert clean(fields[3:], boundary(), navigation=True)[1] == []


NAMES = st.sampled_from([*sorted(LOOKED_AT), b"Link", b"x-other"])
VALUES = st.binary(max_size=40) | st.lists(
    st.sampled_from(
        [
            b"https://ads.example",
            b"<",
            b">",
            b'"',
            b"; rel=preload",
            b",",
            b"0;url=",
            b"{",
            b"\\",
            b"report-uri ",
        ]
    ),
    max_size=8,
).map(b"".join)


@given(
    st.lists(st.tuples(NAMES, VALUES), max_size=6),
    st.booleans(),
    st.sampled_from([granted for _, granted in BOTH]),
)
def test_any_fields_are_cleaned_once_and_for_all(
    fields: Fields, navigation: bool, granted: frozenset[Category]
) -> None:
    came = list(fields)
    left, _ = clean(fields, boundary(granted), navigation=navigation)
    assert fields == came
    again, found = clean(left, boundary(granted), navigation=navigation)
    assert again == left
    assert all(isinstance(one, Departure) for one in found)
