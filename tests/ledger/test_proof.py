"""The proof that a record is in the log, at every size at which the stored nodes matter."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from assent.core import receipt
from assent.ledger import Ledger
from assent.ledger.archive import Period

from .conftest import Store
from .samples import KEYS, a_record, open_ledger

pytestmark = pytest.mark.anyio

SITE = receipt.Site("https://shop.example", None, "https://shop.example/_assent/preferences")


@pytest.fixture
async def ledger(store: Store) -> AsyncIterator[Ledger]:
    ledger = open_ledger(store.url)
    await ledger.open()
    yield ledger
    await ledger.close()


async def test_every_record_has_a_proof_that_holds(ledger: Ledger) -> None:
    ids = [f"visitor-{number}" for number in range(600)]
    for begin in range(0, 600, 100):
        await asyncio.gather(*(ledger.append(a_record(name)) for name in ids[begin : begin + 100]))
    for name in ["visitor-0", *ids[250:260], *ids[505:520], "visitor-599"]:
        proof = await ledger.proof(name)
        assert proof is not None
        checked = receipt.verify(receipt.issue(proof, SITE, 1_790_000_000, KEYS), KEYS)
        assert (checked.record.consent_id, checked.head.size) == (name, 601)


async def test_the_proof_is_that_of_the_newest_record(ledger: Ledger) -> None:
    first = a_record()
    second = a_record(previous=first.id)
    await ledger.append(first)
    await ledger.append(second)
    proof = await ledger.proof("c0ffee")
    assert proof is not None
    assert proof.place == 2
    assert second.id in proof.text


async def test_who_made_no_choice_has_no_proof(ledger: Ledger) -> None:
    assert await ledger.proof("nobody") is None


async def test_rates_are_counted_alike_on_every_database(ledger: Ledger) -> None:
    for number in range(6):
        await ledger.append(a_record(f"v{number}", at=1_790_000_000_000, language="en" if number else "fr"))
    async with ledger.view() as view:
        found = await view.rates(Period())
    assert [(rate.day, rate.language, rate.choices, rate.given["analytics"]) for rate in found] == [
        ("2026-09-21", "en", 5, 5),
        ("2026-09-21", "fr", 1, 1),
    ]
