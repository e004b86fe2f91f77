from assent.demo.sessions import MOST_OF_ONE_TEA, Session, Sessions
from assent.demo.stock import TEAS


def test_when_the_limit_is_reached_the_session_unused_longest_goes() -> None:
    sessions = Sessions(limit=2)
    first, second = sessions.find_or_open(None), sessions.find_or_open(None)
    sessions.find_or_open(first.id)
    third = sessions.find_or_open(None)
    assert sessions.find_or_open(first.id) is first
    assert sessions.find_or_open(third.id) is third
    assert sessions.find_or_open(second.id) is not second


def test_one_tea_stops_at_its_limit() -> None:
    session = Session("id")
    for _ in range(MOST_OF_ONE_TEA + 3):
        session.add(TEAS["assam"])
    assert session.count() == MOST_OF_ONE_TEA
    assert session.total() == "€84.60"
