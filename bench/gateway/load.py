"""The load: one visitor's browser, many times over, and a check that what came back is what should."""

import json
import re
import subprocess
from dataclasses import dataclass
from functools import partial
from os import sched_setaffinity
from urllib.request import Request, urlopen

from bench.gateway.places import PROXY
from bench.gateway.process import Failed

COOKIES = (
    "sessionid=8f14e45fceea167a5a36dedd4bea2543; theme=dark; lang=en; csrftoken=aaaabbbbccccdddd; "
    "cf_clearance=17; messages=1"
)
FIELDS = {
    # A public name: to visitors on its own machine Assent also tells what it blocked.
    "Host": "shop.example",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.7,de;q=0.3",
    "Accept-Encoding": "identity",
    "Referer": "http://127.0.0.1/",
}
WARM_UP_SECONDS = 1


@dataclass(frozen=True)
class Load:
    """What wrk saw."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float


def visitor(path: str, choice: str = "") -> dict[str, str]:
    """Return the fields that a browser sends, for a page or for what a page loads."""
    page = path.endswith(".html")
    cookies = f"{COOKIES}; {choice}" if choice else COOKIES
    return {**FIELDS, "Sec-Fetch-Dest": "document" if page else "empty", "Cookie": cookies}


def choose() -> str:
    """Have Assent record a choice, and return the cookie-pair that it set."""
    body = json.dumps({"action": "save", "categories": ["functional"]}).encode()
    request = Request(f"{PROXY}/_assent/choice", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=10) as answer:
        line: str = answer.headers["set-cookie"]
    return line.partition(";")[0]


def check(path: str, size: int, *, enforced: bool, choice: str) -> int:
    """Look at one answer, and return the size of its body; raises Failed when it is not what it should be."""
    with urlopen(Request(f"{PROXY}{path}", headers=visitor(path, choice)), timeout=10) as answer:
        body: bytes = answer.read()
        names = [line.partition("=")[0] for line in answer.headers.get_all("set-cookie", [])]
        policy = answer.headers.get("content-security-policy", "")
    if len(body) < size:
        raise Failed(f"{path} came with {len(body)} bytes of {size}")
    if enforced:
        page = path.endswith(".html")
        if sorted(names) != ["lang", "sessionid"] or "default-src" not in policy:
            raise Failed(f"{path} came with the cookies {names} and the policy {policy!r}")
        if page and (len(body) == size or b"_assent" not in body):
            raise Failed(f"{path} came without guard and banner")
    return len(body)


def wrk(path: str, seconds: int, connections: int, choice: str, core: int) -> Load:
    """Load the proxy over so many connections that are kept open."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
    for name, value in visitor(path, choice).items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run(
        [*command, f"{PROXY}{path}"],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=partial(sched_setaffinity, 0, {core}),
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise Failed("; ".join(re.findall(r"(?:Non-2xx|Socket errors).*", said)))
    requests, rate = re.search(r"(\d+) requests in", said), re.search(r"Requests/sec:\s+([\d.]+)", said)
    if requests is None or rate is None or not int(requests[1]):
        raise Failed(f"wrk said: {said}")
    return Load(int(requests[1]), float(rate[1]), _latency(said, 50), _latency(said, 99))


def _latency(said: str, percentile: int) -> float:
    found = re.search(rf"{percentile}%\s+([\d.]+)(us|ms|s|m)\b", said)
    return float(found[1]) * {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}[found[2]] if found else float("nan")
