"""The policies of a decision, written as header fields; and the site's own Content-Security-Policy, read.

CSP Level 3 and Permissions Policy. A policy can only tighten what another allows, so Assent's stands beside
the site's and leaves that untouched.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from urllib.parse import quote

from assent.core import structured
from assent.core.categories import Category

LONGEST = 6144
"""Octets of one policy: proxies in front often have room for 8 KB of fields in all."""

# It restricts hosts, not code: inline scripts, eval, wasm, data: images and blob: workers go on as before.
_OWN = "'self' 'unsafe-inline' 'unsafe-eval' data: blob:"
_HOST = re.compile(r"(\*\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*)(:[0-9]{1,5})?")
_NONCE = re.compile(r"'nonce-([A-Za-z0-9+/_-]{1,256}={0,2})'", re.IGNORECASE)
_STRICTER = ("'nonce-", "'sha256-", "'sha384-", "'sha512-", "'strict-dynamic'")
_NO_ADVERTISING = b"browsing-topics=(), interest-cohort=()"


def content_security_policy(hosts: Iterable[str], *, report: str | None, script_free: bool = False) -> bytes:
    """Return the policy that allows this site and ``hosts``, most important first, and nobody else.

    A host is written as in a rule: ``x``, ``x:port`` or ``*.x``; without a port it covers every port. What
    exceeds the bounds or cannot be a source is left out. ``report`` is the path of the report endpoint;
    ``script_free`` is for documents that no guard can be put into, such as SVG.
    """
    ending = ["script-src 'none'"] if script_free else []
    if report:
        ending.append(f"report-uri {quote(report, safe='/:?&=%@+~-._')}")
    sources = [sources for host in hosts if (sources := _sources(host))]
    policy = _written(sources, ending, repeated=True)
    if len(policy) > LONGEST:
        most = bisect_right(
            range(len(sources)),
            LONGEST,
            key=lambda count: len(_written(sources[: count + 1], ending, repeated=False)),
        )
        policy = _written(sources[:most], ending, repeated=False)
    return policy.encode("ascii")


def _written(sources: list[str], ending: list[str], *, repeated: bool) -> str:
    hosts = "".join(f" {source}" for source in sources)
    directives = [f"default-src {_OWN}{hosts}"]
    if sources:
        # Chromium does not let a source without a scheme match a WebSocket, save 'self'.
        sockets = "".join(f" ws://{part}" for source in sources for part in source.split())
        directives.append(f"connect-src 'self' data: blob:{hosts}{sockets}")
    if repeated:
        # These fall back to default-src; named, a report and a reader see at once what was refused.
        directives.append(f"frame-src 'self' data: blob:{hosts}")
        directives.append(f"object-src 'self' data: blob:{hosts}")
        # Workers are of the site's own origin anyway, but what a module worker imports counts as one.
        directives.append(f"worker-src 'self' data: blob:{hosts}")
    # The rest does not fall back. Old pages give forms the actions javascript:void(0) and mailto:.
    directives.append(f"form-action 'self' mailto: javascript:{hosts}")
    directives.append("base-uri 'self'")
    return "; ".join(directives + ending)


def _sources(host: str) -> str:
    """Return the host-sources for a rule's host, or "" when CSP cannot name it (CSP 3, 2.3.1)."""
    match = _HOST.fullmatch(host.lower())
    if match is None:
        return ""
    wildcard, name, port = match[1], match[2], match[3] or ":*"
    # In CSP a wildcard does not cover the domain itself.
    return f"{name}{port} *.{name}{port}" if wildcard else f"{name}{port}"


def permissions_policy(own: list[bytes], granted: frozenset[Category]) -> bytes | None:
    """Return the Permissions-Policy that takes the place of all the site's ``own``, or None for no change.

    All such fields form one dictionary in which the last duplicate wins and one mistake voids the rest (RFC
    8941 3.2); so what is refused comes last, and an own value that is void anyway does not come with it.
    """
    if Category.ADVERTISEMENT in granted:
        return None
    members = structured.members(b", ".join(value.strip(b" \t") for value in own if value.strip(b" \t")))
    return b", ".join((*(members or ()), _NO_ADVERTISING))


def nonce(policies: Iterable[bytes], *directives: str) -> str:
    """Return the nonce that the first of the directives present carries, or "" when there is none.

    ``policies`` are the values of the Content-Security-Policy fields; give the directives most specific
    first, as in ``nonce(values, "script-src-elem", "script-src", "default-src")``.
    """
    for value in policies:
        for policy in value.decode("latin-1").split(","):
            found = _directives(policy)
            sources = next((found[name] for name in directives if name in found), "")
            match = _NONCE.search(sources)
            if match:
                return match[1]
    return ""


def permits_inline(policies: Iterable[str], nonce: str, *directives: str) -> bool:
    """Tell whether what stands in a page itself runs under every one of these policies (CSP 3, 6.7.3.3).

    ``policies`` are the values of the Content-Security-Policy fields, ``nonce`` is what the element carries.
    """
    return all(
        _permits_inline(_directives(policy), nonce, directives)
        for value in policies
        for policy in value.split(",")
    )


def _permits_inline(found: dict[str, str], nonce: str, directives: tuple[str, ...]) -> bool:
    sources = next((found[name] for name in directives if name in found), None)
    if sources is None or (nonce and f"'nonce-{nonce}'" in sources.split()):
        return True
    words = sources.lower().split()
    # Beside a nonce, a hash or 'strict-dynamic', the keyword counts for nothing.
    return "'unsafe-inline'" in words and not any(word.startswith(_STRICTER) for word in words)


def _directives(policy: str) -> dict[str, str]:
    """Return the directives of one policy; of duplicates the first counts (CSP 3, 2.2.1)."""
    directives: dict[str, str] = {}
    for directive in policy.split(";"):
        name, *sources = directive.split(None, 1) or [""]
        directives.setdefault(name.lower(), "".join(sources))
    return directives
