"""Puts behind the script what tells vendors' tags of the visitor's choice."""

import json

from assent.config import Settings
from assent.core.vendors import declared
from assent.web.assets import Assets


def signal(assets: Assets, settings: Settings) -> None:
    """Have the script tell the vendors that the settings name or show; without any it stays as it is."""
    shown = declared((entry.name for entry in settings.cookies), (entry.host for entry in settings.hosts))
    names = settings.signals.told(shown)
    if names:
        signals = assets.body("assent-signals.js").strip()
        call = b"(" + json.dumps(names).encode("ascii") + b");\n"
        assets.add("assent.js", assets.body("assent.js").strip() + b"\n;" + signals + call)
