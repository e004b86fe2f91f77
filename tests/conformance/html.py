"""Runs html5lib's tokenizer tests on the scanner: ``python -m tests.conformance.html FOLDER``.

The scanner makes no tokens; here the places that it found are turned into those that the tests expect. A test
in which nothing but text is expected still shows that no tag, comment or declaration was seen in it.
"""

import html
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from assent.core.boundary import Boundary
from assent.core.markup import Markup
from assent.core.rules import Rules
from assent.core.stretches import MORE
from assent.core.tokens import Attribute, attributes, character, decoded, is_self_closing

Token = list[Any]

SHORT = 80
"""Octets of an input that is also run cut at every place."""

ALLOWING = Boundary(Rules(unknown_hosts="allow"), frozenset(), "https://shop.example", lambda host: None)
STATES = {
    "Data state": "",
    "PLAINTEXT state": "<plaintext>",
    "RCDATA state": "<title>",
    "RAWTEXT state": "<style>",
    "Script data state": "<script>",
    "CDATA section state": "<svg><![CDATA[",
}
NO_REFERENCES = {"PLAINTEXT state", "RAWTEXT state", "Script data state"}
REFERENCE = re.compile(r"&(?:#([0-9]+);?|#[xX]([0-9a-fA-F]+);?|([a-zA-Z][a-zA-Z0-9]*;?))")
NOT_HTML = {"xmlViolation.test"}
"""What html5lib makes of characters that XML forbids; no browser does."""


class Recorder(Markup):
    """Notes where tags and the like begin and end; only a prefix makes it change its state."""

    def __init__(self, prefix: bytes) -> None:
        super().__init__(boundary=ALLOWING)
        self._hop = None
        self._prefix = prefix
        self._came = 0
        self.spans: list[tuple[str, int, int]] = []
        self.unfinished: tuple[str, int] | None = None

    def feed(self, chunk: bytes) -> bytes:
        self._came += len(chunk)
        return super().feed(chunk)

    @property
    def place(self) -> int:
        return self._came - len(self._window.text) + self._window.at

    def _tag(self, token: re.Match[bytes]) -> Iterable[None]:
        start = self.place
        rest = super()._tag(token)
        self.spans.append(("tag", start, self.place))
        return rest

    def _content(self, opens: bool, name: bytes, found: dict[bytes, Attribute], *, empty: bool) -> MORE:
        if len(self.spans) == 1 and self._prefix:
            yield from super()._content(opens, name, found, empty=empty)

    def _other(self, token: re.Match[bytes]) -> MORE:
        start = self.place
        self.unfinished = ("other", start)
        yield from super()._other(token)
        self.unfinished = None
        self.spans.append(("other", start, self.place))


def tokens_of(document: bytes, prefix: bytes, cuts: Iterable[int], references: bool) -> list[Token]:
    """Return what the tests would call the tokens of a document that comes in these pieces."""
    recorder = Recorder(prefix)
    whole = prefix + document
    ends = [0, *(len(prefix) + cut for cut in cuts), len(whole)]
    for start, end in pairwise(ends):
        recorder.feed(whole[start:end])
    rest = recorder.place
    recorder.end()
    spans = list(recorder.spans)
    if recorder.unfinished:
        spans.append(("other", recorder.unfinished[1], len(whole)))
    elif re.match(rb"<[!?]|</[^a-zA-Z]", whole[rest:]):
        spans.append(("other", rest, len(whole)))
    elif re.match(rb"</?[a-zA-Z]", whole[rest:]) and recorder._at_rest:
        spans.append(("nothing", rest, len(whole)))
    return list(_read(whole, spans, len(prefix), references))


def _read(whole: bytes, spans: list[tuple[str, int, int]], at: int, references: bool) -> Iterable[Token]:
    text = ""
    for kind, start, end in [*spans, ("end", len(whole), len(whole))]:
        if end <= at and kind != "end":
            continue
        between = whole[at:start].decode()
        text += REFERENCE.sub(_referred, between) if references else between
        if kind == "other" and start < at:
            # CDATA that the prefix began.
            text, at = text + whole[at:end].removesuffix(b"]]>").decode(), end
            continue
        token, at = _token(kind, whole[start:end]), end
        if (token or kind == "end") and text:
            yield ["Character", text]
            text = ""
        if token:
            yield token


def _referred(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    return html.unescape(match[0]) if name else character(decimal, hexadecimal)


def _token(kind: str, span: bytes) -> Token | None:
    if kind == "tag":
        return _tag(span)
    if kind != "other" or span == b"</>":
        return None
    if span.startswith(b"<!--"):
        data = re.sub(rb"--!?>\Z", b"", span[4:], count=1) if re.search(rb"--!?>\Z", span[4:]) else None
        if data is None:
            data = b"" if span in (b"<!-->", b"<!--->") else re.sub(rb"(?:--!?|-)\Z", b"", span[4:], count=1)
        return ["Comment", _text(data)]
    if span[:9].lower() == b"<!doctype":
        return ["DOCTYPE"]
    start = 1 if span.startswith(b"<?") else 2
    return ["Comment", _text(span[start:].removesuffix(b">"))]


def _tag(span: bytes) -> Token:
    name = re.match(rb"</?([^\t\n\f\r />]+)", span)
    assert name is not None
    shown = _text(name[1].lower())
    if span.startswith(b"</"):
        return ["EndTag", shown]
    found = attributes(span, name.end(), len(span))
    token = ["StartTag", shown, {_text(key): _newlines(decoded(value.value)) for key, value in found.items()}]
    return [*token, True] if is_self_closing(span, name.end(), len(span)) else token


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _text(data: bytes) -> str:
    return _newlines(data.decode("utf-8", "surrogatepass"))


def expected_of(output: list[Token]) -> list[Token]:
    """Return a test's tokens with text put together and without what a scanner of bytes does not read."""
    result: list[Token] = []
    for token in output:
        if token[0] == "Character" and result and result[-1][0] == "Character":
            result[-1] = ["Character", result[-1][1] + token[1]]
        else:
            result.append(["DOCTYPE"] if token[0] == "DOCTYPE" else list(token))
    return [[_newlines(part) if isinstance(part, str) else part for part in token] for token in result]


def _unescaped(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), value)
    if isinstance(value, list):
        return [_unescaped(part) for part in value]
    if isinstance(value, dict):
        return {_unescaped(key): _unescaped(part) for key, part in value.items()}
    return value


def failures_of(test: dict[str, Any], counts: Counter[str]) -> Iterable[str]:
    """Yield what is wrong with one test, in each of its states and however it is cut."""
    if test.get("doubleEscaped"):
        test = {**test, "input": _unescaped(test["input"]), "output": _unescaped(test["output"])}
    try:
        document = test["input"].encode()
    except UnicodeEncodeError:
        counts["lone surrogates, which no bytes stand for"] += 1
        return
    expected = expected_of(test["output"])
    for state in test.get("initialStates", ["Data state"]):
        prefix = STATES[state]
        if "lastStartTag" in test and state != "CDATA section state":
            prefix = f"<{test['lastStartTag']}>"
        counts[state] += 1
        cuts: list[list[int]] = [[]]
        if len(document) <= SHORT:
            cuts += [[cut] for cut in range(1, len(document))] + [list(range(1, len(document)))]
        for cut in cuts:
            counts["runs"] += 1
            found = expected_of(tokens_of(document, prefix.encode(), cut, state not in NO_REFERENCES))
            if found != expected:
                name = f"{test['description']} [{state}, cut at {cut}]"
                yield f"{name}: {test['input']!r}\n  {found}\n  {expected}"
                break


def main(folder: str) -> int:
    """Run every file of the folder; return 1 when a test fails."""
    counts: Counter[str] = Counter()
    failures: list[str] = []
    for path in sorted((Path(folder) / "html5lib-tokenizer").glob("*.test")):
        if path.name in NOT_HTML:
            continue
        tests = next(iter(json.loads(path.read_text()).values()))
        for test in tests:
            counts["tests"] += 1
            failures += (f"{path.name}: {failure}" for failure in failures_of(test, counts))
    for failure in failures:
        print(failure)
    print(
        ", ".join(f"{name}: {count}" for name, count in counts.items()),
        f"failures: {len(failures)}",
        sep="; ",
    )
    return 1 if failures or not counts["tests"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
