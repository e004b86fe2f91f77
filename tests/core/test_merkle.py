"""The tree of RFC 9162 against the RFC's own words written down naively, and the vectors known for it."""

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.core import merkle

# The leaves and roots that implementations of Certificate Transparency test with.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
PROOF = ["bc1a0643", "ca854ea1", "d37ee418"]
GROWTH = ["0ebc5d34", "ca854ea1", "d37ee418"]


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = split(len(leaves))
    return hashlib.sha256(b"\1" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162 §2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def naive_growth(old: int, leaves: list[bytes], *, whole: bool = True) -> list[bytes]:
    """RFC 9162 §2.1.4.1."""
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = split(len(leaves))
    if old <= k:
        return [*naive_growth(old, leaves[:k], whole=whole), naive_root(leaves[k:])]
    return [*naive_growth(old - k, leaves[k:], whole=False), naive_root(leaves[:k])]


def split(size: int) -> int:
    k = 1
    while 2 * k < size:
        k *= 2
    return k


def grown(leaves: list[bytes]) -> merkle.Frontier:
    tree = merkle.Frontier()
    for entry in leaves:
        tree.push(merkle.leaf(entry))
    return tree


def stored_nodes(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    """What a store keeps: the leaves, and the tile nodes that the growing tree hands out."""
    tree = merkle.Frontier()
    kept: dict[tuple[int, int], bytes] = {}
    for number, entry in enumerate(leaves):
        kept[0, number] = merkle.leaf(entry)
        kept |= {(level, place): hashed for level, place, hashed in tree.push(merkle.leaf(entry))}
    return lambda level, number: kept[level, number]


def entries(size: int) -> list[bytes]:
    return [number.to_bytes(4) for number in range(size)]


@pytest.mark.parametrize(("size", "root"), ROOTS.items())
def test_the_known_roots(size: int, root: str) -> None:
    assert grown(LEAVES[:size]).root.hex() == root


def test_the_known_proofs() -> None:
    node = stored_nodes(LEAVES)
    path = merkle.hashes(merkle.inclusion(5, 8), node)
    assert [step.hex()[:8] for step in path] == PROOF
    growth = merkle.hashes(merkle.consistency(6, 8), node)
    assert [step.hex()[:8] for step in growth] == GROWTH


@given(st.lists(st.binary(max_size=8), max_size=40))
def test_the_root_at_every_size_is_the_rfcs(leaves: list[bytes]) -> None:
    tree = merkle.Frontier()
    for size, entry in enumerate(leaves):
        assert (tree.size, tree.root) == (size, naive_root(leaves[:size]))
        tree.push(merkle.leaf(entry))
    assert tree.root == naive_root(leaves)


def test_a_copy_grows_by_itself() -> None:
    tree = grown(entries(5))
    before = tree.root
    tree.copy().push(merkle.leaf(b"more"))
    assert (tree.size, tree.root) == (5, before)


sizes = st.integers(1, 70) | st.sampled_from([255, 256, 257, 511, 513, 700])


@given(sizes, st.data())
def test_every_leaf_is_proved_as_the_rfc_says_and_no_other(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = entries(size)
    path = merkle.hashes(merkle.inclusion(index, size), stored_nodes(leaves))
    root = naive_root(leaves)
    assert path == naive_path(index, leaves)
    assert merkle.verify_inclusion(index, size, merkle.leaf(leaves[index]), path, root)
    assert not merkle.verify_inclusion(index, size, merkle.leaf(b"another"), path, root)
    assert not merkle.verify_inclusion(index, size, merkle.leaf(leaves[index]), [*path, root], root)
    assert not merkle.verify_inclusion(index, size, merkle.leaf(leaves[index]), path[:-1], root) or not path
    other = data.draw(st.integers(0, size + 2))
    if other != index:
        assert not merkle.verify_inclusion(other, size, merkle.leaf(leaves[index]), path, root)


@given(sizes, st.data())
def test_growth_is_proved_as_the_rfc_says_and_a_changed_past_is_not(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    leaves = entries(size)
    path = merkle.hashes(merkle.consistency(old, size), stored_nodes(leaves))
    was, now = naive_root(leaves[:old]), naive_root(leaves)
    assert path == naive_growth(old, leaves)
    assert merkle.verify_consistency(old, size, was, now, path)
    changed = leaves.copy()
    changed[data.draw(st.integers(0, old - 1))] = b"changed"
    forged = merkle.hashes(merkle.consistency(old, size), stored_nodes(changed))
    assert not merkle.verify_consistency(old, size, was, naive_root(changed), forged)
    assert not merkle.verify_consistency(old, size, was, now, [*path, was])


@given(st.integers(-3, 300), st.integers(-3, 300), st.lists(st.binary(min_size=32, max_size=32), max_size=9))
def test_checks_of_nonsense_say_no_and_never_raise(one: int, other: int, path: list[bytes]) -> None:
    root = bytes(32)
    assert not merkle.verify_inclusion(one, other, root, path, b"")
    assert not merkle.verify_consistency(one, other, root, b"", path)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 4), (9, 4)])
def test_a_leaf_that_is_not_there_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 4), (5, 4)])
def test_a_tree_that_did_not_grow_so_has_no_proof(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="does not grow"):
        merkle.consistency(old, new)


@given(st.integers(1, 2**40), st.data())
def test_a_proof_of_any_size_reads_few_tiles(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    nodes = [node for stretch in merkle.inclusion(index, size) for node in merkle.perfect(stretch)]
    assert sum(1 << level for level, _ in nodes) == size - 1
    assert len(merkle.stored(nodes)) <= 2 * (size.bit_length() // merkle.TILE + 1)
