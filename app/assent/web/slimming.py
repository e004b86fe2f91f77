"""Makes scripts and stylesheets of ours small: once at start, in memory, the same octets every time."""

import json
import logging
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution

log = logging.getLogger("assent")

PATIENCE = 30.0
"""Seconds; it takes a tenth of one."""

MEDIA_TYPES = {".css": "text/css", ".js": "application/javascript"}

# In a process of its own: the minifier is Go, whose runtime takes signals and threads that are the server's.
PROGRAM = """
import json, sys, minify
texts = json.load(sys.stdin)
json.dump([minify.string(kind, text) for kind, text in texts], sys.stdout)
"""

# Comments are for those who read the source. Only what cannot be part of a string in our own files goes:
# whole lines, and the block comments that carry types.
COMMENTS = {
    ".css": re.compile(rb"/\*.*?\*/", re.DOTALL),
    ".js": re.compile(rb"/\*\*[\s\S]*?\*/ ?|^[ \t]*//.*$", re.MULTILINE),
}


IMPORT = re.compile(rb'^import \{.*\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(rb"^export ", re.MULTILINE)


def slimmed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files, by name, without what only readers need; other kinds of files as they are.

    A module that another one imports is put into it, which spares the visitor a request. With the extra
    ``fast`` names that only a script itself uses are shortened, too; a script that is one function in
    parentheses stays one.
    """
    known = tuple((name, _whole(body, files)) for name, body in files.items() if _suffix(name) in COMMENTS)
    return {**files, **_all(known)}


def _whole(body: bytes, files: Mapping[str, bytes]) -> bytes:
    return IMPORT.sub(lambda found: EXPORT.sub(b"", files[found[1].decode()]), body)


@cache
def _all(files: tuple[tuple[str, bytes], ...]) -> dict[str, bytes]:
    bare = {name: stripped(name, body) for name, body in files}
    return _minified(bare) or bare


def stripped(name: str, body: bytes) -> bytes:
    """Return one stylesheet or script without comments, indentation and empty lines."""
    lines = COMMENTS[_suffix(name)].sub(b"", body).splitlines()
    return b"\n".join(line.strip() for line in lines if line.strip()) + b"\n"


def _minified(files: dict[str, bytes]) -> dict[str, bytes] | None:
    """Return the files as the minifier makes them, or None when it is not installed or fails."""
    try:
        distribution("tdewolff-minify")
    except PackageNotFoundError:
        return None
    functions = {
        name for name, body in files.items() if name.endswith(".js") and body.startswith(b"(function ")
    }
    # On its own a function in parentheses would become "!function": an expression that can only be called.
    texts = [
        (MEDIA_TYPES[_suffix(name)], ("x=" if name in functions else "") + body.decode("utf-8"))
        for name, body in files.items()
    ]
    try:
        done = subprocess.run(  # noqa: S603 - this very interpreter, and a program of ours
            [sys.executable, "-c", PROGRAM],
            input=json.dumps(texts).encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
        small: list[str] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        log.warning("the minifier failed, so scripts are sent longer than need be: %s", error)
        return None
    return {
        name: f"({text.removeprefix('x=').rstrip(';')})".encode() if name in functions else text.encode()
        for name, text in zip(files, small, strict=True)
    }


def _suffix(name: str) -> str:
    return name[name.rfind(".") :] if "." in name else ""
