"""Puts behind the script what tells vendors' tags of the visitor's choice."""

import json
from collections.abc import Sequence

from assent.web.assets import Assets


def signal(assets: Assets, names: Sequence[str]) -> None:
    """Have the script tell these vendors; it stays as it is when there are none."""
    if names:
        signals = assets.body("assent-signals.js").strip()
        call = b"(" + json.dumps(names).encode("ascii") + b");\n"
        assets.add("assent.js", assets.body("assent.js").strip() + b"\n;" + signals + call)
