"""What is freed stays with the process, where the C library is glibc, and what stays is not looked at."""

import gc
import platform
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from assent.config import Settings
from assent.server.memory import YOUNG, let_stay
from assent.server.reloadable import Reloadable
from assent.web.app import ConsentMiddleware
from assent.web.gateway import gateway_of
from tests.gateway.servers import until

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


@pytest.fixture
def collector() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


@pytest.mark.usefixtures("collector")
def test_what_stays_is_passed_over_and_what_has_ended_since_is_not() -> None:
    class Circle:
        def __init__(self) -> None:
            self.itself = self

    circle = Circle()
    ended = weakref.ref(circle)
    let_stay()
    assert gc.get_threshold()[0] == YOUNG
    assert all(one is not circle for one in gc.get_objects())
    del circle
    gc.collect()
    assert ended() is not None
    let_stay()
    assert ended() is None


@pytest.mark.anyio
@pytest.mark.usefixtures("collector")
async def test_app_of_settings_that_were_replaced_is_let_go(tmp_path: Path) -> None:
    settings = Settings.model_validate({"data_dir": tmp_path, "gateway": {"upstream": "http://127.0.0.1:1"}})
    # Inside, an app is full of circles.
    gateway = gateway_of(settings)
    before = weakref.ref(gateway)
    served = Reloadable(ConsentMiddleware(gateway, settings=settings), settings, lambda: settings)
    del gateway
    await served.current.start()
    let_stay()
    await served.reload()
    await until(lambda: before() is None)
    await served.current.stop()
