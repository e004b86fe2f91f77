from itertools import product

import pytest

from assent.core.categories import ALL, NECESSARY_ONLY, Category
from assent.core.choice import Choice
from assent.core.decision import CHOSEN, RULE, Decision, decide
from assent.core.decision import NECESSARY as ONLY_NECESSARY


def choice(*granted: Category) -> Choice:
    return Choice("c0ffee00", 1, NECESSARY_ONLY | frozenset(granted), "v", 2)


def test_the_table_has_an_entry_for_every_case() -> None:
    assert set(RULE) == set(product((False, True), repeat=2))
    assert set(RULE.values()) == {CHOSEN, ONLY_NECESSARY}


@pytest.mark.parametrize(("has_choice", "gpc"), sorted(RULE))
@pytest.mark.parametrize("granted", [NECESSARY_ONLY, frozenset({*NECESSARY_ONLY, Category.ANALYTICS}), ALL])
def test_the_decision_is_the_one_of_the_table(
    has_choice: bool, gpc: bool, granted: frozenset[Category]
) -> None:
    made = choice(*granted) if has_choice else None
    decision = decide(made, gpc=gpc)
    assert decision == Decision(granted if RULE[has_choice, gpc] == CHOSEN else NECESSARY_ONLY, made, gpc)


@pytest.mark.parametrize("gpc", [False, True])
def test_silence_grants_nothing(gpc: bool) -> None:
    assert decide(None, gpc=gpc).granted == NECESSARY_ONLY


@pytest.mark.parametrize("gpc", [False, True])
def test_a_choice_made_on_this_site_counts_with_and_without_gpc(gpc: bool) -> None:
    assert decide(choice(Category.ANALYTICS), gpc=gpc).granted == {Category.NECESSARY, Category.ANALYTICS}


@pytest.mark.parametrize(
    ("granted", "field"),
    [
        (NECESSARY_ONLY, b"necessary"),
        (frozenset({Category.ADVERTISEMENT, *NECESSARY_ONLY}), b"necessary, advertisement"),
        (ALL, b"necessary, functional, analytics, performance, advertisement"),
    ],
)
def test_the_field_names_what_is_granted_in_the_order_of_the_dialog(
    granted: frozenset[Category], field: bytes
) -> None:
    assert Decision(granted, None, gpc=False).field == field
