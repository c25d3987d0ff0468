"""Who was named before: the identity of a 被保険者 is worked out once for all the receipts of a delivery."""

from __future__ import annotations

import numpy as np
import polars as pl

from azukari.business.health.persons.keys import KEYED, identity_key
from azukari.business.health.receipts.lines import Numbers

_MOST = 2_000_000
NOBODY: Numbers = np.zeros(0, np.int64)


class Known:
    """Rows as written → identity, for one process. A row is known by 64 bits, as an identity itself is."""

    def __init__(self) -> None:
        # The rows are in order, so that a whole piece is looked up at once.
        self._rows, self._identities = np.zeros(0, np.uint64), NOBODY

    def named(self, frame: pl.DataFrame) -> pl.Series:
        """The identity of every row."""
        rows = frame.select(KEYED).hash_rows().to_numpy()
        if len(self._rows) > _MOST:
            self._rows, self._identities = self._rows[:0], NOBODY
        once, first = np.unique(rows, return_index=True)
        fresh = _lacking(self._rows, once)
        if fresh.any():
            identities = identity_key(frame.select(pl.all().gather(first[fresh]))).to_numpy()
            at = np.searchsorted(self._rows, once[fresh])
            self._rows = np.insert(self._rows, at, once[fresh])
            self._identities = np.insert(self._identities, at, identities)
        return pl.Series("identity", self._identities[np.searchsorted(self._rows, rows)])


def first_seen(identity: pl.Series, seen: Numbers) -> tuple[Numbers, Numbers]:
    """(the places of the first row of every identity that is not in `seen`, and `seen` with them; it is in order)."""
    once, first = np.unique(identity.to_numpy(), return_index=True)
    fresh = _lacking(seen, once)
    return np.sort(first[fresh]), np.insert(seen, np.searchsorted(seen, once[fresh]), once[fresh])


def _lacking(held: Numbers, wanted: Numbers) -> Numbers:
    """Which of the wanted `held` (in order) does not hold."""
    if not len(held):
        return np.ones(len(wanted), bool)
    return np.asarray(held[np.minimum(np.searchsorted(held, wanted), len(held) - 1)] != wanted)
