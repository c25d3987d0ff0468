"""The tree as it is built (level by level, from a frontier) against the tree as RFC 6962 defines it."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from azukari.core.audit import tree

LEAVES = [tree.leaf_hash(str(number).encode()) for number in range(300)]
SIZES = st.integers(1, len(LEAVES))


def defined(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else tree.EMPTY
    middle = tree.split(len(leaves))
    return tree.node_hash(defined(leaves[:middle]), defined(leaves[middle:]))


@given(size=SIZES, cuts=st.lists(st.integers(0, len(LEAVES)), max_size=6))
def test_growing_in_any_steps_gives_the_defined_root(size: int, cuts: list[int]) -> None:
    frontier: tuple[bytes, ...] = ()
    done = 0
    for cut in [*sorted(min(cut, size) for cut in cuts), size]:
        frontier = tree.grow(frontier, done, LEAVES[done:cut])
        done = cut
    assert tree.fold(frontier) == defined(LEAVES[:size])
    assert len(frontier) == size.bit_count()


@given(size=SIZES, data=st.data())
def test_every_leaf_has_a_path_and_no_other_leaf_fits_it(size: int, data: st.DataObject) -> None:
    before = data.draw(st.integers(0, size - 1))
    index = data.draw(st.integers(before, size - 1))
    frontier = tree.grow((), 0, LEAVES[:before])
    path = tree.inclusion_after(frontier, before, LEAVES[before:size], index)
    assert path == tree.inclusion(index, LEAVES[:size])
    assert tree.root_from_inclusion(LEAVES[index], index, size, path) == defined(LEAVES[:size])
    assert tree.root_from_inclusion(LEAVES[index - 1], index, size, path) != defined(LEAVES[:size])


@given(newer=SIZES, data=st.data())
def test_beginnings_are_consistent_and_others_are_not(newer: int, data: st.DataObject) -> None:
    older = data.draw(st.integers(1, newer))
    proof = tree.consistency(older, LEAVES[:newer])
    new = defined(LEAVES[:newer])
    assert tree.is_consistent(older, defined(LEAVES[:older]), newer, new, proof)
    forged = [*LEAVES[: older - 1], tree.leaf_hash(b"forged")]
    assert not tree.is_consistent(older, defined(forged), newer, new, proof)
