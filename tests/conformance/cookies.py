"""Runs http-state's cookie cases against Assent's parser: ``python -m tests.conformance.cookies FOLDER``.

FOLDER holds ``http-state/`` with ``parser.json``, ``dates-examples.json`` and ``dates-bsd-examples.json``.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from assent.core.cookies import cookie_date
from tests.conformance.store import Page, Store

NOW = int(datetime(2015, 1, 1, tzinfo=UTC).timestamp())
"""Some cases expire in 2019 and expect to be alive."""

SET_AT = "http://home.example.org:8888/cookie-parser"
SENT_TO = "http://home.example.org:8888/cookie-parser-result"

SKIPPED = "DISABLED_"
"""Cases that their authors took out of service."""

OVERRIDES: Mapping[str, str] = {
    # The corpus states RFC 6265, which ignored a pair without "="; RFC 6265bis keeps it as a nameless cookie.
    "0004": "foo",
    "0021": "a=b; x; c=d",
    "0023": "foo",
    "0024": "foo",
    "0025": "foo",
    "0026": "foo",
    "0027": "bar",
    "0028": "foo",
    "CHROMIUM0009": "BLAHHH",
    "CHROMIUM0010": r'"BLA\"HHH"',
    "CHROMIUM0012": "ABC",
    "MOZILLA0012": 'test="fubar! = foo; five',
    "MOZILLA0014": "six",
    "MOZILLA0015": "seven",
    "MOZILLA0016": "eight",
    "MOZILLA0017": "eight; test=six",
    "NAME0023": "foo",
    "NAME0028": "a",
    "NAME0031": '"foo',
    "NAME0032": r'"foo\"bar',
    "NAME0033": "aaa",
    # An empty last Domain takes back the one before it, and the cookie is host-only rather than dropped.
    "OPTIONAL_DOMAIN0042": "foo=bar",
}


def parser_failures(cases: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a line for each case whose Cookie field is another than expected."""
    for case in cases:
        if case["test"].startswith(SKIPPED):
            continue
        store = Store(NOW)
        for line in case["received"]:
            store.receive(_page(SET_AT), line.encode())
        sent = store.field(_page(urljoin(SENT_TO, case.get("sent-to", "")))).decode()
        plain = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in case["sent"])
        expected = OVERRIDES.get(case["test"], plain)
        if sent != expected:
            yield f"{case['test']}: {case['received']} was sent as {sent!r}, expected {expected!r}"


def date_failures(cases: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a line for each date that is read as another than expected."""
    for case in cases:
        second = cookie_date(case["test"].encode())
        read = None if second is None else f"{datetime.fromtimestamp(second, UTC):%a, %d %b %Y %H:%M:%S GMT}"
        if read != case["expected"]:
            yield f"{case['test']!r} was read as {read}, expected {case['expected']}"


def _page(url: str) -> Page:
    parts = urlsplit(url)
    return Page(parts.scheme, parts.hostname or "", parts.path.encode())


def _cases(file: Path) -> list[dict[str, Any]]:
    # One file opens with its licence, in comments that JSON does not know.
    text = re.sub(r"\A(?:\s*//[^\n]*\n)*", "", file.read_text("utf-8"))
    cases: list[dict[str, Any]] = json.loads(text)
    return cases


def main(arguments: list[str]) -> int:
    """Run every case, print the counts, and return 1 when any fails."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    folder = Path(arguments[0]) / "http-state"
    runs = {
        "parser.json": parser_failures,
        "dates-examples.json": date_failures,
        "dates-bsd-examples.json": date_failures,
    }
    if missing := [name for name in runs if not (folder / name).is_file()]:
        print(f"{folder} lacks {', '.join(missing)}; give the folder that holds http-state/ with them")
        return 2
    failed = 0
    for name, failures in runs.items():
        cases = [case for case in _cases(folder / name) if not case["test"].startswith(SKIPPED)]
        found = list(failures(cases))
        failed += len(found)
        print(f"http-state {name}: {len(cases) - len(found)} of {len(cases)} pass")
        for line in found:
            print(f"  {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
