"""Writes records out as JSON lines, CSV or Parquet, row by row, with a signed manifest."""

import csv
import hashlib
import io
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from assent.core import canonical
from assent.core.jws import Keys
from assent.core.moments import iso
from assent.core.record import Record
from assent.core.record import canonical as stored
from assent.errors import ConfigError
from assent.ledger.archive import Filed, Period, Place, View

MANIFEST_TYPE = "assent-export"
EVERY = 1000
"""Records after which progress is told."""

_PARQUET_ROWS = 10_000

COLUMNS = (
    "record_id",
    "consent_id",
    "site",
    "time",
    "status",
    "action",
    "given",
    "refused",
    "withdrawn",
    "gpc",
    "law",
    "language",
    "policy_version",
    "notice_sha256",
    "method",
    "expires",
    "previous",
    "tree",
    "place",
)
"""Of CSV and Parquet."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an export wrote: all of the file, also what an earlier try had written of it."""

    records: int
    size: int
    sha256: str


class Format(Protocol):
    """How records become a file."""

    def begin(self) -> bytes:
        """Return what stands before the first record."""

    def add(self, filed: Filed) -> bytes:
        """Return what a record adds."""

    def end(self) -> bytes:
        """Return what stands after the last."""

    def place(self, line: bytes) -> Place | None:
        """Return the place that a line tells; None when it is no record's."""


class JsonLines:
    """One JSON object a line: the record as it is stored, and its place in the log."""

    def begin(self) -> bytes:
        """Return nothing."""
        return b""

    def add(self, filed: Filed) -> bytes:
        """Return a line."""
        members = json.loads(stored(filed.record)) | {"tree": filed.tree, "place": filed.place}
        return canonical.text(members).encode() + b"\n"

    def end(self) -> bytes:
        """Return nothing."""
        return b""

    def place(self, line: bytes) -> Place | None:
        """Read a line."""
        found = json.loads(line)
        return found["tree"], found["place"]


class Csv:
    """Comma-separated values (RFC 4180) in UTF-8, without what a spreadsheet would take for a formula."""

    def begin(self) -> bytes:
        """Return the header."""
        return self._line(COLUMNS)

    def add(self, filed: Filed) -> bytes:
        """Return a line."""
        return self._line([guarded(_text(value)) for value in cells(filed).values()])

    def end(self) -> bytes:
        """Return nothing."""
        return b""

    def place(self, line: bytes) -> Place | None:
        """Read a line."""
        *_, tree, place = next(csv.reader([line.decode()]))
        return None if place == "place" else (tree, int(place))

    def _line(self, values: Any) -> bytes:
        out = io.StringIO()
        csv.writer(out).writerow(values)
        return out.getvalue().encode()


class Parquet:
    """Parquet, for which the extra ``parquet`` is needed; it cannot be resumed."""

    def __init__(self) -> None:
        try:
            import pyarrow as pa
            from pyarrow import parquet
        except ImportError as error:
            raise ConfigError(
                f"parquet needs a library that is not installed ({error}): pip install 'assent[parquet]'"
            ) from error
        self._pa = pa
        kinds = {"gpc": pa.bool_(), "place": pa.int64(), "time": pa.timestamp("ms", "UTC")}
        kinds |= {"expires": pa.timestamp("s", "UTC")}
        listed = pa.list_(pa.string())
        kinds |= dict.fromkeys(("given", "refused", "withdrawn"), listed)
        self._schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
        self._out = io.BytesIO()
        self._writer = parquet.ParquetWriter(self._out, self._schema, compression="zstd")
        self._rows: list[Mapping[str, object]] = []

    def begin(self) -> bytes:
        """Return nothing; the writer gives its first octets with the first rows."""
        return b""

    def add(self, filed: Filed) -> bytes:
        """Return what is ready, which is nothing for most records."""
        record = filed.record
        self._rows.append(cells(filed) | {"time": record.at, "expires": record.expires})
        if len(self._rows) < _PARQUET_ROWS:
            return b""
        self._flush()
        return self._taken()

    def end(self) -> bytes:
        """Return the last rows and the footer."""
        self._flush()
        self._writer.close()
        return self._taken()

    def place(self, line: bytes) -> Place | None:
        """Refuse."""
        raise ConfigError("an export to parquet cannot be resumed: begin it anew")

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []

    def _taken(self) -> bytes:
        taken = self._out.getvalue()
        self._out.seek(0)
        self._out.truncate()
        return taken


FORMATS: Mapping[str, Callable[[], Format]] = {"jsonl": JsonLines, "csv": Csv, "parquet": Parquet}


async def export(
    records: AsyncIterator[Filed],
    into: BinaryIO,
    form: Format,
    known: "Known",
    progress: Callable[[int], None],
) -> Done:
    """Write records behind what is there already, as they come."""
    hashed, size, count = known.hashed, known.size, known.records

    def write(data: bytes) -> None:
        nonlocal size
        into.write(data)
        hashed.update(data)
        size += len(data)

    if size == 0:
        write(form.begin())
    async for filed in records:
        write(form.add(filed))
        count += 1
        if count % EVERY == 0:
            progress(count)
    write(form.end())
    into.flush()
    return Done(count, size, hashed.hexdigest())


@dataclass(frozen=True)
class Known:
    """What a file holds from an earlier try: whole lines only."""

    size: int = 0
    records: int = 0
    after: Place | None = None
    hashed: Any = field(default_factory=hashlib.sha256)


def resumed(file: Path, form: Format) -> Known:
    """Read how far an export came; a last line that was cut is not counted."""
    hashed, size, records, last = hashlib.sha256(), 0, 0, None
    for line in _lines(file):
        hashed.update(line)
        size += len(line)
        place = form.place(line)
        if place is not None:
            records, last = records + 1, place
    return Known(size, records, last, hashed)


def _lines(file: Path) -> Iterator[bytes]:
    if file.exists():
        with file.open("rb") as lines:
            yield from (line for line in lines if line.endswith(b"\n"))


async def manifest(view: View, done: Done, name: str, period: Period, now: int, keys: Keys) -> str:
    """Return the signed word on an export: what was written, of which time, and the heads at that moment."""
    heads = await view.newest_heads()
    told = {
        "at": iso(now),
        "bytes": done.size,
        "file": name,
        "heads": [head.signed for head in heads],
        "records": done.records,
        "sha256": done.sha256,
        "since": None if period.since is None else iso(period.since),
        "until": None if period.until is None else iso(period.until),
    }
    return keys.sign(canonical.text(told).encode(), MANIFEST_TYPE)


def cells(filed: Filed) -> dict[str, object]:
    """Return a record as a row."""
    record = filed.record
    return {
        "record_id": record.id,
        "consent_id": record.consent_id,
        "site": record.site,
        "time": iso(record.at),
        "status": status(record),
        "action": record.action.value,
        "given": [category.value for category in record.given],
        "refused": [category.value for category in record.refused],
        "withdrawn": [category.value for category in record.withdrawn],
        "gpc": record.gpc,
        "law": record.law,
        "language": record.language,
        "policy_version": record.policy_version,
        "notice_sha256": record.notice,
        "method": record.method,
        "expires": iso(record.expires * 1000),
        "previous": record.previous,
        "tree": filed.tree,
        "place": filed.place,
    }


def status(record: Record) -> str:
    """Return what other tools call a choice: accepted, rejected or partially."""
    if not record.refused:
        return "accepted"
    return "partially" if record.given else "rejected"


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _text(value: object) -> str:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
