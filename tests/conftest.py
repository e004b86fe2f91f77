"""What every test stands on: asyncio, one Hypothesis profile, and an environment that configures nothing."""

import os

import pytest
from hypothesis import settings

settings.register_profile("short", deadline=None, max_examples=60, database=None)
settings.register_profile("long", deadline=None, max_examples=3000, database=None)
settings.load_profile("long" if os.environ.get("ASSENT_LONG") == "1" else "short")

KEPT = ("ASSENT_TEST_", "ASSENT_BROWSER", "ASSENT_LONG")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ASSENT_") and not name.startswith(KEPT)]:
        monkeypatch.delenv(name)
