"""Extraction over the installation's own store, written in the ledger: nobody looks without leaving a line.

Persons are keys of the ward's register; no name, address or number of a card is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from azukari.business.health.store import open_store
from azukari.business.health.targets import api
from azukari.business.health.targets.codes import Codes
from azukari.business.health.targets.types import Explanation, Extraction
from azukari.business.health.types import WARD_ENTRY
from azukari.core.audit import api as audit

OWNER = "owner"
READ = ("性別", "生年月日", "資格の期間", "レセプトデータ", "受診結果", "特定保健指導利用履歴")
Given = Mapping[str, bool | int | float]


def extract(
    programme: str,
    as_of: date,
    pack: str | None = None,
    *,
    by: str,
    parameters: Given | None = None,
    codes: Codes | None = None,
    progress: api.Progress = api.silent,
) -> Extraction:
    """As api.extract, over the ward's own store. Raises NotFound, BadInput."""
    with open_store().connect() as connection:
        found = api.extract(programme, connection, as_of, pack, parameters=parameters, codes=codes, progress=progress)
    detail: dict[str, str | int] = {"programme": programme, "pack": found.pack, "version": found.version}
    persons = [target.person for target in found.targets]
    _written("health.extracted", by, persons, {**detail, "day": as_of.isoformat(), "rows": len(persons)})
    return found


def explain(
    programme: str,
    person: int,
    as_of: date,
    pack: str | None = None,
    *,
    by: str,
    parameters: Given | None = None,
    codes: Codes | None = None,
) -> Explanation:
    """As api.explain, over the ward's own store. Raises NotFound, BadInput."""
    with open_store().connect() as connection:
        found = api.explain(programme, connection, person, as_of, pack, parameters=parameters, codes=codes)
    detail: dict[str, str | int] = {"programme": programme, "pack": found.pack, "version": found.version}
    _written("health.explained", by, [person], {**detail, "day": as_of.isoformat()})
    return found


def _written(action: str, by: str, subjects: Iterable[int], detail: dict[str, str | int]) -> None:
    audit.record(action, actor=by, flow=WARD_ENTRY, items=READ, subjects=subjects, detail=detail, using=OWNER)
