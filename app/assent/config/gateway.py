"""What an operator can set about the gateway: the site behind, the way to it, and the proxies before."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from assent.config import forms
from assent.config.table import Table

DAY = 24 * 3600


def _not_boolean(value: object) -> object:
    # Python counts True as 1.
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return value


Seconds = Annotated[float, Field(ge=0.01, le=DAY), BeforeValidator(_not_boolean)]


class Gateway(Table):
    """``[gateway]``: the site behind, the way to it, and the proxies before."""

    upstream: Annotated[str, AfterValidator(forms.upstream)] | None = None
    trusted_proxies: tuple[Annotated[str, AfterValidator(forms.network)], ...] = ()
    preserve_host: bool = True
    via: bool = True
    max_message_bytes: Annotated[int, Field(ge=1 << 10, le=1 << 30)] = 64 << 20
    """Of one WebSocket message, either way."""

    ca_file: Path | None = None
    """Certificates that an https upstream is verified against, in place of those that the system trusts."""
    server_name: Annotated[str, AfterValidator(forms.server_name)] | None = None
    """What an https upstream's certificate has to be for; None is the upstream's host."""
    protocol: Literal["http/1.1", "http/2"] = "http/1.1"
    proxy: Annotated[str, AfterValidator(forms.forward_proxy)] | None = Field(default=None, repr=False)
    """The forward proxy on the way to the upstream; it may hold a password."""

    max_connections: Annotated[int, Field(ge=1, le=1 << 16)] = 500
    max_waiting: Annotated[int, Field(ge=0, le=1 << 20)] = 1000
    connect_seconds: Seconds = 5
    write_seconds: Seconds = 60
    first_byte_seconds: Seconds = 60
    idle_seconds: Seconds = 60
    keepalive_seconds: Seconds = 4
    queue_seconds: Seconds = 5
