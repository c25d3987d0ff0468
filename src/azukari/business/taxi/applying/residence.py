"""The person behind a 宛名番号, under 住民記録 (r-juki), which the page has entered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from azukari.business.taxi.applying.declared import Residence
from azukari.business.taxi.eligibility import Departure
from azukari.core.people import api as people
from azukari.core.people.api import Address, Found, Purpose, Refusal, RefusalKind

REGISTER = "r-juki"
PERSONS = "people_person"
# What the page shows of a person so that the officer can be sure of the right one.
SHOWN = ("氏名", "氏名のフリガナ", "生年月日", "住所", "宛名番号", "死亡年月日")


@dataclass(frozen=True, slots=True)
class Person:
    """One person as 住民記録 knows them today, and what follows for the rules."""

    found: Found
    residence: Residence

    @property
    def id(self) -> int:
        """The surrogate key, which no page shows."""
        return self.found.person_id


def find(atena: str, on: date) -> Person | None:
    """The person with exactly this 宛名番号; None when nobody has it."""
    found = people.search(atena=atena, on=on, limit=1)
    return Person(found[0], _residence(found[0], on)) if found else None


def residences(persons: Collection[int], on: date) -> dict[int, Residence]:
    """Many at once, by person: whether each lives in the ward on that day, and a departure that was notified."""
    addresses = people.addresses_for(persons, on=on, purpose=Purpose.RECORD)
    ending: defaultdict[date, list[int]] = defaultdict(list)
    for person, address in addresses.items():
        if isinstance(address, Address) and address.valid.end:
            ending[address.valid.end].append(person)
    staying = {person for day, some in ending.items() for person in _staying(some, day)}
    return {person: _of(address, stays=person in staying) for person, address in addresses.items()}


def _staying(persons: list[int], day: date) -> list[int]:
    """Whoever has another address in the ward on the day on which the present one ends: not a departure."""
    addresses = people.addresses_for(persons, on=day, purpose=Purpose.RECORD)
    return [person for person, address in addresses.items() if isinstance(address, Address)]


def _residence(found: Found, on: date) -> Residence:
    if found.died and found.died <= on:
        return Residence(resident=False, departure=Departure.DIED, departed_on=found.died)
    return residences([found.person_id], on)[found.person_id]


def _of(address: Address | Refusal, *, stays: bool) -> Residence:
    if not isinstance(address, Address):
        return Residence(resident=False if address.kind is RefusalKind.NONE_REGISTERED else None)
    end = None if stays else address.valid.end
    departure = Departure.MOVED if end else Departure.NONE
    return Residence(resident=True, since=address.valid.start, departure=departure, departed_on=end)
