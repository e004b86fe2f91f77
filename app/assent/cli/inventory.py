"""The commands about what a site uses: what is declared, what is known of a name, and what changed."""

import html
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assent.cli.ledger import CONFIG_OPTION, moment, with_archive
from assent.config import inventory as declarations
from assent.config import load
from assent.core.categories import Category
from assent.core.rules import OWN

if TYPE_CHECKING:
    from assent.core.rules import CookieRule, HostRule, PathRule, Rules, StorageRule

    Rule = CookieRule | StorageRule | HostRule | PathRule

CATEGORIES = click.Choice([category.value for category in Category])
TABLES = click.Choice(list(declarations.KEYS))

# What a notice lists, by the markup of templates/_dialog.html: a category, then the names under it.
_LISTED = re.compile(r'id="assent-about-([a-z]+)"|<code>([^<]*)</code>')


@click.group()
def inventory() -> None:
    """What the site uses: list it, classify it, write it out, compare two dates."""


@inventory.command("list")
@CONFIG_OPTION
@click.option("--all", "every", is_flag=True, help="Also what is built in and imported.")
@click.option("--category", type=CATEGORIES, help="Only what serves this.")
def list_(config: Path | None, every: bool, category: str | None) -> None:
    """Print what is declared, and what traffic revealed.

    A line each: list, name, category, provider, where it stands. Of what traffic revealed follow the first
    day, the last, how often, lifetime and attributes, where, and for what nobody knows what it looks like.
    """
    from assent.cli.revealed import by_rule, revealed
    from assent.web.parts import rules_of

    settings = load(config)
    rules = rules_of(settings)
    found = revealed(settings, rules)
    set_later = declarations.read(settings.data_dir)
    later = {
        (name, getattr(one, key))
        for name, key in declarations.KEYS.items()
        for one in getattr(set_later, name)
    }
    shown = [
        (table, what, rule, "set" if (table, what) in later else "declared")
        for table, what, rule in _of(rules.cookies, rules.storage, rules.hosts, rules.paths)
    ]
    if every:
        origin = _imported(settings.data_dir)
        shown += [
            (table, what, rule, origin.get((table, what), "built in"))
            for table, what, rule in _of(rules.catalogue, rules.catalogue_storage, rules.catalogue_hosts, ())
        ]
    covered = by_rule(found)
    told: list[tuple[str, ...]] = []
    for table, what, rule, where in shown:
        seen = covered.pop(id(rule), None)
        columns = seen.columns if seen else ()
        told.append((table, what, rule.category.value, getattr(rule, "provider", ""), where, *columns))
    told += [
        (one.table, one.seen.name, one.category, one.provider, "seen", *one.columns)
        for one in found
        if one.rule is None or id(one.rule) in covered
    ]
    lines = ["\t".join(columns).rstrip("\t") for columns in told if category in (None, columns[2])]
    for line in lines:
        click.echo(line)
    if not lines and not every:
        click.echo("nothing is declared; --all lists what is known without that", err=True)


@inventory.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@CONFIG_OPTION
@click.option("--table", type=TABLES, help="What kind of names they are.  [default: whichever knows them]")
def classify(names: tuple[str, ...], config: Path | None, table: str | None) -> None:
    """Print what is known of each name, a line each: the name, its category or "unknown", the provider."""
    from assent.web.parts import rules_of

    rules = rules_of(load(config))
    for name in names:
        rule = _found(rules, name, table)
        known = (rule.category.value, getattr(rule, "provider", "")) if rule else ("unknown", "")
        click.echo("\t".join((name, *known)))


@inventory.command("set")
@click.argument("name")
@click.argument("category", type=CATEGORIES)
@CONFIG_OPTION
@click.option("--table", type=TABLES, default="cookies", show_default=True, help="What kind of name it is.")
@click.option("--provider", help="Whose it is, for visitors to read.")
@click.option("--duration", help='How long it stays, such as "2 years".')
@click.option("--description", help="What it does, in one sentence.")
def set_(
    name: str,
    category: str,
    config: Path | None,
    table: declarations.Name,
    provider: str | None,
    duration: str | None,
    description: str | None,
) -> None:
    """Declare one name, exact or a prefix that ends in *, from the next start on.

    Kept in data_dir. What is known of the name and not said here is taken over.
    """
    from assent.web.parts import rules_of

    settings = load(config)
    key = declarations.KEYS[table]
    if name in (getattr(entry, key) for entry in getattr(settings, table)):
        raise click.ClickException(f"{name} is declared in the settings, which count first: change it there")
    entry = {key: name, "category": category}
    if table == "cookies":
        known = rules_of(settings).cookie(name.encode("utf-8", "surrogateescape"))
        if known is not None:
            # A sentence about another purpose, or about somebody else, would be wrong.
            same = category == known.category and provider in (None, known.provider)
            entry |= {"provider": known.provider, "duration": known.duration}
            entry |= {"description": known.description} if same else {}
        said = {"provider": provider, "duration": duration, "description": description}
        entry |= {each: text for each, text in said.items() if text is not None}
    elif any((provider, duration, description)):
        raise click.UsageError("--provider, --duration and --description are for cookies.")
    declarations.put(settings.data_dir, table, entry)
    click.echo(f"{name} is {category} from the next start on: {settings.data_dir / declarations.FILE}")


@inventory.command()
@CONFIG_OPTION
@click.option("--seen", is_flag=True, help="Also what traffic revealed; what nobody knows is commented out.")
def export(config: Path | None, seen: bool) -> None:
    """Print all that is declared, in the settings and by "set", as TOML for a configuration file."""
    from assent.cli.revealed import entry, revealed
    from assent.web.parts import rules_of

    settings = load(config)
    yours = declarations.declared(settings)
    entries = [declarations.text(yours).lstrip("\n")] if any(dict(yours).values()) else []
    if seen:
        rules = rules_of(settings)
        declared = frozenset(map(id, (*rules.cookies, *rules.storage, *rules.hosts)))
        entries += [
            entry(one)
            for one in revealed(settings, rules)
            if id(one.rule) not in declared and one.seen.name != OWN.name
        ]
    click.echo("\n".join(entries), nl=False)


@inventory.command()
@click.argument("since", metavar="FROM")
@click.argument("until", metavar="[TO]", required=False)
@CONFIG_OPTION
def diff(since: str, until: str | None, config: Path | None) -> None:
    """Compare what visitors were told of at two dates, by the notices in the ledger, and what was seen.

    A date is its beginning in UTC; TO is now when left out. "+" is new, "-" gone, "!" of another category. A
    day in the last column tells that traffic showed it first, or for the last time, between the dates.
    """
    from assent.cli.revealed import between, day, revealed
    from assent.web.parts import rules_of

    moments = [moment("FROM", since) or 0, moment("TO", until) or time.time_ns() // 1_000_000]
    settings = load(config)

    async def run(archive: Any) -> list[str | None]:
        async with archive.view() as view:
            return [await view.notice_at(at) for at in moments]

    before, after = (dict(_listed(notice or "")) for notice in with_archive(settings, run))
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was is None:
            click.echo(f"+\t{name}\t{now}")
        elif now is None:
            click.echo(f"-\t{name}\t{was}")
        elif was != now:
            click.echo(f"!\t{name}\t{was} -> {now}")
    new, gone = between(revealed(settings, rules_of(settings)), *moments)
    for one in new:
        click.echo(f"+\t{one.seen.name}\t{one.category}\tfirst seen {day(one.seen.first)}")
    for one in gone:
        click.echo(f"-\t{one.seen.name}\t{one.category}\tlast seen {day(one.seen.last)}")


def _of(
    cookies: "tuple[CookieRule, ...]",
    storage: "tuple[StorageRule, ...]",
    hosts: "tuple[HostRule, ...]",
    paths: "tuple[PathRule, ...]",
) -> "Iterator[tuple[str, str, Rule]]":
    lists: dict[declarations.Name, tuple[Rule, ...]]
    lists = {"cookies": cookies, "storage": storage, "hosts": hosts, "paths": paths}
    for table, rules in lists.items():
        for rule in rules:
            yield table, getattr(rule, declarations.KEYS[table]), rule


def _found(rules: "Rules", name: str, table: str | None) -> "Rule | None":
    from assent.core.urls import Target

    octets = name.encode("utf-8", "surrogateescape")
    finders: dict[str, Callable[[], Rule | None]] = {
        "cookies": lambda: rules.cookie(octets) or _elsewhere(name),
        "storage": lambda: rules.storage_rule(octets),
        "hosts": lambda: rules.host_rule(Target.read(name.lower())),
        "paths": lambda: rules.path_rule(name),
    }
    finds = (find() for each, find in finders.items() if table in (None, each))
    return next((rule for rule in finds if rule is not None), None)


def _elsewhere(name: str) -> "CookieRule | None":
    """Return the strictest of the cookies of this name that live on domains of third parties."""
    from assent.catalogue import elsewhere
    from assent.catalogue.importers.facts import STRICTEST_LAST
    from assent.core.rules import Patterns

    named = [
        replace(known.rule, provider=f"{known.rule.provider} (on {known.domain})")
        for known in elsewhere()
        if name.startswith(known.rule.name.rstrip("*"))
    ]
    named.sort(key=lambda rule: STRICTEST_LAST.index(rule.category), reverse=True)
    return Patterns((rule.name, rule) for rule in named).find(name.encode("utf-8", "surrogateescape"))


def _imported(folder: Path) -> dict[tuple[str, str], str]:
    from assent.catalogue.imported import facts

    return {(one.fact.kind, one.fact.pattern): f"imported: {one.source}" for one in facts(folder)}


def _listed(notice: str) -> Iterator[tuple[str, str]]:
    category = ""
    for found in _LISTED.finditer(notice):
        if found[1]:
            category = found[1]
        elif category:
            yield html.unescape(found[2]), category
