"""What an operator can set: one frozen model per table of the configuration file, with safe defaults."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from assent.config import forms
from assent.config.compatibility import Compatibility
from assent.config.discovery import Discovery
from assent.config.gateway import Gateway
from assent.config.server import Server
from assent.config.signals import Signals
from assent.config.table import Table, Text
from assent.config.theme import Theme
from assent.core.categories import Category
from assent.core.tools import TOOLS
from assent.resources import directory

LANGUAGES = ("en", *sorted(path.stem for path in directory("locales").glob("*.po")))
"""The languages that ship, a file each; the first, in which the texts are written, is the fallback."""


MAX_LIFETIME_DAYS = 400
"""User agents keep no cookie longer (RFC 6265bis 5.5)."""


def _secret_key(value: SecretStr) -> SecretStr:
    forms.secret_key(value.get_secret_value())
    return value


def _language(value: str, info: ValidationInfo) -> str:
    own: Path | None = info.data.get("translations")
    if value not in LANGUAGES and not (own and (own / f"{value}.po").is_file()):
        raise ValueError(f'"{value}" does not ship with this version; those that do: {", ".join(LANGUAGES)}')
    return value


def _import(value: str) -> str:
    if value not in TOOLS:
        raise ValueError(f'"{value}" is not a tool whose cookies are known; those are: {", ".join(TOOLS)}')
    return value


def _not_boolean(value: object) -> object:
    # Python counts True as 1, and nobody who writes `true` means one day.
    if isinstance(value, bool):
        raise ValueError("must be a whole number of days")
    return value


class Site(Table):
    """``[site]``: the site as its visitors know it."""

    name: Text | None = None
    origin: Annotated[str, AfterValidator(forms.origin)] | None = None
    """``scheme://host[:port]``; None derives it from each request."""
    privacy_policy: Annotated[str, AfterValidator(forms.page)] | None = None
    legal_notice: Annotated[str, AfterValidator(forms.page)] | None = None
    controller: Text | None = None
    """Who is responsible, and how to reach them."""
    transfers: Text | None = None
    """Where else data goes, such as "the United States"; None says nothing."""
    translations: Annotated[Path, AfterValidator(forms.folder)] | None = None
    """PO files of the operator's, each named by its language."""
    languages: tuple[Annotated[str, AfterValidator(_language)], ...] = LANGUAGES
    cookie_domain: Annotated[str, AfterValidator(forms.cookie_domain)] | None = None
    """None keeps the consent cookie host-only."""

    @field_validator("languages")
    @classmethod
    def _some_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("must name one language or more; leave it out to offer all that ship")
        return _unique(value)

    @model_validator(mode="after")
    def _domain_fits_origin(self) -> "Site":
        host = urlsplit(self.origin).hostname if self.origin else None
        domain = self.cookie_domain
        if host and domain and host != domain and not host.endswith(f".{domain}"):
            raise ValueError(
                f'cookie_domain "{domain}" does not cover the host of origin, "{host}", so browsers refuse '
                "the consent cookie; write that host or a domain above it"
            )
        return self


class Enforcement(Table):
    """``[enforcement]``: what happens to what is not granted, and to what nobody knows."""

    mode: Literal["enforce", "observe"] = "enforce"
    unknown_cookies: Literal["block", "allow"] = "block"
    unknown_hosts: Literal["block", "allow"] = "block"
    unknown_storage: Literal["block", "allow"] = "block"


class Consent(Table):
    """``[consent]``: how long a choice lasts and when it is asked for again."""

    lifetime_days: Annotated[int, Field(ge=1, le=MAX_LIFETIME_DAYS)] = 180
    policy_version: Annotated[str, AfterValidator(forms.policy_version)] | None = None
    """None takes a hash of categories and rules."""
    imports: tuple[Annotated[str, AfterValidator(_import)], ...] = ()
    """Other tools, whose answers carry over."""
    imports_law: Literal["opt-in", "opt-out"] = "opt-in"
    """How they asked: before use, or by using until it was refused."""

    _whole_days = field_validator("lifetime_days", mode="before")(_not_boolean)


class Ledger(Table):
    """``[ledger]``: where the records of consent are kept."""

    url: Annotated[str, AfterValidator(forms.ledger_url)] = Field(default="", repr=False)
    """Inside ``Settings`` never empty: the default is a SQLite file in its ``data_dir``."""
    address: Literal["none", "truncated"] = "none"
    """Whether a record has the visitor's IP address beside it, cut to its network."""
    retention_days: Annotated[int, Field(ge=0, le=36500)] = 1095
    """How long a record is kept after the consent that it tells of has ended."""
    heads: Annotated[str, AfterValidator(forms.file_or_url)] | None = None
    """Where signed heads are published, outside of the ledger."""
    public_keys: tuple[Annotated[str, AfterValidator(forms.public_key)], ...] = ()
    """Of secret keys that are gone, so that what they signed can still be checked."""

    _whole_days = field_validator("retention_days", mode="before")(_not_boolean)


class CookieEntry(Table):
    """One ``[[cookies]]``: a name, or a prefix ending in ``*``, and what a visitor reads about it."""

    name: Annotated[str, AfterValidator(forms.cookie_pattern)]
    category: Category
    provider: str = ""
    duration: str = ""
    description: str = ""


class StorageEntry(Table):
    """One ``[[storage]]``: a key, or a prefix ending in ``*``, of what scripts store in the browser."""

    key: Annotated[str, AfterValidator(forms.storage_pattern)]
    category: Category


class HostEntry(Table):
    """One ``[[hosts]]``: a third party that the pages load; ``*.`` covers the domain and all below it."""

    host: Annotated[str, AfterValidator(forms.host_pattern)]
    category: Category


class PathEntry(Table):
    """One ``[[paths]]``: a path of the site, or a prefix ending in ``*``, with a purpose of its own."""

    path: Annotated[str, AfterValidator(forms.path_pattern)]
    category: Category


class ServiceEntry(Table):
    """One ``[[services]]``: what another tool calls a category or service, and which of ours that is."""

    name: Text
    category: Category


Entry = CookieEntry | StorageEntry | HostEntry | PathEntry | ServiceEntry


class Settings(Table):
    """All settings. Made directly it holds what it is given and the defaults, and reads nothing else.

    Raises ``pydantic.ValidationError``, which lists every mistake; ``load`` words them for operators.
    """

    prefix: Annotated[str, AfterValidator(forms.prefix)] = "/_assent"
    data_dir: Path = Path("assent-data")
    secret_keys: tuple[Annotated[SecretStr, AfterValidator(_secret_key)], ...] = ()
    """Newest first; empty means those in ``data_dir``. ``config.keys`` returns the ones in force."""
    admin_token: Annotated[SecretStr, AfterValidator(_secret_key)] | None = None
    """What a program of the owner's sends to read records and rates; None: nobody may."""
    site: Site = Site()
    gateway: Gateway = Gateway()
    server: Server = Server()
    enforcement: Enforcement = Enforcement()
    consent: Consent = Consent()
    theme: Theme = Theme()
    signals: Signals = Signals()
    compatibility: Compatibility = Compatibility()
    ledger: Ledger = Field(default=Ledger(), validate_default=True)
    discovery: Discovery = Discovery()
    cookies: tuple[CookieEntry, ...] = ()
    storage: tuple[StorageEntry, ...] = ()
    hosts: tuple[HostEntry, ...] = ()
    paths: tuple[PathEntry, ...] = ()
    services: tuple[ServiceEntry, ...] = ()

    @field_validator("ledger")
    @classmethod
    def _in_data_dir(cls, value: Ledger, info: ValidationInfo) -> Ledger:
        if value.url or "data_dir" not in info.data:
            return value
        return value.model_copy(
            update={"url": f"sqlite:///{(info.data['data_dir'] / 'ledger.db').as_posix()}"}
        )

    @field_validator("secret_keys")
    @classmethod
    def _keys_differ(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if len({key.get_secret_value() for key in value}) < len(value):
            raise ValueError("has the same key twice; keep the first")
        return value

    @field_validator("cookies", "storage", "hosts", "paths", "services")
    @classmethod
    def _declared_once(cls, value: tuple[Entry, ...]) -> tuple[Entry, ...]:
        _unique(next(iter(dict(entry).values())) for entry in value)
        return value


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    listed = tuple(values)
    for value, count in Counter(listed).items():
        if count > 1:
            numbers = [number for number, other in enumerate(listed, 1) if other == value]
            raise ValueError(f'has "{value}" {count} times, at numbers {_and(numbers)}; keep one')
    return listed


def _and(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}"
