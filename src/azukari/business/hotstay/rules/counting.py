"""How many carers children need, and how many children fit.

Official count (公定価格FAQ Ver.20): each class n ÷ ratio cut to one decimal, summed, rounded half up. A station may take
the ceiling instead. 一時預かり: never fewer than two, at least half of them 保育士 (児童福祉法施行規則36条の35, 未確認).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil

from azukari.business.hotstay.types import Rule

Counts = tuple[int, int, int, int, int]
NOBODY: Counts = (0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a half-hour is held against: heads a carer, floor a child (0.01 m²), and the station's own parameters."""

    heads: tuple[int, int, int, int]
    infant: int
    child: int
    capacity: int
    room: int
    rounding: str
    min_staff: int
    half_rule: bool


@dataclass(frozen=True, slots=True)
class Staff:
    """Carers on the roster in a half-hour, and how many of them are 保育士."""

    carers: int = 0
    qualified: int = 0


def by_class(counts: Counts) -> tuple[int, int, int, int]:
    """From five ages to the four classes of the ratio."""
    return counts[0], counts[1] + counts[2], counts[3], counts[4]


def need(counts: Counts, limits: Limits) -> int:
    """Carers needed for these children; none for none."""
    if not any(counts):
        return 0
    pairs = tuple(zip(by_class(counts), limits.heads, strict=True))
    if limits.rounding == "official":
        found = (sum(count * 10 // head for count, head in pairs) + 5) // 10
    else:
        found = ceil(sum(Fraction(count, head) for count, head in pairs))
    return max(found, limits.min_staff)


def floor(counts: Counts, limits: Limits) -> int:
    """Floor needed, in 0.01 m²."""
    return limits.infant * (counts[0] + counts[1]) + limits.child * sum(counts[2:])


@lru_cache(maxsize=65_536)
def binds(counts: Counts, staff: Staff, limits: Limits) -> Rule | None:
    """The rule that these children would break, in the order capacity, floor, carers, 保育士; None when all hold.

    Remembered: a rush asks for the same few half-hours again and again.
    """
    needed = need(counts, limits)
    if sum(counts) > limits.capacity:
        return Rule.CAPACITY
    if floor(counts, limits) > limits.room:
        return Rule.ROOM
    if staff.carers < needed:
        return Rule.CARERS
    if limits.half_rule and staff.qualified * 2 < needed:
        return Rule.QUALIFIED
    return None


def plus(counts: Counts, band: int, more: int = 1) -> Counts:
    """So many more children of that age."""
    listed = list(counts)
    listed[band] += more
    return listed[0], listed[1], listed[2], listed[3], listed[4]


def room_left(counts: Counts, band: int, staff: Staff, limits: Limits) -> int:
    """How many more children of that age fit; 0 when not one."""
    more = 0
    while binds(plus(counts, band, more + 1), staff, limits) is None:
        more += 1
    return more


def total(bands: Sequence[int]) -> Counts:
    """Counts from the ages of the children present."""
    counts = NOBODY
    for one in bands:
        counts = plus(counts, one)
    return counts
