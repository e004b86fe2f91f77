"""The tools that are compared: what each puts into the page, and where its banner and its Accept are."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from assent import ConsentMiddleware, Settings
from bench.first_view.shop import page, site

ROOT = Path(__file__).parents[2]
PEERS = Path(os.environ.get("ASSENT_BENCH_TOOLS", ROOT / ".bench")) / "first_view"
"""What scripts/bench-tools installs."""
CONFIGURED = Path(__file__).parent / "peers"
PACKED_FROM = 500

NONE, ASSENT, VANILLA = "no tool", "Assent", "vanilla-cookieconsent"


@dataclass(frozen=True)
class Tool:
    """One tool; ``app`` makes the shop with it, given a folder for what it keeps."""

    name: str
    app: Callable[[Path], ASGIApp]
    banner: str = ""
    accept: str = ""
    needs: Path = ROOT

    def is_here(self) -> bool:
        return self.needs.exists()

    def serve(self, folder: Path) -> ASGIApp:
        """Return the application, packed as every server in front of a site would."""
        return GZipMiddleware(self.app(folder), minimum_size=PACKED_FROM)


def _with(files: dict[str, Path], head: str) -> Callable[[Path], ASGIApp]:
    return lambda _: site(page(head), {path: name.read_bytes() for path, name in files.items()})


def _assent(folder: Path) -> ASGIApp:
    values = {
        "data_dir": folder,
        "site": {"name": "Fine teas", "privacy_policy": "/privacy"},
        "cookies": [{"name": "theme", "category": "necessary"}],
        # Visitors on this machine would be told what was blocked, and why.
        "gateway": {"trusted_proxies": ["127.0.0.1/32"]},
    }
    return ConsentMiddleware(site(page(), {}), settings=Settings.model_validate(values))


_PACKAGES = PEERS / "node_modules"
_VANILLA = _PACKAGES / "vanilla-cookieconsent/dist"
_TARTEAUCITRON = _PACKAGES / "tarteaucitronjs"

# Each as its own documentation says.
TOOLS = (
    Tool(NONE, _with({}, "")),
    Tool(ASSENT, _assent, "#assent .assent-ask", '#assent .assent-ask [value="accept_all"]'),
    Tool(
        VANILLA,
        _with(
            {
                "/cookieconsent.css": _VANILLA / "cookieconsent.css",
                "/cookieconsent.js": _VANILLA / "cookieconsent.umd.js",
                "/config.js": CONFIGURED / "vanilla-cookieconsent.js",
            },
            '<link rel="stylesheet" href="/cookieconsent.css">\n'
            '<script defer src="/cookieconsent.js"></script>\n<script defer src="/config.js"></script>\n',
        ),
        "#cc-main .cm",
        '#cc-main .cm [data-role="all"]',
        _VANILLA,
    ),
    Tool(
        "klaro",
        _with(
            {
                "/klaro.js": _PACKAGES / "klaro/dist/klaro.js",
                "/config.js": CONFIGURED / "klaro.js",
            },
            '<script defer src="/config.js"></script>\n<script defer src="/klaro.js"></script>\n',
        ),
        "#klaro .cookie-notice",
        "#klaro .cookie-notice .cm-btn-success",
        _PACKAGES / "klaro",
    ),
    Tool(
        "tarteaucitron",
        _with(
            {
                "/t/tarteaucitron.min.js": _TARTEAUCITRON / "tarteaucitron.min.js",
                "/t/tarteaucitron.services.min.js": _TARTEAUCITRON / "tarteaucitron.services.min.js",
                "/t/lang/tarteaucitron.en.min.js": _TARTEAUCITRON / "lang/tarteaucitron.en.min.js",
                "/t/css/tarteaucitron.min.css": _TARTEAUCITRON / "css/tarteaucitron.min.css",
                "/config.js": CONFIGURED / "tarteaucitron.js",
            },
            '<script src="/t/tarteaucitron.min.js"></script>\n<script src="/config.js"></script>\n',
        ),
        "#tarteaucitronAlertBig",
        "#tarteaucitronAlertBig #tarteaucitronPersonalize2",
        _TARTEAUCITRON,
    ),
    Tool(
        "c15t (React)",
        _with(
            {"/c15t.css": PEERS / "c15t.css", "/c15t.js": PEERS / "c15t.js"},
            '<link rel="stylesheet" href="/c15t.css">\n<script defer src="/c15t.js"></script>\n',
        ),
        '[data-testid="consent-banner-card"]',
        '[data-testid="consent-banner-accept-button"]',
        PEERS / "c15t.js",
    ),
)
