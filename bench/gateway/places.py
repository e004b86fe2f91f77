"""Where everything of one run is."""

import os
from pathlib import Path

ORIGIN_PORT = 9180
PROXY_PORT = 9181
ORIGIN = f"http://127.0.0.1:{ORIGIN_PORT}"
PROXY = f"http://127.0.0.1:{PROXY_PORT}"

ROOT = Path(__file__).parents[2]
TOOLS = Path(os.environ.get("ASSENT_BENCH_TOOLS", ROOT / ".bench"))
"""What scripts/bench-tools installs: an environment for Python peers, and one for mitmproxy."""
