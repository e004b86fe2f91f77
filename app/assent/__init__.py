"""Assent: cookie consent that is enforced, as ASGI middleware and as a gateway before any site."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["ConsentMiddleware", "Gateway", "Settings", "create_app"]

if TYPE_CHECKING:
    from assent.config import Settings
    from assent.gateway import Gateway
    from assent.web.app import ConsentMiddleware, create_app

_HOMES = {
    "ConsentMiddleware": "assent.web.app",
    "Gateway": "assent.gateway",
    "Settings": "assent.config",
    "create_app": "assent.web.app",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that one room can be used, or asked for its version, without the others.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
