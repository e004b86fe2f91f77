"""`assent inventory` as an operator runs it."""

import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assent import ConsentMiddleware
from assent.cli import main
from assent.config import Settings, load
from assent.core.categories import Category
from assent.web.parts import rules_of


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def inventory(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["inventory", *arguments], prog_name="assent")


def declare(text: str) -> None:
    Path("assent.toml").write_text(text)


def test_classify_prints_a_line_for_each_name() -> None:
    told = inventory("classify", "_ga", "PHPSESSID", "nobody_knows", "_fbp")
    assert told.exit_code == 0
    assert told.stdout == (
        "_ga\tanalytics\tGoogle Analytics\n"
        "PHPSESSID\tnecessary\tPHP\n"
        "nobody_knows\tunknown\t\n"
        "_fbp\tadvertisement\tMeta\n"
    )


def test_classify_knows_storage_hosts_and_cookies_on_third_parties_domains() -> None:
    told = inventory("classify", "oidc.user:x", "www.youtube.com", "li_rm")
    assert [line.split("\t")[1] for line in told.stdout.splitlines()] == [
        "necessary",
        "functional",
        "functional",
    ]
    assert "(on linkedin.com)" in told.stdout


def test_classify_can_be_asked_for_one_kind_of_names_only() -> None:
    assert inventory("classify", "--table", "storage", "PHPSESSID").stdout == "PHPSESSID\tunknown\t\n"
    assert inventory("classify", "--table", "hosts", "www.youtube.com").stdout.split("\t")[1] == "functional"


def test_classify_says_what_the_operator_declared() -> None:
    declare('[[cookies]]\nname = "_ga"\ncategory = "performance"\nprovider = "Ourselves"')
    assert inventory("classify", "_ga").stdout == "_ga\tperformance\tOurselves\n"


def test_classify_without_a_name_is_a_mistake_in_usage() -> None:
    assert inventory("classify").exit_code == 2


def test_list_says_that_nothing_is_declared() -> None:
    told = inventory("list")
    assert told.exit_code == 0
    assert told.stdout == ""
    assert "--all" in told.stderr


def test_list_tells_what_is_declared_and_where() -> None:
    declare(
        '[[cookies]]\nname = "ape"\ncategory = "analytics"\nprovider = "Ape"\n'
        '[[hosts]]\nhost = "*.ape.example"\ncategory = "functional"'
    )
    assert inventory("set", "bee", "functional").exit_code == 0
    assert inventory("list").stdout == (
        "cookies\tape\tanalytics\tApe\tdeclared\n"
        "cookies\tbee\tfunctional\t\tset\n"
        "hosts\t*.ape.example\tfunctional\t\tdeclared\n"
    )
    assert inventory("list", "--category", "analytics").stdout == "cookies\tape\tanalytics\tApe\tdeclared\n"


def test_list_all_has_what_is_built_in() -> None:
    lines = inventory("list", "--all").stdout.splitlines()
    assert "cookies\t_ga\tanalytics\tGoogle Analytics\tbuilt in" in lines
    assert len(lines) > 4000


def test_what_is_set_is_in_force_from_the_next_start_on() -> None:
    assert rules_of(load()).cookie(b"ape") is None
    assert inventory("set", "ape*", "analytics", "--provider", "Ape").exit_code == 0
    assert inventory("set", "ape_key", "functional", "--table", "storage").exit_code == 0
    assert inventory("set", "*.ape.example", "advertisement", "--table", "hosts").exit_code == 0
    rules = rules_of(load())
    cookie, key = rules.cookie(b"ape1"), rules.storage_rule(b"ape_key")
    assert cookie is not None
    assert (cookie.category, cookie.provider) == (Category.ANALYTICS, "Ape")
    assert key is not None
    assert key.category is Category.FUNCTIONAL
    assert {rule.host for rule in rules.hosts} == {"*.ape.example"}


def test_setting_again_takes_the_place_of_what_was_set() -> None:
    inventory("set", "ape", "analytics")
    inventory("set", "ape", "functional")
    assert inventory("list").stdout == "cookies\tape\tfunctional\t\tset\n"


def test_what_is_known_of_a_name_is_taken_over() -> None:
    inventory("set", "_ga", "analytics", "--duration", "1 day")
    [entry] = tomllib.loads(Path("assent-data/inventory.toml").read_text())["cookies"]
    assert entry["provider"] == "Google Analytics"
    assert entry["duration"] == "1 day"
    assert entry["description"].endswith(".")


@pytest.mark.parametrize(
    "arguments", [("_ga", "performance"), ("_ga", "analytics", "--provider", "Ape"), ("oo", "analytics")]
)
def test_a_sentence_about_another_purpose_or_cookie_is_not(arguments: tuple[str, ...]) -> None:
    inventory("set", *arguments)
    [entry] = tomllib.loads(Path("assent-data/inventory.toml").read_text())["cookies"]
    assert "description" not in entry


def test_what_the_settings_declare_is_not_set_behind_their_back() -> None:
    declare('[[cookies]]\nname = "ape"\ncategory = "analytics"')
    told = inventory("set", "ape", "necessary")
    assert told.exit_code == 1
    assert "change it there" in told.stderr
    Path("assent-data").mkdir()
    Path("assent-data/inventory.toml").write_text('[[cookies]]\nname = "ape"\ncategory = "necessary"')
    assert inventory("classify", "ape").stdout.split("\t")[1] == "analytics"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["*", "analytics"], "would be everything"),
        (["a*b", "analytics"], "before its end"),
        (["assent", "analytics"], "Assent's own cookie"),
        (["https://ape.example", "analytics", "--table", "hosts"], "no host"),
    ],
)
def test_a_name_that_no_entry_can_have_is_refused(arguments: list[str], words: str) -> None:
    told = inventory("set", *arguments)
    assert told.exit_code == 2
    assert words in told.stderr
    assert not Path("assent-data/inventory.toml").exists()


def test_a_category_that_is_none_is_a_mistake_in_usage() -> None:
    assert inventory("set", "ape", "marketing").exit_code == 2


def test_a_damaged_inventory_is_named_at_start() -> None:
    Path("assent-data").mkdir()
    Path("assent-data/inventory.toml").write_text('[[cookies]]\nname = "ape"\ncategory = "monkey"')
    told = inventory("list")
    assert told.exit_code == 2
    assert "inventory.toml: cookies no. 1 (ape), category" in told.stderr


def test_export_is_a_configuration_that_says_the_same() -> None:
    declare('[[cookies]]\nname = "ape"\ncategory = "analytics"\ndescription = "Says \\"oo\\", \\\\ and ü."')
    inventory("set", "bee_*", "functional", "--table", "storage")
    Path("other.toml").write_text(inventory("export").stdout, "utf-8")
    before, after = load(), load("other.toml")
    assert after.cookies == before.cookies
    assert [(entry.key, entry.category) for entry in after.storage] == [("bee_*", Category.FUNCTIONAL)]


def test_export_of_nothing_is_empty() -> None:
    assert inventory("export").stdout == ""


def shown(settings: Settings) -> None:
    """Have the notice of these settings kept in the ledger, as a server does that shows it."""
    with TestClient(ConsentMiddleware(Starlette(), settings=settings)) as client:
        assert client.get("/_assent/preferences").status_code == 200


def settings(*cookies: tuple[str, str]) -> Settings:
    return Settings.model_validate(
        {"cookies": [{"name": name, "category": category} for name, category in cookies]}
    )


def test_diff_tells_what_visitors_were_told_of_before_and_are_now() -> None:
    shown(settings(("ape", "analytics"), ("bee", "functional"), ("cat", "functional")))
    time.sleep(0.05)
    between = datetime.now(UTC).isoformat()
    time.sleep(0.05)
    shown(settings(("ape", "analytics"), ("cat", "advertisement"), ("d&g", "performance")))
    told = inventory("diff", between)
    assert told.exit_code == 0, told.output
    assert told.stdout == "-\tbee\tfunctional\n!\tcat\tfunctional -> advertisement\n+\td&g\tperformance\n"
    assert inventory("diff", between, between).stdout == ""
    assert "+\tape\tanalytics\n" in inventory("diff", "2020-01-01", between).stdout


def test_diff_without_a_ledger_or_with_no_date_is_told() -> None:
    assert inventory("diff", "2026-01-01").exit_code == 1
    assert inventory("diff", "yesterday").exit_code == 2
