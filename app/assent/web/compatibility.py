"""Puts behind the script what lets a site's own scripts and markup go on speaking to another tool."""

from assent.web.assets import Assets


def compatible(assets: Assets) -> None:
    """Have the script answer in the place of CookieYes."""
    called = assets.body("assent-cookieyes.js").strip() + b"();\n"
    assets.add("assent.js", assets.body("assent.js").strip() + b"\n;" + called)
