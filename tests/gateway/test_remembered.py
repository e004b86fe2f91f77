"""A table that remembers, and does not grow for ever."""

from assent.gateway.remembered import LONGEST, SIZE, Remembered


def test_what_was_worked_out_once_is_not_worked_out_again() -> None:
    asked: list[bytes] = []

    def work_out(name: bytes) -> int:
        asked.append(name)
        return len(name)

    table = Remembered(work_out)
    assert [table[b"host"], table[b"Host"], table[b"host"]] == [4, 4, 4]
    assert asked == [b"host", b"Host"]


def test_names_that_never_end_are_not_all_remembered() -> None:
    table = Remembered(len)
    for number in range(3 * SIZE):
        assert table[b"x-%d" % number] == len(b"x-%d" % number)
    assert len(table) == SIZE


def test_long_names_are_not_remembered() -> None:
    table = Remembered(len)
    assert table[b"x" * (LONGEST + 1)] == LONGEST + 1
    assert not table
