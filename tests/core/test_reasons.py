"""Why something was blocked: the rule that decided, and lines that would really let it pass."""

import tomllib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assent.config import Settings
from assent.core import structured
from assent.core.categories import NECESSARY_ONLY, Category
from assent.core.reasons import CUT, LONGEST, LONGEST_FIELD, Reason, Reasons, field, text
from assent.core.rules import CookieRule, HostRule, PathRule, Rules, StorageRule
from assent.core.urls import Target
from assent.web.parts import rules_of

RULES = Rules(
    cookies=(CookieRule("visits", Category.ANALYTICS), CookieRule("exp_*", Category.PERFORMANCE)),
    catalogue=(CookieRule("_ga*", Category.ANALYTICS), CookieRule("visits", Category.ADVERTISEMENT)),
    storage=(StorageRule("amplitude_*", Category.ANALYTICS),),
    hosts=(
        HostRule("*.video.example", Category.FUNCTIONAL),
        HostRule("ads.example:8443", Category.ANALYTICS),
    ),
    catalogue_hosts=(HostRule("*.ads.example", Category.ADVERTISEMENT),),
    paths=(PathRule("/collect*", Category.ANALYTICS),),
)
WHY = Reasons(RULES)


@pytest.mark.parametrize(
    ("reason", "label", "rule", "note"),
    [
        pytest.param(
            WHY.cookie("set-cookie", b"visits"),
            "analytics",
            '[[cookies]] name = "visits" (yours)',
            "instead of analytics, in your entry",
            id="declared by its name",
        ),
        pytest.param(
            WHY.cookie("set-cookie", b"exp_7"),
            "performance",
            '[[cookies]] name = "exp_*" (yours)',
            "now performance",
            id="declared by a prefix",
        ),
        pytest.param(
            WHY.cookie("request-cookie", b"__Host-_ga_1"),
            "analytics",
            "catalogue: _ga*",
            "now analytics",
            id="built in",
        ),
        pytest.param(
            WHY.cookie("set-cookie", b"mystery"), "unknown", "unknown", "or what else it serves", id="unknown"
        ),
        pytest.param(
            WHY.storage("amplitude_7"),
            "analytics",
            '[[storage]] key = "amplitude_*" (yours)',
            "now analytics",
            id="storage",
        ),
        pytest.param(
            WHY.host("markup", "iframe src", "a.video.example"),
            "functional",
            '[[hosts]] host = "*.video.example" (yours)',
            "now functional",
            id="host",
        ),
        pytest.param(
            WHY.host("policy", "img-src", "ads.example:8443"),
            "analytics",
            '[[hosts]] host = "ads.example:8443" (yours)',
            "instead of analytics, in your entry",
            id="host and port",
        ),
        pytest.param(
            WHY.host("redirect", "", "x.ads.example:81"),
            "advertisement",
            "catalogue: *.ads.example",
            "now advertisement",
            id="built-in host on another port",
        ),
        pytest.param(
            WHY.path("/collect/1"),
            "analytics",
            '[[paths]] path = "/collect*" (yours)',
            "now analytics",
            id="path",
        ),
    ],
)
def test_a_reason_names_the_rule_and_whose_it_is(reason: Reason, label: str, rule: str, note: str) -> None:
    assert (reason.label, reason.rule) == (label, rule)
    assert reason.toml.endswith(f'category = "necessary"  # {note}')


def test_some_things_no_choice_of_a_visitor_lets_pass() -> None:
    refused = [
        WHY.cookie("set-cookie", b"mystery"),
        WHY.cookie("set-cookie", b"assent"),
        WHY.blanking(b"visits"),
    ]
    waiting = [WHY.cookie("set-cookie", b"visits"), WHY.storage("mystery"), WHY.host("field", "nel", "")]
    assert [reason.final for reason in refused + waiting] == [True] * 3 + [False] * 3


def test_what_no_entry_could_allow_offers_none() -> None:
    assert WHY.cookie("set-cookie", b"assent").rule == "Assent's own"
    assert WHY.host("field", "nel", "").label == "all"
    for reason in (
        WHY.cookie("set-cookie", b"assent"),
        WHY.cookie("set-cookie", b""),
        WHY.cookie("set-cookie", b"caf\xe9"),
        WHY.cookie("set-cookie", b"a\x1b[31mb"),
        WHY.cookie("set-cookie", b"*"),
        WHY.cookie("set-cookie", b"a*b"),
        WHY.blanking(b"visits"),
        WHY.host("field", "nel", ""),
        WHY.host("markup", "img src", "not a host"),
    ):
        assert reason.toml == ""


names = st.text(min_size=1, max_size=300) | st.text("ab_*.-\"'\\ é=;", min_size=1, max_size=12)


@given(names)
def test_the_lines_for_a_cookie_let_it_pass(name: str) -> None:
    sent = name.encode("utf-8", "surrogatepass").strip(b" \t")
    if toml := WHY.cookie("set-cookie", sent).toml:
        if b"=" in sent or b";" in sent:
            return  # No cookie has such a name.
        rules = rules_of(Settings.model_validate(tomllib.loads(toml)))
        assert rules.permits(sent, NECESSARY_ONLY)


@given(names)
def test_the_lines_for_a_storage_key_let_it_pass(key: str) -> None:
    if toml := WHY.storage(key).toml:
        rules = rules_of(Settings.model_validate(tomllib.loads(toml)))
        rule = rules.storage_rule(key.encode())
        assert rule is not None
        assert rule.category is Category.NECESSARY


@example("0:0", None)
@given(st.text("abz09.-_:[]", min_size=1, max_size=20), st.none() | st.integers(1, 65535))
def test_the_lines_for_a_host_let_it_pass(host: str, port: int | None) -> None:
    target = Target(host, port)
    if toml := WHY.host("markup", "img src", str(target)).toml:
        rules = rules_of(Settings.model_validate(tomllib.loads(toml)))
        assert rules.host(Target.read(str(target))) is Category.NECESSARY


@given(st.binary(max_size=1000) | st.text(max_size=1000))
def test_a_name_is_shown_as_one_short_printable_line(name: bytes | str) -> None:
    shown = text(name)
    assert shown.isprintable()
    assert len(shown) <= LONGEST + len(CUT)


def test_an_ordinary_name_is_shown_as_it_is() -> None:
    assert text(b"_ga_ABC-1.2") == "_ga_ABC-1.2"
    assert text("größe".encode()) == "größe"


@given(st.lists(st.binary(max_size=200), max_size=40))
def test_the_field_is_a_bounded_list_of_items(sent: list[bytes]) -> None:
    reasons = [WHY.cookie("set-cookie", name) for name in sent]
    value = field(reasons)

    assert len(value) < LONGEST_FIELD + 40
    # What can stand in a dictionary as a value can stand in a list as an item.
    assert all(structured.members(b"a=" + field([reason])) is not None for reason in reasons)
    whole = b", ".join(field([reason]) for reason in reasons)
    assert value == whole or (
        value.rpartition(b", more;count=")[0] and whole.startswith(value.rpartition(b", ")[0])
    )


def test_an_item_says_layer_place_name_category_and_rule() -> None:
    value = field([WHY.host("field", "link", "x.ads.example"), WHY.cookie("set-cookie", b'a"\\\xc3\xa9')])
    assert value == (
        b'field;what="link";name="x.ads.example";category=advertisement;rule="catalogue: *.ads.example", '
        b'set-cookie;name="a\\"\\\\%C3%A9";category=unknown;rule="unknown"'
    )
