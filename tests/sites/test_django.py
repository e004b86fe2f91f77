"""Assent before Django's admin: it works as before, and what is not refused stays byte for byte."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import django
import httpx2
import pytest

from tests.sites.conftest import INSERTED, Before, free_port, process

SCRIPT = Path(__file__).with_name("django_site.py")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
FILES = Path(django.__file__).parent / "contrib/admin/static"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    with process(str(SCRIPT), str(port), port=port, cwd=tmp_path_factory.mktemp("django")) as origin:
        yield origin


def without_tokens(page: bytes) -> bytes:
    return re.sub(rb'(csrfmiddlewaretoken" value|nonce)="\w+"', b"", page)


def log_in(origin: str, password: str = "second-flush") -> tuple[httpx2.Client, httpx2.Response]:
    client = httpx2.Client(timeout=60, base_url=origin, headers={"accept": "text/html"})
    page = client.get("/admin/login/")
    token = TOKEN.search(page.text)
    assert token is not None
    answer = client.post(
        "/admin/login/?next=/admin/",
        data={"username": "ada", "password": password, "csrfmiddlewaretoken": token[1]},
        headers={"origin": origin, "sec-fetch-site": "same-origin"},
    )
    return client, answer


def test_a_login_with_session_and_csrf_works_before_any_choice(site: str, before: Before) -> None:
    client, answer = log_in(before(site))

    with closing(client):
        assert (answer.status_code, answer.headers["location"]) == (302, "/admin/")
        assert {cookie.name for cookie in client.cookies.jar} == {"csrftoken", "sessionid"}
        page = client.get("/admin/")
        assert "Site administration" in page.text
        assert 'aria-label="Cookie consent"' in page.text


def test_a_wrong_password_and_a_missing_token_are_refused_as_before(site: str, before: Before) -> None:
    origin = before(site)
    client, answer = log_in(origin, password="wrong")
    with closing(client):
        assert answer.status_code == 200
        assert "Please enter the correct username and password" in answer.text
        assert client.post("/admin/login/", data={"username": "ada"}).status_code == 403


def test_pages_differ_by_guard_and_banner_alone(site: str, before: Before) -> None:
    origin = before(site)
    with closing(log_in(site)[0]) as direct, closing(log_in(origin)[0]) as through:
        for path in ("/admin/", "/admin/auth/user/", "/admin/auth/user/add/", "/admin/auth/user/1/change/"):
            ours, theirs = through.get(path), direct.get(path)
            assert ours.status_code == theirs.status_code == 200
            plain, pieces = INSERTED.subn(b"", ours.content)
            assert (without_tokens(plain), pieces) == (without_tokens(theirs.content), 4)


def test_every_static_file_passes_byte_for_byte_with_its_fields(site: str, before: Before) -> None:
    origin = before(site)
    paths = [f"/static/{path.relative_to(FILES).as_posix()}" for path in FILES.rglob("*") if path.is_file()]
    assert len(paths) > 100
    own = {"content-security-policy", "date", "server", "via", "transfer-encoding", "connection"}
    with (
        httpx2.Client(timeout=60, base_url=site) as direct,
        httpx2.Client(timeout=60, base_url=origin) as through,
    ):
        for path in paths:
            ours, theirs = through.get(path), direct.get(path)
            assert ours.content == theirs.content, path
            kept = [(k, v) for k, v in ours.headers.multi_items() if k not in own]
            assert kept == [(k, v) for k, v in theirs.headers.multi_items() if k not in own], path


def test_conditional_requests_for_files_are_answered_as_before(site: str, before: Before) -> None:
    path = "/static/admin/css/base.css"
    with httpx2.Client(timeout=60, base_url=before(site)) as client:
        stored = client.get(path)
        again = client.get(path, headers={"if-modified-since": stored.headers["last-modified"]})

    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/nowhere", "/admin/auth/user/%e2%82%ac/", "/static/admin/none.css"])
def test_errors_are_the_sites_own(site: str, before: Before, path: str) -> None:
    with (
        httpx2.Client(timeout=60, base_url=site) as direct,
        httpx2.Client(timeout=60, base_url=before(site)) as through,
    ):
        ours, theirs = through.get(path), direct.get(path)

    assert ours.status_code == theirs.status_code
    assert ours.headers.get("location") == theirs.headers.get("location")
