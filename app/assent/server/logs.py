"""What goes to the log and how: readable lines, or JSON a line; never a visitor's address, query or cookie.

Events go to standard error, the access log, when it is wanted, to standard output.
"""

import asyncio
import json
import logging
import logging.config
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from starlette.requests import ClientDisconnect

from assent.config import Server
from assent.errors import UpstreamError
from assent.server.lines import Unwaiting

ACCESS = "assent.access"

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that is being served; made only where there is an access log."""

# What any client can bring about as often as it likes must not fill the log.
_OF_CLIENTS = (
    "Invalid HTTP request received",
    "Unsupported upgrade",
    "No supported WebSocket",
    # Said of each handshake that is answered with a response, which completes it.
    "ASGI callable returned without completing handshake",
)

_OF_CALLS = frozenset(logging.makeLogRecord({}).__dict__) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}


def configure(settings: Server, level: str | None = None) -> None:
    """Set up logging for this process, at start and again when the settings change."""
    level = (level or settings.log_level).upper()
    form = "json" if settings.log == "json" else "text"
    handler = {"()": Unwaiting, "filters": ["strangers", "cut"]}
    access = {"()": Unwaiting, "stream": "ext://sys.stdout"}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"strangers": {"()": WithoutStrangers}, "cut": {"()": OneLine}},
            "formatters": {
                "text": {"()": "uvicorn.logging.DefaultFormatter", "fmt": "%(levelprefix)s %(message)s"},
                "json": {"()": JsonLines},
                "access": {"()": AccessLine},
            },
            "handlers": {
                "events": {**handler, "formatter": form},
                "access": {**access, "formatter": "json" if form == "json" else "access"},
            },
            "loggers": {
                "uvicorn": {"handlers": ["events"], "level": level, "propagate": False},
                "uvicorn.error": {"level": level},
                "uvicorn.access": {"handlers": [], "propagate": False},
                "assent": {"handlers": ["events"], "level": level, "propagate": False},
                ACCESS: {"handlers": ["access"], "level": "INFO", "propagate": False},
            },
        }
    )


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message, and what the record has besides."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if identity := request_id.get():
            said["request_id"] = identity
        said |= {name: value for name, value in record.__dict__.items() if name not in _OF_CALLS}
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


class AccessLine(logging.Formatter):
    """One request a line, for reading."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of text."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        rest = " ".join(f"{name}={value}" for name, value in record.__dict__.items() if name not in _OF_CALLS)
        return f"{when} {rest}"


class WithoutStrangers(logging.Filter):
    """Drops what uvicorn says about clients: who asked for what WebSocket, who sent nonsense, who left."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is to be kept."""
        said = str(record.msg)
        if record.exc_info and isinstance(record.exc_info[1], ClientDisconnect):
            return False
        return '"WebSocket ' not in said and not said.startswith(_OF_CLIENTS)


class OneLine(logging.Filter):
    """Says in one line that an answer broke off: a traceback would tell no more."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record of an UpstreamError and of a request that outlived the stop; all pass."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, UpstreamError | asyncio.CancelledError):
            why = error if isinstance(error, UpstreamError) else "Assent stops"
            record.msg, record.args = "the answer was cut off: %s", (why,)
            record.exc_info, record.exc_text = None, None
        return True
