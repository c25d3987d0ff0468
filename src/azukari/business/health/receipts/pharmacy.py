"""調剤: SH (剤) → CZ (調剤) → IY*, the order that gives a drug its days and dates."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from azukari.business.health.receipts.acts import Column
from azukari.business.health.receipts.dates import days
from azukari.business.health.receipts.frame import Frame
from azukari.business.health.receipts.layouts import Layout
from azukari.business.health.receipts.lines import (
    Lines,
    Numbers,
    ascii_texts,
    decimals,
    integers,
    name_of,
    record_names,
)

_RECORDS = ("SH", "CZ", "IY", "TO")
_NEVER = np.datetime64("NaT", "D")


def table(
    lines: Lines, frame: Frame, layout: Layout, kind: int, ids: Numbers, months: Numbers
) -> tuple[pl.DataFrame, list[tuple[Numbers, str]]]:
    """(rows of columns.ACTS, what could not be read: lines and the name of the value).

    A unit is a 剤 (SH). CZ rows carry their own days and dates, points are 調剤料 and 薬剤料 together (加算 are not in it).
    IY and TO rows carry the days of all the 調剤 of their 剤 together, and the dates of the first.
    `ids` and `months` (YYYYMM) are of the piece's receipts.
    """
    chosen = frame.where(kind, *_RECORDS)
    role, receipt = frame.role[chosen], frame.receipt[chosen]
    group = _groups(role, receipt)
    cz, drugs = np.flatnonzero(role == name_of("CZ")), np.flatnonzero((role == name_of("IY")) | (role == name_of("TO")))
    year = months[receipt[cz]] // 100
    prescribed, odd_prescribed = days(lines, chosen[cz], layout.records["CZ"]["prescribed"], year)
    dispensed, odd_dispensed = days(lines, chosen[cz], layout.records["CZ"]["dispensed"], year)
    quantity = Column(*integers(lines, chosen[cz], layout.records["CZ"]["quantity"]))
    spans = _spans(group, cz, quantity, prescribed, dispensed)
    own = _dispensings(lines, chosen[cz], layout.records["CZ"], quantity)
    own |= {"dispensed": dispensed, "prescribed": prescribed, "at": cz}
    theirs = (
        _drugs(lines, chosen[drugs], layout)
        | {key: value[group[drugs]] for key, value in spans.items()}
        | {"at": drugs}
    )
    rows = pl.concat([_frame(one) for one in (own, theirs)]).sort("at")
    at = rows["at"].to_numpy()
    unit = group - np.concatenate([[0], group])[_first_of(receipt)] if len(group) else group
    rows = rows.with_columns(
        receipt=pl.Series(ids[receipt[at]]),
        line=pl.Series((chosen[at] + lines.first).astype(np.int32)),
        unit=pl.Series(unit[at].astype(np.int32)),
        record=record_names(role[at]),
        category=pl.lit(None, dtype=pl.Int16()),
        days=pl.lit(0, dtype=pl.UInt32()),
    )
    wrong = [
        (chosen[cz][quantity.wrong], "調剤数量"),
        (chosen[cz][odd_prescribed], "処方月日"),
        (chosen[cz][odd_dispensed], "調剤月日"),
    ]
    return rows.drop("at"), wrong


def _groups(role: Numbers, receipt: Numbers) -> Numbers:
    """The 剤 of every line, from 1 through the piece; a receipt begins a new one even where SH is missing."""
    first = np.r_[True, receipt[1:] != receipt[:-1]][: len(receipt)]
    return np.cumsum((role == name_of("SH")) | first)


def _first_of(receipt: Numbers) -> Numbers:
    """For every line, the place of the first line of its receipt."""
    first = np.r_[True, receipt[1:] != receipt[:-1]]
    return np.asarray(np.maximum.accumulate(np.where(first, np.arange(len(receipt)), 0)))


def _spans(group: Numbers, cz: Numbers, quantity: Column, prescribed: Numbers, dispensed: Numbers) -> dict[str, Any]:
    """By 剤: the days of its 調剤 together, and the dates of the first."""
    size = int(group[-1]) + 1 if len(group) else 1
    together = np.bincount(group[cz], weights=np.where(quantity.there, quantity.values, 0), minlength=size)
    counted = np.bincount(group[cz], weights=quantity.there, minlength=size) > 0
    found: dict[str, Any] = {"drug_days": np.where(counted, together, np.nan)}
    for name, values in (("prescribed", prescribed), ("dispensed", dispensed)):
        found[name] = np.full(size, _NEVER)
        found[name][group[cz][::-1]] = values[::-1]
    return found


def _dispensings(lines: Lines, chosen: Numbers, places: Any, quantity: Column) -> dict[str, Any]:
    fee, drug = (Column(*integers(lines, chosen, places[name])) for name in ("points", "drug_points"))
    points = np.where(fee.there, fee.values, 0) + np.where(drug.there, drug.values, 0)
    return {
        "burden": ascii_texts(lines, chosen, places["burden"]),
        "code": ascii_texts(lines, chosen, places["code"]),
        "amount": np.full(len(chosen), np.nan),
        "points": np.where(fee.there | drug.there, points, np.nan),
        "times": np.full(len(chosen), np.nan),
        "drug_days": np.where(quantity.there & ~quantity.wrong, quantity.values, np.nan),
    }


def _drugs(lines: Lines, chosen: Numbers, layout: Layout) -> dict[str, Any]:
    places = layout.records["IY"]
    amount, there, wrong = decimals(lines, chosen, places["amount"])
    return {
        "burden": ascii_texts(lines, chosen, places["burden"]),
        "code": ascii_texts(lines, chosen, places["code"]),
        "amount": np.where(there & ~wrong, amount, np.nan),
        "points": np.full(len(chosen), np.nan),
        "times": np.full(len(chosen), np.nan),
    }


def _frame(values: dict[str, Any]) -> pl.DataFrame:
    whole = pl.DataFrame(values, nan_to_null=True)
    return whole.select(
        "at",
        *(pl.col(name) for name in ("burden", "code")),
        pl.col("amount").cast(pl.Float64()),
        *(pl.col(name).cast(pl.Int32()) for name in ("points", "times", "drug_days")),
        *(pl.col(name).cast(pl.Date()) for name in ("dispensed", "prescribed")),
    )
