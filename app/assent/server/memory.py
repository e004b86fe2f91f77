"""What the process asks of the C library's allocator."""

import ctypes
from contextlib import suppress

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3

KEPT = 128 << 20
LARGE = 1 << 20
"""From here on a block is taken from the kernel by itself; pieces of bodies are smaller."""


def keep_freed_memory() -> None:
    """Have glibc keep what is freed, up to 128 MB, for the next pieces of bodies.

    By itself it gives them back to the kernel and takes them anew, page by page, which doubles the CPU time
    of a large response. The peak stays the same. Other C libraries are left as they are.
    """
    with suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_M_TRIM_THRESHOLD, KEPT)
        library.mallopt(_M_MMAP_THRESHOLD, LARGE)
