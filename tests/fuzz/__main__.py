"""Fuzzes one target with atheris: ``python -m tests.fuzz cookies [libFuzzer options]``.

What libFuzzer finds goes below the system's temporary folder; the corpus in the tree stays small and is only
read. An input that crashes is kept beside the found ones, and belongs into the corpus once it is mended.
"""

import importlib
import sys
import tempfile
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
TARGETS = ("cookies", "fields", "markup")


def main(arguments: list[str]) -> None:
    """Fuzz until libFuzzer's options say stop; the process ends with a crash's exit code, or 0."""
    name, *options = arguments or [""]
    if name not in TARGETS:
        sys.exit(f"{__doc__}\ntargets: {', '.join(TARGETS)}")
    try:
        # Not among the tools that every environment has, so that only this command needs it.
        atheris = importlib.import_module("atheris")
    except ImportError:
        sys.exit("atheris is missing; install it with: python -m pip install atheris")
    with atheris.instrument_imports(include=["assent.core"]):
        target = importlib.import_module(f"tests.fuzz.{name}").target
    found = Path(tempfile.gettempdir()) / f"assent-fuzz-{name}"
    found.mkdir(exist_ok=True)
    defaults = [f"-artifact_prefix={found}/", "-timeout=10", "-max_len=4096"]
    atheris.Setup([name, *defaults, *options, str(found), str(CORPUS / name)], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
