"""Lines of 算定単位 (SI, IY, TO, SS …) of 医科, DPC and 歯科: their unit, category, days and points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from azukari.business.health.receipts.frame import Frame
from azukari.business.health.receipts.layouts import Layout, codes
from azukari.business.health.receipts.lines import (
    Lines,
    Numbers,
    ascii_texts,
    decimals,
    integers,
    name_of,
    one_of,
    series,
)

DAYS = 31


@dataclass(frozen=True, slots=True)
class Column:
    """One number a line: values, which are there, which were written but are no numbers."""

    values: Numbers
    there: Numbers
    wrong: Numbers

    def series(self, kind: type[np.signedinteger[Any] | np.float64]) -> pl.Series:
        """Null where there is none, or one that `kind` cannot hold."""
        good = self.there & ~self.wrong
        held = self.values.astype(kind)
        return series(held, good & (held == self.values))


@dataclass(frozen=True, slots=True)
class Acts:
    """Every line of a unit in a piece, in the order of the file (CO among them, which has neither code nor points).

    line: lines of the piece. receipt: as in the frame. unit: the how manieth of its receipt. burden: bytes of 負担区分 (0:
    none). days: bit d-1 for day d; sums: what stands in the days together; given: any day at all is there.
    """

    line: Numbers
    receipt: Numbers
    unit: Numbers
    category: Numbers
    burden: Numbers
    comment: Numbers
    amount: Column
    points: Column
    times: Column
    days: Numbers
    sums: Numbers
    given: Numbers
    code: pl.Series
    burdens: pl.Series


def read(lines: Lines, frame: Frame, layout: Layout, kind: int) -> Acts | None:
    """All of one kind, None where there are none."""
    records = [name for name in ("SI", "IY", "TO", "SS", "CO") if name in layout.records]
    chosen = frame.where(kind, *records)
    if not len(chosen):
        return None
    role = frame.role[chosen]
    columns = {
        name: _column(lines, chosen, role, layout, records, name) for name in ("amount", "points", "times", "category")
    }
    code, burdens, burden = _texts(lines, chosen, layout, records)
    days, sums, given = _days(lines, chosen, role, layout, records)
    receipt = frame.receipt[chosen]
    category, starts = _categories(columns["category"], columns["points"], receipt)
    return Acts(
        chosen, receipt, _units(receipt, starts), category, burden, role == name_of("CO"),
        columns["amount"], columns["points"], columns["times"], days, sums, given, code, burdens,
    )  # fmt: skip


def table(acts: Acts, receipts: Numbers, numbers: Numbers, record: pl.Series) -> pl.DataFrame:
    """Rows of columns.ACTS, without the CO lines. `numbers` are the lines' numbers in the file, `receipts` their ids."""
    size = len(acts.line)
    internal = np.isin(acts.category, codes().internal) & (record == "IY").to_numpy()
    nothing = pl.Series([None], dtype=pl.Date()).new_from_index(0, size)
    frame = pl.DataFrame(
        {
            "receipt": receipts,
            "line": numbers.astype(np.int32),
            "unit": acts.unit.astype(np.int32),
            "record": record,
            "category": series(acts.category.astype(np.int16), acts.category > 0),
            "burden": acts.burdens,
            "code": acts.code,
            "amount": acts.amount.series(np.float64),
            "points": acts.points.series(np.int32),
            "times": acts.times.series(np.int32),
            "days": acts.days,
            "drug_days": series(acts.times.values.astype(np.int32), internal & acts.times.there & ~acts.times.wrong),
            "dispensed": nothing,
            "prescribed": nothing,
        }
    )
    return frame.filter(pl.Series(~acts.comment)) if bool(acts.comment.any()) else frame


def day_columns(lines: Lines, chosen: Numbers, place: int) -> tuple[Numbers, Numbers, Numbers]:
    """(days as bits, their sum, any there) of the 31 day fields from `place` on."""
    size = len(chosen)
    if not size:
        return np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0, bool)
    room = lines.count[chosen] - place
    filled = np.zeros((size, DAYS + 1), bool)
    at = np.minimum(lines.base[chosen] + place, len(lines.edges) - 1)
    edges = np.lib.stride_tricks.sliding_window_view(_padded(lines.edges), DAYS + 1)[at]
    np.greater(edges[:, 1:], edges[:, :-1] + 1, out=filled[:, :DAYS])
    if not bool((room >= DAYS).all()):
        filled[:, :DAYS] &= np.arange(DAYS) < room[:, None]
    flat = np.flatnonzero(filled)
    row, column = flat >> 5, flat & 31
    stops = edges[row, column + 1]
    values = _small(lines, stops, stops - edges[row, column] - 1)
    # A day with 0 is a day on which nothing was done.
    filled.reshape(-1)[flat] = values != 0
    bits = np.packbits(filled, axis=1, bitorder="little").view("<u4").reshape(-1)
    sums = np.bincount(row, weights=values, minlength=size).astype(np.int64)
    given = np.bincount(row, minlength=size) > 0
    return bits, sums, given


def _padded(edges: Numbers) -> Numbers:
    """Room behind the last field, so that a short last line can be looked at like every other."""
    return np.concatenate([edges, np.full(DAYS + 1, edges[-1], edges.dtype)])


def _small(lines: Lines, stops: Numbers, widths: Numbers) -> Numbers:
    """Numbers of up to three digits that end before `stops`; anything else is -1,000,000, which no sum can make good."""
    values = lines.data[stops - 1].astype(np.int64) - 48
    wrong = (values < 0) | (values > 9) | (widths > 3)
    for more, power in ((2, 10), (3, 100)):
        long = np.flatnonzero(widths >= more)
        digits = lines.data[stops[long] - more].astype(np.int64) - 48
        wrong[long] |= (digits < 0) | (digits > 9)
        values[long] += digits * power
    return np.where(wrong, -1_000_000, values)


def _column(lines: Lines, chosen: Numbers, role: Numbers, layout: Layout, records: list[str], name: str) -> Column:
    read_as = decimals if name == "amount" else integers
    place = {layout.records[record].get(name, -1) for record in records if record != "CO"}
    with_comments = name == "category"
    if len(place) == 1 and min(place) >= 0 and (with_comments or not (role == name_of("CO")).any()):
        return Column(*read_as(lines, chosen, place.pop()))
    values = np.zeros(len(chosen), float if name == "amount" else np.int64)
    there, wrong = np.zeros(len(chosen), bool), np.zeros(len(chosen), bool)
    for record in records:
        if (at := layout.records[record].get(name)) is not None:
            mine = np.flatnonzero(role == name_of(record))
            values[mine], there[mine], wrong[mine] = read_as(lines, chosen[mine], at)
    return Column(values, there, wrong)


def _texts(lines: Lines, chosen: Numbers, layout: Layout, records: list[str]) -> tuple[pl.Series, pl.Series, Numbers]:
    """Codes and 負担区分 (all layouts of this kind have both in the same fields), and the latter as bytes."""
    plain = layout.records[records[0]]
    begins, widths = lines.field(chosen, plain["burden"])
    burden = np.where(widths == 1, lines.data[begins], 0)
    return ascii_texts(lines, chosen, plain["code"]), ascii_texts(lines, chosen, plain["burden"]), burden


def _days(
    lines: Lines, chosen: Numbers, role: Numbers, layout: Layout, records: list[str]
) -> tuple[Numbers, Numbers, Numbers]:
    days, sums = np.zeros(len(chosen), np.uint32), np.zeros(len(chosen), np.int64)
    given = np.zeros(len(chosen), bool)
    by_place: dict[int, list[str]] = {}
    for record in records:
        if (place := layout.records[record].get("days")) is not None:
            by_place.setdefault(place, []).append(record)
    for place, names in by_place.items():
        mine = np.flatnonzero(one_of(role, *names))
        days[mine], sums[mine], given[mine] = day_columns(lines, chosen[mine], place)
    return days, sums, given


def _categories(written: Column, points: Column, receipt: Numbers) -> tuple[Numbers, Numbers]:
    """(診療識別, the last one written where it is blank; where a new unit begins).

    A unit ends with the line that has 点数, and a line with a 診療識別 of its own always begins one.
    """
    first = np.r_[True, receipt[1:] != receipt[:-1]]
    own = written.there & ~written.wrong
    at = np.maximum.accumulate(np.where(own | first, np.arange(len(receipt)), 0))
    category = np.where(own[at], written.values[at], 0)
    ended = np.r_[False, points.there[:-1]]
    return category, first | own | ended


def _units(receipt: Numbers, starts: Numbers) -> Numbers:
    """The how manieth unit of its receipt, from 1."""
    running = np.cumsum(starts)
    first = np.r_[True, receipt[1:] != receipt[:-1]]
    before = np.maximum.accumulate(np.where(first, running - 1, 0))
    return np.asarray(running - before)
