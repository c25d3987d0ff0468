"""Invented patients of a pack, run through the scalar evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from azukari.business.health.targets.codes import Codes, Masters, read_codes
from azukari.business.health.targets.reading import defined
from azukari.business.health.targets.rules.definitions import Pack
from azukari.business.health.targets.rules.records import record_of, seen_of, tables_of
from azukari.business.health.targets.rules.scalar import judge

# An ICD-10 class and a master for the patients: a stroke that is neither cancer nor dementia, and one code of each.
DISEASES = {"4375001": ("I675",), "1000001": ("C169",), "2000001": ("F03",)}


@dataclass(frozen=True, slots=True)
class Checked:
    """An invented patient: what the pack expects, and what came out."""

    pack: str
    patient: str
    expected: str
    found: str

    @property
    def right(self) -> bool:
        """Whether the definition does what it promises."""
        return self.expected == self.found


def codes_of(pack: Pack) -> Codes:
    """The codes its patients are seen with."""
    return read_codes(Masters(DISEASES, pack.drugs, {}))


def check(pack: Pack) -> Iterator[Checked]:
    """Every invented patient of a pack."""
    codes = codes_of(pack)
    definition, tables = defined(pack, codes), tables_of(pack)
    seen = seen_of(tables, pack.on)
    for person, patient in enumerate(pack.patient, 1):
        judged = judge(definition, codes, record_of(tables, person), pack.on, seen)
        yield Checked(pack.name, patient.name, patient.expect, judged.result)
