"""A made-up month of claims for the tests' ward, its answers, and what the database says after the check."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from azukari.business.taxi import api
from azukari.business.taxi.types import Ground
from azukari.demo import taxi
from azukari.demo.names import CONTRACTOR
from support.taxi import rows

JUNE = date(2019, 6, 1)
JULY = date(2019, 7, 1)
BY = "test"
FOUND = """
SELECT c.code, b.number, v.sequence, v.grounds, v.outcome FROM taxi_presentedvoucher v
  JOIN taxi_batch b ON b.id = v.batch_id JOIN taxi_company c ON c.id = b.company_id WHERE b.month = %s"""
Answers = Mapping[tuple[str, int], tuple[str, str]]


@dataclass(frozen=True)
class MadeMonth:
    """Where the claims are, what must be found in each voucher, and the sums."""

    claims: Path
    answers: Answers
    totals: Mapping[str, Any]


def made_month(
    folder: Path, month: date = JUNE, *, vouchers: int = 1_000, pages: int = 0, mix: Mapping[str, float] | None = None
) -> MadeMonth:
    taxi.write_month(folder, month=month, vouchers=vouchers, seed=815, mix=mix, pages=pages)
    with (folder / "answers.csv").open(encoding="utf-8-sig") as file:
        answers = {(row["請求"], int(row["行"])): (row["理由"], row["結果"]) for row in csv.DictReader(file)}
    return MadeMonth(folder / "claims", answers, json.loads((folder / "answers.json").read_text()))


def receive(*paths: Path) -> api.Received:
    return api.receive(paths, contractor=CONTRACTOR, by=BY)


def found(month: date = JUNE) -> Answers:
    """What the check wrote, as the answers are written."""
    return {
        (str(code) if number == 1 else f"{code}-{number}", int(str(place))): (_words(int(str(mask))), str(outcome))
        for code, number, place, mask, outcome in rows(FOUND, month)
    }


def _words(mask: int) -> str:
    return "|".join(ground.value for ground in Ground if mask & ground.bit)


def again(claim: Path, into: Path, **changed: str) -> Path:
    """A copy of a claim whose invoice says something else: each of `changed` in the place of what stood there."""
    copy = into / claim.name
    copy.mkdir(parents=True)
    for file in claim.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    rows = _table(copy / "invoice.csv")
    for row in rows[1:]:
        for title, value in changed.items():
            row[rows[0].index(title)] = value
    _put(copy / "invoice.csv", rows)
    return copy


def with_names(file: Path, names: Sequence[str]) -> None:
    """The first vouchers of the file carry these names."""
    rows = _table(file)
    for row, name in zip(rows[1:], names, strict=False):
        row[rows[0].index("氏名")] = name
    _put(file, rows)


def _table(file: Path) -> list[list[str]]:
    written = file.read_bytes()
    try:
        text = written.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = written.decode("cp932")
    return list(csv.reader(text.splitlines()))


def _put(file: Path, rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows(rows)
