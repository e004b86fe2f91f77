"""nginx and Caddy in front of Assent, set up by the very words of docs/deployment.md."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.server.processes import free_port, until

PAPER = Path(__file__).parents[2] / "docs" / "deployment.md"
HOST = "shop.example"
ASSENT = "127.0.0.1:8000"

NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {example}
}}
"""

CADDY = """
{{
    admin off
    auto_https disable_redirects
    storage file_system {folder}/storage
}}
{example}
"""

Front = Callable[[Path, Path, Path, str], AbstractContextManager[int]]
"""Takes a folder, a certificate, its key and Assent's address; gives the port of https."""


def example(language: str, replaced: Mapping[str, str]) -> str:
    """Return what the paper shows, with the places of a test instead of its own."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAPER.read_text("utf-8"), re.DOTALL)
    text: str = found
    for place, ours in replaced.items():
        assert place in text
        text = text.replace(place, ours)
    return text


@contextmanager
def nginx(folder: Path, chain: Path, key: Path, assent: str) -> Iterator[int]:
    port = free_port()
    places = {
        "443": f"127.0.0.1:{port}",
        "/etc/ssl/shop/fullchain.pem": str(chain),
        "/etc/ssl/shop/privkey.pem": str(key),
        ASSENT: assent,
    }
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, example=example("nginx", places)))
    with _running(folder, port, _binary("nginx"), "-p", str(folder), "-c", str(config)):
        yield port


@contextmanager
def caddy(folder: Path, chain: Path, key: Path, assent: str) -> Iterator[int]:
    port = free_port()
    opening = f"https://{HOST}:{port} {{\n    tls {chain} {key}\n"
    config = folder / "Caddyfile"
    text = example("caddyfile", {f"{HOST} {{\n": opening, ASSENT: assent})
    config.write_text(CADDY.format(folder=folder, example=text))
    with _running(folder, port, _binary("caddy"), "run", "--config", str(config), "--adapter", "caddyfile"):
        yield port


def _binary(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        missing = f"{name} is missing; on Debian or Ubuntu: sudo apt-get install -y {name}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@contextmanager
def _running(folder: Path, port: int, *command: str) -> Iterator[None]:
    said = folder / "said"

    def listens() -> bool:
        assert process.poll() is None, said.read_text()
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    environ = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with said.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder, env=environ)
        try:
            until(listens)
            yield
        finally:
            process.terminate()
            process.wait()
