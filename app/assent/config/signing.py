"""The keys that sign consent cookies: from the settings, else from a file in ``data_dir``, made if absent."""

import contextlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from assent.config import forms
from assent.config.settings import Settings
from assent.errors import ConfigError

FILE = "secret_keys"
KEY_BYTES = 32


def new_key() -> str:
    """Return a fresh key: 256 random bits as 43 characters."""
    return secrets.token_urlsafe(KEY_BYTES)


def keys(settings: Settings) -> list[str]:
    """Return the keys in force, newest first: the first signs, all verify.

    Without ``secret_keys`` they are read from ``data_dir/secret_keys``, which is made when absent;
    raises ConfigError when it can be neither read nor made.
    """
    if settings.secret_keys:
        return [key.get_secret_value() for key in settings.secret_keys]
    file = key_file(settings)
    if not file.path.exists():
        file.create()
    return file.read()


def key_file(settings: Settings) -> "KeyFile":
    """Return the file that holds the keys when the settings name none; it need not exist yet."""
    return KeyFile(settings.data_dir / FILE)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file of one key a line, newest first; empty lines and those that start with # are skipped."""

    path: Path

    def read(self) -> list[str]:
        """Return the keys; raises ConfigError with every line that is no key."""
        try:
            lines = self.path.read_text("ascii").splitlines()
        except UnicodeDecodeError:
            raise ConfigError(f"{self.path}: holds more than ASCII; write one key a line") from None
        except OSError as error:
            raise ConfigError(f"{self.path}: cannot be read: {error.strerror}") from error
        found: list[str] = []
        problems: list[str] = []
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                found.append(forms.secret_key(line.strip()))
            except ValueError as error:
                problems.append(f"{self.path}: line {number}: {error}")
        if not found and not problems:
            problems.append(f"{self.path}: holds no key; write one a line, or delete it to have one made")
        if problems:
            raise ConfigError(*problems)
        return found

    def create(self) -> None:
        """Make the file with one fresh key, whole or not at all; a file that came first stays."""
        folder = self.path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            # mkstemp makes it readable by its owner alone, before there is anything to read.
            handle, temporary = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=folder)
            try:
                with os.fdopen(handle, "w", encoding="ascii") as out:
                    out.write(new_key() + "\n")
                    out.flush()
                    os.fsync(out.fileno())
                # A link fails when the name is taken, so of two processes that start at once one wins,
                # and both read the winner's key. A rename would overwrite it.
                with contextlib.suppress(FileExistsError):
                    os.link(temporary, self.path)
            finally:
                Path(temporary).unlink()
        except OSError as error:
            raise ConfigError(
                f"{self.path}: cannot be made: {error.strerror}; make data_dir writable, point it elsewhere, "
                "or set secret_keys"
            ) from error

    def is_private(self) -> bool:
        """Tell whether nobody but the owner may read it; true where the system has no such modes."""
        return os.name != "posix" or not stat.S_IMODE(self.path.stat().st_mode) & 0o077
