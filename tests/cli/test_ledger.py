"""The commands that look into a ledger, over one that real choices were written to."""

import asyncio
import csv
import hashlib
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assent.cli import main
from assent.config import Settings, keys
from assent.core.jws import Keys
from assent.core.personal import Personal
from assent.core.receipt import Site, issue
from assent.core.record import Action, Record
from assent.ledger import open_ledger
from assent.ledger.export import MANIFEST_TYPE
from tests.ledger.samples import a_record

Run = Callable[..., Result]

DAY_ONE, DAY_TWO = 1_790_000_000_000, 1_790_100_000_000  # 2026-09-21 and -22
NOTICE = "<p>Darf ich? &amp; Ärger.</p>"
KNOWN = Personal(b"s" * 32, {"address": "192.0.2.0"})


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.fixture
def written(tmp_path: Path, run: Run) -> list[Record]:
    """A ledger where the commands look for it, and its records."""
    settings = Settings(data_dir=tmp_path / "assent-data")
    signing = Keys(keys(settings))
    shown = hashlib.sha256(NOTICE.encode()).hexdigest()
    first = a_record("visitor-a", at=DAY_ONE, notice=shown, personal=KNOWN.commitment)
    second = a_record("visitor-a", at=DAY_TWO, action=Action.WITHDRAW, granted=(), previous=first.id)
    third = a_record("visitor-b", at=DAY_TWO, site="=cmd|'/c calc'!A1", policy_version="@v1")

    async def write() -> None:
        ledger = open_ledger(settings.ledger.url, signing)
        await ledger.keep(NOTICE.encode())
        await ledger.append(first, KNOWN)
        await ledger.append(second)
        await ledger.append(third)
        await ledger.close()

    asyncio.run(write())
    return [first, second, third]


def tampered(statement: str) -> None:
    with closing(sqlite3.connect("assent-data/ledger.db")) as db, db:
        db.execute(statement)


class TestVerify:
    def test_a_sound_ledger_is_ok(self, run: Run, written: list[Record]) -> None:
        result = run("ledger", "verify")
        assert (result.exit_code, result.stdout) == (
            0,
            "ok: 3 records in 1 trees, 1 signed heads, 1 notices not kept\n",
        )

    def test_the_first_bad_record_is_named_and_the_status_is_1(self, run: Run, written: list[Record]) -> None:
        tampered(
            f"UPDATE assent_records SET record = replace(record, 'en', 'fr') WHERE id = '{written[1].id}'"
        )
        result = run("ledger", "verify")
        assert result.exit_code == 1
        assert result.stdout.startswith("bad: tree ")
        assert f"record {written[1].id} (no. 2) is not what was written" in result.stdout
        assert "Error: the ledger is not what was written" in result.stderr

    def test_published_heads_show_what_the_database_alone_does_not(
        self, run: Run, written: list[Record], tmp_path: Path
    ) -> None:
        with closing(sqlite3.connect("assent-data/ledger.db")) as db:
            (head,) = db.execute("SELECT signed FROM assent_heads").fetchone()
        (tmp_path / "heads").write_text(f"{head}\n")
        assert run("ledger", "verify", "--heads", "heads").exit_code == 0
        for table in ("records", "heads", "personal"):
            tampered(f"DELETE FROM assent_{table}")
        assert run("ledger", "verify").exit_code == 0
        result = run("ledger", "verify", "--heads", "heads")
        assert result.exit_code == 1
        assert "all 4 of its entries are missing" in result.stdout

    def test_a_receipt_and_the_manifest_of_an_export_do_so_too(
        self, run: Run, written: list[Record], tmp_path: Path
    ) -> None:
        settings = Settings(data_dir=tmp_path / "assent-data")
        signing = Keys(keys(settings))

        async def receipt() -> str:
            ledger = open_ledger(settings.ledger.url, signing)
            proof = await ledger.proof("visitor-a")
            await ledger.close()
            assert proof is not None
            return issue(proof, Site("https://shop.example", None, "https://shop.example/p"), 1, signing)

        (tmp_path / "receipt.jws").write_text(asyncio.run(receipt()))
        assert run("ledger", "export", "--output", "out").exit_code == 0
        given = [("--heads", "receipt.jws"), ("--heads", "out.manifest.jws")]
        assert [run("ledger", "verify", *heads).exit_code for heads in given] == [0, 0]
        for table in ("records", "heads", "personal"):
            tampered(f"DELETE FROM assent_{table}")
        for heads in given:
            assert "all 4 of its entries are missing" in run("ledger", "verify", *heads).stdout

    def test_without_a_ledger_none_is_made(self, run: Run, tmp_path: Path) -> None:
        result = run("ledger", "verify")
        assert (result.exit_code, result.stderr) == (
            1,
            "Error: there is no ledger at assent-data/ledger.db\n",
        )
        assert list(tmp_path.iterdir()) == []


class TestShow:
    def test_every_record_of_a_visitor_is_told_in_order(self, run: Run, written: list[Record]) -> None:
        result = run("ledger", "show", "visitor-a")
        assert result.exit_code == 0
        first, second = result.stdout.strip().split("\n\n")
        assert f"record      {written[0].id}" in first
        assert "action      accept_all, by form" in first
        assert "given       functional analytics performance advertisement" in first
        assert "address     192.0.2.0" in first
        assert "withdrawn   none" in first
        assert f"previous    {written[0].id}" in second
        assert "(not kept)" in second
        assert "visitor-b" not in result.stdout

    def test_the_notices_are_replayed_byte_for_byte(
        self, run: Run, written: list[Record], tmp_path: Path
    ) -> None:
        result = run("ledger", "show", "visitor-a", "--notices", "shown")
        assert result.exit_code == 0
        (page,) = (tmp_path / "shown").iterdir()
        assert page.read_bytes() == NOTICE.encode()
        assert page.name == f"{written[0].notice}.html"
        assert f"{written[1].notice}: not kept" in result.stderr

    def test_nobody_is_told_so(self, run: Run, written: list[Record]) -> None:
        result = run("ledger", "show", "nobody")
        assert (result.exit_code, result.stderr) == (1, "Error: there is no record of nobody\n")


class TestExport:
    def test_json_lines_hold_the_records_and_their_places(self, run: Run, written: list[Record]) -> None:
        result = run("ledger", "export")
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        assert [line["id"] for line in lines] == [record.id for record in written]
        assert [line["place"] for line in lines] == [1, 2, 3]
        assert lines[1]["action"] == "withdraw"
        assert result.stderr.startswith("3 records, ")

    def test_csv_has_a_header_and_no_formula(self, run: Run, written: list[Record]) -> None:
        result = run("ledger", "export", "--format", "csv")
        header, *rows = csv.reader(io.StringIO(result.stdout))
        assert header[:5] == ["record_id", "consent_id", "site", "time", "status"]
        assert [row[4] for row in rows] == ["accepted", "rejected", "accepted"]
        assert rows[2][2] == "'=cmd|'/c calc'!A1"
        assert rows[2][header.index("policy_version")] == "'@v1"
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]

    @pytest.mark.parametrize(
        ("options", "found"),
        [
            (["--since", "2026-09-22"], [1, 2]),
            (["--until", "2026-09-22"], [0]),
            (["--since", "2026-09-21", "--until", "2026-09-21T00:00:01"], []),
            (["--since", "2026-09-21T14:13:20+00:00", "--until", "2026-09-23"], [0, 1, 2]),
        ],
    )
    def test_a_period_is_from_a_day_up_to_another(
        self, run: Run, written: list[Record], options: list[str], found: list[int]
    ) -> None:
        lines = [json.loads(line) for line in run("ledger", "export", *options).stdout.splitlines()]
        assert [line["id"] for line in lines] == [written[number].id for number in found]

    @pytest.mark.parametrize("kind", ["jsonl", "csv"])
    @pytest.mark.parametrize("kept", [0, 1, 60, 900, 1200, 10**6])
    def test_a_cut_export_goes_on_and_ends_as_if_it_had_not_been(
        self, run: Run, written: list[Record], tmp_path: Path, kind: str, kept: int
    ) -> None:
        arguments = ("ledger", "export", "--format", kind, "--output")
        assert run(*arguments, "whole").exit_code == 0
        whole = (tmp_path / "whole").read_bytes()
        (tmp_path / "cut").write_bytes(whole[:kept])
        result = run(*arguments, "cut", "--resume")
        assert result.exit_code == 0
        assert (tmp_path / "cut").read_bytes() == whole
        assert hashlib.sha256(whole).hexdigest() in result.stderr

    def test_the_manifest_is_signed_and_says_what_was_written(
        self, run: Run, written: list[Record], tmp_path: Path
    ) -> None:
        assert run("ledger", "export", "--output", "records.jsonl", "--since", "2026-09-22").exit_code == 0
        token = (tmp_path / "records.jsonl.manifest.jws").read_text().strip()
        signing = Keys(keys(Settings(data_dir=tmp_path / "assent-data")))
        told = json.loads(signing.verify(token, MANIFEST_TYPE))
        data = (tmp_path / "records.jsonl").read_bytes()
        assert told["sha256"] == hashlib.sha256(data).hexdigest()
        assert (told["records"], told["bytes"], told["file"]) == (2, len(data), "records.jsonl")
        assert (told["since"], told["until"]) == ("2026-09-22T00:00:00Z", None)
        (tmp_path / "heads").write_text("\n".join(told["heads"]))
        assert run("ledger", "verify", "--heads", "heads").exit_code == 0

    def test_parquet_holds_the_same_rows(self, run: Run, written: list[Record], tmp_path: Path) -> None:
        from pyarrow import parquet

        assert run("ledger", "export", "--format", "parquet", "--output", "records.parquet").exit_code == 0
        table = parquet.read_table(tmp_path / "records.parquet").to_pylist()
        assert [row["record_id"] for row in table] == [record.id for record in written]
        assert table[1]["withdrawn"] == []
        assert table[1]["refused"] == ["functional", "analytics", "performance", "advertisement"]
        assert table[0]["time"].timestamp() == DAY_ONE / 1000

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            (["--resume"], "--resume needs a file"),
            (["--format", "parquet"], "parquet needs a file"),
            (["--since", "yesterday"], "--since yesterday: no date"),
            (["--since", "0001-01-01T00:00:00+14:00"], "+14:00: no date"),
            (["--until", "9999-12-31T23:59:59-14:00"], "-14:00: no date"),
        ],
    )
    def test_wrong_usage_is_said_so(
        self, run: Run, written: list[Record], options: list[str], says: str
    ) -> None:
        result = run("ledger", "export", *options)
        assert result.exit_code == 2
        assert says in result.stderr

    @pytest.mark.parametrize("content", ['{"a": 1}\n', "[]\n", "1\n", "\n", "a,b\n", "\xff\n"])
    @pytest.mark.parametrize("kind", ["jsonl", "csv"])
    def test_what_is_no_export_is_not_resumed_and_stays(
        self, run: Run, written: list[Record], tmp_path: Path, kind: str, content: str
    ) -> None:
        (tmp_path / "out").write_text(content, "latin-1")
        result = run("ledger", "export", "--format", kind, "--output", "out", "--resume")
        assert result.exit_code == 2
        assert f"out holds something else than an export to {kind}" in result.stderr
        assert (tmp_path / "out").read_text("latin-1") == content

    @pytest.mark.parametrize("output", ["/dev/full", "nowhere/out"])
    def test_an_export_that_cannot_be_written_says_so(
        self, run: Run, written: list[Record], output: str
    ) -> None:
        result = run("ledger", "export", "--output", output)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("Error: the export could not be written: [Errno ")

    def test_parquet_cannot_be_resumed(self, run: Run, written: list[Record], tmp_path: Path) -> None:
        (tmp_path / "out").write_bytes(b"PAR1\n")
        result = run("ledger", "export", "--format", "parquet", "--output", "out", "--resume")
        assert result.exit_code == 2
        assert "cannot be resumed" in result.stderr


class TestForgetting:
    def test_an_erased_visitor_is_gone_from_the_file_and_the_ledger_stays_sound(
        self, run: Run, written: list[Record], tmp_path: Path
    ) -> None:
        result = run("ledger", "erase", "visitor-a")
        assert (result.exit_code, result.stdout) == (0, "2 records erased\n")
        assert run("ledger", "show", "visitor-a").exit_code == 1
        assert run("ledger", "show", "visitor-b").exit_code == 0
        assert (
            run("ledger", "verify").stdout
            == "ok: 1 records in 2 trees, 2 signed heads, 2 erased, 1 notices not kept\n"
        )
        for file in (tmp_path / "assent-data").glob("ledger.db*"):
            assert b"visitor-a" not in file.read_bytes(), file.name

    def test_that_a_reader_keeps_the_text_in_the_file_is_said_so(
        self, run: Run, written: list[Record], tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        def stands() -> bool:
            return any(b"visitor-a" in file.read_bytes() for file in (tmp_path / "assent-data").iterdir())

        with closing(sqlite3.connect("assent-data/ledger.db", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM assent_records").fetchall()
            assert run("ledger", "erase", "visitor-a").exit_code == 0
            assert stands()
            assert "What was forgotten still stands in the file" in caplog.text
            reader.execute("ROLLBACK")
            assert run("ledger", "purge").exit_code == 0
            assert not stands()

    def test_erasing_nobody_is_said_so(self, run: Run, written: list[Record]) -> None:
        assert run("ledger", "erase", "nobody").exit_code == 1

    def test_purging_follows_the_setting(
        self, run: Run, written: list[Record], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert run("ledger", "purge").stdout.startswith("0 records purged")
        monkeypatch.setenv("ASSENT_LEDGER__RETENTION_DAYS", "0")
        # The first record of visitor-a was replaced long ago.
        assert run("ledger", "purge").stdout.startswith("1 records purged")
        assert run("ledger", "verify").exit_code == 0


class TestKeys:
    def test_public_keys_of_secrets_that_are_gone_still_verify(
        self, run: Run, written: list[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = run("keys", "public").stdout.split()
        (tmp_path / "assent-data" / "secret_keys").write_text(run("keys", "new").stdout)
        assert "not among those known" in run("ledger", "verify").stdout
        monkeypatch.setenv("ASSENT_LEDGER__PUBLIC_KEYS", json.dumps(old))
        assert run("ledger", "verify").exit_code == 0
        assert run("keys", "public").stdout.split()[1:] == old

    def test_a_public_key_that_is_none_is_a_configuration_error(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ASSENT_LEDGER__PUBLIC_KEYS", '["nonsense"]')
        result = run("check")
        assert result.exit_code == 2
        assert "is no public key; `assent keys public` prints those in force" in result.stderr
