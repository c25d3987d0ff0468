"""What crosses the border of the documents package. Plain Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from azukari.core.documents.addressing import Block, Placed, Word
from azukari.core.documents.codes import Collection, Drawing, Mark
from azukari.core.documents.envelopes import Box, Envelope
from azukari.core.documents.sheets import Page

__all__ = [
    "Block",
    "Box",
    "Collection",
    "Data",
    "Drawing",
    "Envelope",
    "Fill",
    "Mark",
    "Page",
    "Placed",
    "Progress",
    "Template",
    "Word",
    "silent",
]

Data = Mapping[str, Any]
"""What a template is filled with: anything JSON can hold, under names of ours."""

Template = Path | tuple[Path, ...]
"""A Typst file, or several of which each may use what those before it defined."""

Fill = Callable[[Sequence[Any]], Data]
"""The data of one file, made from the items that stand in it. A function of a module: other processes call it."""

Progress = Callable[[int, int], None]
"""Told how many items are done, and how many there are."""


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""
