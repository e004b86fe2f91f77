"""What is kept beside a record about its visitor when the owner asks for it: the address, cut short."""

import secrets

from assent.asgi.types import Scope
from assent.core.personal import SALT_BYTES, Personal, truncated
from assent.gateway import TrustedProxies, arrival


def known(scope: Scope, trusted: TrustedProxies) -> Personal | None:
    """Return what is known; None where the visitor's address is not."""
    address = truncated(arrival(scope, trusted).chain[0])
    return Personal(secrets.token_bytes(SALT_BYTES), {"address": address}) if address else None
