"""A log that holds nobody up: lines are written by a thread, and dropped while nobody reads them."""

import atexit
import io
import logging
import os
import threading
import time
from typing import TextIO

MOST = 8 << 20
"""Bytes of lines that may wait for one file."""

PIECE = 1 << 16
"""Bytes that are written at once: what a pipe takes."""

GRACE = 2.0
"""Seconds that the last lines have to be read in when the process ends."""


class Unwaiting(logging.StreamHandler[TextIO]):
    """Writes as StreamHandler does, but a full pipe stops a thread and not the event loop.

    It writes past the stream's buffer: a thread that stands still in there would hold the buffer's lock when
    the interpreter ends.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self._dropped = 0
        self._writer: Writer | None
        try:
            file = self.stream.fileno()
        except (OSError, io.UnsupportedOperation):
            self._writer = None
        else:
            self._writer = _writers.setdefault(file, Writer(file))

    def emit(self, record: logging.LogRecord) -> None:
        """Have a line written, unless too much waits."""
        if self._writer is None:
            super().emit(record)
            return
        try:
            line = f"{self._told_dropped()}{self.format(record)}{self.terminator}"
            taken = self._writer.put(line.encode("utf-8", "backslashreplace"))
        except Exception:  # noqa: BLE001 - no line is worth a request
            self.handleError(record)
        else:
            self._dropped = 0 if taken else self._dropped + 1

    def _told_dropped(self) -> str:
        if not self._dropped:
            return ""
        said = f"{self._dropped} lines of the log were dropped, since nobody read them"
        record = logging.makeLogRecord(
            {"name": "assent", "levelno": logging.WARNING, "levelname": "WARNING", "msg": said}
        )
        return self.format(record) + self.terminator


class Writer:
    """Writes to one file as long as the process lives; handlers come and go when settings change."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._news = threading.Condition()
        self._waiting: list[bytes] = []
        self._size = 0
        """Bytes that wait or are being written."""
        self._thread: threading.Thread | None = None

    def put(self, line: bytes) -> bool:
        """Take a line, if there is room for it."""
        with self._news:
            if self._size + len(line) > MOST:
                return False
            self._waiting.append(line)
            self._size += len(line)
            # Not before the first line, for a process that forks takes no thread along.
            if self._thread is None:
                self._thread = threading.Thread(target=self._write, name="assent log", daemon=True)
                self._thread.start()
            self._news.notify_all()
        return True

    def finish(self, seconds: float) -> None:
        """Wait until all is written, but no longer than that."""
        with self._news:
            self._news.wait_for(lambda: not self._size, seconds)

    def _write(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._waiting)
                lines, self._waiting = self._waiting, []
            rest = memoryview(b"".join(lines))
            while rest:
                try:
                    written = os.write(self._file, rest[:PIECE])
                except OSError:
                    # Whoever read the log is gone.
                    written = len(rest)
                rest = rest[written:]
                with self._news:
                    self._size -= written
                    self._news.notify_all()


_writers: dict[int, Writer] = {}


@atexit.register
def finish() -> None:
    """Wait a moment for the lines that are left."""
    end = time.monotonic() + GRACE
    for writer in _writers.values():
        writer.finish(max(0.0, end - time.monotonic()))
