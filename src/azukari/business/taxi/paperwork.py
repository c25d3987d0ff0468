"""The files of a settlement, made from what was stored: the same settlement gives the same files, as often as wanted."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from azukari.business.taxi.checking import grounds
from azukari.business.taxi.models import Adjustment, Payment, PaymentLine, Run
from azukari.business.taxi.notices import notices, payment_sheet
from azukari.business.taxi.paying import Totals, settle_month, totals
from azukari.business.taxi.receiving import Progress, silent
from azukari.business.taxi.settling import VARIANCE
from azukari.business.taxi.types import Ground
from azukari.core.intake.api import safe_cell

OWNER = "owner"
VARIANCE_WORDS = "請求書と券の枚数の差"
HEADINGS = (
    *("事業者番号", "事業者名", "券種", "券面額", "請求枚数", "受領枚数", "支払枚数", "請求額", "支払額"),
    "支払わない額と理由",
)


@dataclass(frozen=True, slots=True)
class Settled:
    """All settlements of a month, and where their files now lie."""

    month: date
    runs: tuple[Totals, ...]
    files: tuple[str, ...]


def settle(month: date, out: Path, *, pay_on: date | None, by: str, progress: Progress = silent) -> Settled:
    """Settle what is open of the month and write the files of all its settlements. See `paying.settle_month`."""
    before = set(Run.objects.using(OWNER).filter(month=month).values_list("number", flat=True))
    runs = settle_month(month, pay_on=pay_on, by=by, progress=progress)
    told = tuple(totals(run, new=run.number not in before) for run in runs)
    files = [path for run, one in zip(runs, told, strict=True) for path in _files(run, one, out, progress)]
    return Settled(month, told, tuple(map(str, files)))


def _files(run: Run, told: Totals, out: Path, progress: Progress) -> Iterator[Path]:
    """Each file whole or not at all. A settlement that pays nobody has no transfer file."""
    stem = f"{run.month:%Y-%m}-{run.number}"
    if run.transfer:
        yield put(out / f"{stem}-transfer.txt", bytes(run.transfer))
    yield put(out / f"{stem}-payments.csv", payments_csv(run).encode("utf-8-sig"))
    yield put(out / f"{stem}-payments.pdf", payment_sheet(run))
    plain = {name: value for name, value in asdict(told).items() if name != "new"}
    totals_file = json.dumps(plain, ensure_ascii=False, indent=2, default=str)
    yield put(out / f"{stem}-totals.json", totals_file.encode())
    for code, made in notices(run, progress):
        yield put(out / f"{stem}-notices" / f"{code}.pdf", made)


def put(path: Path, content: bytes) -> Path:
    """Write a file so that its name never stands for half of it: beside it, to the disk, then the name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(path)
    finally:
        Path(part).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return path


def payments_csv(run: Run) -> str:
    """支出内訳 for a spreadsheet: a line a company, kind and face value, and one a correction; a total at the end."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEADINGS)
    payments = Payment.objects.using(OWNER).filter(run=run).select_related("company").order_by("company__code")
    for payment in payments:
        rows.writerows(_payment_rows(payment))
    rows.writerow(("合計", "", "", "", "", "", "", run.claimed, run.paid, run.unpaid))
    return text.getvalue()


def _payment_rows(payment: Payment) -> Iterator[Sequence[object]]:
    who = (payment.company.code, safe_cell(payment.company.name))
    lines = PaymentLine.objects.using(OWNER).filter(payment=payment).order_by("batch_id", "kind", "face")
    for line in lines.prefetch_related("adjustments"):
        why = "、".join(map(adjustment_words, sorted(line.adjustments.all(), key=lambda one: one.ground)))
        counts = (line.claimed_count, line.counted, line.accepted, line.claimed, line.paid)
        yield (*who, line.kind, line.face, *counts, why)
    if payment.corrected:
        yield (*who, "前の月までの過不足", "", "", "", "", 0, payment.corrected, "")


def adjustment_words(one: Adjustment) -> str:
    """What a ground takes, in words: 二重の請求 3枚 1,500円."""
    title = VARIANCE_WORDS if one.ground == VARIANCE else grounds.rules()[Ground(one.ground)].title
    return f"{title} {one.count:,}枚 {one.amount:,}円"
