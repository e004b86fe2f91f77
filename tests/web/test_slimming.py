"""What is taken out of our scripts and stylesheets before they are sent."""

import subprocess
from importlib.util import find_spec
from typing import Any

import brotli
import pytest

from assent.resources import directory
from assent.web.slimming import slimmed, stripped

minified = pytest.mark.skipif(find_spec("minify") is None, reason="the minifier has no wheel here")

SCRIPT = b"""// why
(function sum(/** @type {number} */ first, second) {
  return first + second;
})
"""


@pytest.mark.parametrize(
    ("name", "source", "served"),
    [
        pytest.param(
            "a.css", b"/* a\n b */\np {\n  color: red;\n}\n", b"p {\ncolor: red;\n}\n", id="stylesheet"
        ),
        pytest.param(
            "a.js", b"// a\n  /** @type {T} */\n  f(1);\n", b"f(1);\n", id="whole lines of a script"
        ),
        pytest.param("a.js", b"f(/** @type {T} */ (x));\n", b"f((x));\n", id="a type within a line"),
        pytest.param("a.js", b'f("http://x"); // y\n', b'f("http://x"); // y\n', id="slashes in a string"),
    ],
)
def test_comments_and_indentation_are_not_sent(name: str, source: bytes, served: bytes) -> None:
    assert stripped(name, source) == served


@minified
def test_names_that_only_a_script_uses_are_shortened_and_a_function_stays_one() -> None:
    small = slimmed({"sum.js": SCRIPT, "dot.svg": b"  <svg/>\n"})
    assert small["dot.svg"] == b"  <svg/>\n"
    assert small["sum.js"].startswith(b"(function")
    assert small["sum.js"].endswith(b")")
    assert b"first" not in small["sum.js"]


def test_without_a_minifier_that_works_files_are_only_stripped(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: Any, **options: Any) -> Any:
        raise subprocess.TimeoutExpired("minify", 1)

    monkeypatch.setattr("subprocess.run", broken)
    # Another text than above, for what was made small once is remembered.
    small = slimmed({"sum.js": SCRIPT.replace(b"sum", b"add")})
    assert small["sum.js"].startswith(b"(function add(first, second) {\n")


def test_a_module_is_put_into_the_one_that_imports_it() -> None:
    parts = {
        "whole.js": b'import { half } from "./half.js";\nexport function whole() { return half(); }\n',
        "half.js": b"export function half() { return 1; }\n",
    }
    whole = slimmed(parts)["whole.js"]
    assert b"import" not in whole
    assert b"function half()" in whole
    assert whole.count(b"export") == 1


@minified
def test_the_first_view_is_small() -> None:
    names = ("assent.css", "assent-bar.css", "assent.js")
    small = slimmed({name: (directory("static") / name).read_bytes() for name in names})
    assert len(brotli.compress(b"".join(small[name] for name in names))) < 2400
