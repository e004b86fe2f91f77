"""What the models accept, refuse and fill in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from assent.config import Settings
from assent.core.categories import Category


def settings(**tree: Any) -> Settings:
    return Settings.model_validate(tree)


def test_no_configuration_at_all_is_valid_and_strict() -> None:
    made = Settings()
    assert (made.prefix, made.data_dir) == ("/_assent", Path("assent-data"))
    assert made.enforcement.mode == "enforce"
    assert made.enforcement.unknown_cookies == made.enforcement.unknown_hosts == "block"
    assert made.consent.lifetime_days == 180
    assert made.gateway.upstream is None
    assert made.gateway.trusted_proxies == ()


def test_ledger_is_a_file_in_the_data_dir_unless_one_is_named() -> None:
    assert Settings().ledger.url == "sqlite:///assent-data/ledger.db"
    assert settings(data_dir="/var/lib/assent").ledger.url == "sqlite:////var/lib/assent/ledger.db"
    assert settings(data_dir="/x", ledger={}).ledger.url == "sqlite:////x/ledger.db"
    assert settings(ledger={"url": "postgresql://db/consent"}).ledger.url == "postgresql://db/consent"


def test_settings_cannot_be_changed_after_they_were_made() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().prefix = "/other"


def test_no_secret_shows_when_settings_are_printed() -> None:
    made = settings(
        secret_keys=["k" * 40],
        ledger={"url": "postgresql://me:hunter2@db/consent"},
        gateway={"proxy": "http://me:hunter2@proxy"},
    )
    assert "k" * 40 not in repr(made)
    assert "hunter2" not in repr(made)


def test_no_secret_shows_when_settings_are_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        settings(
            secret_keys=["tooshort"],
            ledger={"url": "mysql://me:hunter2@db/consent"},
            gateway={"proxy": "socks5://me:hunter2@proxy"},
        )
    assert "tooshort" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


ACCEPTED: dict[str, tuple[dict[str, Any], Callable[[Settings], object], object]] = {
    "a prefix of two segments": ({"prefix": "/a/_b"}, lambda s: s.prefix, "/a/_b"),
    "an origin is kept as browsers write it": (
        {"site": {"origin": "HTTPS://Shop.Example:443"}},
        lambda s: s.site.origin,
        "https://shop.example",
    ),
    "an origin with another port": (
        {"site": {"origin": "http://[::1]:8080"}},
        lambda s: s.site.origin,
        "http://[::1]:8080",
    ),
    "a privacy policy elsewhere": (
        {"site": {"privacy_policy": "https://legal.example/p?a=1"}},
        lambda s: s.site.privacy_policy,
        "https://legal.example/p?a=1",
    ),
    "a cookie domain above the origin": (
        {"site": {"origin": "https://www.shop.example", "cookie_domain": "Shop.example"}},
        lambda s: s.site.cookie_domain,
        "shop.example",
    ),
    "an upstream with a base path": (
        {"gateway": {"upstream": "http://localhost:9000/base/"}},
        lambda s: s.gateway.upstream,
        "http://localhost:9000/base/",
    ),
    "an upstream named as compose names services": (
        {"gateway": {"upstream": "http://my_site:80"}},
        lambda s: s.gateway.upstream,
        "http://my_site:80",
    ),
    "a single trusted address": (
        {"gateway": {"trusted_proxies": ["127.0.0.1", "fd00::/8"]}},
        lambda s: s.gateway.trusted_proxies,
        ("127.0.0.1", "fd00::/8"),
    ),
    "a lifetime written as text, as in the environment": (
        {"consent": {"lifetime_days": "30"}},
        lambda s: s.consent.lifetime_days,
        30,
    ),
    "a lifetime of the longest that browsers keep": (
        {"consent": {"lifetime_days": 400}},
        lambda s: s.consent.lifetime_days,
        400,
    ),
    "a cookie prefix with brackets": (
        {"cookies": [{"name": "cart[x]_*", "category": "functional"}]},
        lambda s: (s.cookies[0].name, s.cookies[0].category),
        ("cart[x]_*", Category.FUNCTIONAL),
    ),
    "an upstream on a socket": (
        {"gateway": {"upstream": "unix:/run/site.sock"}},
        lambda s: s.gateway.upstream,
        "unix:/run/site.sock",
    ),
    "an upstream on a socket, with two more slashes": (
        {"gateway": {"upstream": "unix:///run/site.sock"}},
        lambda s: s.gateway.upstream,
        "unix:///run/site.sock",
    ),
    "a server name": (
        {"gateway": {"server_name": "Site.internal"}},
        lambda s: s.gateway.server_name,
        "site.internal",
    ),
    "a proxy with a password": (
        {"gateway": {"proxy": "http://me:hunter2@proxy.internal:3128"}},
        lambda s: s.gateway.proxy,
        "http://me:hunter2@proxy.internal:3128",
    ),
    "a part of a second": (
        {"gateway": {"connect_seconds": "0.5"}},
        lambda s: s.gateway.connect_seconds,
        0.5,
    ),
    "a host with a port": (
        {"hosts": [{"host": "127.0.0.1:9002", "category": "analytics"}]},
        lambda s: s.hosts[0].host,
        "127.0.0.1:9002",
    ),
    "a wildcard host": (
        {"hosts": [{"host": "*.Tracker.example", "category": "analytics"}]},
        lambda s: s.hosts[0].host,
        "*.tracker.example",
    ),
    "a path prefix": (
        {"paths": [{"path": "/collect*", "category": "analytics"}]},
        lambda s: s.paths[0].path,
        "/collect*",
    ),
}


@pytest.mark.parametrize("case", ACCEPTED, ids=str)
def test_accepts(case: str) -> None:
    tree, read, expected = ACCEPTED[case]
    assert read(settings(**tree)) == expected


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "prefix without a slash": ({"prefix": "assent"}, "cannot be a prefix"),
    "prefix that is the whole site": ({"prefix": "/"}, "cannot be a prefix"),
    "prefix with a slash at the end": ({"prefix": "/_assent/"}, "cannot be a prefix"),
    "prefix that climbs": ({"prefix": "/a/.."}, "cannot be a prefix"),
    "prefix with a query": ({"prefix": "/a?b"}, "cannot be a prefix"),
    "short secret key": ({"secret_keys": ["x" * 31]}, "has 31 characters and needs 32"),
    "secret key with a space": ({"secret_keys": ["x" * 32 + " "]}, "without spaces"),
    "same secret key twice": ({"secret_keys": ["x" * 32, "x" * 32]}, "the same key twice"),
    "name of two lines": ({"site": {"name": "a\nb"}}, "must be one line"),
    "origin with a path": (
        {"site": {"origin": "https://shop.example/a"}},
        'write only "https://shop.example"',
    ),
    "origin with a slash at the end": (
        {"site": {"origin": "https://a.example/"}},
        'only "https://a.example"',
    ),
    "origin without a scheme": ({"site": {"origin": "shop.example"}}, "no http or https URL"),
    "origin with a user": ({"site": {"origin": "https://me@shop.example"}}, "more than an origin"),
    "origin with a port out of range": (
        {"site": {"origin": "https://a.example:99999"}},
        "no http or https URL",
    ),
    "policy page that is a script": ({"site": {"privacy_policy": "javascript:alert(1)"}}, "is no page"),
    "policy page on whatever host": ({"site": {"privacy_policy": "//evil.example"}}, "is no page"),
    "language that does not ship": ({"site": {"languages": ["en", "xx"]}}, '"xx" does not ship'),
    "no language": ({"site": {"languages": []}}, "one language or more"),
    "language twice": ({"site": {"languages": ["en", "en"]}}, '"en" 2 times, at numbers 1 and 2'),
    "cookie domain with a dot first": ({"site": {"cookie_domain": ".a.example"}}, 'write "a.example"'),
    "cookie domain of one label": ({"site": {"cookie_domain": "example"}}, "no domain of two labels"),
    "cookie domain that is an address": ({"site": {"cookie_domain": "127.0.0.1"}}, "no domain of two labels"),
    "cookie domain beside the origin": (
        {"site": {"origin": "https://shop.example", "cookie_domain": "hop.example"}},
        "does not cover the host of origin",
    ),
    "upstream of another scheme": ({"gateway": {"upstream": "ftp://x"}}, "no http or https URL"),
    "upstream with a user": ({"gateway": {"upstream": "http://me:pw@x"}}, "no user, query or fragment"),
    "upstream with a query": ({"gateway": {"upstream": "http://x/?a"}}, "no user, query or fragment"),
    "upstream without a host": ({"gateway": {"upstream": "http:///x"}}, "no http or https URL"),
    "upstream socket without its whole path": ({"gateway": {"upstream": "unix:site.sock"}}, "whole path"),
    "upstream socket on a host": ({"gateway": {"upstream": "unix://site.sock"}}, "whole path"),
    "server name with a port": ({"gateway": {"server_name": "a.example:443"}}, "without scheme and port"),
    "proxy of another scheme": ({"gateway": {"proxy": "socks5://me:hunter2@x"}}, "no http or https URL"),
    "proxy with a path": ({"gateway": {"proxy": "http://me:hunter2@x/y"}}, "no path"),
    "protocol that is not spoken": ({"gateway": {"protocol": "h2"}}, "'http/1.1' or 'http/2'"),
    "no time at all": ({"gateway": {"idle_seconds": 0}}, "greater than or equal to 0.01"),
    "more than a day": ({"gateway": {"idle_seconds": 1e9}}, "less than or equal to 86400"),
    "time without end": ({"gateway": {"idle_seconds": float("nan")}}, "less than or equal"),
    "time that is a boolean": ({"gateway": {"connect_seconds": True}}, "must be a number"),
    "no connection at all": ({"gateway": {"max_connections": 0}}, "greater than or equal to 1"),
    "proxy that is no network": ({"gateway": {"trusted_proxies": ["proxy"]}}, "10.0.0.0/8"),
    "network with host bits": ({"gateway": {"trusted_proxies": ["10.1.2.3/8"]}}, "has host bits set"),
    "unknown mode": ({"enforcement": {"mode": "report"}}, "'enforce' or 'observe'"),
    "lifetime of no day": ({"consent": {"lifetime_days": 0}}, "greater than or equal to 1"),
    "lifetime longer than browsers keep": ({"consent": {"lifetime_days": 401}}, "less than or equal to 400"),
    "lifetime that is a boolean": ({"consent": {"lifetime_days": True}}, "whole number"),
    "policy version with a space": ({"consent": {"policy_version": "a b"}}, "1 to 64 letters"),
    "policy version too long": ({"consent": {"policy_version": "a" * 65}}, "1 to 64 letters"),
    "import of an unknown tool": ({"consent": {"imports": ["nobody"]}}, "cookieyes"),
    "ledger in memory": ({"ledger": {"url": "sqlite:///:memory:"}}, "sqlite:///"),
    "ledger without a file": ({"ledger": {"url": "sqlite://"}}, "sqlite:///"),
    "ledger of another database": ({"ledger": {"url": "mysql://db/x"}}, "postgresql://"),
    "cookie named as Assent's own": (
        {"cookies": [{"name": "assent", "category": "necessary"}]},
        "Assent's own cookie",
    ),
    "cookie pattern with * inside": ({"cookies": [{"name": "a*b", "category": "necessary"}]}, 'such as "a*"'),
    "cookie pattern that is everything": (
        {"cookies": [{"name": "*", "category": "necessary"}]},
        "everything",
    ),
    "cookie name with =": ({"cookies": [{"name": "a=b", "category": "necessary"}]}, "no cookie name"),
    "empty cookie name": ({"cookies": [{"name": "", "category": "necessary"}]}, "not empty"),
    "cookie without a category": ({"cookies": [{"name": "a"}]}, "Field required"),
    "cookie declared twice": (
        {"cookies": [{"name": n, "category": "necessary"} for n in ("a", "b", "a")]},
        '"a" 2 times, at numbers 1 and 3',
    ),
    "storage key with * inside": ({"storage": [{"key": "a*b", "category": "analytics"}]}, 'such as "a*"'),
    "host with a scheme": ({"hosts": [{"host": "https://a.example", "category": "analytics"}]}, "is no host"),
    "host with * inside": ({"hosts": [{"host": "a.*.example", "category": "analytics"}]}, "is no host"),
    "host that is everything": ({"hosts": [{"host": "*", "category": "analytics"}]}, "is no host"),
    "path without a slash": ({"paths": [{"path": "collect", "category": "analytics"}]}, '"/collect"'),
    "path that is the whole site": ({"paths": [{"path": "/*", "category": "analytics"}]}, "whole site"),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_refuses(case: str) -> None:
    tree, words = REFUSED[case]
    with pytest.raises(ValidationError) as refused:
        settings(**tree)
    assert words in str(refused.value)
    assert refused.value.error_count() == 1
