"""Where shops are run: a copy of them all, into which the packages of the registries are installed."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.sites.conftest import free_port, process
from tests.sites.shops.shops import Shop

SHOPS = Path(__file__).parent
BUILD_SECONDS = 600
NPM = (
    "npm",
    "install",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-package-lock",
    "--loglevel=error",
)
"""No script of a package is run."""


class Workshop:
    """Starts each shop when it is first asked for."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack = stack
        self._folder = folder / "shops"
        self._origins: dict[Shop, str] = {}
        shutil.copytree(SHOPS, self._folder, ignore=shutil.ignore_patterns("__pycache__"))

    def origin(self, shop: Shop) -> str:
        """Return where a shop is served."""
        if shop not in self._origins:
            if shop.serve[0] == "node" and not (self._folder / "node_modules").exists():
                self._run(NPM, self._folder)
            if shop.build:
                self._run(shop.build, self._folder / shop.name)
            self._origins[shop] = self._serve(shop.serve, shop.name)
        return self._origins[shop]

    def wrapped(self, shop: Shop) -> str:
        """Serve a shop with Assent around it as middleware, and return where."""
        return self._serve((sys.executable, "../around.py", "{port}"), shop.name)

    def _serve(self, command: Sequence[str], name: str) -> str:
        port = free_port()
        program, *arguments = [part.format(port=port) for part in command]
        running = process(*arguments, program=_found(program), port=port, cwd=self._folder / name)
        return self._stack.enter_context(running)

    def _run(self, command: Sequence[str], cwd: Path) -> None:
        done = subprocess.run(
            [_found(command[0]), *command[1:]], cwd=cwd, capture_output=True, text=True, timeout=BUILD_SECONDS
        )
        if done.returncode:
            raise RuntimeError(f"{command} failed:\n{(done.stdout + done.stderr)[-3000:]}")


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise RuntimeError(f"{program} is missing; scripts/test-tools installs it where it may")
    return path
