"""What traffic reveals: names of cookies and where they were set; bounded, and names never values."""

from assent.discovery.sightings import Sighting, Sightings

__all__ = ["Sighting", "Sightings"]
