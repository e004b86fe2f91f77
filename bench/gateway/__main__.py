"""Compares reverse proxies in one run: CPU time per request, memory, and the goals that Assent has.

The proxy has one core to itself; site and load generator share another. Rounds are interleaved and medians
count. CPU time per request is the measure: it holds while the machine does other work, which the rate and the
latencies do not.
"""

import argparse
import os
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

from bench.gateway.load import WARM_UP_SECONDS, check, choose, wrk
from bench.gateway.peers import PEERS, Peer, origin
from bench.gateway.places import ORIGIN, PROXY
from bench.gateway.process import Failed, cpu_seconds, peak_megabytes, running

SIZES = {"/1k.json": 1024, "/1k.html": 1024, "/20k.html": 20 * 1024, "/1m.bin": 1 << 20}
CONNECTIONS = 64
SCALING = (8, 128)
"""The numbers of connections between which the cost of a request should not grow."""

Figures = dict[tuple[str, str], list[float]]


def main() -> None:
    """Measure, print the table, and say which goals are met."""
    options = _options()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print("Only one core: the load generator takes time from what is measured, so read ratios with care.")
    load_core, proxy_core = cores[0], cores[-1]
    peers = [peer for peer in PEERS if not options.only or peer.name in options.only]
    for peer in peers:
        if not peer.is_here():
            print(f"LEFT OUT: {peer.name} is not installed. {peer.cure}")
    peers = [peer for peer in peers if peer.is_here()]
    cpu: Figures = defaultdict(list)
    memory: Figures = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="assent-bench-") as name:
        folder = Path(name)
        # nginx gives its workers to another user.
        folder.chmod(0o755)
        _write_site(folder / "www")
        with running(origin(folder), load_core, f"{ORIGIN}/1k.json", folder / "origin.out"):
            for number in range(options.rounds):
                for peer in peers:
                    try:
                        _measure(peer, folder, options.seconds, (load_core, proxy_core), cpu, memory)
                    except (Failed, OSError) as failure:
                        print(f"FAILED: {peer.name}, round {number + 1}: {failure}")
    _table(peers, cpu, memory)
    _goals(cpu, memory)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.gateway", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3, help="length of one sample")
    parser.add_argument("--only", action="append", help="measure this peer; may be repeated")
    return parser.parse_args()


def _write_site(www: Path) -> None:
    www.mkdir()
    head = b"<!doctype html><html><head><meta charset=utf-8><title>t</title></head><body>"
    text = b"<p>Lorem ipsum dolor sit amet, <a href=/x>consectetur</a>.</p>\n" * 400
    for path, size in SIZES.items():
        content = os.urandom(size) if path.endswith(".bin") else (head + text)[:size]
        (www / path[1:]).write_bytes(content)


def _measure(
    peer: Peer, folder: Path, seconds: int, cores: tuple[int, int], cpu: Figures, memory: Figures
) -> None:
    load_core, proxy_core = cores
    own = peer.name == "Assent"
    command = peer.command(folder)
    env = {"HOME": str(folder), **peer.env}
    with running(command, proxy_core, f"{PROXY}/1k.json", folder / "proxy.out", env) as pid:
        choice = choose() if own else ""
        for path, size in SIZES.items():
            check(path, size, enforced=own, choice=choice)
            for connections in (CONNECTIONS, *SCALING) if own and path == "/1k.json" else (CONNECTIONS,):
                wrk(path, WARM_UP_SECONDS, connections, choice, load_core)
                before = cpu_seconds(pid)
                load = wrk(path, seconds, connections, choice, load_core)
                microseconds = (cpu_seconds(pid) - before) / load.requests * 1e6
                place = path if connections == CONNECTIONS else f"{path} x{connections}"
                cpu[peer.name, place].append(microseconds)
                print(
                    f"  {peer.name:18} {place:14} {microseconds:8.1f} us   {load.per_second:8.0f}/s   "
                    f"p50 {load.p50_ms:.1f} p99 {load.p99_ms:.1f} ms",
                    flush=True,
                )
        memory[peer.name, ""].append(peak_megabytes(pid))


def _table(peers: list[Peer], cpu: Figures, memory: Figures) -> None:
    print(f"\nCPU time per request in us, {CONNECTIONS} connections; peak memory in MB after all")
    print(f"{'':18} {''.join(f'{path:>12}' for path in SIZES)} {'memory':>10}")
    for peer in peers:
        if (peer.name, "") in memory:
            costs = "".join(f"{statistics.median(cpu[peer.name, path]):12.1f}" for path in SIZES)
            print(f"{peer.name:18} {costs} {statistics.median(memory[peer.name, '']):10.0f}")


def _goals(cpu: Figures, memory: Figures) -> None:
    print("\nGoals")
    _goal("1 KB of Caddy's", _ratio(cpu, "/1k.json", "Caddy"), 1.1)
    _goal("1 KB of HTML of Caddy's", _ratio(cpu, "/1k.html", "Caddy"), 1.1)
    _goal("1 KB of Starlette + httpx's", _ratio(cpu, "/1k.json", "Starlette + httpx"), 1 / 20)
    few, many = (cpu.get(("Assent", f"/1k.json x{connections}")) for connections in SCALING)
    if few and many:
        _goal(
            f"{SCALING[1]} connections of {SCALING[0]}", statistics.median(many) / statistics.median(few), 1.1
        )
    _goal("memory of mitmproxy's", _ratio(memory, "", "mitmproxy"), 0.2)


def _ratio(figures: Figures, place: str, peer: str) -> float | None:
    ours, theirs = figures.get(("Assent", place)), figures.get((peer, place))
    return statistics.median(ours) / statistics.median(theirs) if ours and theirs else None


def _goal(what: str, ratio: float | None, limit: float) -> None:
    if ratio is None:
        print(f"  {what:32} not measured")
    else:
        print(f"  {what:32} {ratio:6.3f}   {'met' if ratio <= limit else 'MISSED'}, goal {limit:.3g}")


if __name__ == "__main__":
    main()
