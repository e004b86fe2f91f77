"""The wheel: everything Assent needs is inside, and it serves in a clean environment, far from a checkout."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assent import __version__
from assent.demo.run import running
from assent.demo.third_party import create_third_party

ROOT = Path(__file__).parents[1]
DATA = (".csv", ".css", ".html", ".js", ".mako", ".svg", ".typed")

pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="needs the checkout")

# Neither a checkout on the path nor somebody's settings may help.
ENVIRON = {k: v for k, v in os.environ.items() if k != "PYTHONPATH" and not k.startswith("ASSENT_")}


def run(*arguments: str | Path, cwd: Path) -> str:
    done = subprocess.run(list(map(str, arguments)), cwd=cwd, capture_output=True, text=True, env=ENVIRON)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps")
    run(*pip, "--wheel-dir", out, ROOT, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of an environment that holds the wheel, and sees what Assent depends on."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False, symlinks=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    interpreter = scripts / Path(sys.executable).name
    if not interpreter.exists():
        interpreter = scripts / "python"
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        interpreter,
        "install",
        "--quiet",
        "--no-deps",
        wheel,
        cwd=folder,
    )
    site = run(
        interpreter, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder
    ).strip()
    # A path file that a path file leads to is not read, so an editable install of the checkout stays out.
    (Path(site) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return interpreter


def expected() -> Iterator[str]:
    for folder, inside in (
        (ROOT / "app" / "assent", ""),
        (ROOT / "templates", "templates/"),
        (ROOT / "static", "static/"),
    ):
        for path in folder.rglob("*"):
            if path.suffix in (*DATA, ".py"):
                yield f"assent/{inside}{path.relative_to(folder).as_posix()}"


def test_wheel_holds_every_module_template_static_file_and_table(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = set(expected())
    assert len(wanted) > 60
    assert wanted - names == set()


def test_wheel_holds_nothing_of_the_checkout_s_rest(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"assent", f"assent-{__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.endswith((".db", ".toml"))]


def test_wheel_carries_licence_and_notice(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {Path(name).name for name in names if "/licenses/" in name} == {"LICENSE", "NOTICE"}


def test_installed_command_knows_its_version(python: Path) -> None:
    assert run(python.parent / "assent", "--version", cwd=Path("/")) == f"assent {__version__}\n"


def test_installed_wheel_serves_from_any_folder(python: Path, tmp_path: Path) -> None:
    command: list[str | Path] = [python.parent / "assent", "serve", "--port", "0", "--upstream"]
    environ = {**ENVIRON, "ASSENT_DATA_DIR": str(tmp_path)}
    with (
        running(create_third_party()) as upstream,
        subprocess.Popen(
            [*command, upstream], cwd="/", env=environ, stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        try:
            assert process.stdout
            printed = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in process.stdout)
            address = next(found[0] for found in printed if found)
            assert httpx.get(f"{address}/video", timeout=60).status_code == 200
            preferences = httpx.get(f"{address}/_assent/preferences", timeout=60).text
            assert "Customize Consent Preferences" in preferences
            stylesheet = re.search(r'href="([^"]+\.css)"', preferences)
            assert stylesheet
            assert httpx.get(address + stylesheet[1], timeout=60).status_code == 200
        finally:
            process.terminate()
    assert process.returncode == 0
    origin = run(python, "-c", "import assent; print(assent.__file__)", cwd=Path("/"))
    assert f"{ROOT}/" not in origin
