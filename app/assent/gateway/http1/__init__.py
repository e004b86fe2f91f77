"""HTTP/1.1 to one upstream (RFC 9112): messages, read and written without I/O, over kept connections."""

from assent.gateway.http1.exchange import Exchange, Reader
from assent.gateway.http1.pool import Counts, Pool
from assent.gateway.http1.request import Field

__all__ = ["Counts", "Exchange", "Field", "Pool", "Reader"]
