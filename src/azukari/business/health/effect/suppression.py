"""Small numbers left out so that nobody can compute them back from what is published.

The numbers of a report hang together by sums. First every number from 1 to under the limit is left out. Then, in every
sum, a number left out alone could be had by subtracting: another of the same sum goes too, the smallest that may. At
last linear programming does what an attacker would: it asks between which values each number left out can lie, given all
that is published; as long as one is known to within the limit, more goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog


@dataclass(frozen=True, slots=True)
class Sum:
    """`total` is the sum of `parts`; all are names of numbers."""

    total: str
    parts: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that stands in it."""
        return (self.total, *self.parts)


def suppress(values: Mapping[str, int], sums: Sequence[Sum], *, limit: int, keep: Iterable[str] = ()) -> frozenset[str]:
    """The names that must not be published. `keep` are left out last of all (but a small one always is).

    Raises ValueError when a sum does not hold.
    """
    _require_sums(values, sums)
    kept = frozenset(keep)
    hidden = {name for name, value in values.items() if 0 < value < limit}
    while more := _alone(hidden, values, sums, kept) or _known(hidden, values, sums, limit, kept):
        hidden.add(more)
    return frozenset(hidden)


def ranges(hidden: Iterable[str], values: Mapping[str, int], sums: Sequence[Sum]) -> dict[str, tuple[float, float]]:
    """Between which values each hidden number can lie for somebody who knows the others and the sums."""
    names = sorted(hidden)
    if not names:
        return {}
    matrix, right = _equations(names, values, sums)
    return {name: _range(at, matrix, right, len(names)) for at, name in enumerate(names)}


def _require_sums(values: Mapping[str, int], sums: Sequence[Sum]) -> None:
    for one in sums:
        if values[one.total] != sum(values[part] for part in one.parts):
            raise ValueError(f"{one.total} is not the sum of {one.parts}")


def _alone(hidden: set[str], values: Mapping[str, int], sums: Sequence[Sum], kept: frozenset[str]) -> str | None:
    """Another number for the first sum of which only one is hidden."""
    for one in sums:
        if len(hidden.intersection(one.names)) == 1 and (more := _smallest(one.names, hidden, values, kept)):
            return more
    return None


def _known(
    hidden: set[str], values: Mapping[str, int], sums: Sequence[Sum], limit: int, kept: frozenset[str]
) -> str | None:
    """Another number where a small one can be told to within the limit."""
    for name, (low, high) in ranges(hidden, values, sums).items():
        if 0 < values[name] < limit and high - low < limit:
            near = [other for one in sums if name in one.names for other in one.names]
            if more := _smallest(near or values, hidden, values, kept) or _smallest(values, hidden, values, kept):
                return more
    return None


def _smallest(names: Iterable[str], hidden: set[str], values: Mapping[str, int], kept: frozenset[str]) -> str | None:
    """The next to go: not one that is kept if it can be helped, and hardly ever a nought, which hides nothing."""
    open_ones = [name for name in names if name not in hidden]
    return min(open_ones, key=lambda name: (name in kept, values[name] == 0, values[name], name), default=None)


def _equations(
    names: Sequence[str], values: Mapping[str, int], sums: Sequence[Sum]
) -> tuple[list[list[float]], list[float]]:
    at = {name: index for index, name in enumerate(names)}
    matrix, right = [], []
    for one in sums:
        row, known = [0.0] * len(names), 0.0
        for name, sign in ((one.total, -1.0), *((part, 1.0) for part in one.parts)):
            if name in at:
                row[at[name]] += sign
            else:
                known -= sign * values[name]
        if any(row):
            matrix.append(row)
            right.append(known)
    return matrix, right


def _range(at: int, matrix: list[list[float]], right: list[float], size: int) -> tuple[float, float]:
    aim = np.zeros(size)
    aim[at] = 1.0
    equations = {"A_eq": matrix, "b_eq": right} if matrix else {}
    low, high = (linprog(sign * aim, **equations, bounds=(0, None), method="highs") for sign in (1.0, -1.0))
    return float(low.fun), float(-high.fun) if high.status == 0 else float("inf")
