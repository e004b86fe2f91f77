"""What is known of a visitor beyond the choice: kept apart from the log, which only commits to it.

The commitment is a salted hash. Without salt and data it says nothing, so they can go and the log stays.
"""

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from assent.core import canonical

SALT_BYTES = 32

_KEPT = {4: 24, 6: 48}


def truncated(address: str) -> str | None:
    """Return the network of an IP address, /24 or /48, as an address; None for anything else."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    network = ipaddress.ip_network(f"{found}/{_KEPT[found.version]}", strict=False)
    return str(network.network_address)


@dataclass(frozen=True, slots=True)
class Personal:
    """Data about a visitor, with the salt of its commitment: SALT_BYTES random octets."""

    salt: bytes
    data: Mapping[str, str]

    @property
    def text(self) -> str:
        """The data in canonical form."""
        return canonical.text(dict(self.data))

    @property
    def commitment(self) -> str:
        """What the record holds in place of the data."""
        return hashlib.sha256(self.salt + self.text.encode()).hexdigest()
