import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.rules import (
    OWN,
    CookieRule,
    HostRule,
    PathRule,
    Patterns,
    Rules,
    StorageRule,
    policy_version,
    without_prefix,
)

NECESSARY, FUNCTIONAL, ANALYTICS, ADS = (
    Category.NECESSARY,
    Category.FUNCTIONAL,
    Category.ANALYTICS,
    Category.ADVERTISEMENT,
)

RULES = Rules(
    cookies=(
        CookieRule("sid", NECESSARY),
        CookieRule("_ga*", FUNCTIONAL),
        CookieRule("_gat", ADS),
        CookieRule("token", ANALYTICS),
    ),
    catalogue=(
        CookieRule("sid", ADS),
        CookieRule("_ga", ANALYTICS),
        CookieRule("_gat_gtag*", ANALYTICS),
        CookieRule("_pk*", ANALYTICS),
        CookieRule("_pk_ref*", ADS),
        CookieRule("__Host-token", NECESSARY),
        CookieRule("__Secure-YEC", ADS),
        CookieRule("prefs", FUNCTIONAL),
    ),
)


@pytest.mark.parametrize(
    ("name", "category"),
    [
        pytest.param(b"sid", NECESSARY, id="operator beats catalogue"),
        pytest.param(b"_ga", FUNCTIONAL, id="operator's prefix beats the catalogue's exact name"),
        pytest.param(b"_gat_gtag_UA", FUNCTIONAL, id="operator's prefix beats the catalogue's longer one"),
        pytest.param(b"_gat", ADS, id="exact beats prefix"),
        pytest.param(b"_ga_ABC", FUNCTIONAL, id="prefix"),
        pytest.param(b"_pk_id.1", ANALYTICS, id="catalogue's prefix"),
        pytest.param(b"_pk_ref.1", ADS, id="longest prefix"),
        pytest.param(b"_pk_ref", ADS, id="a prefix fits itself"),
        pytest.param(b"_pk_re", ANALYTICS, id="one octet short of the longer prefix"),
        pytest.param(b"_p", None, id="shorter than the prefix"),
        pytest.param(b"SID", None, id="case counts"),
        pytest.param(b"sid2", None, id="an exact name is no prefix"),
        pytest.param(b"", None, id="no name"),
        pytest.param(b"\xff\x00", None, id="no text"),
        pytest.param(b"__Host-sid", NECESSARY, id="__Host- is no part of the name"),
        pytest.param(b"__secure-sid", NECESSARY, id="nor __Secure- in any case"),
        pytest.param(b"__Http-prefs", FUNCTIONAL, id="nor __Http-, for the catalogue's names"),
        pytest.param(b"__Host-Http-prefs", FUNCTIONAL, id="nor both"),
        pytest.param(b"__Host-_ga_ABC", FUNCTIONAL, id="nor before a prefix pattern"),
        pytest.param(b"__Host-token", ANALYTICS, id="operator's bare name beats the catalogue's whole one"),
        pytest.param(b"__Secure-YEC", ADS, id="a rule may name the prefix"),
        pytest.param(b"YEC", None, id="... and does not mean the bare name then"),
        pytest.param(b"__Secure-__Host-sid", None, id="only one prefix goes"),
        pytest.param(b"assent", NECESSARY, id="our own"),
    ],
)
def test_the_rule_that_stands_first_decides(name: bytes, category: Category | None) -> None:
    rule = RULES.cookie(name)
    assert (rule.category if rule else None) == category


def test_of_two_declarations_of_a_name_the_first_counts() -> None:
    rules = Rules(cookies=(CookieRule("a*", ADS), CookieRule("a*", NECESSARY)))
    rule = rules.cookie(b"ab")
    assert rule is not None
    assert rule.category is ADS


def test_an_operator_cannot_take_the_consent_cookie() -> None:
    rules = Rules(cookies=(CookieRule("assent", ADS), CookieRule("as*", ADS), CookieRule("*", ADS)))
    assert rules.cookie(b"assent") is OWN
    assert rules.permits(b"assent", NECESSARY_ONLY)


def test_a_lone_asterisk_covers_every_name() -> None:
    rules = Rules(cookies=(CookieRule("*", ANALYTICS), CookieRule("sid", NECESSARY)))
    for name in (b"", b"x", b"__Host-x", b"\xff"):
        assert not rules.permits(name, NECESSARY_ONLY)
        assert rules.permits(name, frozenset({ANALYTICS}))
    assert rules.permits(b"sid", NECESSARY_ONLY)


@pytest.mark.parametrize(("unknown", "passes"), [("block", False), ("allow", True)])
def test_what_nobody_knows_follows_the_setting(unknown: str, passes: bool) -> None:
    rules = Rules(cookies=(CookieRule("_ga", ANALYTICS),), unknown_cookies=unknown)  # type: ignore[arg-type]
    assert rules.permits(b"mystery", NECESSARY_ONLY) is passes
    assert rules.permits(b"mystery", ALL) is passes
    assert not rules.permits(b"_ga", NECESSARY_ONLY)


def test_a_known_cookie_passes_only_with_its_category() -> None:
    for granted in (NECESSARY_ONLY, frozenset({NECESSARY, ADS}), frozenset({NECESSARY, ANALYTICS}), ALL):
        assert RULES.permits(b"_pk_id", granted) is (ANALYTICS in granted)


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        (b"__Host-a", b"a"),
        (b"__Secure-a", b"a"),
        (b"__Http-a", b"a"),
        (b"__Host-Http-a", b"a"),
        (b"__HOST-HTTP-a", b"a"),
        (b"__Host-", b""),
        (b"_Host-a", b"_Host-a"),
        (b"__Hosta", b"__Hosta"),
        (b"a__Host-", b"a__Host-"),
        (b"", b""),
    ],
)
def test_name_prefixes(name: bytes, bare: bytes) -> None:
    assert without_prefix(name) == bare


patterns = st.lists(st.text("ab", max_size=4).flatmap(lambda s: st.sampled_from([s, s + "*"])), max_size=12)


@given(patterns, st.text("abc", max_size=6).map(str.encode))
def test_compiled_patterns_find_what_reading_them_all_would_find(declared: list[str], name: bytes) -> None:
    def fits(pattern: str) -> bool:
        bare = pattern.removesuffix("*").encode()
        return name.startswith(bare) if pattern.endswith("*") else name == bare

    ranked = sorted(filter(fits, declared), key=lambda pattern: (pattern.endswith("*"), -len(pattern)))
    found = Patterns((pattern, pattern) for pattern in declared).find(name)
    assert found == (ranked[0] if ranked else None)


DECLARED = Rules(
    cookies=(CookieRule("b", ANALYTICS, "Provider", "1 day", "Text"), CookieRule("a", ADS)),
    storage=(StorageRule("key", FUNCTIONAL),),
    hosts=(HostRule("*.x.test", ADS), HostRule("y.test", ADS)),
    paths=(PathRule("/collect*", ANALYTICS),),
    catalogue=(CookieRule("c", ADS),),
)


def groups(rules: Rules) -> dict[Category, str]:
    return dict(zip(Category, policy_version(rules).split("-"), strict=True))


def changed(rules: Rules) -> set[Category]:
    before, after = groups(DECLARED), groups(rules)
    return {category for category in Category if before[category] != after[category]}


def test_policy_version_can_stand_in_the_consent_cookie() -> None:
    assert len(policy_version(DECLARED)) <= 64
    assert set(policy_version(DECLARED)) <= set(string.hexdigits.lower() + "-")


@pytest.mark.parametrize(
    ("rules", "categories"),
    [
        pytest.param(DECLARED, set(), id="nothing"),
        pytest.param(
            Rules(
                cookies=(CookieRule("a", ADS, description="New"), CookieRule("b", ANALYTICS)),
                storage=DECLARED.storage,
                hosts=tuple(reversed(DECLARED.hosts)),
                paths=DECLARED.paths,
            ),
            set(),
            id="order, texts and catalogue",
        ),
        pytest.param(
            Rules(DECLARED.cookies, (), DECLARED.storage, DECLARED.hosts, DECLARED.paths, "allow"),
            set(),
            id="what becomes of the unknown",
        ),
        pytest.param(
            Rules(
                (*DECLARED.cookies, CookieRule("n", NECESSARY)),
                (),
                DECLARED.storage,
                DECLARED.hosts,
                DECLARED.paths,
            ),
            {NECESSARY},
            id="one more cookie",
        ),
        pytest.param(
            Rules(
                (CookieRule("b", ADS), CookieRule("a", ADS)),
                (),
                DECLARED.storage,
                DECLARED.hosts,
                DECLARED.paths,
            ),
            {ANALYTICS, ADS},
            id="a cookie in another category",
        ),
        pytest.param(
            Rules(DECLARED.cookies, (), (), DECLARED.hosts, DECLARED.paths), {FUNCTIONAL}, id="storage"
        ),
        pytest.param(
            Rules(DECLARED.cookies, (), DECLARED.storage, DECLARED.hosts[:1], DECLARED.paths),
            {ADS},
            id="host",
        ),
        pytest.param(
            Rules(DECLARED.cookies, (), DECLARED.storage, DECLARED.hosts, ()), {ANALYTICS}, id="path"
        ),
        pytest.param(
            Rules(
                DECLARED.cookies,
                (),
                (),
                (*DECLARED.hosts, HostRule("key", FUNCTIONAL)),
                DECLARED.paths,
            ),
            {FUNCTIONAL},
            id="the same word as another kind",
        ),
    ],
)
def test_policy_version_changes_in_the_categories_concerned(rules: Rules, categories: set[Category]) -> None:
    assert changed(rules) == categories


def test_a_lookup_tries_each_length_once_however_many_prefixes_there_are() -> None:
    rules = Rules(cookies=tuple(CookieRule(f"tracker_{n:05}*", Category.ANALYTICS) for n in range(5000)))

    assert rules._operator._lengths == {b"t": [13]}
