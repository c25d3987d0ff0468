"""What is known of one person, row by row, in the columns of the store; and what the store as a whole holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from azukari.business.health.targets.rules.definitions import Pack, Patient, PatientReceipt
from azukari.kernel.fiscal import FiscalYear

Row = Mapping[str, Any]
Record = Mapping[str, Sequence[Row]]  # rows of one person by table; checkups and guidance already theirs
Tables = dict[str, list[dict[str, Any]]]
EPOCH = date(1970, 1, 1)
TABLES = ("members", "links", "receipts", "diagnoses", "acts", "checkups", "guidance")


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the store reaches.

    The newest month of receipts (YYYYMM) that is over by the day, and the fiscal years checkups and guidance are held of. Where it holds nothing, nothing is known.
    """

    newest: int | None
    years: Mapping[str, frozenset[int]] = field(default_factory=dict)


def month_number(month: int) -> int:
    """YYYYMM as a count of months."""
    return month // 100 * 12 + month % 100 - 1


def last_month(as_of: date) -> int:
    """The newest month (YYYYMM) that is over at the end of the day `as_of`."""
    end = as_of + timedelta(days=1)
    number = end.year * 12 + end.month - 2
    return number // 12 * 100 + number % 12 + 1


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def month_end(month: int) -> int:
    """The first day after a month (YYYYMM), as a day number."""
    number = month_number(month) + 1
    return day_number(date(number // 12, number % 12 + 1, 1))


def seen_of(tables: Record, as_of: date) -> Seen:
    """What tables of many people hold."""
    months = [row["month"] for row in tables["receipts"] if row["month"] <= last_month(as_of)]
    years = {name: frozenset(row["fiscal_year"] for row in tables[name]) for name in ("checkups", "guidance")}
    return Seen(max(months, default=None), years)


def tables_of(pack: Pack) -> Tables:
    """The invented patients of a pack as tables of the store; the person and the identity of the n-th are n (from 1)."""
    tables: Tables = {name: [] for name in TABLES}
    for person, patient in enumerate(pack.patient, 1):
        _put(tables, person, patient)
    return tables


def record_of(tables: Record, person: int) -> Record:
    """The rows of one person: what their identities and receipts lead to."""
    identities = {row["identity"] for row in tables["links"] if row["person"] == person}
    found: dict[str, list[Row]] = {"members": [row for row in tables["members"] if row["person"] == person]}
    for name in ("receipts", "checkups", "guidance"):
        found[name] = [row for row in tables[name] if row["identity"] in identities]
    own = {row["receipt"] for row in found["receipts"]}
    for name in ("diagnoses", "acts"):
        found[name] = [row for row in tables[name] if row["receipt"] in own]
    return found


def _put(tables: Tables, person: int, patient: Patient) -> None:
    until = None if patient.insured else date(2000, 1, 1)
    span = {"since": date(1990, 1, 1), "until": until}
    tables["members"].append({"person": person, "birth": patient.born, "sex": patient.sex, **span})
    tables["links"].append({"identity": person, "person": person})
    for checkup in patient.checkups:
        day = checkup["date"]
        year = FiscalYear.of(day).year if isinstance(day, date) else None
        tables["checkups"].append({"identity": person, "fiscal_year": year, **checkup})
    tables["guidance"] += [{"identity": person, **each} for each in patient.guidance]
    for written in patient.receipts:
        for month in written.months:
            _put_receipt(tables, person, written, month)


def _put_receipt(tables: Tables, person: int, written: PatientReceipt, month: int) -> None:
    receipt = len(tables["receipts"]) + 1
    tables["receipts"].append(
        {
            "receipt": receipt,
            "line": 1,
            "kind": written.kind,
            "facility": written.facility,
            "month": month,
            "inpatient": written.inpatient,
            "identity": person,
            "days": written.days,
            "points": 1000,
            "prescriber": written.prescriber,
            "receipt_type": None,
        }
    )
    for line, row in enumerate(_diagnoses(written), 2):
        tables["diagnoses"].append({"receipt": receipt, "line": line, **row})
    for line, row in enumerate(_acts(written), 100):
        tables["acts"].append({"receipt": receipt, "line": line, "dispensed": None, **row})


def _diagnoses(written: PatientReceipt) -> Iterator[dict[str, Any]]:
    rest = {"text": None, "started": None, "main": False}
    yield from ({"code": code, "suspected": False, **rest} for code in written.diagnoses)
    yield from ({"code": code, "suspected": True, **rest} for code in written.suspected)
    yield from ({"code": "0000999", "suspected": False, **rest, "text": text} for text in written.uncoded)


def _acts(written: PatientReceipt) -> Iterator[dict[str, Any]]:
    for code, days in written.drugs.items():
        yield {"record": "IY", "code": code, "category": 21, "drug_days": days}
    for code in written.procedures:
        yield {"record": "SI", "code": code, "category": 40, "drug_days": None}
