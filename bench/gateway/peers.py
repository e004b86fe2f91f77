"""The proxies that are compared: how each is started, in front of the same origin."""

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.gateway.places import ORIGIN, ORIGIN_PORT, PROXY_PORT, ROOT, TOOLS

Command = list[str | Path]

NGINX = """
worker_processes 1;
daemon off;
pid {folder}/{name}.pid;
error_log {folder}/{name}.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; keepalive_timeout 300s;
  open_file_cache max=100 inactive=600s;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  types {{ text/html html; application/json json; }} default_type application/octet-stream;
  {inside}
}}
"""

SITE = """
server {{
  listen 127.0.0.1:{port} backlog=1024; root {folder}/www;
  add_header Set-Cookie "sessionid=8f14e45fceea167a; Path=/; HttpOnly";
  add_header Set-Cookie "_ga=GA1.2.3.4; Path=/; Max-Age=63072000";
  add_header Set-Cookie "_ga_ABCD1234=GS1.1.1.1; Path=/";
  add_header Set-Cookie "_fbp=fb.1.2.3; Path=/";
  add_header Set-Cookie "lang=en; Path=/; Max-Age=31536000";
}}
"""

PASS = """
upstream site {{ server 127.0.0.1:{origin}; keepalive 256; keepalive_requests 100000000; }}
server {{
  listen 127.0.0.1:{port} backlog=1024;
  location / {{
    proxy_pass http://site; proxy_http_version 1.1; proxy_set_header Connection "";
    {also}
  }}
}}
"""

SUB_FILTER = (
    "sub_filter '<head>' '<head><script src=\"/guard.js\"></script>'; sub_filter_once on; "
    "add_header Content-Security-Policy \"default-src 'self'\";"
)

CADDY = """{{
  admin off
  auto_https off
  log {{
    level ERROR
  }}
}}
http://:{port} {{
  bind 127.0.0.1
  reverse_proxy 127.0.0.1:{origin} {{
    transport http {{
      keepalive_idle_conns_per_host 256
    }}
  }}
}}
"""

HAPROXY = """
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend public
  bind 127.0.0.1:{port}
  default_backend site
backend site
  server origin 127.0.0.1:{origin}
"""

ASSENT = """
data_dir = "{folder}/assent-data"

[gateway]
upstream = "{origin}"

[[cookies]]
name = "lang"
category = "functional"

[[cookies]]
name = "theme"
category = "functional"

[[hosts]]
host = "*.video.example"
category = "functional"
"""


@dataclass(frozen=True)
class Peer:
    """One proxy; ``command`` writes what it needs into a folder and returns what to run."""

    name: str
    command: Callable[[Path], Command]
    needs: str | Path
    cure: str
    env: Mapping[str, str] = field(default_factory=dict)

    def is_here(self) -> bool:
        return shutil.which(str(self.needs)) is not None


def nginx(folder: Path, name: str, inside: str) -> Command:
    """Write a configuration and return the command."""
    path = folder / f"{name}.conf"
    path.write_text(NGINX.format(folder=folder, name=name, inside=inside))
    return ["nginx", "-c", path]


def origin(folder: Path) -> Command:
    """The site behind every proxy."""
    return nginx(folder, "origin", SITE.format(port=ORIGIN_PORT, folder=folder))


def nginx_pass(folder: Path) -> Command:
    return nginx(folder, "pass", PASS.format(port=PROXY_PORT, origin=ORIGIN_PORT, also=""))


def nginx_sub_filter(folder: Path) -> Command:
    return nginx(folder, "sub_filter", PASS.format(port=PROXY_PORT, origin=ORIGIN_PORT, also=SUB_FILTER))


def caddy(folder: Path) -> Command:
    path = folder / "Caddyfile"
    path.write_text(CADDY.format(port=PROXY_PORT, origin=ORIGIN_PORT))
    return ["caddy", "run", "--config", path, "--adapter", "caddyfile"]


def haproxy(folder: Path) -> Command:
    path = folder / "haproxy.cfg"
    path.write_text(HAPROXY.format(port=PROXY_PORT, origin=ORIGIN_PORT))
    return ["haproxy", "-db", "-f", path]


def mitmproxy(folder: Path) -> Command:
    options = [
        "-q",
        "--set",
        f"confdir={folder}/mitmproxy",
        "--listen-host",
        "127.0.0.1",
        "-p",
        str(PROXY_PORT),
    ]
    return [TOOLS / "mitmproxy/bin/mitmdump", "--mode", f"reverse:{ORIGIN}", *options]


def uvicorn(app: str) -> Callable[[Path], Command]:
    """A peer in Python under the server that Assent runs under, with the same options."""

    def command(folder: Path) -> Command:
        options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
        options += [
            "--no-server-header",
            "--no-date-header",
            "--port",
            str(PROXY_PORT),
            "--app-dir",
            str(ROOT),
        ]
        return [TOOLS / "python/bin/uvicorn", *options, f"bench.gateway.{app}:app"]

    return command


def assent(folder: Path) -> Command:
    path = folder / "assent.toml"
    path.write_text(ASSENT.format(folder=folder, origin=ORIGIN))
    return [Path(sys.executable).with_name("assent"), "serve", "--config", path, "--port", str(PROXY_PORT)]


_PIP = "run scripts/bench-tools, which needs PyPI"
PEERS = (
    Peer("nginx", nginx_pass, "nginx", "apt-get install nginx-light"),
    Peer("nginx, sub_filter", nginx_sub_filter, "nginx", "apt-get install nginx-light"),
    Peer("HAProxy", haproxy, "haproxy", "apt-get install haproxy"),
    Peer("Caddy", caddy, "caddy", "apt-get install caddy", {"GOMAXPROCS": "1"}),
    Peer("Assent", assent, sys.executable, ""),
    Peer("mitmproxy", mitmproxy, TOOLS / "mitmproxy/bin/mitmdump", _PIP),
    Peer("Starlette + httpx", uvicorn("starlette_httpx"), TOOLS / "python/bin/uvicorn", _PIP),
    Peer("fastapi-proxy-lib", uvicorn("fastapi_proxy"), TOOLS / "python/bin/uvicorn", _PIP),
)
