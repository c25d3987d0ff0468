"""Where things stand on a voucher, in millimetres from its upper left corner. Printing and reading share it.

A voucher is a slip of 148 × 70 mm, four on a sheet of A4. Its QR code keeps its four modules of quiet zone.
"""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in millimetres."""

    left: float
    top: float
    width: float
    height: float

    def pixels(self, dpi: int) -> tuple[int, int, int, int]:
        """Left, upper, right, lower in pixels."""
        scale = dpi / 25.4
        edges = (self.left, self.top, self.left + self.width, self.top + self.height)
        left, upper, right, lower = (round(edge * scale) for edge in edges)
        return left, upper, right, lower

    def wider(self, margin: float) -> Box:
        """With so many millimetres more on each side."""
        return Box(self.left - margin, self.top - margin, self.width + 2 * margin, self.height + 2 * margin)


SLIP = Box(0, 0, 148, 70)
QR = Box(124, 6, 18, 18)
# The four items of 諮問815 §5 lie together, apart from the kind, the face value and the number of the voucher, so that
# one cut of the picture shows them and nothing else.
FOUR_ITEMS = Box(4, 30, 140, 36)
NAME = Box(26, 32, 60, 9)
USED_ON = Box(26, 43, 60, 9)
FARE = Box(26, 54, 60, 9)
NUMBER = Box(106, 54, 36, 9)
