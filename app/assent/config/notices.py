"""What is no mistake in the settings, and yet worth telling an operator."""

import ipaddress
import os
from collections.abc import Iterator, Mapping

from assent.config.environment import strangers
from assent.config.forms import UNIX
from assent.config.settings import Settings
from assent.config.signing import key_file


def warnings(settings: Settings, environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return one line for each thing that is probably not meant, or not in effect."""
    return [*_environment(environ), *_trust(settings), *_key_file(settings), *_observing(settings)]


def _environment(environ: Mapping[str, str]) -> Iterator[str]:
    for name, meant in strangers(environ):
        yield f"{name}: not a setting, ignored" + (f"; did you mean {meant}?" if meant else "")


def _trust(settings: Settings) -> Iterator[str]:
    for network in settings.gateway.trusted_proxies:
        if network != UNIX and ipaddress.ip_network(network).prefixlen == 0:
            yield f"gateway.trusted_proxies: {network} is everybody: any client can forge its address"


def _key_file(settings: Settings) -> Iterator[str]:
    file = key_file(settings)
    if not settings.secret_keys and file.path.exists() and not file.is_private():
        yield f"{file.path}: others can read the keys; run: chmod 600 {file.path}"


def _observing(settings: Settings) -> Iterator[str]:
    if settings.consent.imports and settings.enforcement.mode == "observe":
        yield "consent.imports: nothing is carried over while enforcement.mode is observe"
