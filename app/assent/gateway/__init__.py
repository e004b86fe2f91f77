"""The gateway: an ASGI app that carries requests upstream and responses back, knowing nothing of consent."""

from assent.gateway.gateway import Gateway
from assent.gateway.proxies import TrustedProxies, public_origin
from assent.gateway.transport import Timeouts

__all__ = ["Gateway", "Timeouts", "TrustedProxies", "public_origin"]
