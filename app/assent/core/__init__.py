"""The pure core: bytes and frozen dataclasses in, the same out; no I/O, clock, randomness or framework."""
