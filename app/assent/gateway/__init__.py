"""The gateway: an ASGI app that carries requests upstream and responses back, knowing nothing of consent."""

from assent.gateway.gateway import Gateway
from assent.gateway.limits import Limits, Timeouts
from assent.gateway.proxies import TrustedProxies, arrival, public_origin
from assent.gateway.transport import Transport

__all__ = ["Gateway", "Limits", "Timeouts", "Transport", "TrustedProxies", "arrival", "public_origin"]
