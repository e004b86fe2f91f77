"""A log that holds nobody up: lines are written by a thread, and dropped while nobody reads them."""

import io
import logging
import os
import queue
import threading
from typing import TextIO

MOST = 10_000
"""Lines that may wait."""

GRACE = 2.0
"""Seconds that the last lines have to be read in when the process ends."""


class Unwaiting(logging.StreamHandler[TextIO]):
    """Writes as StreamHandler does, but a full pipe stops a thread and not the event loop.

    It writes past the stream's buffer: a thread that stands still in there would hold the buffer's lock when
    the interpreter ends.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__(stream)
        self._lines: queue.Queue[str | None] = queue.Queue(MOST)
        self._dropped = 0
        self._thread: threading.Thread | None = None
        try:
            self._file: int | None = self.stream.fileno()
        except (OSError, io.UnsupportedOperation):
            self._file = None

    def emit(self, record: logging.LogRecord) -> None:
        """Have a line written, unless too many wait."""
        if self._file is None:
            super().emit(record)
            return
        try:
            line = self.format(record) + self.terminator
            self._lines.put_nowait(f"{self._told_dropped()}{line}")
        except queue.Full:
            self._dropped += 1
        except Exception:  # noqa: BLE001 - no line is worth a request
            self.handleError(record)
        else:
            self._dropped = 0
            self._run(self._file)

    def close(self) -> None:
        """Wait a moment for the lines that are left."""
        thread, self._thread = self._thread, None
        if thread is not None:
            try:
                self._lines.put(None, timeout=GRACE)
            except queue.Full:
                pass
            else:
                thread.join(GRACE)
        super().close()

    def _told_dropped(self) -> str:
        if not self._dropped:
            return ""
        said = f"{self._dropped} lines of the log were dropped, since nobody read them"
        record = logging.makeLogRecord(
            {"name": "assent", "levelno": logging.WARNING, "levelname": "WARNING", "msg": said}
        )
        return self.format(record) + self.terminator

    def _run(self, file: int) -> None:
        """Begin to write; not before the first line, for a process that forks takes no thread along."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._write, args=(file,), name="assent log", daemon=True)
            self._thread.start()

    def _write(self, file: int) -> None:
        while (line := self._lines.get()) is not None:
            rest = line.encode("utf-8", "backslashreplace")
            try:
                while rest:
                    rest = rest[os.write(file, rest) :]
            except OSError:
                # Whoever read the log is gone.
                continue
