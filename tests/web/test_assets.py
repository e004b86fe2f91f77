"""Static files: their names, their representations, and what is answered to whom."""

import hashlib
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from assent.web.assets import Assets


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    (tmp_path / "a.css").write_text("/* why */\np {\n  color: red;\n}\n" * 40)
    (tmp_path / "tiny.js").write_text("1;\n")
    (tmp_path / "dot.svg").write_text("<svg/>")
    (tmp_path / ".hidden").write_text("secret")
    return Assets("/_assent", tmp_path)


@pytest.fixture
def client(assets: Assets) -> TestClient:
    app = Starlette(
        routes=[
            Route("/_assent/static/{name}", assets),
            Mount("/shop", routes=[Route("/_assent/static/{name}", assets)]),
            Route("/elsewhere/{name}", assets),
        ]
    )
    return TestClient(app)


def test_a_file_is_served_for_good_under_the_hash_of_its_content(client: TestClient, assets: Assets) -> None:
    url = assets.url("a.css")
    answer = client.get(url, headers={"accept-encoding": "identity"})
    assert url == f"/_assent/static/a.{hashlib.sha256(answer.content).hexdigest()[:12]}.css"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content == assets.body("a.css")


def test_a_mounted_app_serves_it_below_its_root_path(client: TestClient, assets: Assets) -> None:
    assert client.get("/shop" + assets.url("a.css")).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        pytest.param("gzip, br", "gzip", id="named"),
        pytest.param("GZIP;q=0.5", "gzip", id="named with a weight"),
        pytest.param("*", "gzip", id="anything"),
        pytest.param("br", None, id="another one"),
        pytest.param("gzip;q=0", None, id="refused"),
        pytest.param("gzip;q=0, *", None, id="refused though anything else goes"),
        pytest.param("gzip;q=high", None, id="a weight that is no number"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_it_is_compressed_for_those_who_accept_it(
    client: TestClient, assets: Assets, accepted: str, coding: str | None
) -> None:
    answer = client.get(assets.url("a.css"), headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding") == coding
    assert answer.content == assets.body("a.css")


def test_a_file_that_does_not_shrink_has_no_compressed_variant(client: TestClient, assets: Assets) -> None:
    answer = client.get(assets.url("tiny.js"), headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert "vary" not in answer.headers
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"


def test_each_representation_has_its_own_tag_and_is_not_sent_twice(
    client: TestClient, assets: Assets
) -> None:
    url = assets.url("a.css")
    tags = {
        coding: client.get(url, headers={"accept-encoding": coding}).headers["etag"]
        for coding in ("gzip", "identity")
    }
    assert len(set(tags.values())) == 2
    for coding, tag in tags.items():
        headers = {"accept-encoding": coding, "if-none-match": f'"other", W/{tag}'}
        again = client.get(url, headers=headers)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


def test_head_has_the_fields_of_get_and_no_body(client: TestClient, assets: Assets) -> None:
    head, get = client.head(assets.url("a.css")), client.get(assets.url("a.css"))
    assert head.headers == get.headers
    assert head.content == b""


@pytest.mark.parametrize(
    "path",
    ["/_assent/static/a.css", "/_assent/static/a.000000000000.css", "/_assent/static/.hidden"],
    ids=["a name without hash", "another hash", "a hidden file"],
)
def test_any_other_name_is_not_found_and_not_kept(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


def test_another_folder_is_not_found(client: TestClient, assets: Assets) -> None:
    assert client.get("/elsewhere/" + assets.url("a.css").rpartition("/")[2]).status_code == 404


def test_other_methods_are_told_which_ones_there_are(client: TestClient, assets: Assets) -> None:
    answer = client.post(assets.url("a.css"))
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_a_file_that_is_not_there_has_no_url(assets: Assets) -> None:
    with pytest.raises(KeyError):
        assets.url("b.css")


def test_the_same_files_give_the_same_octets_on_every_gateway() -> None:
    first, second = Assets("/_assent"), Assets("/_assent")
    assert first._served == second._served
