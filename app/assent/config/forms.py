"""The form that each kind of value must have; every function returns the value or raises ValueError.

A message says what is wrong and what would be right; where it stands is added by ``problems``.
"""

import ipaddress
import re
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from assent.core.choice import NAME, POLICY_VERSION

MIN_KEY_LENGTH = 32
UNIX = "unix"

_SEGMENTS = re.compile(r"(?:/[A-Za-z0-9_.~-]+)+\Z")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\Z")
_HOST = re.compile(rf"(?:\*\.)?(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{{1,5}})?\Z")
_SOCKET = re.compile(r"unix:(?://)?/[^/]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{3}){1,2}\Z")
_FAMILY = r"(?:-?[A-Za-z_][A-Za-z0-9_ -]*|\"[A-Za-z0-9_ .'-]+\"|'[A-Za-z0-9_ .-]+')"
_FONT = re.compile(rf"{_FAMILY}(?:\s*,\s*{_FAMILY})*\Z")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def prefix(value: str) -> str:
    """Accept a path such as ``/_assent``, below which Assent's own routes live."""
    if not _SEGMENTS.match(value) or any(part in (".", "..") for part in value.split("/")):
        raise ValueError(
            f'"{value}" cannot be a prefix; write a slash and a name of letters, digits and - . _ ~, '
            'without a slash at the end, such as "/_assent"'
        )
    return value


def text(value: str) -> str:
    """Accept one line of text that is not empty."""
    if not value.strip() or _CONTROL.search(value):
        raise ValueError("must be one line of text and not empty")
    return value


def colour(value: str) -> str:
    """Accept a colour in the form ``#rrggbb`` or ``#rgb``."""
    if not _COLOUR.match(value):
        raise ValueError(f'"{value}" is no colour in hexadecimal; write it like "#0b62b8"')
    return value.lower()


def font(value: str) -> str:
    """Accept a list of font families as CSS writes it."""
    if not _FONT.match(value):
        raise ValueError(
            f"{value} is no list of font families; write it like 'Inter, \"Segoe UI\", sans-serif'"
        )
    return value


def folder(value: Path) -> Path:
    """Accept a folder that is there."""
    if not value.is_dir():
        raise ValueError(f"{value} is no folder; name one that holds files of yours")
    return value


def origin(value: str) -> str:
    """Accept ``scheme://host[:port]`` and return it as browsers write it (RFC 6454 6.2)."""
    url = _url(value)
    if url.path or "?" in value or "#" in value or url.username is not None:
        raise ValueError(f'"{value}" is more than an origin; write only "{_bare(url)}"')
    return _bare(url)


def upstream(value: str) -> str:
    """Accept the http or https URL of the site behind the gateway, or ``unix:`` and the path of a socket."""
    if value.startswith("unix:"):
        if not _SOCKET.match(value) or _CONTROL.search(value):
            raise ValueError(f'"{value}" names no socket; write its whole path, as in "unix:/run/site.sock"')
        return value
    url = _url(value)
    if "?" in value or "#" in value or url.username is not None:
        raise ValueError('must have no user, query or fragment; write it like "http://127.0.0.1:9000"')
    return value


def server_name(value: str) -> str:
    """Accept a host without a port, as certificates name it."""
    if not _host_fits(value):
        raise ValueError(
            f'"{value}" is no host; write a name such as "site.internal", without scheme and port'
        )
    return value.lower()


def forward_proxy(value: str) -> str:
    """Accept the http or https URL of a proxy; never quoted, since it may hold a password."""
    try:
        url = _url(value)
    except ValueError:
        raise ValueError('is no http or https URL; write it like "http://proxy.internal:3128"') from None
    if url.path not in ("", "/") or "?" in value or "#" in value:
        raise ValueError('must have no path, query or fragment; write it like "http://proxy.internal:3128"')
    return value


def page(value: str) -> str:
    """Accept a path of the site itself, or an http or https URL."""
    if value.startswith("/") and not value.startswith("//") and not _CONTROL.search(value):
        return value
    try:
        _url(value)
    except ValueError:
        raise ValueError(
            f'"{value}" is no page; write a path such as "/privacy", or a whole https URL'
        ) from None
    return value


def cookie_domain(value: str) -> str:
    """Accept a domain for the Domain attribute (RFC 6265bis 5.1.3): no leading dot, no address."""
    bare = value.removeprefix(".").lower()
    if value.startswith(".") and _DOMAIN.match(bare):
        raise ValueError(f'"{value}" starts with a dot; write "{bare}", which covers subdomains too')
    if not _DOMAIN.match(bare) or "." not in bare or _is_address(bare):
        raise ValueError(f'"{value}" is no domain of two labels or more; write it like "shop.example"')
    return bare


def network(value: str) -> str:
    """Accept an IP address, a network in CIDR form, or ``unix`` for a peer on a Unix socket."""
    if value == UNIX:
        return value
    try:
        ipaddress.ip_network(value)
    except ValueError as error:
        raise ValueError(f'{error}; write an address or a network such as "10.0.0.0/8"') from None
    return value


def policy_version(value: str) -> str:
    """Accept what the consent cookie can carry."""
    if not POLICY_VERSION.match(value):
        raise ValueError(f'"{value}" must be 1 to 64 letters, digits or - . _ ~, such as "2026-11"')
    return value


def ledger_url(value: str) -> str:
    """Accept the URL of a database that outlives the process; never quoted, since it may hold a password."""
    scheme, _, rest = value.partition(":")
    if scheme == "sqlite" and rest.startswith("///") and rest.strip("/") not in ("", ":memory:"):
        return value
    if scheme == "postgresql" and rest.startswith("//") and len(rest) > 2:
        return value
    raise ValueError('must start with "sqlite:///" and a file, or with "postgresql://"')


def secret_key(value: str) -> str:
    """Accept a key that is too long to be guessed; never quoted."""
    if len(value) < MIN_KEY_LENGTH:
        raise ValueError(
            f"has {len(value)} characters and needs {MIN_KEY_LENGTH} or more; `assent keys new` prints one"
        )
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError("must be printable ASCII without spaces; `assent keys new` prints one")
    return value


def public_key(value: str) -> str:
    """Accept an Ed25519 public key, as ``assent keys public`` prints it."""
    # Not above: no command should wait for a library of cryptography that it does not need.
    from assent.core.jws import PublicKey

    try:
        PublicKey(value)
    except ValueError:
        raise ValueError(
            f'"{value}" is no public key; `assent keys public` prints those in force, 43 characters each'
        ) from None
    return value


def file_or_url(value: str) -> str:
    """Accept the path of a file, or an http or https URL."""
    if "://" in value:
        return value if urlsplit(value).scheme in _DEFAULT_PORTS and urlsplit(value).hostname else page(value)
    return text(value)


def cookie_pattern(value: str) -> str:
    """Accept a cookie-name as user agents store it (RFC 6265bis 5.6), or a prefix ending in ``*``."""
    if value == NAME:
        raise ValueError(f'"{NAME}" is Assent\'s own cookie and always necessary; remove the entry')
    if "=" in value or ";" in value or value != value.strip():
        raise ValueError(f'"{value}" is no cookie name; names have no "=", no ";" and no space around them')
    return _pattern(value, "enforcement.unknown_cookies")


def storage_pattern(value: str) -> str:
    """Accept a storage key, or a prefix ending in ``*``."""
    return _pattern(value, "an entry for each key")


def host_pattern(value: str) -> str:
    """Accept a host with or without a port, or ``*.`` and a host for all below it too."""
    if not _HOST.match(value):
        raise ValueError(
            f'"{value}" is no host; write "tracker.example" or "*.tracker.example", without scheme or path, '
            "names outside ASCII in their xn-- form"
        )
    return value.lower()


def path_pattern(value: str) -> str:
    """Accept an absolute path of the site, or a prefix ending in ``*``."""
    if not value.startswith("/"):
        raise ValueError(f'"{value}" must start with a slash: "/{value}"')
    if value == "/*":
        raise ValueError('"/*" would be the whole site; name the endpoint, such as "/collect*"')
    return _pattern(value, "an entry for each path")


def _pattern(value: str, instead: str) -> str:
    if not value or _CONTROL.search(value):
        raise ValueError("must be one line of text and not empty")
    if value == "*":
        raise ValueError(f'"*" would be everything; use {instead} instead')
    if "*" in value[:-1]:
        start = value.partition("*")[0]
        raise ValueError(
            f'"{value}" has a * before its end; write it exactly, or as a prefix such as "{start}*"'
        )
    return value


def _url(value: str) -> SplitResult:
    wrong = f'"{value}" is no http or https URL; write it like "https://shop.example"'
    try:
        url = urlsplit(value)
        host, port = url.hostname, url.port
    except ValueError:
        raise ValueError(wrong) from None
    if (
        url.scheme not in _DEFAULT_PORTS
        or not host
        or port == 0
        or not value.isascii()
        or not _host_fits(host)
    ):
        raise ValueError(wrong)
    return url


def _host_fits(host: str) -> bool:
    return bool(_DOMAIN.match(host)) or (":" in host and _is_address(host))


def _bare(url: SplitResult) -> str:
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    port = "" if url.port in (None, _DEFAULT_PORTS[url.scheme]) else f":{url.port}"
    return f"{url.scheme}://{host}{port}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
