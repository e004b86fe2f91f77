import httpx2

from assent.demo.run import running
from assent.demo.third_party import create_third_party
from tests.demo.conftest import set_cookies


def test_the_tag_is_a_script_that_writes_its_cookie_and_reports_home(third_party: str) -> None:
    response = httpx2.get(f"{third_party}/tag.js", verify=False, timeout=60)
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert 'document.cookie = "_ga_DEMO=' in response.text
    assert set_cookies(response) == {}


def test_pixel_and_film_set_a_cookie_each_once(third_party: str) -> None:
    with httpx2.Client(base_url=third_party, verify=False, timeout=60) as client:
        pixel, film = client.get("/pixel.gif"), client.get("/video")
        assert pixel.content.startswith(b"GIF89a")
        assert set_cookies(pixel) == {"tp_id": "max-age=31536000; path=/; samesite=lax"}
        assert "<svg" in film.text
        assert set_cookies(film) == {"tp_video": "httponly; max-age=31536000; path=/; samesite=lax"}
        assert set_cookies(client.get("/pixel.gif")) == {}
        assert set_cookies(client.get("/video")) == {}


def test_hits_list_path_and_referer_in_order_without_the_looking() -> None:
    with (
        running(create_third_party()) as origin,
        httpx2.Client(base_url=origin, verify=False, timeout=60) as client,
    ):
        client.get("/tag.js", headers={"referer": "http://shop.example/"})
        client.get("/hits")
        client.post("/beacon", content="{}")
        client.get("/elsewhere")
        hits = client.get("/hits").json()
    assert hits == [
        {"path": "/tag.js", "referer": "http://shop.example/"},
        {"path": "/beacon", "referer": ""},
        {"path": "/elsewhere", "referer": ""},
    ]
