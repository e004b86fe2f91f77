"""Assent before the standard library's file server and some hundred files of every kind."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.sites.conftest import INSERTED, Before, free_port, process

KINDS = {
    "html": b"<!doctype html><title>%d</title><body><p>page %d</p>",
    "css": b"p { order: %d } /* %d */",
    "js": b"export default %d - %d",
    "json": b'{"number": %d, "again": %d}',
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" id="n%d-%d"/>',
    "bin": b"\x00\xff<body>%d\r\n%d",
    "txt": b"%d <body> %d",
}
EACH = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("files")
    for kind, text in KINDS.items():
        for number in range(EACH):
            (root / f"{number}.{kind}").write_bytes(text % (number, number * 7))
    (root / "a b").mkdir()
    (root / "a b" / "ü &+%.txt").write_bytes(b"odd name")
    return root


@pytest.fixture(scope="module")
def site(folder: Path) -> Iterator[str]:
    port = free_port()
    command = ("-m", "http.server", str(port), "--bind", "127.0.0.1")
    with process(*command, port=port, cwd=folder) as origin:
        yield origin


def test_every_file_passes_byte_for_byte_and_pages_get_the_banner(
    site: str, folder: Path, before: Before
) -> None:
    with httpx2.Client(timeout=60, base_url=before(site)) as client:
        for path in sorted(folder.glob("*.*")):
            answer = client.get(f"/{path.name}")
            content = path.read_bytes()
            if path.suffix == ".html":
                assert INSERTED.subn(b"", answer.content) == (content, 4)
                assert b'aria-label="Cookie consent"' in answer.content
            else:
                assert answer.content == content, path.name
                assert answer.headers["content-length"] == str(len(content))


def test_odd_names_folders_and_redirects_work(site: str, before: Before) -> None:
    with httpx2.Client(timeout=60, base_url=before(site)) as client:
        assert client.get("/a%20b/%C3%BC%20%26%2B%25.txt").content == b"odd name"
        assert client.get("/a%20b").headers["location"].endswith("/a%20b/")
        assert "%C3%BC%20%26%2B%25.txt" in client.get("/a%20b/").text
        assert client.get("/missing").status_code == 404


def test_a_head_request_has_the_length_of_the_file(site: str, before: Before) -> None:
    with httpx2.Client(timeout=60, base_url=before(site)) as client:
        answer = client.head("/7.bin")

    assert answer.headers["content-length"] == str(len(KINDS["bin"] % (7, 49)))
    assert answer.content == b""
