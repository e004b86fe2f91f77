"""The built-in catalogue: what widely used cookies, storage keys and hosts are for, and what was imported."""

from functools import cache
from importlib.resources import files
from io import StringIO

from assent.catalogue.tables import KnownCookie, read_cookies, read_hosts, read_storage
from assent.core.rules import CookieRule, HostRule, StorageRule

__all__ = ["cookies", "elsewhere", "hosts", "storage"]


@cache
def cookies() -> tuple[CookieRule, ...]:
    """Return the cookies of sites themselves that Assent knows without being told, by the bytes of names.

    Scripts of third parties and tag servers set them as the site's own, too.
    """
    return tuple(known.rule for known in _cookies() if not known.domain)


@cache
def elsewhere() -> tuple[KnownCookie, ...]:
    """Return the cookies that live on the domains of third parties: no rule is made of them.

    A site can neither set nor read them, and its own of the same name (``uid``, ``token``) are others.
    """
    return tuple(known for known in _cookies() if known.domain)


@cache
def storage() -> tuple[StorageRule, ...]:
    """Return the storage keys that Assent knows without being told, in the order of their bytes."""
    return read_storage(*_file("storage.csv"))


@cache
def hosts() -> tuple[HostRule, ...]:
    """Return the third parties that Assent knows without being told, in the order of their bytes."""
    return read_hosts(*_file("hosts.csv"))


@cache
def _cookies() -> tuple[KnownCookie, ...]:
    return read_cookies(*_file("cookies.csv"))


def _file(name: str) -> tuple[StringIO, str]:
    source = files(__name__) / name
    return StringIO(source.read_text(encoding="utf-8")), str(source)
