"""The rest of the web, for pages that load from it: one TLS server that answers for every host name."""

import base64
import hashlib
import mimetypes
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

START_SECONDS = 10
FIELDS = {"access-control-allow-origin": "*", "cache-control": "max-age=3600"}

BADGE = "elsewhere"
SAID = "a third party's script ran"
WIDGET = f"""(() => {{
  const badge = document.createElement("aside");
  badge.className = "{BADGE}";
  badge.style.cssText = "position: fixed; right: 0; top: 0; width: 9px; height: 9px; background: #08f";
  const show = () => document.body.append(badge);
  document.body ? show() : addEventListener("DOMContentLoaded", show);
  console.log("{SAID}");
}})();
"""
STAND_INS = {
    ".js": ("text/javascript", WIDGET),
    ".css": ("text/css", ":root { --elsewhere: 1 }"),
    ".svg": ("image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"/>'),
}
VERSION = re.compile(r"[@-]\d+(?:\.\d+)*(?=[./])")


class Mirror:
    """Answers as a CDN does from ``folders``, by the start of a path, and with stand-ins for all else."""

    def __init__(self) -> None:
        self.folders: dict[str, Path] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one http scope."""
        await self._answer(Request(scope).url.path)(scope, receive, send)

    def _answer(self, path: str) -> Response:
        plain = VERSION.sub("", path)
        for start, folder in self.folders.items():
            file = folder / plain.removeprefix(start)
            if plain.startswith(start) and file.is_file():
                kind = mimetypes.guess_type(file.name)[0]
                return Response(file.read_bytes(), media_type=kind, headers=FIELDS)
        kind, text = STAND_INS.get(Path(path).suffix, (None, ""))
        if kind is None:
            return PlainTextResponse("nothing here", 404, headers=FIELDS)
        return Response(text, media_type=kind, headers=FIELDS)


@dataclass
class Elsewhere:
    """The server, and the key by which a browser is told to trust it."""

    mirror: Mirror
    port: int
    spki: str

    @property
    def arguments(self) -> list[str]:
        """The command line of a Chromium for which it is every host but loopback."""
        return [
            f"--host-resolver-rules=MAP * 127.0.0.1:{self.port}, EXCLUDE 127.0.0.1",
            f"--ignore-certificate-errors-spki-list={self.spki}",
        ]


@contextmanager
def running_elsewhere(folder: Path) -> Iterator[Elsewhere]:
    """Run the server for as long as the block lasts."""
    leaf = trustme.CA().issue_cert("elsewhere.test")
    certificate, key = folder / "elsewhere.pem", folder / "elsewhere.key"
    certificate.write_bytes(b"".join(part.bytes() for part in leaf.cert_chain_pems))
    key.write_bytes(leaf.private_key_pem.bytes())
    mirror = Mirror()
    server = uvicorn.Server(
        uvicorn.Config(
            mirror, port=0, ssl_certfile=certificate, ssl_keyfile=key, log_config=None, lifespan="off"
        )
    )
    thread = threading.Thread(target=server.run, name="elsewhere", daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the third parties' server did not start")
        time.sleep(0.01)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Elsewhere(mirror, port, _spki(leaf.cert_chain_pems[0].bytes()))
    finally:
        server.should_exit = True
        thread.join(5)


def _spki(pem: bytes) -> str:
    public = x509.load_pem_x509_certificate(pem).public_key()
    info = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(info).digest()).decode()
