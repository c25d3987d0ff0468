"""The same demand admitted in two ways: by the ages present in each half-hour, and by fixed places of each age.

Plain: no database. A station's places are commonly divided by age once and for all (so many of 0, of 1 and 2, of 3 and
older); here the division is the best there is for this very demand, among all that the roster allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from random import Random

from azukari.business.hotstay import api
from azukari.business.hotstay.api import Counts, Limits, Staff

# Half-hours of a day, and what a station has: carers and 保育士 all day, capacity and floor as in data/stations.toml.
FIRST, LAST = 18, 34
STAFF = Staff(3, 2)
HELD = Limits((3, 6, 15, 25), 330, 198, 10, 4_000, "official", 2, True)
# A busy station: more is asked for than fits at the best hours. With little demand both ways admit all there is.
ASKED_A_DAY = 20
STARTS, LENGTHS = (18, 18, 19, 20, 20, 22, 24, 26, 26, 28), (2, 4, 4, 6, 8)
AGES, WEIGHTS = (0, 1, 2, 3, 4), (2, 5, 4, 2, 1)
NOBODY: Counts = (0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay that is asked for: half-hours and the child's age."""

    start: int
    end: int
    age: int


def demand(random: Random, days: int) -> list[list[Stay]]:
    """Made-up days: on each the ages that come differ, as families do."""
    found = []
    for _ in range(days):
        weights = [weight * (0.3 + 2 * random.random()) for weight in WEIGHTS]
        found.append([_stay(random, weights) for _ in range(ASKED_A_DAY)])
    return found


def _stay(random: Random, weights: list[float]) -> Stay:
    age, start = random.choices(AGES, weights)[0], random.choice(STARTS)
    longest = 8 if age == 0 else 12
    return Stay(start, min(LAST, start + min(longest, random.choice(LENGTHS))), age)


def by_ages(day: list[Stay]) -> int:
    """Half-hours admitted first come, first served, each stay if it fits beside those before it."""
    there = dict.fromkeys(range(FIRST, LAST), NOBODY)
    return sum(_admit(there, stay) for stay in day)


def _admit(there: dict[int, Counts], stay: Stay) -> int:
    slots = range(stay.start, stay.end)
    if any(api.binds(api.plus(there[slot], stay.age), STAFF, HELD) for slot in slots):
        return 0
    for slot in slots:
        there[slot] = api.plus(there[slot], stay.age)
    return len(slots)


Quota = tuple[int, int, int]


def by_quota(day: list[Stay], quota: Quota) -> int:
    """Half-hours admitted when each age has its own places."""
    there = {(slot, group): 0 for slot in range(FIRST, LAST) for group in range(3)}
    admitted = 0
    for stay in day:
        group, slots = _group(stay.age), range(stay.start, stay.end)
        if all(there[slot, group] < quota[group] for slot in slots):
            admitted += len(slots)
            for slot in slots:
                there[slot, group] += 1
    return admitted


def _group(age: int) -> int:
    return 0 if age == 0 else 1 if age < 3 else 2


def quotas() -> list[Quota]:
    """Every division that the roster allows when all its places are taken, whoever of each group comes."""
    return [
        quota
        for quota in product(range(8), range(11), range(11))
        if all(api.binds(counts, STAFF, HELD) is None for counts in _fullest(quota))
    ]


def _fullest(quota: Quota) -> list[Counts]:
    """Full places, with the ages of each group that ask for most: floor for one year, carers for three."""
    return [(quota[0], quota[1], 0, quota[2], 0), (quota[0], 0, quota[1], 0, quota[2])]


def compare(random: Random, *, days: int) -> tuple[float, float]:
    """Child-hours admitted by ages, and by the best quota, of the same made-up days."""
    made = demand(random, days)
    best = max(sum(by_quota(day, quota) for day in made) for quota in quotas())
    return sum(map(by_ages, made)) / 2, best / 2
