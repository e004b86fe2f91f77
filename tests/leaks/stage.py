"""The stage: the site, Assent before it, third parties and a resolver, all behind one TLS port."""

import base64
import contextlib
import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import trustme
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from assent import ConsentMiddleware, Gateway, Settings
from assent.asgi.types import ASGIApp, Receive, Scope, Send
from assent.demo.run import running
from tests.leaks.site import LabSite
from tests.leaks.vector import CATEGORIES, DOMAINS, ORIGIN, PREFIXES, SITE, UNDECLARED, Effect, Vector
from tests.leaks.witness import Witness, cookie_names

RESOLVER = "/dns-query"
START_SECONDS = 10


@dataclass
class Stage:
    """What a browser needs to know, and what was seen; with ``gpc`` every request carries Sec-GPC."""

    witness: Witness
    port: int = 0
    spki: str = ""
    gpc: bool = False
    udp: dict[str, int] = field(default_factory=dict)
    """The datagram port of each vector that has one."""

    def front(self, assent: ASGIApp) -> ASGIApp:
        """Return the app behind the TLS port, which goes by Host."""

        async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await assent(scope, receive, send)
                return
            host = dict(scope["headers"]).get(b"host", b"").decode("latin-1").partition(":")[0]
            if host == SITE:
                self.witness.offered |= cookie_names(scope["headers"])
                if self.gpc:
                    scope = {**scope, "headers": [*scope["headers"], (b"sec-gpc", b"1")]}
                await assent(scope, receive, send)
            elif scope["path"] == RESOLVER:
                await self.witness.resolver(scope, receive, send)
            else:
                await self.witness.elsewhere(scope, receive, send)

        return dispatch


def settings(folder: Path) -> Settings:
    """Return what the site's operator declares."""
    return Settings.model_validate(
        {
            "data_dir": folder,
            "site": {"origin": ORIGIN},
            "cookies": [{"name": f"{PREFIXES[name]}_*", "category": name} for name in CATEGORIES],
            "storage": [{"key": f"{PREFIXES[name]}_*", "category": name} for name in CATEGORIES],
            "hosts": [
                {"host": f"*.{domain}", "category": name}
                for name, domain in DOMAINS.items()
                if name != UNDECLARED
            ],
            "paths": [{"path": "/collect*", "category": "analytics"}],
        }
    )


@contextlib.contextmanager
def staged(vectors: Sequence[Vector], folder: Path, *, bare: bool = False) -> Iterator[Stage]:
    """Run everything for as long as the block lasts; ``bare`` leaves Assent out."""
    stage = Stage(Witness())
    datagrams = [vector.id for vector in vectors if vector.effect is Effect.DATAGRAM]
    with contextlib.ExitStack() as stack:
        stage.udp = stack.enter_context(stage.witness.datagram_ports(datagrams))
        site = LabSite(vectors, stage.witness, stage.udp)
        upstream = stack.enter_context(running(site))
        app: ASGIApp = site
        if not bare:
            app = ConsentMiddleware(Gateway(upstream), settings=settings(folder))
        stack.enter_context(_tls(stage, stage.front(app), folder, lifespan="off" if bare else "on"))
        yield stage


@contextlib.contextmanager
def _tls(stage: Stage, app: ASGIApp, folder: Path, lifespan: str) -> Iterator[None]:
    names = [SITE, "*.site.test", "127.0.0.1", *(f"*.{domain}" for domain in DOMAINS.values())]
    leaf = trustme.CA().issue_cert(*names)
    certificate, key = folder / "lab.pem", folder / "lab.key"
    certificate.write_bytes(b"".join(part.bytes() for part in leaf.cert_chain_pems))
    key.write_bytes(leaf.private_key_pem.bytes())
    config = uvicorn.Config(
        app,
        port=0,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        log_config=None,
        log_level="error",
        ws="none",
        lifespan="on" if lifespan == "on" else "off",
        timeout_graceful_shutdown=1,
    )
    config.load()
    assert config.ssl
    config.ssl.sni_callback = lambda _socket, name, _context: stage.witness.connected(name)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="leak-lab", daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the lab's TLS server did not start")
        time.sleep(0.01)
    stage.port = server.servers[0].sockets[0].getsockname()[1]
    stage.spki = _spki(leaf.cert_chain_pems[0].bytes())
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(5)


def _spki(pem: bytes) -> str:
    public = x509.load_pem_x509_certificate(pem).public_key()
    info = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(info).digest()).decode()
