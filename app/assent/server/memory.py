"""What the process asks of the C library's allocator, and of Python's collector."""

import ctypes
import gc
from contextlib import suppress

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3

KEPT = 128 << 20
LARGE = 1 << 20
"""From here on a block is taken from the kernel by itself; pieces of bodies are smaller."""

YOUNG = 5000
"""New objects after which the collector looks at them; requests under way at once have some twenty each."""


def keep_freed_memory() -> None:
    """Have glibc keep what is freed, up to 128 MB, for the next pieces of bodies.

    By itself it gives them back to the kernel and takes them anew, page by page, which doubles the CPU time
    of a large response. The peak stays the same. Other C libraries are left as they are.
    """
    with suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_M_TRIM_THRESHOLD, KEPT)
        library.mallopt(_M_MMAP_THRESHOLD, LARGE)


def let_stay() -> None:
    """Have the collector pass over all that there is now, and look at what comes less often.

    A request leaves no circles, so it found nothing, but held requests up for as long as it takes to look at
    every object of the process. What was passed over before and has ended since is collected.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
