"""Serving the guard: one file for each set of granted categories, under the hash of its content."""

import json
import re
from dataclasses import replace
from importlib.util import find_spec

import brotli
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.guard import patterns
from assent.core.rules import CookieRule, Rules, StorageRule
from assent.resources import directory
from assent.web.guard import SCRIPT, Guard
from assent.web.slimming import slimmed

RULES = Rules(
    catalogue=(CookieRule("_ga*", Category.ANALYTICS), CookieRule("né", Category.NECESSARY)),
    storage=(StorageRule("an_*", Category.ANALYTICS),),
)
WITH_ANALYTICS = NECESSARY_ONLY | {Category.ANALYTICS}


@pytest.fixture
def guard() -> Guard:
    return Guard(RULES, "/_assent")


@pytest.fixture
def client(guard: Guard) -> TestClient:
    route = Route("/_assent/guard/{name}", guard)
    return TestClient(Starlette(routes=[route, Mount("/shop", routes=[route])]))


def address(tag: bytes) -> str:
    found = re.search(rb'src="([^"]+)"', tag)
    assert found
    return found[1].decode()


def test_the_tag_runs_the_guard_before_all_that_follows(guard: Guard) -> None:
    tag = guard.tag(NECESSARY_ONLY, "r4nd+/=")
    assert re.fullmatch(
        rb'<script nonce="r4nd\+/=" data-assent="guard" data-base="/_assent/" '
        rb'src="/_assent/guard/[0-9a-f]{12}\.js"></script>',
        tag,
    )
    assert b"nonce" not in guard.tag(NECESSARY_ONLY)


def test_the_tag_of_a_mounted_site_leads_below_its_root_path(guard: Guard, client: TestClient) -> None:
    url = address(guard.tag(NECESSARY_ONLY, root_path="/shop"))
    assert url.startswith("/shop/_assent/guard/")
    assert client.get(url).status_code == 200


def test_a_nonce_of_the_site_cannot_end_the_tag(guard: Guard) -> None:
    assert b"<b>" not in guard.tag(NECESSARY_ONLY, '"><b>')


def read(arguments: bytes) -> object:
    """Return the rules as the script reads them: what a backslash stands before in a string is itself."""
    own, _, tables = arguments.removesuffix(b"'}").partition(b',"tables":\'')
    assert own == b'"own":"assent"'
    assert not re.search(rb"(?<!\\)(\\\\)*'", tables)
    return {"own": "assent", **json.loads(re.sub(rb"\\(.)", rb"\1", tables))}


def test_the_file_is_the_script_called_with_the_rules_of_the_decision(
    guard: Guard, client: TestClient
) -> None:
    answer = client.get(address(guard.tag(WITH_ANALYTICS)), headers={"accept-encoding": "identity"})
    script, _, rest = answer.content.partition(b"})({")
    rules, _, parts = rest.partition(b",{exits:")
    assert script.startswith(b"(function ")
    assert read(rules) == patterns(RULES, WITH_ANALYTICS, naming=True)
    assert parts.endswith(b"});\n")
    assert answer.content.isascii()
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_no_name_ends_the_string_or_the_element_that_the_rules_stand_in() -> None:
    rules = Rules(
        cookies=tuple(CookieRule(name, Category.NECESSARY) for name in ("o'clock", "a\\'", "</script>"))
    )
    tag = Guard(rules, "/_assent").tag(NECESSARY_ONLY, inline=True)
    arguments, _, _ = tag.partition(b"})({")[2].partition(b",{exits:")
    assert tag.count(b"</script>") == 1
    assert read(arguments) == patterns(rules, NECESSARY_ONLY)


def body(client: TestClient, guard: Guard, granted: frozenset[Category]) -> bytes:
    return client.get(address(guard.tag(granted)), headers={"accept-encoding": "identity"}).content


# What each part has and no other.
EXITS, STORAGE, LOADS, ANSWERS = (
    b"speculationrules",
    b"FileSystemDirectoryHandle",
    b"sendBeacon",
    b"respondWith",
)


def test_the_part_for_storage_comes_only_where_something_is_refused(guard: Guard, client: TestClient) -> None:
    assert STORAGE in body(client, guard, NECESSARY_ONLY)
    assert STORAGE not in body(client, guard, ALL)


def test_the_part_for_loads_comes_only_where_no_policy_holds_them(guard: Guard, client: TestClient) -> None:
    assert LOADS not in body(client, guard, NECESSARY_ONLY)
    lenient = Guard(replace(RULES, unknown_hosts="allow"), "/_assent")
    assert LOADS in lenient.source(NECESSARY_ONLY)
    assert b'"policy"' not in lenient.source(NECESSARY_ONLY)


def test_a_worker_gets_what_a_page_has_no_use_for(guard: Guard) -> None:
    source = guard.source(NECESSARY_ONLY)
    assert ANSWERS in source
    assert b'"policy":"default-src \'self\'' in source
    assert EXITS not in source
    assert source.isascii()


def test_in_the_page_itself_it_is_the_same_script_and_nothing_ends_it_early() -> None:
    hostile = replace(RULES, cookies=(CookieRule("</script><!--", Category.NECESSARY),))
    guard = Guard(hostile, "/_assent")
    tag = guard.tag(NECESSARY_ONLY, inline=True)
    assert tag.startswith(b'<script data-assent="guard" data-base="/_assent/">(function ')
    assert tag.count(b"</script") == 1
    assert b"<!--" not in tag
    assert guard._of(NECESSARY_ONLY).source in tag


@pytest.mark.skipif(find_spec("minify") is None, reason="the minifier has no wheel here")
def test_the_script_is_small() -> None:
    # What every page waits for; the rules of a decision come on top.
    names = (SCRIPT.name, "guard-exits.js", "guard-storage.js")
    small = slimmed({name: (directory("static") / name).read_bytes() for name in names})
    assert len(brotli.compress(b"".join(small[name] for name in names))) < 3850


def test_a_client_that_takes_gzip_gets_the_same_compressed(guard: Guard, client: TestClient) -> None:
    url = address(guard.tag(NECESSARY_ONLY))
    packed = client.get(url, headers={"accept-encoding": "gzip"})
    plain = client.get(url, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]


def test_each_decision_has_its_own_file_and_the_same_one_each_time(guard: Guard) -> None:
    urls = {address(guard.tag(granted)) for granted in (NECESSARY_ONLY, WITH_ANALYTICS)}
    assert len(urls) == 2
    assert urls == {
        address(Guard(RULES, "/_assent").tag(granted)) for granted in (NECESSARY_ONLY, WITH_ANALYTICS)
    }


def test_a_file_that_another_process_named_is_found(client: TestClient) -> None:
    for granted in (NECESSARY_ONLY, WITH_ANALYTICS, ALL):
        assert client.get(address(Guard(RULES, "/_assent").tag(granted))).status_code == 200


def test_necessary_counts_as_granted_though_nobody_said_so(guard: Guard) -> None:
    assert guard.tag(frozenset()) == guard.tag(NECESSARY_ONLY)


@pytest.mark.parametrize("name", ["0123456789ab.js", "guard.js", "%2e%2e"])
def test_any_other_name_is_not_found_and_not_kept(client: TestClient, name: str) -> None:
    answer = client.get(f"/_assent/guard/{name}")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


def test_it_is_read_and_not_written(guard: Guard, client: TestClient) -> None:
    url = address(guard.tag(NECESSARY_ONLY))
    assert client.head(url).content == b""
    # A Route without methods passes every one on to an ASGI application.
    assert client.post(url).status_code == 405


def test_what_the_client_has_is_not_sent_again(guard: Guard, client: TestClient) -> None:
    url = address(guard.tag(NECESSARY_ONLY))
    etag = client.get(url).headers["etag"]
    again = client.get(url, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert "immutable" in again.headers["cache-control"]
