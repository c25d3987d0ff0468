"""What the one door says when it stays shut, and when a page breaks its rules."""

from __future__ import annotations


class Unrecorded(RuntimeError):
    """A page read rows, or claimed items, that it did not put in the ledger. A fault of the page: nothing is shown."""
