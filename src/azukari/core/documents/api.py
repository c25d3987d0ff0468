"""Making documents: templates of ours, filled with data, as PDF/A-2b; and the fonts, for those who draw pictures.

For papers that are posted: codes that machines read, and what shows through the window of an envelope.
"""

from __future__ import annotations

from azukari.core.documents.addressing import PITCH, SMALLEST, address_block, fitted, height_of, parts, require_visible
from azukari.core.documents.codes import (
    collection_digits,
    collection_words,
    customer_barcode,
    customer_mark,
    gs1_128,
    postal_characters,
    qr,
)
from azukari.core.documents.envelopes import envelope, envelopes, require_seen
from azukari.core.documents.glyphs import BOLD, REGULAR, missing_glyphs, require_glyphs, width
from azukari.core.documents.many import render_many
from azukari.core.documents.postal import display_number, split
from azukari.core.documents.rendering import preview, render
from azukari.core.documents.sheets import A4, PAGES, PARTS, addressed, coded, filled, inside, item_of, within
from azukari.core.documents.testsheets import window_test
from azukari.core.documents.types import Data, Fill, Progress, Template

__all__ = [
    "A4",
    "BOLD",
    "PAGES",
    "PARTS",
    "PITCH",
    "REGULAR",
    "SMALLEST",
    "Data",
    "Fill",
    "Progress",
    "Template",
    "address_block",
    "addressed",
    "coded",
    "collection_digits",
    "collection_words",
    "customer_barcode",
    "customer_mark",
    "display_number",
    "envelope",
    "envelopes",
    "filled",
    "fitted",
    "gs1_128",
    "height_of",
    "inside",
    "item_of",
    "missing_glyphs",
    "parts",
    "postal_characters",
    "preview",
    "qr",
    "render",
    "render_many",
    "require_glyphs",
    "require_seen",
    "require_visible",
    "split",
    "width",
    "window_test",
    "within",
]
