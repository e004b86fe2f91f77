"""`assent health`: whether the Assent on this machine answers, as a container asks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from assent.cli import main
from assent.demo.run import running
from tests.server.processes import free_port


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def health(*arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(main, ["health", *arguments], env=environ, prog_name="assent")


def saying(status: int, text: str, path: str = "/_assent/health") -> Starlette:
    async def say(request: Request) -> Response:
        return PlainTextResponse(text, status)

    return Starlette(routes=[Route(path, say)])


@pytest.mark.parametrize(
    "given",
    [
        lambda port: health("--port", port),
        lambda port: health(ASSENT_SERVER__PORT=port),
        lambda port: health(ASSENT_SERVER__PORT=port, ASSENT_SERVER__HOST="0.0.0.0"),
    ],
    ids=["an option", "the settings", "all addresses"],
)
def test_who_answers_is_well(given: Callable[[str], Result]) -> None:
    with running(saying(200, "ok\n")) as origin:
        told = given(origin.rpartition(":")[2])
    assert (told.exit_code, told.output) == (0, "ok\n")


def test_the_prefix_of_a_file_is_followed() -> None:
    Path("assent.toml").write_text('prefix = "/_mine"')
    with running(saying(200, "ok\n", "/_mine/health")) as origin:
        assert health("--port", origin.rpartition(":")[2]).exit_code == 0


def test_who_answers_otherwise_is_not() -> None:
    with running(saying(503, "no\n")) as origin:
        told = health("--port", origin.rpartition(":")[2])
    assert (told.exit_code, told.stderr) == (1, "Error: 503: no\n")


def test_nobody_there_is_one_clear_line() -> None:
    port = str(free_port())
    told = health("--port", port)
    assert told.exit_code == 1
    assert told.stderr.startswith(f"Error: nothing answers on 127.0.0.1 port {port}: ")
    assert len(told.stderr.splitlines()) == 1
