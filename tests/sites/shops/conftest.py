"""A browser whose rest of the web is one server with a tracker's script, and a workshop for the shops."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.pages.conftest import anyio_backend, browser
from tests.pages.elsewhere import Elsewhere, running_elsewhere
from tests.sites.shops.workshop import SHOPS, Workshop

__all__ = ["anyio_backend", "browser"]


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    folder = tmp_path_factory.mktemp("trackers")
    shutil.copy(SHOPS / "gtag.js", folder)
    with running_elsewhere(tmp_path_factory.mktemp("elsewhere")) as there:
        there.mirror.folders["/"] = folder
        yield there


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with ExitStack() as stack:
        yield Workshop(stack, tmp_path_factory.mktemp("workshop"))
