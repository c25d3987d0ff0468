"""A definition applied to one person, row by row: the second way, written apart from the columnar one.

It is what `targets check` runs on the invented patients, and what the extraction is compared with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from azukari.business.health.targets.rules.definitions import Definition, Latest, ReadLines, ReadRepeat, latest_columns
from azukari.business.health.targets.rules.kleene import any_of, truth
from azukari.business.health.targets.rules.language import Value, lists_in
from azukari.business.health.targets.rules.records import Record, Row, Seen, day_number, month_end, month_number
from azukari.business.health.targets.types import Truth
from azukari.kernel.age import age
from azukari.kernel.fiscal import FiscalYear


class Codes(Protocol):
    """What the evaluation asks of the lists of codes."""

    @property
    def drugs(self) -> Mapping[str, str]:
        """薬価基準コード by 医薬品コード."""
        ...

    def known(self, name: str) -> bool:
        """Whether a list is at hand, with the masters it needs."""
        ...

    def belongs(self, name: str, row: Mapping[str, Value], column: str) -> Truth:
        """Whether the code of a row stands in a list."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """Every value a definition speaks of for one person, and the truth of each group."""

    values: Mapping[str, Value]
    groups: Mapping[str, Truth]

    @property
    def result(self) -> str:
        """The first group that is true; else `unknown` where one might be; else `none`."""
        first = next((code for code, found in self.groups.items() if found), None)
        return first or ("unknown" if None in self.groups.values() else "none")


def judge(definition: Definition, codes: Codes, record: Record, as_of: date, seen: Seen) -> Judged:
    """One person on a day."""
    values: dict[str, Value] = {**definition.parameters, **_person(record, as_of, seen)}
    read = definition.read()
    for lines in definition.lines.values():
        values |= _lines(definition, codes, record, lines, seen) if lines.id in read else {}
    for latest in definition.latest.values():
        values |= _latest(latest, record, as_of, seen)
    for repeat in definition.repeats.values():
        values[repeat.id] = _repeats(definition, codes, record, repeat, seen)
    for condition in definition.conditions.values():
        values[condition.id] = truth(condition.when, values)
    return Judged(values, {group.code: truth(group.when, values) for group in definition.groups})


def _person(record: Record, as_of: date, seen: Seen) -> dict[str, Value]:
    members = record["members"]
    insured = any(
        (row["since"] is None or row["since"] <= as_of) and (row["until"] is None or as_of < row["until"])
        for row in members
    )
    birth, end = _birth(record), FiscalYear.of(as_of).end
    return {
        "insured": insured if members else None,
        "age": None if birth is None or end < birth else age(birth, end),
        "sex": max((row["sex"] for row in members if row["sex"] is not None), default=None),
        "as_of": day_number(as_of),
        "seen_until": None if seen.newest is None else month_end(seen.newest),
    }


def _birth(record: Record) -> date | None:
    return max((row["birth"] for row in record["members"] if row["birth"] is not None), default=None)


def chosen(
    definition: Definition, codes: Codes, record: Record, lines: ReadLines, seen: Seen
) -> Iterator[tuple[Row, Truth]]:
    """The rows of a person that are, or may be, among the lines, with the receipt each stands on."""
    if seen.newest is None:
        return
    newest = month_number(seen.newest)
    for receipt in record["receipts"]:
        if not newest - lines.months < month_number(receipt["month"]) <= newest:
            continue
        for row in _rows(record, lines.table, receipt):
            found = truth(lines.where, {**definition.parameters, **row}, codes.belongs)
            if found is not False:
                yield row, found


def _rows(record: Record, table: str, receipt: Row) -> Iterator[dict[str, Any]]:
    prescriber = receipt["prescriber"]
    shared = {
        **{name: receipt[name] for name in ("kind", "receipt_type", "inpatient", "month", "receipt", "line")},
        "facility": receipt["facility"] if prescriber is None else prescriber,
        "visit_days": receipt["days"],
    }
    if table == "receipts":
        yield shared
        return
    own = (row for row in record[table] if row["receipt"] == receipt["receipt"])
    yield from ({**shared, **row, "started": _started(row)} for row in own)


def _started(row: Row) -> int | None:
    started = row.get("started")
    return None if started is None else day_number(started)


def _lines(definition: Definition, codes: Codes, record: Record, lines: ReadLines, seen: Seen) -> dict[str, Value]:
    rows = list(chosen(definition, codes, record, lines, seen))
    sure = [row for row, found in rows if found]
    doubt: list[Truth] = [None] if seen.newest is None or unanswered(codes, lines) else []
    values: dict[str, Value] = {
        f"{lines.id}.found": any_of([*(found for _, found in rows), *doubt]),
        f"{lines.id}.last": max((month_end(row["month"]) for row in sure), default=None),
    }
    if lines.table == "acts":
        values[f"{lines.id}.supplied"] = max((_supplied(row) for row in sure), default=None)
    return values


def unanswered(codes: Codes, lines: ReadLines) -> bool:
    """A list is missing for want of a master: nobody can say that a person has no such line."""
    return not all(codes.known(name) for name in lists_in(lines.where))


def _supplied(row: Row) -> int:
    start = month_end(row["month"]) if row["dispensed"] is None else day_number(row["dispensed"])
    return start + (row["drug_days"] or 0)


def _latest(latest: Latest, record: Record, as_of: date, seen: Seen) -> dict[str, Value]:
    year = FiscalYear.of(as_of).year
    wanted = {year + back for back in latest.years}
    on = "date" if latest.table == "checkups" else "first"
    rows = [
        row
        for row in record[latest.table]
        if row["fiscal_year"] in wanted and (row.get(on) is None or row[on] <= as_of)
    ]
    newest = max(rows, key=lambda row: (row["fiscal_year"], row.get(on) or date.min, row["identity"]), default={})
    held = bool(wanted & seen.years.get(latest.table, frozenset()))
    found: dict[str, Value] = {f"{latest.id}.found": bool(newest) or (False if held else None)}
    for name in latest_columns(latest.table):
        value = newest.get(name)
        found[f"{latest.id}.{name}"] = day_number(value) if isinstance(value, date) else value
    birth = _birth(record)
    if latest.table == "checkups":
        day = newest.get("date")
        found[f"{latest.id}.age"] = None if birth is None or day is None or day < birth else age(birth, day)
    return found


def _repeats(definition: Definition, codes: Codes, record: Record, repeat: ReadRepeat, seen: Seen) -> Truth:
    if seen.newest is None or (repeat.asks_drugs and not codes.drugs) or unanswered(codes, repeat.of):
        return None
    return bool(repeated(definition, codes, record, repeat, seen))


def repeated(
    definition: Definition, codes: Codes, record: Record, repeat: ReadRepeat, seen: Seen
) -> Collection[tuple[Any, ...]]:
    """The keys of a repeat that come again in enough months one after another."""
    together: dict[tuple[Any, ...], dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row, found in chosen(definition, codes, record, repeat.of, seen):
        key = tuple(_key(row, name, repeat.digits, codes) for name in repeat.per)
        if found and None not in key:
            together[key][month_number(row["month"])].append(row)
    return [key for key, months in together.items() if _runs(definition, codes, repeat, months)]


def _key(row: Row, name: str, digits: int, codes: Codes) -> str | None:
    if name == "drug":
        return codes.drugs.get(row["code"], "")[:digits] or None
    found: str | None = row["facility"] if name == "facility" else row["code"]
    return found


def _runs(definition: Definition, codes: Codes, repeat: ReadRepeat, months: Mapping[int, list[Row]]) -> bool:
    hits = {month for month, rows in months.items() if _having(definition, codes, repeat, rows)}
    return any(all(month + step in hits for step in range(repeat.run)) for month in hits)


def _having(definition: Definition, codes: Codes, repeat: ReadRepeat, rows: list[Row]) -> bool:
    drugs = {_key(row, "drug", repeat.digits, codes) for row in rows} if repeat.of.table == "acts" else set()
    measures: dict[str, Value] = {
        "receipts": len({row["receipt"] for row in rows}),
        "facilities": len({row["facility"] for row in rows} - {None}),
        "days": sum({row["receipt"]: row["visit_days"] or 0 for row in rows}.values()),
        "drug_days": sum(row.get("drug_days") or 0 for row in rows),
        "drugs": len(drugs - {None}),
    }
    return truth(repeat.having, {**definition.parameters, **measures}) is True
