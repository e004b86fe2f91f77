"""Runs every benchmark; each prints ratios within its own run."""

from bench import discovery, markup, middleware, pages, rules, weight


def main() -> None:
    for benchmark in (middleware, discovery, pages, rules, markup, weight):
        print(f"# {(benchmark.__doc__ or '').splitlines()[0]}")
        benchmark.main()
        print()


if __name__ == "__main__":
    main()
