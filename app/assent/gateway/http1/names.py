"""What a field name means for the framing of a message (RFC 9112 section 6)."""

import re

from assent.gateway.remembered import Remembered

# Plain numbers: members of an enum cost several times as much, and these are compared for every field.
PLAIN = 0
LENGTH = 1
CODING = 2
CONNECTION = 3
INVALID = 4
"""No token (RFC 9110 section 5.6.2): sending it could let one field become two."""

_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ROLES = {b"content-length": LENGTH, b"transfer-encoding": CODING, b"connection": CONNECTION}


def role_of(name: bytes) -> int:
    """Tell the role of a field, whatever the case of its name."""
    return _ROLES.get(name.lower(), PLAIN) if _TOKEN.fullmatch(name) else INVALID


ROLES = Remembered(role_of)
