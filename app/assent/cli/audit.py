"""The command that checks a site against the rules of consent, as an auditor would."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from assent.cli.scan import FILE, checked, judge_of, visited, visiting, write


@click.command()
@visiting
@click.option("--output", multiple=True, type=FILE, help="Report to write, .html or .json; repeatable.")
@click.option("--strict", is_flag=True, help="Status 1 also for what a person has to look at.")
def audit(url: str, config: Path | None, output: tuple[Path, ...], strict: bool, **options: Any) -> None:
    """Visit a site as an auditor does, and print a verdict for each rule of consent.

    It need not be a site behind Assent. Status 1 tells that a rule is broken.
    """
    from assent.scan import report
    from assent.scan.audit import counts, verdicts
    from assent.scan.law import DEMANDS

    checked(output, {".html", ".json"})
    site = visited("audit", url, 5, {**options, "config": config})
    judge = judge_of(site, config)
    found = verdicts(site, judge)
    write(
        output,
        {
            ".html": partial(report.audit_page, found, site, judge),
            ".json": partial(report.audit_json, found, site, judge),
        },
    )
    for number, verdict in found.items():
        if verdict.status != "moot":
            said = report.SAID[verdict.status]
            click.echo(f"{DEMANDS[number].id}\t{said}\t{DEMANDS[number].text} {verdict.reason}")
    told = counts(found)
    click.echo(", ".join(f"{number} {report.SAID[status]}" for status, number in told.items()), err=True)
    if told["fail"] or (strict and told["unclear"]):
        raise click.exceptions.Exit(1)
