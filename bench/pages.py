"""What the banner costs in a page: the same for 50 KB and for 5 MB, since only the head is read."""

import gc
import time

from assent.core.markup import Insertion

HEAD = (
    b'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Fine teas</title>\n'
    + b'<link rel="stylesheet" href="/static/shop.css">\n' * 6
    + b"<script>window.dataLayer = window.dataLayer || [];</script>\n" * 4
    + b'</head>\n<body class="home">\n'
)
ARTICLE = b"<article><h2>Assam</h2><p>A tea that is <em>strong</em> &amp; malty.</p></article>\n"
CHUNK = 64 * 1024
BANNER = b"<section>" + b"x" * 2000 + b"</section>"
ROUNDS = 200


def chunks(size: int) -> list[bytes]:
    page = HEAD + ARTICLE * ((size - len(HEAD)) // len(ARTICLE))
    return [page[start : start + CHUNK] for start in range(0, len(page), CHUNK)]


def took(pieces: list[bytes]) -> float:
    """Return microseconds for one page, less what handing its chunks on costs without a banner."""
    start = time.perf_counter_ns()
    insertion = Insertion(BANNER)
    for piece in pieces:
        insertion.feed(piece)
    insertion.end()
    whole = time.perf_counter_ns() - start
    start = time.perf_counter_ns()
    for piece in pieces:
        insertion.feed(piece)
    return (whole - (time.perf_counter_ns() - start)) / 1000


def measure() -> dict[int, float]:
    """Return microseconds by page size."""
    sizes = {size: chunks(size) for size in (50_000, 5_000_000)}
    gc.collect()
    best = dict.fromkeys(sizes, float("inf"))
    for _ in range(ROUNDS):
        for size, pieces in sizes.items():
            best[size] = min(best[size], took(pieces))
    return best


def main() -> None:
    small, large = measure().values()
    print(f"inserting the banner: {small:.1f} us into 50 KB, {large:.1f} us into 5 MB: {large / small:.2f}")


if __name__ == "__main__":
    main()
