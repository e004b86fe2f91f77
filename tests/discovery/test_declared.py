"""Since when something is declared."""

from assent.core.sighting import Sighting
from assent.discovery.declared import Declared


def known(key: str, first: int) -> Sighting:
    return Sighting("rule", key, "", "", first, first, 1)


def test_what_came_after_a_moment_is_newer_if_somebody_watched() -> None:
    declared = Declared()
    declared.learn(known("a", 1000))
    declared.learn(known("b", 3000))
    assert [declared.newer(key, 2000) for key in ("a", "b", "nobody")] == [False, True, False]
    assert not declared.newer("b", 999), "nobody watched then"
    assert (declared.watched(999), declared.watched(1000)) == (False, True)


def test_the_earliest_day_counts_wherever_it_was_seen() -> None:
    declared = Declared()
    declared.declare(["a"])
    assert declared.newer("a", 1000) is False
    declared.learn(known("z", 500))
    assert declared.newer("a", 1000)
    declared.learn(known("a", 700))
    assert not declared.newer("a", 1000)


def test_what_is_declared_is_kept_once_for_each_start() -> None:
    declared = Declared()
    declared.declare(["a", "b"])
    assert [(one.kind, one.name, one.times) for one in declared.drain()] == [
        ("rule", "a", 1),
        ("rule", "b", 1),
    ]
    assert list(declared.drain()) == []
    declared.declare(["a"])
    assert [one.name for one in declared.drain()] == ["a"]
