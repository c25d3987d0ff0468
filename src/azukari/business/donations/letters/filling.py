"""What the template is filled with. Apart from the rest, because other processes call it, and they have no Django."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azukari.business.donations.letters.issuer import issuer
from azukari.core.documents import api as documents


def fill(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The data of these items of `item_of`, with the ward that issues them."""
    return documents.filled(items, issuer().ward)
