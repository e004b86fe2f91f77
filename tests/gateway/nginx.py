"""nginx before an upstream, as another reader of the same bytes."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.gateway.servers import WAIT, free_port

CONFIG = """
daemon off;
master_process off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        server_name shop.example;
        location / {{
            proxy_pass {upstream};
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
        }}
    }}
}}
"""


def binary() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        missing = "nginx is missing; on Debian or Ubuntu: sudo apt-get install -y nginx"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@asynccontextmanager
async def nginx(upstream: str) -> AsyncIterator[int]:
    """Run nginx as a reverse proxy; gives its port."""
    program, port = binary(), free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=folder, port=port, upstream=upstream))
        process = await asyncio.create_subprocess_exec(program, "-p", name, "-c", str(config))
        try:
            async with asyncio.timeout(WAIT):
                while True:
                    try:
                        _, writer = await asyncio.open_connection("127.0.0.1", port)
                    except ConnectionError:
                        assert process.returncode is None, (folder / "error.log").read_text()
                        await asyncio.sleep(0.02)
                    else:
                        writer.close()
                        break
            yield port
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
