"""Where sites are made and served: folders, processes, and the packages that both come from."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import pytest
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from assent.demo.run import running
from tests.pages.elsewhere import Mirror
from tests.sites.conftest import free_port, process

SITES = Path(__file__).with_name("sites")
PACKAGES = Path(__file__).with_name("package.json")
BUILD_SECONDS = 300

Site = Callable[["Workshop", Path], str]
"""Makes a site in an empty folder, serves it for as long as the workshop is open, and returns its origin."""


class Workshop:
    """Makes each site once, when it is first asked for."""

    def __init__(self, stack: ExitStack, folder: Path, mirror: Mirror) -> None:
        self._stack = stack
        self._folder = folder
        self._origins: dict[Site, str] = {}
        self._modules: Path | None = None
        self.mirror = mirror

    def origin(self, site: Site) -> str:
        """Return where a site is served."""
        if site not in self._origins:
            self._origins[site] = site(self, self.folder(site.__name__))
        return self._origins[site]

    def folder(self, name: str) -> Path:
        """Return an empty folder."""
        folder = self._folder / name
        folder.mkdir()
        return folder

    def python(self, *command: str, cwd: Path) -> None:
        """Have this Python build something: ``-m module ...`` or a script of ``sites`` and its arguments."""
        self.run(sys.executable, *_script(command), cwd=cwd)

    def run(self, *command: str, cwd: Path) -> None:
        """Have a program build something."""
        environment = {**os.environ, "ASTRO_TELEMETRY_DISABLED": "1"}
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=BUILD_SECONDS
        )
        if done.returncode:
            raise RuntimeError(f"{command} failed:\n{(done.stdout + done.stderr)[-3000:]}")

    def serve(self, script: str, *arguments: str, cwd: Path) -> str:
        """Run a script of ``sites`` as a server; its last argument is the port."""
        port = free_port()
        command = _script([script, *arguments, str(port)])
        return self._stack.enter_context(process(*command, port=port, cwd=cwd))

    def serve_files(self, folders: dict[str, Path]) -> str:
        """Serve folders, by the start of their paths, as a file server with compression does."""
        mounts = [
            Mount(f"/{path}", StaticFiles(directory=folder, html=True)) for path, folder in folders.items()
        ]
        return self._stack.enter_context(running(GZipMiddleware(Starlette(routes=mounts))))

    def node_modules(self) -> Path:
        """Return the folder of the npm packages, installed when first asked for."""
        if self._modules is None:
            npm = shutil.which("npm") or missing("npm")
            folder = self.folder("npm")
            shutil.copy(PACKAGES, folder)
            # No script of a package is run.
            quiet = ("--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--no-package-lock")
            self.run(npm, "install", *quiet, cwd=folder)
            self._modules = folder / "node_modules"
            self.mirror.folders |= {"/npm/": self._modules, "/": self._modules / "jquery/dist"}
        return self._modules


def needs(*modules: str) -> None:
    """Skip a test whose packages are not installed; fail where no proof may be skipped."""
    for module in modules:
        if importlib.util.find_spec(module) is None:
            missing(f"the Python package of {module}")


def missing(what: str) -> NoReturn:
    """Skip the test, or fail it where no proof may be skipped."""
    message = f"{what} is missing; make test-long installs Python packages, and npm comes with Node.js"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def _script(command: Sequence[str]) -> list[str]:
    first, *rest = command
    return [first if first.startswith("-") else str(SITES / first), *rest]
