"""Records in words, and notices as pages that can be looked at."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from assent.core.moments import iso
from assent.core.record import Record


def words(record: Record, apart: str | None, *, kept: bool) -> str:
    """Return a record for people to read; ``apart`` is the JSON of what is known beside it."""
    at, ends = iso(record.at), iso(record.expires * 1000)
    lines = [
        ("record", record.id),
        ("consent id", record.consent_id),
        ("time", at),
        ("site", record.site),
        ("action", f"{record.action.value}, by {record.method}"),
        ("given", " ".join(record.given) or "none"),
        ("refused", " ".join(record.refused) or "none"),
        ("withdrawn", " ".join(record.withdrawn) or "none"),
        ("signals", "Global Privacy Control" if record.gpc else "none"),
        ("law", record.law),
        ("language", record.language),
        ("policy", record.policy_version),
        ("notice", f"{record.notice}{'' if kept else ' (not kept)'}"),
        ("valid until", ends),
        ("previous", record.previous or "none"),
        *(json.loads(apart).items() if apart else ()),
    ]
    return "".join(f"{name:<12}{value}\n" for name, value in lines)


def replayed(folder: Path, notices: Mapping[str, str | None]) -> Iterator[str]:
    """Write each notice, exactly as it was hashed, to a file of its hash; yield a line about each."""
    folder.mkdir(parents=True, exist_ok=True)
    for sha256, notice in notices.items():
        if notice is None:
            yield f"{sha256}: not kept"
            continue
        file = folder / f"{sha256}.html"
        file.write_bytes(notice.encode())
        yield f"{file}: written"
