"""Cookies that were there before Assent was."""

from typing import Any

from tests.leaks.vector import UNDECLARED, Effect, Vector, alternately

KEY = {"topLevelSite": "https://site.test", "hasCrossSiteAncestor": False}


def seed(
    name: str, category: str = "analytics", stored: str = "$NAME", address: str = "", **options: Any
) -> Vector:
    """Return a vector that is planted in the jar; the rest of a visit goes to an ordinary page."""
    cookie = {"path": "/", "secure": True, **options}
    return Vector(
        f"seed.{name}", Effect.COOKIE, category, seed=cookie, stored=stored, address=address or "/plain"
    )


VECTORS = alternately(
    [
        seed("plain"),
        seed("http-only", httpOnly=True),
        seed("insecure", secure=False),
        seed("domain", domain=".site.test"),
        seed("domain-http-only", domain=".site.test", httpOnly=True),
        seed("domain-own-host", domain=".www.site.test"),
        seed("strict", sameSite="Strict"),
        seed("same-site-none", sameSite="None"),
        seed("path", path="/shop", address="/shop/tea"),
        seed("path-slash", path="/shop/", address="/shop/tea"),
        seed("path-deep", path="/shop/tea/green", address="/shop/tea/green/cup"),
        seed("path-http-only", path="/shop/tea", address="/shop/tea/", httpOnly=True),
        seed("prefix-host", stored="__Host-$NAME"),
        seed("prefix-secure", stored="__Secure-$NAME", domain=".site.test"),
        seed("prefix-http", stored="__Http-$NAME", httpOnly=True),
        seed("partitioned", sameSite="None", partitionKey=KEY),
        seed("partitioned-http-only", sameSite="None", partitionKey=KEY, httpOnly=True),
        seed("undeclared", UNDECLARED),
        seed("undeclared-http-only", UNDECLARED, httpOnly=True),
        seed("functional", "functional"),
        seed("necessary", "necessary"),
        seed("necessary-http-only", "necessary", httpOnly=True),
    ]
)
