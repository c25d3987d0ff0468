"""A file of any size in pieces of whole receipts, so that memory never depends on how long it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from azukari.kernel.errors import BadInput

# Small pieces keep the arrays within what the allocator gives back and forth without asking the system.
PIECE = 4 << 20
# One receipt longer than this is none. (The specification allows some thousand records of some hundred bytes.)
LONGEST = 32 << 20
_STARTS = (b"\nRE,", b"\nIR,", b"\nYK,", b"\nUK,", b"\nHI,")
_OVERLAP = 4
_EOF = b"\x1a"


def pieces(blocks: Iterable[bytes], size: int = PIECE) -> Iterator[tuple[bytes, int]]:
    """(whole lines, the number of the first). Every piece but the first begins with a receipt or a block.

    The end mark 0x1A and a missing last line end are put right. Raises BadInput for a receipt without end.
    """
    held, line, looked = bytearray(), 1, 0
    for block in blocks:
        held += block
        if len(held) < size:
            continue
        # What was looked through in vain is not looked through again.
        cut = _last_start(held, looked) + 1
        if cut <= 0:
            looked = len(held) - _OVERLAP
            _guard(len(held), line)
            continue
        yield bytes(held[:cut]), line
        line += held.count(b"\n", 0, cut)
        del held[:cut]
        looked = 0
    last = bytes(held).rstrip(_EOF + b"\r\n ")
    if last:
        yield last + b"\r\n", line


def _last_start(held: bytearray, since: int) -> int:
    """Where the last receipt or block begins, -1 for none. Each kind is looked for only behind those found already."""
    found = -1
    for start in _STARTS:
        found = max(found, held.rfind(start, max(found, since)))
    return found


def _guard(held: int, line: int) -> None:
    if held > LONGEST:
        raise BadInput(
            "レセプトの終わりが見つかりません。",
            f"{line:,} 行目から {held >> 20:,} MiB、次の RE も GO もありません。",
            "レセプト電算処理のファイル (UKE) かどうかを確かめてください。",
        )
