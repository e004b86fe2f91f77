"""Token buckets: a burst at once, then as many as the rate allows, each client by itself."""

import pytest

from assent.core.buckets import TABLE_SIZE, Buckets


def test_burst_is_there_at_once_and_then_one_token_after_the_other() -> None:
    buckets = Buckets(rate=2, burst=3)
    assert [buckets.take("a", 100.0) for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a", 100.0) == pytest.approx(0.5)
    assert buckets.take("a", 100.25) == pytest.approx(0.25)
    assert [buckets.take("a", 100.5), buckets.take("a", 100.5) > 0] == [0, True]


def test_a_refused_request_costs_nothing() -> None:
    buckets = Buckets(rate=1, burst=1)
    assert buckets.take("a", 0.0) == 0
    assert [buckets.take("a", 0.5) for _ in range(100)] == [pytest.approx(0.5)] * 100
    assert buckets.take("a", 1.0) == 0


def test_unused_tokens_are_kept_up_to_the_burst_and_no_further() -> None:
    buckets = Buckets(rate=1, burst=2)
    buckets.take("a", 0.0)
    assert [buckets.take("a", 1000.0) > 0 for _ in range(3)] == [False, False, True]


def test_clients_do_not_share() -> None:
    buckets = Buckets(rate=1, burst=1)
    assert [buckets.take("a", 0.0), buckets.take("b", 0.0)] == [0, 0]


def test_no_number_of_clients_grows_the_table_and_the_one_seen_longest_ago_is_forgotten() -> None:
    buckets = Buckets(rate=1, burst=1)
    for number in range(TABLE_SIZE + 1):
        buckets.take(str(number), 0.0)
    assert len(buckets._full_at) == TABLE_SIZE
    assert buckets.take("0", 0.0) == 0
    assert buckets.take(str(TABLE_SIZE), 0.0) > 0
