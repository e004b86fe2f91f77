"""The configuration: settings from arguments, environment and file, every mistake reported at once.

No other room reads the environment or the configuration file.
"""

from assent.config.gateway import Gateway
from assent.config.notices import warnings
from assent.config.server import Server
from assent.config.settings import (
    LANGUAGES,
    Consent,
    CookieEntry,
    Enforcement,
    HostEntry,
    Ledger,
    PathEntry,
    ServiceEntry,
    Settings,
    Site,
    StorageEntry,
)
from assent.config.signing import key_file, keys, new_key
from assent.config.sources import file_in_force, load
from assent.config.theme import Theme

__all__ = [
    "LANGUAGES",
    "Consent",
    "CookieEntry",
    "Enforcement",
    "Gateway",
    "HostEntry",
    "Ledger",
    "PathEntry",
    "Server",
    "ServiceEntry",
    "Settings",
    "Site",
    "StorageEntry",
    "Theme",
    "file_in_force",
    "key_file",
    "keys",
    "load",
    "new_key",
    "warnings",
]
