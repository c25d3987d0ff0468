"""Who was named before: the identity of a 被保険者 is worked out once for all the receipts of a delivery."""

from __future__ import annotations

import polars as pl

from azukari.business.health.persons.keys import KEYED, identity_key

_MOST = 2_000_000


class Known:
    """Rows as written → identity, for one process. A row is known by 64 bits, as an identity itself is."""

    def __init__(self) -> None:
        self._by_row: dict[int, int] = {}

    def named(self, frame: pl.DataFrame, seen: set[int]) -> tuple[pl.Series, pl.DataFrame]:
        """(identity of every row; the rows with an identity that `seen` does not hold yet, which then holds them)."""
        if len(self._by_row) > _MOST:
            self._by_row.clear()
        rows = frame.select(KEYED).hash_rows().to_list()
        found = self._by_row
        fresh = list({row: place for place, row in enumerate(rows) if row not in found}.values())
        new = frame.select(pl.all().gather(fresh))
        for place, identity in zip(fresh, identity_key(new), strict=True):
            found[rows[place]] = identity
        identities = [found[row] for row in rows]
        first = []
        for place, identity in enumerate(identities):
            if identity not in seen:
                seen.add(identity)
                first.append(place)
        series = pl.Series("identity", identities, dtype=pl.Int64())
        return series, frame.with_columns(series).select(pl.all().gather(first))
