"""Which source wins, and that every mistake of every source is told at once."""

import textwrap
from pathlib import Path

import pytest

from assent.config import file_in_force, load
from assent.errors import ConfigError


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str, name: str = "assent.toml") -> Path:
    path = Path(name)
    path.write_text(textwrap.dedent(text), "utf-8")
    return path


def problems(
    config: str | Path | None = None, environ: dict[str, str] | None = None, **overrides: object
) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        load(config, environ or {}, **overrides)
    return list(refused.value.problems)


def test_nothing_anywhere_gives_the_defaults() -> None:
    assert load(environ={}).prefix == "/_assent"
    assert file_in_force(None, {}) is None


def test_file_in_the_working_directory_is_read_without_being_named() -> None:
    write('prefix = "/c"')
    assert load(environ={}).prefix == "/c"


def test_file_named_by_the_environment_is_read() -> None:
    write('prefix = "/other"', "other.toml")
    assert load(environ={"ASSENT_CONFIG": "other.toml"}).prefix == "/other"


def test_file_named_by_the_caller_comes_before_the_one_of_the_environment() -> None:
    write('prefix = "/a"', "a.toml")
    write('prefix = "/b"', "b.toml")
    assert load("a.toml", {"ASSENT_CONFIG": "b.toml"}).prefix == "/a"


def test_environment_overrides_the_file_key_by_key() -> None:
    write("""
        [enforcement]
        mode = "observe"
        unknown_cookies = "allow"
    """)
    made = load(environ={"ASSENT_ENFORCEMENT__MODE": "enforce"})
    assert (made.enforcement.mode, made.enforcement.unknown_cookies) == ("enforce", "allow")


def test_argument_overrides_the_environment_key_by_key() -> None:
    environ = {"ASSENT_UPSTREAM": "http://env", "ASSENT_GATEWAY__TRUSTED_PROXIES": '["10.0.0.0/8"]'}
    made = load(None, environ, gateway={"upstream": "http://argument"})
    assert made.gateway.upstream == "http://argument"
    assert made.gateway.trusted_proxies == ("10.0.0.0/8",)


def test_lists_come_from_the_environment_as_json() -> None:
    cookies = '[{"name": "_ga*", "category": "analytics"}]'
    made = load(environ={"ASSENT_COOKIES": cookies, "ASSENT_SECRET_KEYS": f'["{"k" * 32}"]'})
    assert made.cookies[0].name == "_ga*"
    assert made.secret_keys[0].get_secret_value() == "k" * 32


def test_empty_variable_counts_as_not_set() -> None:
    assert load(environ={"ASSENT_UPSTREAM": "", "ASSENT_PREFIX": ""}).gateway.upstream is None


def test_long_name_of_the_upstream_works_beside_an_empty_short_one() -> None:
    environ = {"ASSENT_UPSTREAM": "", "ASSENT_GATEWAY__UPSTREAM": "http://long"}
    assert load(environ=environ).gateway.upstream == "http://long"


def test_two_names_of_the_upstream_that_differ_are_a_mistake() -> None:
    environ = {"ASSENT_UPSTREAM": "http://a", "ASSENT_GATEWAY__UPSTREAM": "http://b"}
    assert problems(environ=environ) == [
        "ASSENT_UPSTREAM: differs from ASSENT_GATEWAY__UPSTREAM, which sets the same; keep one of them"
    ]


def test_file_with_a_byte_order_mark_is_read() -> None:
    Path("assent.toml").write_bytes(b'\xef\xbb\xbfprefix = "/bom"')
    assert load(environ={}).prefix == "/bom"


def test_every_mistake_of_every_source_is_told_at_once() -> None:
    write("""
        upstream = "http://x"
        secret_keys = ["short"]
        [enforcment]
        mode = "observe"
        [enforcement]
        unkown_cookies = "allow"
        [[cookies]]
        name = "_gid"
        category = "marketing"
    """)
    told = problems(
        environ={"ASSENT_PREFIX": "/", "ASSENT_STORAGE": '[{"key": "k"}]', "ASSENT_SITE__NMAE": "x"},
        consent={"lifetime_days": 0},
    )
    expected = """
        ASSENT_SITE__NMAE: unknown setting; did you mean ASSENT_SITE__NAME?
        ASSENT_PREFIX: "/" cannot be a prefix; write a slash and a name of letters, digits and - . _ ~, \
without a slash at the end, such as "/_assent"
        assent.toml: secret_keys no. 1: has 5 characters and needs 32 or more; `assent keys new` prints one
        assent.toml: enforcement.unkown_cookies: unknown key; did you mean unknown_cookies?
        argument consent.lifetime_days: 0 is out of range; should be greater than or equal to 1
        assent.toml: cookies no. 1 (_gid), category: "marketing" is no category; \
write one of necessary, functional, analytics, performance, advertisement
        ASSENT_STORAGE no. 1 (k), category: is missing
        assent.toml: upstream: unknown key; did you mean gateway.upstream?
        assent.toml: enforcment: unknown key; did you mean enforcement?
    """
    assert sorted(told) == sorted(line.strip() for line in expected.strip().splitlines())


MISTAKES = {
    "TOML syntax": ("a = \n", {}, "assent.toml: no valid TOML: Invalid value (at line 1, column 5)"),
    "key of no table": (
        "[site]\ncolour = 1",
        {},
        "assent.toml: site.colour: unknown key; known here: name, origin",
    ),
    "text where a table belongs": ('site = "x"', {}, "assent.toml: site: must be a table of keys and values"),
    "text where a list belongs": ('cookies = "x"', {}, "assent.toml: cookies: must be a list"),
    "number where text belongs": ("prefix = 1", {}, "assent.toml: prefix: must be text, in quotes"),
    "text where a number belongs": (
        '[consent]\nlifetime_days = "long"',
        {},
        "assent.toml: consent.lifetime_days: must be a whole number",
    ),
    "list in the environment that is not JSON": (
        "",
        {"ASSENT_GATEWAY__TRUSTED_PROXIES": "10.0.0.0/8"},
        'ASSENT_GATEWAY__TRUSTED_PROXIES: must be a JSON list, such as ["a", "b"]',
    ),
    "entry of a list as a variable": (
        "",
        {"ASSENT_COOKIES__0__NAME": "x"},
        "ASSENT_COOKIES__0__NAME: unknown setting; write the whole list as JSON in ASSENT_COOKIES",
    ),
    "table as a variable": (
        "",
        {"ASSENT_LEDGER": "sqlite:///x.db"},
        "ASSENT_LEDGER: unknown setting; did you mean ASSENT_LEDGER__URL?",
    ),
    "misspelled section as a variable": (
        "",
        {"ASSENT_GATWAY__UPSTREAM": "http://127.0.0.1:9000"},
        "ASSENT_GATWAY__UPSTREAM: unknown setting; did you mean ASSENT_GATEWAY__UPSTREAM?",
    ),
    "upstream of the short name": (
        "",
        {"ASSENT_UPSTREAM": "x"},
        'ASSENT_UPSTREAM: "x" is no http or https URL',
    ),
    "two keys of the environment that do not fit": (
        "",
        {"ASSENT_SITE__ORIGIN": "https://a.example", "ASSENT_SITE__COOKIE_DOMAIN": "b.example"},
        "ASSENT_SITE__COOKIE_DOMAIN and ASSENT_SITE__ORIGIN: cookie_domain",
    ),
}


@pytest.mark.parametrize("case", MISTAKES, ids=str)
def test_tells_where_and_what(case: str) -> None:
    text, environ, expected = MISTAKES[case]
    write(text)
    told = problems(environ=environ)
    assert len(told) == 1
    assert told[0].startswith(expected)


def test_mistakes_of_the_environment_are_told_even_when_the_file_cannot_be_parsed() -> None:
    write("= 1")
    told = problems(environ={"ASSENT_PREFIX": "x"})
    assert [line.split(":")[0] for line in told] == ["assent.toml", "ASSENT_PREFIX"]


def test_named_file_that_is_missing_is_a_mistake() -> None:
    assert problems("nowhere.toml")[0].startswith("nowhere.toml: cannot be read: No such file")


def test_file_in_another_encoding_is_a_mistake() -> None:
    Path("assent.toml").write_bytes(b'[site]\nname = "Caf\xe9"')
    assert problems() == ["assent.toml: not UTF-8 at byte 19; save the file as UTF-8"]
