"""The command that takes other people's lists into the local table."""

import gzip
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assent.cli.ledger import CONFIG_OPTION
from assent.cli.progress import Progress
from assent.config import Settings, load
from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.errors import ConfigError

if TYPE_CHECKING:
    from assent.catalogue.importers import About, Fact, Format, Kind
    from assent.core.rules import Rules

NAMES = (
    "open-cookie-database",
    "third-party-web",
    "disconnect",
    "duckduckgo-tds",
    "filter-list",
    "cookieyes",
    "cookiebot",
)

LONGEST_LINE = 1 << 16
"""Characters of one line; what is beyond them is not looked at."""

MOST = 20
"""Malformed lines that are told of one by one."""

LONGEST_WORDS = 400

HEAVY = 40_000
"""Octets, compressed, of what the guard knows, from which on a page is noticeably slower to come."""


@click.command("import")
@click.argument("format_", metavar="FORMAT", type=click.Choice(NAMES))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@CONFIG_OPTION
@click.option("--source", help="Name of the list.  [default: as it calls itself]")
@click.option("--version", help="Version of the list.  [default: as it says, else a hash of the file]")
@click.option("--licence", help="Its licence.  [default: as it says, else that of the format]")
@click.option(
    "--category",
    type=click.Choice([c.value for c in Category if c is not Category.NECESSARY]),
    default=Category.ADVERTISEMENT.value,
    show_default=True,
    help="What the hosts of a filter-list are for.",
)
def import_(
    format_: str,
    file: Path,
    config: Path | None,
    source: str | None,
    version: str | None,
    licence: str | None,
    category: str,
) -> None:
    """Take a list of cookies or third parties into a table in data_dir, in the place of its older version.

    What you declare and what is built in count before it. Malformed lines are named and skipped.
    """
    from assent.catalogue import imported
    from assent.catalogue.importers import FORMATS, filter_list

    settings, form = load(config), FORMATS[format_]
    if format_ == "filter-list":
        form = form._replace(read=partial(filter_list, category=Category(category)))
    reading = Reading(file, form)
    try:
        with imported.replacing(settings.data_dir) as table:
            for fact in reading.facts():
                table.add(fact)
            if not reading.found:
                raise ConfigError(f"nothing in it is a fact of the format {format_}; nothing was changed")
            about = imported.Source(
                source or reading.title or form.title,
                version or reading.version or reading.digest,
                licence or reading.licence or form.licence or "not stated",
                file.name,
                int(time.time()),
            )
            table.finish(about)
    except ConfigError as error:
        raise click.ClickException(f"{file}: {error}") from error
    finally:
        reading.tell()
    click.echo(f"{about.title}, version {about.version}, licence {about.licence}")
    _tell_counts(imported.counts(settings.data_dir, about.title))
    _tell_weight(settings)


class Reading:
    """One file on its way through a format's reader: counts what comes, and keeps little of it."""

    def __init__(self, file: Path, form: "Format") -> None:
        self._file = file
        self._form = form
        self._malformed: list[str] = []
        self._more = 0
        self._left_out: Counter[str] = Counter()
        self._hash = hashlib.sha256()
        self.found = 0
        self.lines = 0
        self.title = self.version = self.licence = ""

    @property
    def digest(self) -> str:
        """The first characters of the file's SHA-256."""
        return self._hash.hexdigest()[:12]

    def facts(self) -> "Iterator[Fact]":
        """Yield the facts of the file."""
        from assent.catalogue.importers import About, Fact, LeftOut

        with Progress("lines read", _count(self._file)) as progress:
            for item in self._form.read(self._read(progress)):
                if isinstance(item, Fact):
                    self.found += 1
                    yield item
                elif isinstance(item, LeftOut):
                    self._left_out[item.why] += 1
                elif isinstance(item, About):
                    self._note(item)
                elif len(self._malformed) < MOST:
                    self._malformed.append(f"{item.place}: {item.says}"[:LONGEST_WORDS])
                else:
                    self._more += 1

    def tell(self) -> None:
        """Say what was not taken, and why."""
        for said in self._malformed:
            click.echo(f"malformed: {said}", err=True)
        if self._more:
            click.echo(f"... and {self._more:,} more", err=True)
        for why, count in self._left_out.most_common():
            click.echo(f"left out: {count:,} {why}", err=True)

    def _note(self, about: "About") -> None:
        self.title = self.title or about.title
        self.version = self.version or about.version
        self.licence = self.licence or about.licence

    def _read(self, progress: Progress) -> Iterator[str]:
        # Bytes that are not UTF-8 become characters that no name may have.
        with self._file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            begins = True
            while part := text.readline(LONGEST_LINE):
                self._hash.update(part.encode("utf-8", "surrogateescape"))
                if begins:
                    self.lines += 1
                    progress(self.lines)
                    yield part
                begins = part.endswith("\n")


def _count(file: Path) -> int:
    with file.open("rb") as octets:
        return sum(part.count(b"\n") for part in iter(lambda: octets.read(1 << 20), b""))


def _tell_counts(counts: "dict[tuple[Kind, Category], int]") -> None:
    for (kind, category), count in sorted(counts.items()):
        click.echo(f"  {kind:<8} {category:<14} {count:>8,}")
    if any(category is Category.NECESSARY for _, category in counts):
        click.echo(
            "  What it calls necessary passes without being asked for: read `assent inventory list --all`."
        )


def _tell_weight(settings: Settings) -> None:
    from assent.web.parts import rules_of

    rules = rules_of(settings)
    weight = max(_weight(rules, granted) for granted in (NECESSARY_ONLY, ALL))
    click.echo(f"What each page's guard knows of all lists is now up to {weight:,} bytes, compressed.")
    if weight > HEAVY:
        click.echo("warning: pages wait for it; import what your site uses, not all there is", err=True)


def _weight(rules: "Rules", granted: frozenset[Category]) -> int:
    from assent.core.guard import patterns

    return len(gzip.compress(json.dumps(patterns(rules, granted), separators=(",", ":")).encode()))
