"""Letters of a hand-over: their envelopes are planned in `core.dispatch`, their sheets printed. As the owner, at the ward.

A letter's number is the row's own random key: nobody who was left out leaves a gap in it.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone as clock

from azukari.business.health.models import Handing, LetterLine, Posted
from azukari.business.health.programmes import handing, progress
from azukari.business.health.programmes.letters import printing
from azukari.business.health.programmes.letters.pages import Letter
from azukari.business.health.programmes.types import Channel, HandingCard, LetterKind
from azukari.business.health.types import WARD_ENTRY
from azukari.core.audit import api as audit
from azukari.core.dispatch import api as dispatch
from azukari.core.documents.types import Progress, silent
from azukari.core.handover.types import Kind
from azukari.kernel.errors import BadInput

OWNER = "owner"
BUSINESS = "保健事業"
JAPAN: Final = timezone(timedelta(hours=9))
ITEMS = ("氏名", "住所", "特定健康診査受診券整理番号", "生年月日", "性別", "被保険者証記号番号")


def print_letters(key: int, out: Path, *, by: str, told: Progress = silent) -> tuple[int, list[Path]]:
    """Print the letters that the ward sends itself; the dispatch job and the files. From then on they count as sent.

    Given again after a kill it goes on where it was. Raises NotFound, BadInput before anything is printed.
    """
    card = handing.handing(key, using=OWNER)
    rows = _rows(card)
    kind = LetterKind(rows[0].kind)
    job = plan(card, kind, rows, by=by)
    codes = dispatch.codes(job, {_reference(row) for row in rows}, using=OWNER)
    letters = [_letter(row, codes[_reference(row)]) for row in rows if _reference(row) in codes]
    day = datetime.combine(card.made_on, datetime.min.time(), JAPAN)
    files = printing.render(kind, letters, out, created=day, progress=told)
    with transaction.atomic(using=OWNER):
        progress.notified(card.list, [row.person_id for row in rows], clock.localdate(), using=OWNER)
        audit.record(
            "health.printed", actor=by, flow=WARD_ENTRY, items=ITEMS, subjects=sorted(row.person_id for row in rows),
            medium=Kind.PAPER.value, detail={"handing": key, "rows": len(rows)}, using=OWNER,
        )  # fmt: skip
    return job, files


def _rows(card: HandingCard) -> list[LetterLine]:
    if card.flow is not Channel.POST:
        raise BadInput(
            f"引渡し {card.key} は、区で印刷するものではありません。",
            f"「{card.flow.label}」として預けたものです。",
            "名簿の画面で「区で印刷する通知」に預け、その番号を指定してください。",
        )
    rows = list(LetterLine.objects.using(OWNER).filter(handing_id=card.key).order_by("pk"))
    if not rows:
        raise BadInput(
            "印刷する通知がありません。", "この引渡しに、いま載っている方がいません。", "名簿を確かめてください。"
        )
    return rows


def plan(card: HandingCard, kind: LetterKind, rows: list[LetterLine], *, by: str) -> int:
    """The dispatch of a hand-over: planned now, or the one it has."""
    with transaction.atomic(using=OWNER):
        Handing.objects.using(OWNER).select_for_update().get(pk=card.key)
        there = Posted.objects.using(OWNER).filter(handing_id=card.key).first()
        if there:
            return there.job
        sets = [dispatch.NewSet((row.person_id,), _reference(row), printing.SHEETS[kind]) for row in rows]
        title = f"{kind.value} 引渡し{card.key}"
        job = dispatch.plan(WARD_ENTRY, BUSINESS, title, card.contractor, sets, by=by, using=OWNER)
        Posted.objects.using(OWNER).create(handing_id=card.key, job=job)
    return job


def _reference(row: LetterLine) -> str:
    return f"H{row.pk}"


def _letter(row: LetterLine, sheets: tuple[dispatch.SheetCode, ...]) -> Letter:
    return Letter(_reference(row), row.name, row.address, row.ticket, row.born, row.sex, row.symbol, tuple(sheets))
