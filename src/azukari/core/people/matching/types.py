"""Words of matching. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """How a row came to its person: by exact keys, by the model, by a person's decision, or no other row was found."""

    EXACT = "exact"
    MODEL = "model"
    PERSON = "person"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Edge:
    """Two rows said to be one person's. `probability` 0 … 1; an exact key has 1."""

    left: int
    right: int
    how: How
    probability: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of two rows, and stands in force: `same` or apart. Order of the two does not matter."""

    left: int
    right: int
    same: bool


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From `link` on a pair is joined, from `doubtful` on it is shown to a person. Probabilities, 0 … 1."""

    link: float
    doubtful: float
