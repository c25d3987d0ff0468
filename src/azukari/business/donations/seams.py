"""What other parts of the dispatch tell about one donation's letters; they put themselves here when Django starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Lines = Callable[[str], Sequence[str]]
_tellers: list[Lines] = []


def register_lines(lines: Lines) -> None:
    """`lines(reference)` answers what became of the letters of K00000012, in words, the latest last."""
    _tellers.append(lines)


def dispatch_lines(reference: str) -> list[str]:
    """Everything that is told about the letters of one donation or intention."""
    return [line for lines in _tellers for line in lines(reference)]
