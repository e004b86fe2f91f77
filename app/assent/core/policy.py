"""Reading the Content-Security-Policy that a site sends (CSP Level 3), so that Assent can live under it."""

import re
from collections.abc import Iterable

_NONCE = re.compile(r"'nonce-([A-Za-z0-9+/_-]{1,256}={0,2})'", re.IGNORECASE)


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


def _directives(policy: str) -> dict[str, str]:
    """Return the directives of one policy; of duplicates the first counts (CSP 3, 2.2.1)."""
    directives: dict[str, str] = {}
    for directive in policy.split(";"):
        name, *sources = directive.split(None, 1) or [""]
        directives.setdefault(name.lower(), "".join(sources))
    return directives
