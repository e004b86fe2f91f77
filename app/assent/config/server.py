"""What an operator can set about the server of ``assent serve``: where it listens, its limits and its log."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from assent.config import forms
from assent.config.gateway import Seconds
from assent.config.table import Table


def _not_boolean(value: object) -> object:
    # Python counts True as 1.
    if isinstance(value, bool):
        raise ValueError("must be a whole number")
    return value


Whole = Annotated[int, BeforeValidator(_not_boolean)]
Pause = Annotated[float, Field(ge=0, le=3600), BeforeValidator(_not_boolean)]


class Server(Table):
    """``[server]``: the server of ``assent serve``; the middleware leaves all this to the one around it."""

    host: Annotated[str, AfterValidator(forms.text)] = "127.0.0.1"
    port: Annotated[Whole, Field(ge=0, le=65535)] = 8000
    workers: Annotated[Whole, Field(ge=1, le=256)] = 1
    tls_cert: Path | None = None
    """A certificate and those between it and the root, in PEM."""
    tls_key: Path | None = None

    log: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    access_log: bool = False

    stop_delay_seconds: Pause = 0
    """From SIGTERM on, how long new connections are still taken, so that load balancers notice."""
    grace_seconds: Pause = 8
    """What running requests get to end in; container engines kill after 10."""

    max_connections: Annotated[Whole, Field(ge=1, le=1 << 20)] = 10_000
    """Of each worker."""
    max_header_bytes: Annotated[Whole, Field(ge=4096, le=1 << 16)] = 1 << 16
    max_body_bytes: Annotated[Whole, Field(ge=0, le=1 << 40)] = 0
    """Of a request to the site; 0 leaves that to the site."""
    idle_seconds: Seconds = 60
    """For a header section, for each piece of a body, and to take what was sent."""
    keepalive_seconds: Seconds = 75
    """Above the 60 s after which load balancers give up: whoever hangs up first must not be the one asked."""
    requests_per_minute: Annotated[Whole, Field(ge=0, le=1 << 20)] = 300
    """Of one client, on Assent's own routes; 0 is no limit."""
    ready_needs_upstream: bool = False

    @model_validator(mode="after")
    def _both_or_none(self) -> "Server":
        if (self.tls_cert is None) != (self.tls_key is None):
            given, other = ("tls_cert", "tls_key") if self.tls_cert else ("tls_key", "tls_cert")
            raise ValueError(f"{given} is given without {other}; TLS needs both")
        return self
