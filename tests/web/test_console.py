"""The console: each new thing once, those of a page together, and not without end."""

import asyncio
import logging
from collections.abc import Sequence

import pytest

from assent.core.rules import Rules
from assent.core.tally import Count, Tally
from assent.web import console
from assent.web.console import Console

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(console, "PAUSE", 0)
    caplog.set_level(logging.INFO, "assent.reasons")


def words(counts: Sequence[Count], address: str) -> str:
    return f"{address}: " + ", ".join(count.reason.name for count in counts)


async def test_what_comes_together_is_said_together_and_once(caplog: pytest.LogCaptureFixture) -> None:
    tally, told = Tally(Rules()), Console(words)
    first, second = (tally.cookie("set-cookie", name) for name in (b"a", b"b"))

    told.tell([first], "here")
    told.tell([first, second], "here")
    await asyncio.sleep(0.01)
    told.tell([first, second, tally.cookie("set-cookie", b"c")], "there")
    await asyncio.sleep(0.01)

    assert caplog.messages == ["here: a, b", "there: c"]


async def test_it_ends_at_some_point(caplog: pytest.LogCaptureFixture) -> None:
    tally, told = Tally(Rules()), Console(words)
    for number in range(console.MOST + 50):
        told.tell([tally.cookie("set-cookie", b"n%d" % number)], "here")
    told.say()

    assert caplog.messages[0].count(", ") == console.MOST - 1
    told.say()
    assert len(caplog.messages) == 1
