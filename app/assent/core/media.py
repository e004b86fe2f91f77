"""What browsers take a Content-Type for (Fetch "extract a MIME type", MIME Sniffing 7).

They forgive more than the grammar allows. What they show as a page must be known as one here, too.
"""

import re
from functools import lru_cache

HTML, XHTML = b"text/html", b"application/xhtml+xml"

_XML = (b"image/svg+xml", b"text/xml", b"application/xml", b"text/xsl", b"+xml")
_UNKNOWN = frozenset({b"unknown/unknown", b"application/unknown"})

_ONE = re.compile(rb'(?:[^,"]|"(?:[^"\\]|\\.)*+"?)++', re.DOTALL)
# Whatever follows a type need not be a parameter, as in "text/html charset=utf-8".
_TYPE = re.compile(rb"[ \t]*+([^ \t;(/]++/[^ \t;(]++)")
# The labels of UTF-16 in the WHATWG Encoding standard; the first group is the big-endian ones. Of several
# parameters the first counts.
_UTF_16 = re.compile(
    rb"[^;]*+(?:;(?!\s*+charset\s*=)[^;]*+)*+;\s*+charset\s*+=\s*+[\"']?+\s*+"
    rb"(?:(utf-16be|unicodefffe)|utf-16(?:le)?|(?:iso-10646-)?ucs-2|(?:cs)?unicode|unicodefeff)(?![\w-])",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def media_type(content_type: bytes) -> bytes:
    """Return the type in lower case, b"" where browsers look at the content to find out.

    ``content_type`` is the list of all such fields, of which the last that is a type counts.
    """
    found = b""
    for one in _ONE.findall(content_type):
        match = _TYPE.match(one)
        if match and match[1] != b"*/*":
            found = match[1].lower()
    return b"" if found in _UNKNOWN else found


@lru_cache(maxsize=256)
def may_be_html(content_type: bytes) -> bool:
    """Tell whether a Content-Type has browsers show a page, or look at the content before they do."""
    return media_type(content_type) in (HTML, XHTML, b"")


@lru_cache(maxsize=256)
def is_html(content_type: bytes) -> bool:
    """Tell whether a Content-Type means HTML, in either syntax."""
    return media_type(content_type) in (HTML, XHTML)


@lru_cache(maxsize=256)
def is_xhtml(content_type: bytes) -> bool:
    """Tell whether a Content-Type has a browser read a page as XML."""
    return media_type(content_type) == XHTML


@lru_cache(maxsize=256)
def is_other_xml(content_type: bytes) -> bool:
    """Tell whether a Content-Type means a document that can run scripts, and in which no guard stands."""
    kind = media_type(content_type)
    return kind.endswith(_XML) and kind != XHTML


@lru_cache(maxsize=256)
def utf_16(content_type: bytes) -> str:
    """Return the name of the UTF-16 that a Content-Type declares, or ""."""
    found = _UTF_16.match(content_type)
    return ("utf-16-be" if found[1] else "utf-16-le") if found else ""
