"""What guard and banner cost where all is granted: the same in 50 KB and 5 MB, as only the head is read."""

import gc
import time

from assent.core.markup import Markup

HEAD = (
    b'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Fine teas</title>\n'
    + b'<link rel="stylesheet" href="/static/shop.css">\n' * 6
    + b"<script>window.dataLayer = window.dataLayer || [];</script>\n" * 4
    + b'</head>\n<body class="home">\n'
)
ARTICLE = b"<article><h2>Assam</h2><p>A tea that is <em>strong</em> &amp; malty.</p></article>\n"
CHUNK = 64 * 1024
GUARD = b"<script>" + b"x" * 4000 + b"</script>"
BANNER = b"<section>" + b"x" * 2000 + b"</section>"
ROUNDS = 200


def chunks(size: int) -> list[bytes]:
    page = HEAD + ARTICLE * ((size - len(HEAD)) // len(ARTICLE))
    return [page[start : start + CHUNK] for start in range(0, len(page), CHUNK)]


def took(pieces: list[bytes]) -> tuple[int, int]:
    """Return nanoseconds for one page, and for handing its chunks on once all was put in."""
    start = time.perf_counter_ns()
    markup = Markup(head=GUARD, body=BANNER)
    for piece in pieces:
        markup.feed(piece)
    markup.end()
    whole = time.perf_counter_ns() - start
    start = time.perf_counter_ns()
    for piece in pieces:
        markup.feed(piece)
    return whole, time.perf_counter_ns() - start


def measure() -> dict[int, float]:
    """Return microseconds by page size."""
    sizes = {size: chunks(size) for size in (50_000, 5_000_000)}
    gc.collect()
    rounds: dict[int, list[tuple[int, int]]] = {size: [] for size in sizes}
    for _ in range(ROUNDS):
        for size, pieces in sizes.items():
            rounds[size].append(took(pieces))
    return {
        size: (min(whole for whole, _ in times) - min(handing for _, handing in times)) / 1000
        for size, times in rounds.items()
    }


def main() -> None:
    small, large = measure().values()
    print(f"inserting both: {small:.1f} us into 50 KB, {large:.1f} us into 5 MB: {large / small:.2f}")


if __name__ == "__main__":
    main()
