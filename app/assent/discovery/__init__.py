"""What traffic reveals: names of cookies, keys and hosts and where they were seen; bounded, never values."""

from assent.discovery.keeper import Keeper, Store
from assent.discovery.sightings import Sightings

__all__ = ["Keeper", "Sightings", "Store"]
