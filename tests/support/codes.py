"""Codes as a scanner sees them: drawn from their paths, or cut out of a page."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from azukari.core.documents.types import Drawing

BAR = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z")


def drawn(code: Drawing, across: int = 3, down: int = 3, quiet: int = 12) -> NDArray[np.uint8]:
    """A drawing in whole pixels a unit, with white around."""
    picture = np.full((code.rows * down, code.columns * across), 255, np.uint8)
    for left, top, width, height in ([int(part) for part in one] for one in BAR.findall(code.path)):
        picture[top * down : (top + height) * down, left * across : (left + width) * across] = 0
    assert "".join(f"M{a} {b}h{c}v{d}h-{c}z" for a, b, c, d in BAR.findall(code.path)) == code.path
    return np.pad(picture, quiet, constant_values=255)
