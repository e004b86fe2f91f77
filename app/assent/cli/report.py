"""What the commands tell about the settings in force; no secret is ever part of it."""

import os
from collections import Counter
from pathlib import Path

from assent.config import Settings, file_in_force, key_file
from assent.core.categories import Category
from assent.core.rules import Rules

NOWHERE = "no upstream: as middleware, around your own app"


def facts(settings: Settings, config: Path | None) -> dict[str, str]:
    """Tell what is in force, and where things are that will be made when they are not there."""
    file = file_in_force(config)
    keys = key_file(settings).path
    ledger, ledger_file = _ledger(settings.ledger.url)
    return {
        "in front of": settings.gateway.upstream or NOWHERE,
        "settings": str(file or "the defaults: no assent.toml here"),
        "mode": settings.enforcement.mode,
        "ledger": f"{ledger}{_found(ledger_file)}",
        "keys": "in the settings" if settings.secret_keys else f"{keys}{_found(keys)}",
    }


def lines(told: dict[str, str]) -> str:
    """Write facts for reading."""
    return "\n".join(f"  {name:<11}  {fact}" for name, fact in told.items())


def _found(path: Path | None) -> str:
    return "" if path is None or path.exists() else " (new)"


def _ledger(url: str) -> tuple[str, Path | None]:
    """Return the ledger's URL without any secret, and its file when it is one."""
    from sqlalchemy import make_url

    parts = make_url(url)
    # The query may hold a password as well as the user part (PostgreSQL manual, 32.1.1.2).
    where = parts.set(query={}).render_as_string(hide_password=True)
    return where, Path(parts.database or "") if parts.get_backend_name() == "sqlite" else None


def counts(rules: Rules) -> str:
    """Tell how many cookies each category has, declared and built in."""
    listed = Counter(rule.category for rule in (*rules.cookies, *rules.catalogue))
    return ", ".join(f"{listed[category]} {category}" for category in Category)


def unwritable(settings: Settings) -> list[str]:
    """Return one line for each folder that is needed and cannot be written, without making any."""
    needed = {} if settings.secret_keys else {settings.data_dir: "data_dir"}
    _, ledger_file = _ledger(settings.ledger.url)
    if ledger_file is not None:
        folder = ledger_file.parent
        needed[folder] = "data_dir" if folder == settings.data_dir else "ledger.url"
    existing = {_existing(folder): key for folder, key in needed.items()}
    return [
        f"{key}: {folder} cannot be written by this user; change its owner, or name another folder"
        for folder, key in existing.items()
        if not folder.is_dir() or not os.access(folder, os.W_OK)
    ]


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())
