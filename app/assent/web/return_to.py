"""Where a choice leads back to: a path of the site itself, however it is written."""

import re
import string
from urllib.parse import quote, urlsplit

from starlette.requests import Request

LONGEST = 2048
"""Characters of a path that are echoed; what is longer leads to the site's root instead."""

PATH = r"/(?:[!-.0-\[\]-~][!-~]*)?"
"""What a path of the site looks like that no browser reads as another host."""

_PLAIN = re.compile(rf"{PATH}\Z")


def is_local(path: str) -> bool:
    """Tell whether a Location of this text leads to the site itself, as browsers read it (WHATWG URL).

    User agents drop tabs and newlines and read a backslash as a slash, so that ``/\t/host`` and ``/\\host``
    are other hosts just as ``//host`` is.
    """
    return len(path) <= LONGEST and bool(_PLAIN.match(path))


def local_path(path: str) -> str:
    """Return a path and query of the site, percent-encoded; ``/`` for what could lead away."""
    if is_local(path):
        return path
    if path.startswith("//"):
        # A path of the site, too, when it is written so that no host can be read into it.
        path = "/." + path
    written = quote(path[: LONGEST + 1], safe=string.punctuation, errors="replace")
    return written if path[:1] == "/" and path[1:2] not in ("/", "\\") and is_local(written) else "/"


def asked_for(request: Request) -> str:
    """Return where the dialog leads back to: what the link says, else where the visitor came from."""
    wanted = request.query_params.get("return_to", "")
    return wanted if is_local(wanted) else referring_page(request)


def referring_page(request: Request) -> str:
    """Return path and query of the site's page that led here, or "/" when it was none."""
    referer = urlsplit(request.headers.get("referer", ""))
    path = f"{referer.path}?{referer.query}" if referer.query else referer.path
    own = request.scope["path"].rpartition("/")[0]
    same = referer.netloc == request.headers.get("host")
    return path if same and is_local(path) and not path.startswith(own + "/") else "/"
