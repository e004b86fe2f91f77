from assent.core.categories import ALL, DESCRIPTIONS, NECESSARY_ONLY, OPTIONAL, Category


def test_the_five_stand_in_the_order_of_the_dialog() -> None:
    assert [category.value for category in Category] == [
        "necessary",
        "functional",
        "analytics",
        "performance",
        "advertisement",
    ]


def test_all_but_necessary_are_for_the_visitor_to_decide() -> None:
    assert OPTIONAL == (
        Category.FUNCTIONAL,
        Category.ANALYTICS,
        Category.PERFORMANCE,
        Category.ADVERTISEMENT,
    )
    assert frozenset({Category.NECESSARY, *OPTIONAL}) == ALL
    assert frozenset({Category.NECESSARY}) == NECESSARY_ONLY


def test_labels_are_the_accessible_names_of_the_switches() -> None:
    assert [category.label for category in OPTIONAL] == [
        "Functional",
        "Analytics",
        "Performance",
        "Advertisement",
    ]


def test_every_category_tells_the_visitor_what_it_is_for() -> None:
    assert list(DESCRIPTIONS) == list(Category)
    assert len(set(DESCRIPTIONS.values())) == len(Category)
    assert all(text.endswith(".") and "  " not in text for text in DESCRIPTIONS.values())
