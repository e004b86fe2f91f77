"""Which refused lines may pass because they only delete."""

import pytest

from assent.core.deletion import is_plain_deletion

NOW = 1_795_000_000
PAST = b"Expires=Thu, 01 Jan 1970 00:00:00 GMT"


@pytest.mark.parametrize(
    "attributes",
    [
        b"Max-Age=0",
        b" max-age = -1 ; Path=/",
        b"Path=/; Max-Age=00; Secure",
        PAST,
        b" expires=Thu, 01-Jan-1970 00:00:00 GMT; Path=/",
        PAST + b"; Max-Age=0",
        b"Max-Age=0; Expires=Fri, 01 Jan 2100 00:00:00 GMT",
    ],
)
def test_what_every_browser_reads_as_a_deletion_is_one(attributes: bytes) -> None:
    assert is_plain_deletion(b"_ga=; " + attributes, NOW)


@pytest.mark.parametrize(
    "attributes",
    [
        b"",
        b"Max-Age=1",
        b"Max-Age=+10; " + PAST,
        PAST + b"; Max-Age=+10",
        b"Max-Age=0; Max-Age=abc",
        b"Max-Age=0; Max-Age",
        b"Max-Age=0; max-age=5",
        b"Max-Age=-",
        b"Max-Age=0x10; " + PAST,
        b'Max-Age="0"',
        b"Max-Age=0" + b"0" * 2000,
        PAST + b"; Expires=foo",
        PAST + b"; Expires",
        PAST + b" x" * 600,
        b"Expires=Thu, 01 Jan 1601 00:00:00 UTC",
        b"Expires=1 Jan 1970 00:00:00 GMT",
        b"Expires=Wed 01 January 1970x 1:2:3pm",
        b"Expires=Fri, 01 Jan 2100 00:00:00 GMT",
        b"Expires=Sat, 31 Feb 1970 00:00:00 GMT",
        b"Max-Age=0; x=\x00",
    ],
)
def test_what_a_browser_may_store_is_none(attributes: bytes) -> None:
    assert not is_plain_deletion(b"_ga=1; " + attributes, NOW)


def test_a_date_counts_only_a_day_later() -> None:
    line = b"_ga=; Expires=Sun, 25 Oct 2026 00:00:00 GMT"
    midnight = 1_792_886_400

    assert not is_plain_deletion(line, midnight + 1)
    assert is_plain_deletion(line, midnight + 24 * 3600)
