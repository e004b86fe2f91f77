"""What was once worked out for a field name, by the very bytes of it.

A site and its visitors use a few dozen names in a few spellings, so nearly every field is one look-up.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

SIZE = 1024
LONGEST = 64
"""Bytes of a name that is worth its place: nobody may fill memory with long ones."""

T = TypeVar("T")


class Remembered(dict[bytes, T], Generic[T]):
    """A table that fills itself; what no longer fits is worked out each time."""

    def __init__(self, work_out: Callable[[bytes], T]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, name: bytes) -> T:
        found = self._work_out(name)
        if len(self) < SIZE and len(name) <= LONGEST:
            self[name] = found
        return found
