"""What one look-up of a cookie-name costs among 100 and among 10,000 patterns."""

import time

from assent.core.categories import Category
from assent.core.rules import CookieRule, Rules

SIZES = (100, 10_000)
ROUNDS = 30


def rules(size: int) -> Rules:
    names = (f"tracker_{number}" + ("*" if number % 3 == 0 else "") for number in range(size))
    return Rules(cookies=tuple(CookieRule(name, Category.ANALYTICS) for name in names))


def measure() -> dict[int, float]:
    """Return nanoseconds for one look-up by the number of patterns; a third are hits, a third prefixes."""
    names = [b"tracker_%d" % n for n in range(1, 99, 3)] + [b"tracker_%d_x" % n for n in range(0, 99, 3)]
    names += [b"nobody_%d" % n for n in range(33)]
    compiled = {size: rules(size) for size in SIZES}
    best = dict.fromkeys(SIZES, float("inf"))
    for _ in range(ROUNDS):
        for size, found in compiled.items():
            start = time.perf_counter_ns()
            for name in names * 20:
                found.cookie(name)
            best[size] = min(best[size], (time.perf_counter_ns() - start) / (len(names) * 20))
    return best


def main() -> None:
    few, many = measure().values()
    print(f"one look-up: {few:.0f} ns among 100 patterns, {many:.0f} ns among 10,000: {many / few:.2f}")


if __name__ == "__main__":
    main()
