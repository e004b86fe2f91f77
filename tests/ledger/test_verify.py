"""What the ledger does itself is sound, on every database; what another hand does is named."""

import hashlib

import pytest

from assent.core.personal import Personal
from assent.ledger.archive import Archive
from assent.ledger.erase import DAY, erase, purge

from .checks import TREES, checked, execute, fill, published, told
from .conftest import Store
from .samples import KEYS, a_record, open_ledger


@pytest.mark.anyio
class TestOnEveryDatabase:
    async def test_an_untouched_ledger_is_sound(self, store: Store) -> None:
        written = await fill(store.url)
        verdict = await checked(store.url, await published(store.url))
        assert verdict.problems == []
        assert (verdict.records, verdict.trees, verdict.erased) == (len(written), TREES, 0)
        assert verdict.heads == 2 * TREES

    async def test_an_empty_ledger_is_sound(self, store: Store) -> None:
        verdict = await checked(store.url)
        assert (verdict.problems, verdict.records, verdict.trees) == ([], 0, 0)

    async def test_a_changed_record_is_named_first(self, store: Store) -> None:
        written = await fill(store.url)
        change = (
            "UPDATE assent_records SET record = replace(record, 'analytics', 'functional') WHERE id = :id"
        )
        await execute(store.url, change, id=written[9].id)
        (problem,) = (await checked(store.url)).problems
        assert written[9].id in problem.says
        assert "is not what was written" in problem.says

    async def test_what_was_erased_on_request_is_accounted_for(self, store: Store) -> None:
        written = await fill(store.url)
        archive = Archive(store.url, KEYS)
        assert await erase(archive, written[4].consent_id) == 1
        assert await erase(archive, written[4].consent_id) == 0
        await archive.close()
        verdict = await checked(store.url, await published(store.url))
        assert (verdict.problems, verdict.records, verdict.erased) == ([], len(written) - 1, 1)
        ledger = open_ledger(store.url)
        assert await ledger.history(written[4].consent_id) == []
        assert await ledger.proof(written[4].consent_id) is None
        assert await ledger.history(written[5].consent_id) == [written[5]]
        await ledger.close()

    async def test_what_was_erased_by_another_hand_is_not(self, store: Store) -> None:
        written = await fill(store.url)
        blank = "UPDATE assent_records SET record = NULL, consent_id = NULL WHERE id = :id"
        await execute(store.url, blank, id=written[4].id)
        (problem,) = (await checked(store.url)).problems
        assert "no erasure in the log accounts for it" in problem.says
        assert problem.place == 5

    async def test_personal_data_are_checked_and_go_with_their_record(self, store: Store) -> None:
        known = Personal(b"s" * 32, {"address": "192.0.2.0"})
        ledger = open_ledger(store.url)
        await ledger.append(a_record("known", personal=known.commitment), known)
        await ledger.append(a_record("other", personal=known.commitment), known)
        await ledger.close()
        assert (await checked(store.url)).problems == []
        archive = Archive(store.url, KEYS)
        await erase(archive, "known")
        async with archive.view() as view:
            assert [len(await view.personal_of(name)) for name in ("known", "other")] == [0, 1]
        await archive.close()
        assert (await checked(store.url)).problems == []
        await execute(store.url, "UPDATE assent_personal SET data = '{}'")
        assert "personal data of record" in told(await checked(store.url))
        # Side data alone may go without a trace: the commitment says nothing once the salt is gone.
        await execute(store.url, "DELETE FROM assent_personal")
        assert (await checked(store.url)).problems == []

    async def test_a_changed_notice_is_named(self, store: Store) -> None:
        ledger = open_ledger(store.url)
        await ledger.keep("Wir fragen höflich.".encode())
        await ledger.keep("Wir fragen höflich.".encode())
        await ledger.close()
        assert (await checked(store.url)).problems == []
        await execute(store.url, "UPDATE assent_notices SET notice = 'We ask.'")
        assert "is not what was shown" in told(await checked(store.url))

    async def test_notices_that_records_name_and_that_are_not_there_are_counted(self, store: Store) -> None:
        ledger = open_ledger(store.url)
        shown = hashlib.sha256(b"We ask.").hexdigest()
        await ledger.keep(b"We ask.")
        await ledger.append(a_record("one", notice=shown))
        await ledger.append(a_record("two", notice=shown))
        assert (await checked(store.url)).unkept == 0
        await ledger.append(a_record("three", notice="ab" * 32))
        await ledger.close()
        assert (await checked(store.url)).unkept == 1
        await execute(store.url, "DELETE FROM assent_notices")
        verdict = await checked(store.url)
        assert (verdict.problems, verdict.unkept) == ([], 2)

    async def test_more_than_a_page_is_forgotten_too(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        written = await fill(store.url)
        monkeypatch.setattr("assent.ledger.erase.PAGE", 4)
        archive = Archive(store.url, KEYS)
        assert await purge(archive, 0, 1_900_000_000_000) == len(written)
        await archive.close()
        verdict = await checked(store.url)
        assert (verdict.problems, verdict.records, verdict.erased) == ([], 0, len(written))

    async def test_purging_takes_what_ended_long_enough_ago_and_nothing_else(self, store: Store) -> None:
        now = 1_900_000_000_000
        ledger = open_ledger(store.url)
        old, fresh = now - 100 * DAY, now - 5 * DAY
        expired = a_record("expired", at=old - DAY, expires=old // 1000)
        replaced = a_record("changed", at=old - DAY, expires=now // 1000)
        newer = a_record("changed", at=old, expires=now // 1000, previous=replaced.id)
        running = a_record("running", at=old, expires=now // 1000)
        recent = a_record("recent", at=fresh - DAY, expires=fresh // 1000)
        for record in (expired, replaced, newer, running, recent):
            await ledger.append(record)
        await ledger.close()
        archive = Archive(store.url, KEYS)
        assert await purge(archive, 30, now) == 2
        assert await purge(archive, 30, now) == 0
        await archive.close()
        ledger = open_ledger(store.url)
        left = [await ledger.history(name) for name in ("expired", "changed", "running", "recent")]
        await ledger.close()
        assert left == [[], [newer], [running], [recent]]
        assert (await checked(store.url)).problems == []
