"""The Merkle tree of RFC 9162 §2.1 with SHA-256: hashes, proofs of inclusion and consistency, their checks.

A proof is a list of hashes of stretches of leaves. Which stretches is plain arithmetic on index and size, so
whoever stores a tree can fetch just those; ``TILE`` says in which portions interior nodes are worth storing.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

HASH_BYTES = 32
EMPTY = hashlib.sha256().digest()
"""The root of a tree without leaves."""

TILE = 8
"""Every so many levels the nodes are handed out to be stored, so that no proof reads over 256 in a row."""

Stretch = tuple[int, int]
"""Leaves from the first number up to, not including, the second."""

Node = tuple[int, int]
"""A perfect subtree: its level, with leaves at 0, and its number on that level."""


def leaf(entry: bytes) -> bytes:
    """Return the hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def parent(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a tree that grows: enough to know its root at every size, and no more."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        # Perfect subtrees from left to right; their sizes are the binary digits of the size.
        self._peaks: list[bytes] = []

    def copy(self) -> "Frontier":
        """Return a tree that can grow by itself."""
        other = Frontier()
        other.size, other._peaks = self.size, self._peaks.copy()
        return other

    def push(self, hashed: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf by its hash; return the tile nodes that it completes, as level, number and hash."""
        done: list[tuple[int, int, bytes]] = []
        place, level = self.size, 0
        while place & 1:
            hashed = parent(self._peaks.pop(), hashed)
            place >>= 1
            level += 1
            if level % TILE == 0:
                done.append((level, place, hashed))
        self._peaks.append(hashed)
        self.size += 1
        return done

    @property
    def root(self) -> bytes:
        """The root hash of the tree as it is now."""
        if not self._peaks:
            return EMPTY
        *rest, found = self._peaks
        for peak in reversed(rest):
            found = parent(peak, found)
        return found


def inclusion(index: int, size: int) -> list[Stretch]:
    """Return the stretches whose hashes prove that a leaf is in a tree (RFC 9162 §2.1.3.1).

    Raises ValueError when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} has no leaf no. {index}")
    begin, end = 0, size
    path: list[Stretch] = []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin = middle
    return path[::-1]


def consistency(old: int, new: int) -> list[Stretch]:
    """Return the stretches whose hashes prove that one tree grew into another (RFC 9162 §2.1.4.1).

    Raises ValueError unless ``old`` is from 1 to ``new``.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {old} does not grow into one of {new}")
    begin, end = 0, new
    path: list[Stretch] = []
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin = middle
    # The old root itself is known to whoever checks, unless it is only a part of the new tree's left edge.
    return ([] if begin == 0 else [(begin, end)]) + path[::-1]


def verify_inclusion(index: int, size: int, hashed: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether ``path`` proves that the leaf hash stands at ``index`` in a tree (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last = index, size - 1
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            hashed = parent(step, hashed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = parent(hashed, step)
        place, last = place >> 1, last >> 1
    return last == 0 and hashed == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether ``path`` proves that the old tree is a beginning of the new one (RFC 9162 §2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = now = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            was, now = parent(step, was), parent(step, now)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            now = parent(now, step)
        place, last = place >> 1, last >> 1
    return last == 0 and (was, now) == (old_root, new_root)


def perfect(stretch: Stretch) -> list[Node]:
    """Return the perfect subtrees that make up a stretch of a proof, from left to right."""
    begin, end = stretch
    found: list[Node] = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin:
            level = min(level, (begin & -begin).bit_length() - 1)
        found.append((level, begin >> level))
        begin += 1 << level
    return found


def stored(nodes: Iterable[Node]) -> list[tuple[int, int]]:
    """Return the tiles, as level and number, that hold what these nodes are made from, each once.

    Tile ``(level, number)`` holds 256 nodes, from ``number * 256`` on, of a level that is a multiple of TILE.
    """
    found: dict[tuple[int, int], None] = {}
    for level, number in nodes:
        above = level % TILE
        found[level - above, (number << above) >> TILE] = None
    return list(found)


def hashes(stretches: Iterable[Stretch], node: Callable[[int, int], bytes]) -> list[bytes]:
    """Return the hash of each stretch; ``node`` gives those on levels that are a multiple of TILE."""

    def of(level: int, number: int) -> bytes:
        if level % TILE == 0:
            return node(level, number)
        return parent(of(level - 1, 2 * number), of(level - 1, 2 * number + 1))

    found = []
    for stretch in stretches:
        *rest, hashed = (of(level, number) for level, number in perfect(stretch))
        for left in reversed(rest):
            hashed = parent(left, hashed)
        found.append(hashed)
    return found


def _split(size: int) -> int:
    """Return the largest power of two below ``size``."""
    return 1 << (size - 1).bit_length() - 1
