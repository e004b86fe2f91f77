"""The decision's Content-Security-Policy, read as browsers read it: a small matcher of CSP Level 3."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.policy import LONGEST, content_security_policy

REPORT = "/_assent/reports"


def directives(policy: bytes) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.decode("ascii").split("; ")]
    assert len({name for name, *_ in parts}) == len(parts), "the second of two directives is ignored"
    return {name: sources for name, *sources in parts}


def allows(policy: bytes, directive: str, url: str) -> bool:
    """Tell whether a source of the directive, or of default-src, names the URL's host and port (6.7.2)."""
    found = directives(policy)
    scheme, _, rest = url.partition("://")
    host, _, port = rest.partition(":")
    for source in found.get(directive, found["default-src"]):
        match = re.fullmatch(r"(ws://)?(\*\.)?([a-z0-9.-]+)(?::(\*|\d+))?", source)
        if match is None or bool(match[1]) != scheme.startswith("ws"):
            continue
        named = host.endswith(f".{match[3]}") if match[2] else host == match[3]
        if named and match[4] in ("*", port or "443"):
            return True
    return False


@pytest.mark.parametrize(
    ("host", "url", "expected"),
    [
        pytest.param("cdn.example", "https://cdn.example", True, id="host"),
        pytest.param("cdn.example", "https://cdn.example:8443", True, id="host, any port"),
        pytest.param("cdn.example", "https://a.cdn.example", False, id="host, not below it"),
        pytest.param("cdn.example", "https://example", False, id="host, not above it"),
        pytest.param("cdn.example:8443", "https://cdn.example:8443", True, id="host and port"),
        pytest.param("cdn.example:8443", "https://cdn.example", False, id="host and port, not another"),
        pytest.param("*.cdn.example", "https://cdn.example", True, id="wildcard, the domain itself"),
        pytest.param("*.cdn.example", "https://a.b.cdn.example:81", True, id="wildcard, below, any port"),
        pytest.param("*.cdn.example", "https://notcdn.example", False, id="wildcard, whole labels"),
        pytest.param("*.cdn.example:81", "https://a.cdn.example:82", False, id="wildcard and port"),
        pytest.param("CDN.example", "https://cdn.example", True, id="upper case"),
        pytest.param("xn--bcher-kva.example", "https://xn--bcher-kva.example", True, id="international"),
    ],
)
@pytest.mark.parametrize(
    "directive", ["default-src", "connect-src", "frame-src", "object-src", "form-action", "img-src"]
)
def test_a_host_opens_what_its_rule_covers(directive: str, host: str, url: str, expected: bool) -> None:
    assert allows(content_security_policy([host], report=REPORT), directive, url) is expected


@pytest.mark.parametrize(("host", "expected"), [("chat.example", True), ("other.example", False)])
def test_web_sockets_to_an_allowed_host_are_named_by_their_scheme(host: str, expected: bool) -> None:
    policy = content_security_policy(["*.chat.example"], report=None)
    assert allows(policy, "connect-src", f"wss://{host}") is expected
    assert allows(policy, "connect-src", f"wss://a.{host}:8443") is expected


def test_without_hosts_the_site_itself_is_all() -> None:
    found = directives(content_security_policy([], report=REPORT))
    assert found == {
        "default-src": ["'self'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"],
        "frame-src": ["'self'", "data:", "blob:"],
        "object-src": ["'self'", "data:", "blob:"],
        "form-action": ["'self'", "mailto:", "javascript:"],
        "base-uri": ["'self'"],
        "worker-src": ["'self'", "data:", "blob:"],
        "report-uri": [REPORT],
    }


@pytest.mark.parametrize("hosts", [[], ["cdn.example"], ["*.cdn.example", "a.example:81"]])
def test_it_restricts_hosts_and_not_code(hosts: list[str]) -> None:
    found = directives(content_security_policy(hosts, report=None))
    assert found["default-src"][:5] == ["'self'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"]
    assert not any(name.startswith(("script-src", "style-src", "img-src", "sandbox")) for name in found)
    for sources in found.values():
        assert sources[0] == "'self'"
        assert not {"*", "http:", "https:", "ws:", "wss:"} & set(sources)


def test_a_document_without_a_guard_runs_no_script() -> None:
    assert "script-src" not in directives(content_security_policy([], report=REPORT))
    assert directives(content_security_policy([], report=REPORT, script_free=True))["script-src"] == [
        "'none'"
    ]


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(None, None, id="nowhere"),
        pytest.param("/_assent/reports", ["/_assent/reports"], id="path"),
        pytest.param("/a b;c,d/ü", ["/a%20b%3Bc%2Cd/%C3%BC"], id="nothing breaks out of the directive"),
    ],
)
def test_where_reports_go(report: str | None, expected: list[str] | None) -> None:
    assert directives(content_security_policy([], report=report)).get("report-uri") == expected


@pytest.mark.parametrize(
    "host",
    [
        *(
            "",
            "*",
            "*.",
            "'unsafe-hashes'",
            "a.example; script-src *",
            "a.example,b",
            "a b",
            "https://a.example",
        ),
        *(
            "a.example/path",
            "a_b.example",
            "[::1]",
            "[::1]:80",
            "b\u00fccher.example",
            "a..example",
            ".example",
        ),
        *("*.*.example", "a.*.example", "a.example:*", "a.example:x", "data:", "a.example\n"),
    ],
)
def test_what_is_no_source_is_left_out(host: str) -> None:
    assert content_security_policy([host], report=REPORT) == content_security_policy([], report=REPORT)


def test_what_does_not_fit_is_left_out_from_the_end() -> None:
    hosts = [f"*.host-number-{number:04}.example" for number in range(500)]
    policy = content_security_policy(hosts, report=REPORT, script_free=True)
    one_more = sum(host in policy.decode() for host in hosts) + 1
    assert LONGEST - 300 < len(policy) <= LONGEST
    assert allows(policy, "img-src", "https://host-number-0000.example")
    assert allows(policy, "connect-src", f"https://host-number-{one_more - 2:04}.example")
    assert not allows(policy, "img-src", f"https://host-number-{one_more - 1:04}.example")
    assert directives(policy)["report-uri"] == [REPORT]
    assert directives(policy)["script-src"] == ["'none'"]


def test_a_policy_that_is_tight_for_room_still_governs_frames_and_objects() -> None:
    hosts = [f"host-number-{number:04}.example" for number in range(45)]
    policy = content_security_policy(hosts, report=REPORT)
    assert "frame-src" not in directives(policy)
    for directive in ("frame-src", "object-src", "form-action", "connect-src"):
        assert allows(policy, directive, "https://host-number-0044.example")
        assert not allows(policy, directive, "https://host-number-0045.example")


@given(st.lists(st.text("a-z*.:0,; '\nü/", max_size=20), max_size=8), st.text(max_size=20))
def test_any_text_yields_one_policy_of_known_directives(hosts: list[str], report: str) -> None:
    policy = content_security_policy(hosts, report=report)
    assert b"," not in policy
    assert set(directives(policy)) <= {
        *("default-src", "connect-src", "frame-src", "object-src", "form-action", "base-uri", "worker-src"),
        "report-uri",
    }
