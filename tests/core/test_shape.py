from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.shape import (
    LONGEST,
    TABLE_SIZE,
    RequestShape,
    ResponseShape,
    Shapes,
    names_of,
    request_shape,
    response_shape,
)

BARE = RequestShape(
    common=True,
    cookie=-1,
    destination=-1,
    mode=-1,
    accept=-1,
    by_script=False,
    negotiates=False,
    host=-1,
    passed_on=False,
)


def test_a_request_that_says_nothing_of_interest() -> None:
    assert request_shape(()) == request_shape((b"hosts", b"cookies", b"x-accept")) == BARE


def test_places_in_a_request_are_the_first_ones() -> None:
    shape = request_shape((b"host", b"accept", b"cookie", b"accept", b"sec-fetch-dest", b"sec-fetch-mode"))
    assert (shape.accept, shape.cookie, shape.destination, shape.mode) == (1, 2, 4, 5)
    assert shape.common


@pytest.mark.parametrize(
    "names",
    [
        (b"cookie", b"host", b"cookie"),
        (b"sec-gpc",),
        (b"assent-consent", b"cookie"),
        (b"assent_consent",),
        (b"assent-consent", b"assent_consent"),
    ],
)
def test_a_request_that_needs_a_second_look_is_not_common(names: tuple[bytes, ...]) -> None:
    assert not request_shape(names).common


@pytest.mark.parametrize(
    "name", [b"accept-encoding", b"if-none-match", b"if-modified-since", b"range", b"if-range"]
)
def test_a_request_for_less_than_a_whole_readable_page_negotiates(name: bytes) -> None:
    assert request_shape((b"host", name)).negotiates
    assert not request_shape((b"host", b"accept-language")).negotiates


def test_a_host_is_found_only_where_there_is_one() -> None:
    assert request_shape((b"accept", b"host")).host == 1
    assert request_shape((b"host", b"host")).host == -1


@pytest.mark.parametrize("name", [b"x-forwarded-for", b"x-forwarded-port", b"forwarded", b"via"])
def test_a_request_that_says_so_was_passed_on(name: bytes) -> None:
    assert request_shape((b"host", name)).passed_on


def test_a_request_by_a_script_is_marked() -> None:
    assert request_shape((b"x-requested-with",)).by_script


@pytest.mark.parametrize(
    ("names", "shape"),
    [
        ((), ResponseShape((), -1, leads_on=False)),
        ((b"content-type",), ResponseShape((), 0, leads_on=False)),
        ((b"Content-TYPE", b"content-type"), ResponseShape((), -1, leads_on=False)),
        (
            (b"set-cookie", b"date", b"SET-COOKIE", b"Content-Type", b"Set-Cookie"),
            ResponseShape((4, 2, 0), 3, leads_on=False),
        ),
        ((b"LINK", b"Location"), ResponseShape((), -1, leads_on=True)),
        ((b"set-cookie2", b"x-set-cookie", b" set-cookie"), ResponseShape((), -1, leads_on=False)),
    ],
)
def test_places_in_a_response_are_found_in_any_case(names: tuple[bytes, ...], shape: ResponseShape) -> None:
    assert response_shape(names) == shape


def counting(calls: list[tuple[bytes, ...]]) -> Callable[[tuple[bytes, ...]], ResponseShape]:
    def make(names: tuple[bytes, ...]) -> ResponseShape:
        calls.append(names)
        return response_shape(names)

    return make


def test_a_list_of_names_is_walked_once() -> None:
    calls: list[tuple[bytes, ...]] = []
    shapes = Shapes(counting(calls))
    names = tuple(map(names_of, [(b"date", b"1"), (b"set-cookie", b"a=1")]))
    assert shapes[names] is shapes[names]
    assert calls == [names]


def test_the_table_is_bounded_in_number() -> None:
    shapes = Shapes(response_shape)
    for number in range(TABLE_SIZE + 10):
        assert shapes[b"set-cookie", b"%d" % number].set_cookies == (0,)
        assert len(shapes) <= TABLE_SIZE


def test_a_long_list_is_walked_but_not_kept() -> None:
    shapes = Shapes(response_shape)
    assert shapes[b"set-cookie", b"x" * (LONGEST - 10)].set_cookies == (0,)
    assert len(shapes) == 1
    assert shapes[b"set-cookie", b"x" * (LONGEST - 9)].set_cookies == (0,)
    assert len(shapes) == 1


@given(st.lists(st.sampled_from([b"set-cookie", b"Set-Cookie", b"content-type", b"x", b""]), max_size=8))
def test_the_table_says_what_a_walk_says(names: list[bytes]) -> None:
    shapes = Shapes(response_shape)
    for _ in range(2):
        assert shapes[tuple(names)] == response_shape(tuple(names))
