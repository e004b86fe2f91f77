"""What the command adds to answers, and takes from the log."""

import logging
import sys

import pytest

from assent.cli.wire import Dated, OneLine
from assent.errors import UpstreamError
from tests.asgi.calls import answering, call, http_scope, values

pytestmark = pytest.mark.anyio


async def test_an_answer_without_a_date_gets_one() -> None:
    sent = await call(Dated(answering([])), http_scope())

    assert values(sent[0]["headers"], b"date")[0].endswith(b" GMT")


async def test_the_upstreams_own_date_stays_the_only_one() -> None:
    sent = await call(Dated(answering([(b"Date", b"Mon, 23 Nov 2026 05:39:00 GMT")])), http_scope())

    assert values(sent[0]["headers"], b"date") == [b"Mon, 23 Nov 2026 05:39:00 GMT"]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (UpstreamError("it broke off"), "the answer was cut off: it broke off"),
        (ValueError("a bug"), "Exception in ASGI application"),
    ],
)
def test_an_upstream_that_breaks_off_is_one_line_and_a_bug_is_not(error: Exception, text: str) -> None:
    try:
        raise error
    except Exception:  # noqa: BLE001  # any error is the case here
        info = sys.exc_info()
    record = logging.LogRecord(
        "uvicorn.error", logging.ERROR, "", 0, "Exception in ASGI application", (), info
    )

    assert OneLine().filter(record)

    assert record.getMessage() == text
    assert bool(record.exc_info) is isinstance(error, ValueError)
