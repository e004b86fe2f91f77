"""What the commands tell about the settings in force; no secret is ever part of it."""

import os
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from assent.config import Settings, file_in_force, key_file
from assent.core.categories import Category
from assent.core.rules import Rules

SQLITE = "sqlite:///"
NOWHERE = "no upstream: as middleware, around your own app"


def facts(settings: Settings, config: Path | None) -> str:
    """Tell what is in force, and where things are that will be made when they are not there."""
    file = file_in_force(config)
    keys = key_file(settings).path
    where = "in the settings" if settings.secret_keys else f"{keys}{_found(keys)}"
    return "\n".join(
        (
            f"  in front of  {settings.gateway.upstream or NOWHERE}",
            f"  settings     {file or 'the defaults: no assent.toml here'}",
            f"  mode         {settings.enforcement.mode}",
            f"  ledger       {_ledger(settings.ledger.url)}",
            f"  keys         {where}",
        )
    )


def _found(path: Path) -> str:
    return "" if path.exists() else " (new)"


def _ledger(url: str) -> str:
    if url.startswith(SQLITE):
        return url + _found(Path(url.removeprefix(SQLITE)))
    parts = urlsplit(url)
    user, at, place = parts.netloc.rpartition("@")
    # The query may hold a password as well as the user part (PostgreSQL manual, 32.1.1.2).
    return parts._replace(netloc=user.partition(":")[0] + at + place, query="").geturl()


def counts(rules: Rules) -> str:
    """Tell how many cookies each category has, declared and built in."""
    listed = Counter(rule.category for rule in (*rules.cookies, *rules.catalogue))
    return ", ".join(f"{listed[category]} {category}" for category in Category)


def unwritable(settings: Settings) -> str | None:
    """Tell whether ``data_dir`` is needed and cannot be written, without making it."""
    folder = settings.data_dir
    if settings.secret_keys and not settings.ledger.url.startswith(SQLITE):
        return None
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if existing.is_dir() and os.access(existing, os.W_OK):
        return None
    return f"data_dir: {existing} cannot be written by this user; change its owner, or name another folder"
