"""A small part of the leak lab: one vector or two of each kind, before a choice and with all granted."""

import pytest

from tests.browser.conftest import executable
from tests.leaks.catalogue import VECTORS
from tests.leaks.phases import Verdicts
from tests.leaks.runs import one_run

pytestmark = pytest.mark.long

PART = (
    "seed.http-only",
    "seed.path",
    "http.document-302",
    "http.prefix-host",
    "http.partitioned",
    "http.undeclared",
    "http.necessary",
    "js.inline",
    "js.store",
    "js.content-window",
    "js.frame-index",
    "js.service-worker",
    "store.local-property",
    "store.indexed-db-worker",
    "tp.script",
    "tp.image-srcset",
    "tp.iframe",
    "tp.own-stylesheet",
    "tp.fetch",
    "tp.preconnect",
    "tp.dns-prefetch",
    "tp.webrtc",
    "tp.meta-refresh",
    "tp.location",
    "tp.document-redirect",
    "dl.early-flush",
    "dl.own-nonce-banner",
)


@pytest.fixture(scope="module")
def before() -> Verdicts:
    executable()
    return one_run(PART, "before")["before"]


@pytest.fixture(scope="module")
def granted() -> Verdicts:
    executable()
    return one_run(PART, "all", ["all"])["all"]


def test_the_part_is_of_vectors_that_exist() -> None:
    assert set(PART) <= {vector.id for vector in VECTORS}


@pytest.mark.parametrize("name", PART)
def test_before_a_choice_it_does_nothing_that_is_refused(before: Verdicts, name: str) -> None:
    assert before[name].outcome == "ok", before[name].seen


@pytest.mark.parametrize("name", PART)
def test_with_all_granted_it_works_unless_nobody_declared_it(granted: Verdicts, name: str) -> None:
    assert granted[name].outcome == "ok", granted[name].seen
