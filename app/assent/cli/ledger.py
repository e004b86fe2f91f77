"""The commands that look into the ledger, take from it and make it forget."""

import asyncio
import csv
import json
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from assent.cli.progress import Progress
from assent.config import Settings, key_file, keys, load
from assent.errors import LedgerUnavailable

if TYPE_CHECKING:
    from assent.core.jws import Keys

Found = TypeVar("Found")

CONFIG_OPTION = click.option(
    "--config", type=click.Path(path_type=Path), help="Configuration file.  [default: assent.toml if present]"
)

FILE = click.Path(path_type=Path, dir_okay=False)

MOST = 20
"""Problems that are printed; the first is the one to look at."""


@click.group()
def ledger() -> None:
    """The ledger of choices: check it, take from it, make it forget.

    What is recorded while a command runs is not part of what it sees.
    """


@ledger.command()
@CONFIG_OPTION
@click.option(
    "--heads",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Published heads, one a line, a receipt or the manifest of an export; may be given several times.",
)
def verify(config: Path | None, files: tuple[Path, ...]) -> None:
    """Check every record, hash and signature; name the first that is bad.

    Heads that were published outside of the database also show whether it was set back or written anew.
    """
    from assent.ledger.verify import verify as check

    settings = load(config)
    heads = [head for file in files for token in file.read_text().split() for head in _heads_in(token)]

    async def run(archive: Any) -> Any:
        async with archive.view() as view:
            with Progress("checked", await view.count()) as progress:
                return await check(view, archive.keys, heads, progress)

    verdict = with_archive(settings, run)
    told = f"{verdict.records:,} records in {verdict.trees:,} trees, {verdict.heads:,} signed heads"
    told += f", {verdict.erased:,} erased" if verdict.erased else ""
    told += f", {verdict.unkept:,} notices not kept" if verdict.unkept else ""
    if not verdict.problems:
        click.echo(f"ok: {told}")
        return
    for problem in verdict.problems[:MOST]:
        where = f"tree {problem.tree}: " if problem.tree else ""
        click.echo(f"bad: {where}{problem.says}")
    if len(verdict.problems) > MOST:
        click.echo(f"... and {len(verdict.problems) - MOST:,} more")
    raise click.ClickException(f"the ledger is not what was written; looked at {told}")


@ledger.command()
@click.argument("consent_id")
@CONFIG_OPTION
@click.option(
    "--notices",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write the notices to that the visitor was shown.",
)
def show(consent_id: str, config: Path | None, notices: Path | None) -> None:
    """Print every record of one visitor, oldest first."""
    from assent.cli.records import replayed, words

    settings = load(config)

    async def run(archive: Any) -> Any:
        async with archive.view() as view:
            records = await view.history(consent_id)
            apart = {row.record_id: row.data for row in await view.personal_of(consent_id)}
            texts = {record.notice: await view.notice(record.notice) for record in records}
            return records, apart, texts

    records, apart, texts = with_archive(settings, run)
    if not records:
        raise click.ClickException(f"there is no record of {consent_id}")
    for record in records:
        click.echo(words(record, apart.get(record.id), kept=texts[record.notice] is not None))
    if notices is not None:
        for line in replayed(notices, texts):
            click.echo(line, err=True)


@ledger.command()
@CONFIG_OPTION
@click.option(
    "--format",
    "kind",
    type=click.Choice(["jsonl", "csv", "parquet"]),
    default="jsonl",
    show_default=True,
    help="Form of the records.",
)
@click.option(
    "--since", metavar="DATE", help="First day, or moment, in UTC: 2026-11-01 or 2026-11-01T12:00:00."
)
@click.option("--until", metavar="DATE", help="Day, or moment, before which to stop.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="File.  [default: standard output]"
)
@click.option("--resume", is_flag=True, help="Go on where an earlier export to the same file was cut off.")
@click.option(
    "--manifest",
    type=FILE,
    help="File for the signed manifest.  [default: beside the output]",
)
def export(
    config: Path | None,
    kind: str,
    since: str | None,
    until: str | None,
    output: Path | None,
    resume: bool,
    manifest: Path | None,
) -> None:
    """Write records out, with a signed manifest that says what was written."""
    from assent.ledger import export as out
    from assent.ledger.archive import Period

    settings = load(config)
    period = Period(moment("--since", since), moment("--until", until))
    if output is None and (resume or kind == "parquet"):
        raise click.UsageError(f"{'--resume' if resume else 'parquet'} needs a file: name it by --output.")
    form = out.FORMATS[kind]()
    try:
        known = out.resumed(output, form) if output and resume else out.Known()
    except (ValueError, LookupError, TypeError, StopIteration, csv.Error):
        raise click.UsageError(
            f"{output} holds something else than an export to {kind}: without --resume it is replaced."
        ) from None

    async def run(archive: Any) -> Any:
        with ExitStack() as stack:
            into: BinaryIO = sys.stdout.buffer
            if output is not None:
                into = stack.enter_context(_open(output, known.size))
            progress = stack.enter_context(Progress("written", None))
            async with archive.view() as view:
                done = await out.export(view.filed(period, known.after), into, form, known, progress)
                name, now = output.name if output else "standard output", time.time_ns() // 1_000_000
                if not archive.keys.signs:
                    return done, None
                return done, await out.manifest(view, done, name, period, now, archive.keys)

    place = manifest or (output.with_name(f"{output.name}.manifest.jws") if output else None)
    try:
        done, signed = with_archive(settings, run)
        if place is not None and signed is not None:
            place.write_text(signed + "\n")
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.ClickException(f"the export could not be written: {error}") from error
    click.echo(f"{done.records:,} records, {done.size:,} bytes, SHA-256 {done.sha256}", err=True)


@ledger.command()
@click.argument("consent_id")
@CONFIG_OPTION
def erase(consent_id: str, config: Path | None) -> None:
    """Forget one visitor, for good: GDPR Art. 17.

    Hashes stay, so that all other records can still be proved, and the log says that something was erased.
    """
    from assent.ledger.erase import erase as forget

    count = with_archive(load(config), lambda archive: forget(archive, consent_id))
    if not count:
        raise click.ClickException(f"there is no record of {consent_id}")
    click.echo(f"{count:,} records erased")


@ledger.command()
@CONFIG_OPTION
def purge(config: Path | None) -> None:
    """Forget the records whose consent ended more than ledger.retention_days ago."""
    from assent.ledger.erase import purge as forget

    settings = load(config)
    now, days = time.time_ns() // 1_000_000, settings.ledger.retention_days
    count = with_archive(settings, lambda archive: forget(archive, days, now))
    click.echo(f"{count:,} records purged: their consent ended more than {days:,} days ago")


def known_keys(settings: Settings) -> "Keys":
    """Return the keys in force, making none: a command that only looks must not begin a new identity."""
    from assent.core.jws import Keys

    there = settings.secret_keys or key_file(settings).path.exists()
    return Keys(keys(settings) if there else (), settings.ledger.public_keys)


def with_archive(settings: Settings, run: Callable[[Any], Awaitable[Found]]) -> Found:
    """Return what ``run`` finds in the ledger; a ledger that is not there, or fails, ends the command."""
    from assent.ledger.archive import Archive

    archive = Archive(settings.ledger.url, known_keys(settings))
    file = archive.opening.database.file
    if file is not None and not file.exists():
        raise click.ClickException(f"there is no ledger at {file}")

    async def work() -> Found:
        try:
            return await run(archive)
        finally:
            await archive.close()

    try:
        return asyncio.run(work())
    except LedgerUnavailable as error:
        raise click.ClickException(str(error)) from error


def _heads_in(token: str) -> list[str]:
    """Return the heads that a receipt or a manifest carries, whoever signed that; any other token itself."""
    from assent.core.jws import decoded

    try:
        told = json.loads(decoded(token.split(".")[1]))
        return [*told["heads"]] if "heads" in told else [told["assent:log"]["@value"]["head"]]
    except (ValueError, LookupError, TypeError):
        return [token]


def _open(output: Path, size: int) -> BinaryIO:
    file: BinaryIO = output.open("r+b" if size else "wb")
    if size:
        file.truncate(size)
        file.seek(size)
    return file


def moment(option: str, value: str | None) -> int | None:
    """Return a date or moment in UTC as milliseconds since 1970; None stays None."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
        found = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        today = date.today().isoformat()
        raise click.UsageError(f"{option} {value}: no date; write it like {today}.") from None
    return int(found.timestamp() * 1000)
