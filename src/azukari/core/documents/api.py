"""Making documents: templates of ours, filled with data, as PDF/A-2b; and the fonts, for those who draw pictures."""

from __future__ import annotations

from azukari.core.documents.glyphs import BOLD, REGULAR, missing_glyphs, require_glyphs
from azukari.core.documents.many import render_many
from azukari.core.documents.rendering import render
from azukari.core.documents.types import Data, Fill, Progress

__all__ = [
    "BOLD",
    "REGULAR",
    "Data",
    "Fill",
    "Progress",
    "missing_glyphs",
    "render",
    "render_many",
    "require_glyphs",
]
