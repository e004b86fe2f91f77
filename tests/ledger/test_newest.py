"""Questions that share an answer."""

import asyncio
from collections.abc import Sequence

import pytest

from assent.core.record import canonical
from assent.errors import LedgerUnavailable
from assent.ledger.newest import Newest, Texts

from .conftest import Store
from .samples import a_record, open_ledger

pytestmark = pytest.mark.anyio


async def test_many_who_ask_at_once_each_get_their_own_newest_record(store: Store) -> None:
    ledger = open_ledger(store.url)
    visitors = [f"visitor-{number:03}" for number in range(500)]
    await asyncio.gather(*(ledger.append(a_record(name)) for name in visitors))
    newest = [a_record(name) for name in visitors]
    await asyncio.gather(*(ledger.append(record) for record in newest))
    found = await asyncio.gather(*(ledger.last(name) for name in [*visitors, *visitors]))
    assert found == newest * 2
    assert await ledger.last("nobody") is None
    await ledger.close()


async def test_what_was_stored_before_the_question_is_in_the_answer(sqlite_store: Store) -> None:
    ledger = open_ledger(sqlite_store.url)

    async def choose(name: str) -> None:
        for _ in range(10):
            record = a_record(name)
            await ledger.append(record)
            assert await ledger.last(name) == record

    await asyncio.gather(*(choose(f"visitor-{number}") for number in range(20)))
    await ledger.close()


class Slow:
    """Answers when it is let go, and remembers what was asked together."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.go = asyncio.Event()
        self.error: Exception | None = None

    async def read(self, names: Sequence[str]) -> Texts:
        self.asked.append(list(names))
        await self.go.wait()
        if self.error is not None:
            raise self.error
        record = a_record("a")
        return {"a": (record.id, canonical(record).decode()), "bad": ("id", "{}")}


async def started(*questions: "asyncio.Task[object]") -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_questions_wait_their_turn_in_batches_and_only_so_many() -> None:
    slow = Slow()
    newest = Newest(slow.read, queue=4, batch=2)
    first = asyncio.create_task(newest.of("a"))
    await started(first)
    others = [asyncio.create_task(newest.of(name)) for name in ("a", "a", "b", "c", "d")]
    await started(*others)
    with pytest.raises(LedgerUnavailable, match="4 visitors wait already"):
        await newest.of("e")
    slow.go.set()
    answers = await asyncio.gather(first, *others)
    assert slow.asked == [["a"], ["a", "b"], ["c", "d"]]
    assert [answer is not None for answer in answers] == [True, True, True, False, False, False]


async def test_who_gives_up_takes_the_answer_from_nobody() -> None:
    slow = Slow()
    newest = Newest(slow.read, queue=4, batch=2)
    one, other = (asyncio.create_task(newest.of("a")) for _ in range(2))
    await started(one, other)
    one.cancel()
    slow.go.set()
    assert await other is not None
    with pytest.raises(asyncio.CancelledError):
        await one


@pytest.mark.parametrize("error", [LedgerUnavailable("away"), RuntimeError("away")])
async def test_a_failure_is_told_to_all_who_wait_and_the_next_may_ask_again(error: Exception) -> None:
    slow = Slow()
    slow.error = error
    slow.go.set()
    newest = Newest(slow.read, queue=4, batch=2)
    answers = await asyncio.gather(newest.of("a"), newest.of("b"), return_exceptions=True)
    assert [str(answer) for answer in answers] == ["away", "away"]
    slow.error = None
    assert await newest.of("a") is not None


async def test_a_record_that_cannot_be_read_is_told_to_its_visitor_alone() -> None:
    slow = Slow()
    slow.go.set()
    newest = Newest(slow.read, queue=4, batch=4)
    good, bad = await asyncio.gather(newest.of("a"), newest.of("bad"), return_exceptions=True)
    assert not isinstance(good, BaseException)
    assert good is not None
    assert isinstance(bad, LedgerUnavailable)
