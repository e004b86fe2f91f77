"""What is freed stays with the process, where the C library is glibc."""

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
from assent.server.memory import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
before = faults()
for _ in range(200):
    pieces = [bytes(bytearray(256 * 1024)) for _ in range(8)]
    del pieces
print(faults() - before)
"""


def page_faults(how: str) -> int:
    ran = subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=True)
    return int(ran.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are left as they are")
def test_pieces_of_bodies_are_made_without_asking_the_kernel_for_memory_again_and_again() -> None:
    assert page_faults("keep") * 10 < page_faults("as it is")
