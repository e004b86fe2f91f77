"""The JSON object that scripts read."""

import json

from assent.core.categories import ALL
from assent.core.choice import Choice
from assent.core.decision import decide
from assent.web.state import state


def test_before_a_choice_only_the_necessary_is_granted_and_nothing_names_the_visitor() -> None:
    assert state(decide(None, gpc=True), "v1") == {
        "choice": None,
        "granted": ["necessary"],
        "gpc": True,
        "policy_version": "v1",
        "expires": None,
        "consent_id": None,
    }


def test_a_choice_is_told_in_the_order_of_the_dialog_and_fits_into_json() -> None:
    told = state(decide(Choice("0190a7c0-1111", 0, ALL, "v1", 86400), gpc=False), "v1")
    names = ["necessary", "functional", "analytics", "performance", "advertisement"]
    assert told["choice"] == {"categories": names, "at": "1970-01-01T00:00:00Z"}
    assert told["granted"] == names
    assert told["expires"] == "1970-01-02T00:00:00Z"
    assert json.loads(json.dumps(told)) == told
