"""The commands about receipts."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assent.cli.ledger import CONFIG_OPTION, known_keys
from assent.config import load
from assent.core.moments import iso

if TYPE_CHECKING:
    from assent.core.jws import Keys


@click.group()
def receipt() -> None:
    """Receipts: what visitors hold to prove what they chose."""


@receipt.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--keys",
    "jwks",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The site's public keys, saved from .well-known/jwks.json.  [default: the keys in force here]",
)
@CONFIG_OPTION
def verify(file: Path, jwks: Path | None, config: Path | None) -> None:
    """Check a receipt, without network: the signature, the proof, and that words and record agree."""
    from assent.core.receipt import INDICATIONS
    from assent.core.receipt import verify as check

    known = _keys(jwks, config)
    try:
        found = check(file.read_text("utf-8"), known)
    except ValueError as error:
        raise click.ClickException(f"{file}: the receipt does not hold: {error}") from error
    record = found.record
    given = ", ".join(record.given) or "nothing"
    click.echo(
        f"ok: {record.site} recorded at {iso(record.at)} that {record.consent_id} allowed {given}\n"
        f"  by {INDICATIONS[record.action]}; record {record.id}\n"
        f"  in the log {found.head.tree} of {found.head.size:,} entries, signed at {iso(found.head.at)}"
    )


def _keys(jwks: Path | None, config: Path | None) -> "Keys":
    from assent.core.jws import Keys

    if jwks is None:
        known = known_keys(load(config))
        if not known.public:
            raise click.UsageError(
                "there are no keys here to check with: save those of the site, "
                "at .well-known/jwks.json below its prefix, and name the file by --keys."
            )
        return known
    try:
        return Keys.of_jwks(jwks.read_text("utf-8"))
    except ValueError as error:
        raise click.UsageError(f"{jwks}: {error}.") from error
