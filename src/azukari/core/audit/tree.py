"""The Merkle tree of RFC 6962 (and 9162): roots, inclusion and consistency proofs, and growing a tree from its frontier.

A tree of n leaves splits at the largest power of two below n. Leaves and nodes are hashed apart (0x00 and 0x01 before
the content), so that neither can stand for the other. All hashes are SHA-256, 32 bytes.

The frontier of a tree of n leaves is the roots of the perfect subtrees it consists of, largest first: one for each 1 in
the binary form of n. It is all that is needed to add leaves, and it folds to the root.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
HASH = 32


def leaf_hash(content: bytes) -> bytes:
    """The hash of one leaf's content."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaf hashes (RFC 6962 2.1)."""
    return fold(grow((), 0, leaves))


def fold(frontier: Sequence[bytes]) -> bytes:
    """The root that a frontier belongs to."""
    if not frontier:
        return EMPTY
    top = frontier[-1]
    for left in reversed(frontier[:-1]):
        top = node_hash(left, top)
    return top


def grow(frontier: Sequence[bytes], size: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """The frontier after adding leaf hashes to a tree of `size` leaves. About one hash a leaf."""
    perfect = _by_height(frontier, size)
    level, height = list(leaves), 0
    while level:
        waiting = perfect.pop(height, None)
        if waiting is not None:
            level.insert(0, waiting)
        if len(level) % 2:
            perfect[height] = level.pop()
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=True)]
        height += 1
    return tuple(perfect[height] for height in sorted(perfect, reverse=True))


def _by_height(frontier: Sequence[bytes], size: int) -> dict[int, bytes]:
    heights = [height for height in range(size.bit_length()) if size >> height & 1]
    return dict(zip(reversed(heights), frontier, strict=True))


def inclusion(index: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """The audit path of leaf `index`, from the leaf's sibling up (RFC 6962 2.1.1). Raises IndexError."""
    return inclusion_after((), 0, leaves, index)


def inclusion_after(frontier: Sequence[bytes], size: int, leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path of a leaf added after `size` earlier ones of which only the frontier is known.

    `index` counts from the tree's first leaf. Every sibling lies among the new leaves or is part of the frontier.
    """
    total = size + len(leaves)
    if not size <= index < total:
        raise IndexError(f"leaf {index} is not among leaves {size} to {total}")
    known = _perfect_ranges(frontier, size)
    return tuple(_path(index, 0, total, known, size, leaves))


def _perfect_ranges(frontier: Sequence[bytes], size: int) -> dict[tuple[int, int], bytes]:
    """(start, end) → root of each perfect subtree of the frontier."""
    ranges, start = {}, 0
    heights = [height for height in reversed(range(size.bit_length())) if size >> height & 1]
    for height, top in zip(heights, frontier, strict=True):
        ranges[start, start + (1 << height)] = top
        start += 1 << height
    return ranges


def _path(
    index: int, start: int, end: int, known: dict[tuple[int, int], bytes], size: int, leaves: Sequence[bytes]
) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + split(end - start)
    if index < middle:
        return [*_path(index, start, middle, known, size, leaves), _range_root(middle, end, known, size, leaves)]
    return [*_path(index, middle, end, known, size, leaves), _range_root(start, middle, known, size, leaves)]


def _range_root(start: int, end: int, known: dict[tuple[int, int], bytes], size: int, leaves: Sequence[bytes]) -> bytes:
    if (start, end) in known:
        return known[start, end]
    if start >= size:
        return root(leaves[start - size : end - size])
    middle = start + split(end - start)
    return node_hash(_range_root(start, middle, known, size, leaves), _range_root(middle, end, known, size, leaves))


def split(size: int) -> int:
    """The largest power of two below `size` (size ≥ 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that an audit path leads to, or None when its length does not fit (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    node, last, top = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            top = node_hash(sibling, top)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            top = node_hash(top, sibling)
        node, last = node >> 1, last >> 1
    return top if last == 0 else None


def consistency(older: int, leaves: Sequence[bytes]) -> tuple[bytes, ...]:
    """The proof that the tree of the first `older` leaves is a beginning of this one (RFC 6962 2.1.2)."""
    if not 0 < older <= len(leaves):
        raise IndexError(f"no tree of {older} leaves within one of {len(leaves)}")
    return tuple(_subproof(older, leaves, is_whole=True))


def _subproof(older: int, leaves: Sequence[bytes], *, is_whole: bool) -> list[bytes]:
    if older == len(leaves):
        return [] if is_whole else [root(leaves)]
    middle = split(len(leaves))
    if older <= middle:
        return [*_subproof(older, leaves[:middle], is_whole=is_whole), root(leaves[middle:])]
    return [*_subproof(older - middle, leaves[middle:], is_whole=False), root(leaves[:middle])]


def is_consistent(older: int, old_root: bytes, newer: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a consistency proof holds between two roots (RFC 9162 2.1.4.2)."""
    if not 0 < older <= newer:
        return False
    if older == newer:
        return not proof and old_root == new_root
    nodes = list(proof) if older & (older - 1) else [old_root, *proof]
    if not nodes:
        return False
    node, last = older - 1, newer - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root
