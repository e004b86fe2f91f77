"""ConsentMiddleware around apps as people write them: their own tests pass with it as without it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import BackgroundTasks, FastAPI, HTTPException
from fastapi import Request as FastAPIRequest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from assent import ConsentMiddleware, Settings

Make = Callable[..., Any]

events: list[str] = []


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[dict[str, str]]:
    events.append("started")
    yield {"greeting": "hello"}
    events.append("stopped")


async def visits(request: Request) -> Response:
    request.session["visits"] = request.session.get("visits", 0) + 1
    return JSONResponse({"visits": request.session["visits"], "greeting": request.state.greeting})


async def stream(request: Request) -> Response:
    async def lines() -> AsyncIterator[bytes]:
        for number in range(5):
            yield b"line %d\n" % number
            await asyncio.sleep(0)

    return StreamingResponse(lines(), media_type="text/plain")


async def file(request: Request) -> Response:
    return FileResponse(request.app.state.file)


async def task(request: Request) -> Response:
    return Response(b"queued", background=BackgroundTask(events.append, "task ran"))


async def echo(request: Request) -> Response:
    return Response(await request.body(), media_type=request.headers["content-type"])


async def leave(request: Request) -> Response:
    return RedirectResponse("/visits")


async def granted(request: Request) -> Response:
    header = request.headers["assent-consent"]
    return JSONResponse({"granted": sorted(request.scope["assent"].granted), "header": header})


async def fails(request: Request) -> Response:
    raise ValueError("the app's own bug")


async def chat(websocket: WebSocket) -> None:
    await websocket.accept(subprotocol="chat")
    await websocket.send_text((await websocket.receive_text()).upper())
    await websocket.close(4000, "done")


def starlette_app(file_path: Path, extra: list[Middleware]) -> Starlette:
    async def sub(request: Request) -> Response:
        return Response(str(request.url_for("sub:page")), media_type="text/plain")

    app = Starlette(
        routes=[
            Route("/visits", visits),
            Route("/stream", stream),
            Route("/file", file),
            Route("/task", task),
            Route("/echo", echo, methods=["POST"]),
            Route("/leave", leave),
            Route("/granted", granted),
            Route("/fails", fails),
            WebSocketRoute("/chat", chat),
            Mount("/sub", routes=[Route("/page", sub, name="page")], name="sub"),
        ],
        middleware=[*extra, Middleware(SessionMiddleware, secret_key="tests alone")],
        lifespan=lifespan,
    )
    app.state.file = file_path
    return app


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "assent")


@pytest.fixture(params=["bare", "around", "as middleware"])
def client(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[TestClient]:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(256)) * 100)
    inner = [Middleware(ConsentMiddleware, settings=settings)] if request.param == "as middleware" else []
    app: Any = starlette_app(path, inner)
    if request.param == "around":
        app = ConsentMiddleware(app, settings=settings)
    events.clear()
    with TestClient(app) as client:
        yield client
    assert events[-1] == "stopped"


def test_a_session_counts_visits(client: TestClient) -> None:
    assert [client.get("/visits").json()["visits"] for _ in range(3)] == [1, 2, 3]


def test_the_state_of_the_lifespan_reaches_requests(client: TestClient) -> None:
    assert client.get("/visits").json()["greeting"] == "hello"
    assert events == ["started"]


def test_a_stream_arrives_whole(client: TestClient) -> None:
    assert client.get("/stream").text == "".join(f"line {number}\n" for number in range(5))


def test_a_file_arrives_whole_and_in_parts(client: TestClient) -> None:
    whole = client.get("/file")
    part = client.get("/file", headers={"range": "bytes=10-19"})

    assert whole.content == bytes(range(256)) * 100
    assert whole.headers["content-length"] == "25600"
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))


def test_a_background_task_runs(client: TestClient) -> None:
    assert client.get("/task").content == b"queued"
    assert events == ["started", "task ran"]


def test_a_body_arrives_as_it_was_sent(client: TestClient) -> None:
    body = bytes(range(256)) * 1000

    assert client.post("/echo", content=body, headers={"content-type": "application/x-bytes"}).content == body


def test_redirects_mounts_and_errors_are_the_apps_own(client: TestClient) -> None:
    assert client.get("/leave", follow_redirects=False).headers["location"] == "/visits"
    assert client.get("/sub/page").text.endswith("/sub/page")
    assert client.get("/nowhere").status_code == 404
    with pytest.raises(ValueError, match="the app's own bug"):
        client.get("/fails")


def test_a_websocket_talks(client: TestClient) -> None:
    with client.websocket_connect("/chat", subprotocols=["chat"]) as socket:
        assert socket.accepted_subprotocol == "chat"
        socket.send_text("hello")
        assert socket.receive_text() == "HELLO"
        assert socket.receive() == {"type": "websocket.close", "code": 4000, "reason": "done"}


def test_the_app_is_told_what_is_granted(settings: Settings, tmp_path: Path) -> None:
    with TestClient(ConsentMiddleware(starlette_app(tmp_path, []), settings=settings)) as client:
        before = client.get("/granted").json()
        client.post("/_assent/choice", json={"action": "save", "categories": ["analytics"]})
        after = client.get("/granted").json()

    assert before == {"granted": ["necessary"], "header": "necessary"}
    assert after == {"granted": ["analytics", "necessary"], "header": "necessary, analytics"}


def fastapi_app() -> FastAPI:
    app = FastAPI(lifespan=lifespan)
    app.add_middleware(SessionMiddleware, secret_key="tests alone")

    @app.get("/items/{number}")
    async def item(number: int, request: FastAPIRequest, tasks: BackgroundTasks) -> dict[str, Any]:
        if number == 0:
            raise HTTPException(404, "no such item")
        tasks.add_task(events.append, f"item {number}")
        request.session["last"] = number
        return {"number": number, "greeting": request.state.greeting}

    @app.get("/last")
    def last(request: FastAPIRequest) -> dict[str, Any]:
        return {"last": request.session.get("last")}

    return app


@pytest.fixture(params=["bare", "around", "as middleware"])
def fastapi_client(request: pytest.FixtureRequest, settings: Settings) -> Iterator[TestClient]:
    app: Any = fastapi_app()
    if request.param == "around":
        app = ConsentMiddleware(app, settings=settings)
    elif request.param == "as middleware":
        app.add_middleware(ConsentMiddleware, settings=settings)
    events.clear()
    with TestClient(app) as client:
        yield client
    assert events[-1] == "stopped"


def test_a_fastapi_app_answers_validates_and_remembers(fastapi_client: TestClient) -> None:
    assert fastapi_client.get("/items/7").json() == {"number": 7, "greeting": "hello"}
    assert fastapi_client.get("/last").json() == {"last": 7}
    assert fastapi_client.get("/items/0").json() == {"detail": "no such item"}
    assert fastapi_client.get("/items/x").status_code == 422
    assert "/items/{number}" in fastapi_client.get("/openapi.json").json()["paths"]
    assert events == ["started", "item 7"]
