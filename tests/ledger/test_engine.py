"""From a URL to a database: what is accepted, what is said otherwise, and what lands on the disk."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from assent.errors import ConfigError, LedgerUnavailable
from assent.ledger import open_ledger
from assent.ledger.engine import connect_to


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        pytest.param("sqlite:///a.db", "sqlite+aiosqlite", id="sqlite"),
        pytest.param("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite", id="sqlite with its driver"),
        pytest.param("postgresql://h/d", "postgresql+psycopg", id="postgresql"),
        pytest.param("postgres://h/d", "postgresql+psycopg", id="postgres, as hosters write it"),
        pytest.param("postgresql+psycopg://h/d", "postgresql+psycopg", id="postgresql with its driver"),
    ],
)
def test_a_known_scheme_gets_its_asynchronous_driver(url: str, driver: str) -> None:
    engine = connect_to(url).engine
    assert (engine.url.drivername, engine.dialect.is_async) == (driver, True)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("mysql://u:hush@h/d", id="another database"),
        pytest.param("postgresql+asyncpg://u:hush@h/d", id="another driver"),
        pytest.param("ledger.db hush", id="a path"),
        pytest.param("", id="nothing"),
        pytest.param("postgresql://u:hush@h:port/d", id="a port that is no number"),
        pytest.param("sqlite://", id="sqlite in memory"),
        pytest.param("sqlite:///:memory:", id="sqlite in memory by name"),
        pytest.param("sqlite:///file:hush?mode=memory&uri=true", id="sqlite in memory by URI"),
    ],
)
def test_any_other_url_is_a_config_error_that_says_what_works(url: str) -> None:
    with pytest.raises(ConfigError, match=r"ledger\.url: .*sqlite:///path/to/ledger\.db") as error:
        open_ledger(url)
    assert "hush" not in str(error.value)


def test_a_missing_driver_is_a_config_error_that_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from assent.errors import ConfigError; from assent.ledger import open_ledger\n"
        "try: open_ledger('postgresql://h/d')\n"
        "except ConfigError as error: print(error)\n"
    )
    found = subprocess.check_output([sys.executable, "-c", code], text=True, timeout=30)
    assert found.startswith("ledger.url: postgresql+psycopg needs a driver")
    assert found.endswith("pip install 'assent[postgres]'\n")


def test_making_a_ledger_touches_nothing(tmp_path: Path) -> None:
    open_ledger(f"sqlite:///{tmp_path}/data/ledger.db")
    open_ledger("postgresql://nobody@192.0.2.1/nothing")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.anyio
async def test_opening_creates_folders_and_files_that_only_the_owner_reads(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path}/some/where/ledger.db")
    await ledger.open()
    folder = tmp_path / "some" / "where"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.iterdir()]}
    await ledger.close()
    assert modes == {"where": 0o700, "ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}


@pytest.mark.anyio
async def test_every_sqlite_connection_is_durable(tmp_path: Path) -> None:
    engine = connect_to(f"sqlite:///{tmp_path}/ledger.db").engine
    try:
        async with engine.connect() as one, engine.connect() as other:
            for connection in (one, other):
                assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
                assert await connection.scalar(text("PRAGMA synchronous")) == 2  # FULL
                assert await connection.scalar(text("PRAGMA busy_timeout")) == 3000
    finally:
        await engine.dispose()


@pytest.mark.anyio
async def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")
    ledger = open_ledger(f"sqlite:///{tmp_path}/data/ledger.db")
    with pytest.raises(LedgerUnavailable, match=r"ledger\.db cannot be opened: .*exists.*data"):
        await ledger.open()
    assert "exists" in (await ledger.probe() or "")
    await ledger.close()


@pytest.mark.anyio
async def test_a_server_that_is_not_there_is_said_so_without_the_password() -> None:
    ledger = open_ledger("postgresql://assent:hush@127.0.0.1:1/ledger")
    with pytest.raises(LedgerUnavailable, match=r"127\.0\.0\.1.*cannot be opened: .*refused") as error:
        await ledger.open()
    assert "hush" not in str(error.value)
    await ledger.close()
