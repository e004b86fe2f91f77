"""Look-ups of hosts: the closest rule decides, and their number costs nothing."""

import pytest

from assent.core.categories import Category
from assent.core.hosts import HostPatterns
from assent.core.urls import Target

N, F, A, P, D = Category

RULES = HostPatterns(
    [
        ("cdn.example", F),
        ("*.example.com", A),
        ("ads.example.com", D),
        ("*.ads.example.com", P),
        ("cdn.example:8443", A),
        ("*.example.com:9000", D),
        ("[::1]", F),
        ("dotted.example.", F),
        ("cdn.example", N),
    ]
)


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        pytest.param("cdn.example", None, F, id="exact, and the first of two"),
        pytest.param("cdn.example", 81, F, id="without a port every port"),
        pytest.param("cdn.example", 8443, A, id="its own port first"),
        pytest.param("a.cdn.example", None, None, id="an exact host does not cover what is below"),
        pytest.param("example.com", None, A, id="a wildcard covers the domain"),
        pytest.param("a.b.example.com", None, A, id="and all below"),
        pytest.param("ads.example.com", None, D, id="exact before wildcard"),
        pytest.param("x.ads.example.com", None, P, id="the nearer wildcard"),
        pytest.param("x.example.com", 9000, D, id="wildcard with a port"),
        pytest.param("ads.example.com", 9000, D, id="exact before wildcard with a port"),
        pytest.param("notexample.com", None, None, id="only whole labels"),
        pytest.param("com", None, None, id="a parent"),
        pytest.param("[::1]", 80, F, id="address"),
        pytest.param("dotted.example", None, F, id="rule with a last dot"),
        pytest.param("", None, None, id="no host"),
    ],
)
def test_the_closest_rule_decides(host: str, port: int | None, expected: Category | None) -> None:
    assert RULES.find(Target(host, port)) is expected
