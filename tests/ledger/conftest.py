"""Stores to run the ledger's contract on: a new SQLite file, or a new database in a real PostgreSQL."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

INSTALL = "no PostgreSQL server here: apt-get install -y postgresql, or set ASSENT_TEST_POSTGRES to a URL"


@dataclass(frozen=True)
class Store:
    """A place for a ledger, and what one can do to it from outside."""

    url: str
    held: Callable[[], AbstractContextManager[None]]
    """Inside, another client has the write lock: a commit waits."""
    lost: Callable[[], AbstractContextManager[None]]
    """Inside, nothing can be stored."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Store:
    file = tmp_path / "data" / "ledger.db"

    @contextlib.contextmanager
    def held() -> Iterator[None]:
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield

    @contextlib.contextmanager
    def lost() -> Iterator[None]:
        # The lock is held for longer than the ledger is willing to wait (the URL's timeout, in seconds).
        with held():
            yield

    return Store(f"sqlite:///{file}?timeout=0.3", held, lost)


@pytest.fixture
def postgresql_store(postgres: str) -> Iterator[Store]:
    name = f"assent_{uuid4().hex}"
    database = sql.Identifier(name)

    def admin(statement: str, *values: Any) -> None:
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(database), values or None)

    url = make_url(postgres).set(database=name).render_as_string(hide_password=False)

    @contextlib.contextmanager
    def held() -> Iterator[None]:
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE assent_records IN EXCLUSIVE MODE")
            yield

    @contextlib.contextmanager
    def lost() -> Iterator[None]:
        admin("ALTER DATABASE {} ALLOW_CONNECTIONS false")
        admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name)
        yield
        admin("ALTER DATABASE {} ALLOW_CONNECTIONS true")

    admin("CREATE DATABASE {}")
    yield Store(url, held, lost)
    admin("DROP DATABASE {} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server on which databases may be created."""
    given = os.environ.get("ASSENT_TEST_POSTGRES")
    if given:
        yield given
        return
    found = binaries()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(INSTALL)
        pytest.skip(INSTALL)
    with cluster(found) as server:
        yield server.url


@pytest.fixture
def own_server() -> Iterator["Cluster"]:
    """A server of this test's own, which it may stop; it writes to the disk as one in use does."""
    found = binaries()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(INSTALL)
        pytest.skip(INSTALL)
    with cluster(found, fsync=True) as server:
        yield server


def binaries() -> Path | None:
    """The folder of PostgreSQL's programs."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    # Debian keeps the server's programs, one folder a version, off the path.
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda path: float(path.parent.name), default=None)


@dataclass(frozen=True)
class Cluster:
    """A running server."""

    url: str
    socket: Path
    """The Unix socket that it listens on."""
    restart: Callable[[], None]
    """Stop it as a crash would, and start it again."""


@contextlib.contextmanager
def cluster(programs: Path, *, fsync: bool = False) -> Iterator[Cluster]:
    # Not below pytest's own folder: only its owner may enter that, and the path of a socket must be short.
    home = Path(tempfile.mkdtemp(prefix="assent-pg-"))
    # PostgreSQL refuses to run as root.
    user: dict[str, Any] = {}
    if os.getuid() == 0:
        shutil.chown(home, "postgres", "postgres")
        user = {"user": "postgres", "group": "postgres", "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [programs / program, *arguments],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            **user,
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"

    # Without fsync, for the machine may lose a throw-away cluster.
    options = f"-c listen_addresses= -c unix_socket_directories={home} -c fsync={'on' if fsync else 'off'}"
    start = ("-w", "-l", "log", "-o", options)

    def restart() -> None:
        run("pg_ctl", "-D", "data", "-m", "immediate", *start, "restart")

    try:
        run("initdb", "-D", "data", "-U", "assent", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        run("pg_ctl", "-D", "data", *start, "start")
        try:
            yield Cluster(f"postgresql://assent@/postgres?host={home}", home / ".s.PGSQL.5432", restart)
        finally:
            run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
