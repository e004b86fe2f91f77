"""Names of the upstream in response fields, put as visitors know them: URLs, cookie domains, cookie paths.

Only what the operator configured is mapped, the upstream's own origin and base path; bodies pass as they are.
"""

import re
from collections.abc import Callable

from assent.gateway.address import Address

Field = tuple[bytes, bytes]

_LINK_TARGET = re.compile(rb"(?<=<)[^>]*")
# HTML, shared declarative refresh steps: a time, then a URL with or without "url=" and quotes.
_REFRESH = re.compile(rb"([\s\d.]*+(?:[\s;,]*+(?:url\s*+=\s*+)?+[\"']?+))(.*+)", re.IGNORECASE | re.DOTALL)
_PORTS = {"http": 80, "https": 443}


class Names:
    """The names of one upstream."""

    def __init__(self, address: Address) -> None:
        self._host = address.host.encode("ascii").lower()
        self._base = address.base_path
        host = re.escape(f"[{address.host}]" if ":" in address.host else address.host)
        port = f":{address.port}"
        if address.port == _PORTS[address.scheme]:
            port = f"(?:{port})?"
        self._origin = re.compile(
            rf"(?:{address.scheme}:)?//{host}{port}(?=[/?#]|\Z)".encode("ascii"), re.IGNORECASE
        )
        self._edits: dict[bytes, Callable[[bytes, str, bytes], bytes]] = {
            b"location": self._location,
            b"content-location": self._location,
            b"link": self._link,
            b"refresh": self._refresh,
            b"set-cookie": self._set_cookie,
        }

    def public(self, fields: list[Field], host: str, root: bytes) -> list[Field]:
        """Map a response's fields, named in lower case, for a visitor who asked ``host`` below ``root``."""
        edits = self._edits
        for place, (name, value) in enumerate(fields):
            if name in edits:
                fields[place] = (name, edits[name](value, host, root))
        return fields

    def url(self, url: bytes, root: bytes) -> bytes:
        """Map a URL of the upstream to a path of the public site; any other URL stays as it is.

        A path needs no public scheme and host, so a proxy in front that is not trusted cannot make it wrong.
        """
        origin = self._origin.match(url)
        path = url[origin.end() :] if origin else url
        if origin:
            path = _rooted(path)
        elif not (self._base or root) or not _is_path(url) or (root and _below(url, root)):
            return url
        if not _below(path, self._base):
            return url
        public = root + (_rooted(path[len(self._base) :]) if self._base else path)
        return public if _is_path(public) else b"/." + public

    def _location(self, value: bytes, host: str, root: bytes) -> bytes:
        return self.url(value, root)

    def _link(self, value: bytes, host: str, root: bytes) -> bytes:
        return _LINK_TARGET.sub(lambda target: self.url(target[0], root), value)

    def _refresh(self, value: bytes, host: str, root: bytes) -> bytes:
        match = _REFRESH.fullmatch(value)
        return match[1] + self.url(match[2], root) if match and match[2] else value

    def _set_cookie(self, value: bytes, host: str, root: bytes) -> bytes:
        if not (self._base or root) and b"omain" not in value.lower():
            return value
        pair, *attributes = value.split(b";")
        return b";".join([pair, *(self._attribute(attribute, host, root) for attribute in attributes)])

    def _attribute(self, attribute: bytes, host: str, root: bytes) -> bytes:
        name, equals, value = attribute.partition(b"=")
        kind, said = name.strip().lower(), value.strip()
        if kind == b"domain" and said:
            mapped = self._domain(said, host)
        elif kind == b"path" and said.startswith(b"/"):
            mapped = self._path(said, root)
        else:
            return attribute
        return attribute if mapped == said else name + equals + mapped

    def _domain(self, domain: bytes, host: str) -> bytes:
        """Map a Domain that browsers would take from the upstream but not from the public host."""
        public = _without_port(host).encode("latin-1")
        if _covers(domain, public) or not _covers(domain, self._host):
            return domain
        return public

    def _path(self, path: bytes, root: bytes) -> bytes:
        if not _below(path, self._base) or (root and _below(path, root)):
            return path
        rest = path[len(self._base) :]
        # RFC 6265bis section 5.1.4: a Path that ends in a slash does not cover the same one without it.
        return root + rest if root and rest != b"/" else root or _rooted(rest)


def _below(path: bytes, base: bytes) -> bool:
    return path.startswith(base) and (path[len(base) : len(base) + 1] in (b"", b"/", b"?", b"#") or not base)


def _is_path(url: bytes) -> bool:
    """Tell whether browsers read a URL as a path: two slashes of either kind would name a host."""
    seen = url.translate(None, b"\t\r\n").replace(b"\\", b"/")
    return seen.startswith(b"/") and not seen.startswith(b"//")


def _rooted(path: bytes) -> bytes:
    return path if path.startswith(b"/") else b"/" + path


def _covers(domain: bytes, host: bytes) -> bool:
    """Tell whether a host domain-matches (RFC 6265bis section 5.1.3); a leading dot is ignored."""
    domain, host = domain.lower().removeprefix(b"."), host.lower()
    return host == domain or (host.endswith(b"." + domain) and not host.replace(b".", b"").isdigit())


def _without_port(host: str) -> str:
    return host if host.endswith("]") else host.rpartition(":")[0] or host
