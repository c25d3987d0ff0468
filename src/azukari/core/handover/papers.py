"""授受票 and the certificate of erasure, as PDF/A: what went, under which consultation, by whom. Nothing about anybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from django.utils import timezone

from azukari.core.accounts.api import workers
from azukari.core.documents import api as documents
from azukari.core.handover.types import Card, Stage, Step
from azukari.core.policy import api as policy
from azukari.kernel import era
from azukari.kernel.errors import Refused

TEMPLATES = Path(__file__).parent / "templates" / "typst"
WARD = "世田谷区"


def slip(card: Card) -> bytes:
    """The 授受票 that goes with the medium. Needs to have been handed over: raises Refused."""
    handed = card.step(Stage.WRITTEN)
    if handed is None:
        raise Refused(
            "授受票はまだありません。", "渡したときの内容を書く票です。", "渡してから、もう一度開いてください。"
        )
    return documents.render(TEMPLATES / "slip.typ", _data(card), created=_moment(handed.at))


def erasure(card: Card) -> bytes:
    """The certificate that what was handed over is erased. Raises Refused before that."""
    gone = card.step(Stage.ERASED)
    if gone is None:
        raise Refused(
            "証明書はまだありません。", "消去がまだ記録されていません。", "消去を記録してから、もう一度開いてください。"
        )
    data = {**_data(card), "how": card.erased_how or ""}
    return documents.render(TEMPLATES / "erasure.typ", data, created=_moment(gone.at))


def _data(card: Card) -> dict[str, object]:
    paper = policy.library().consultation(card.consultation)
    return {
        "ward": WARD,
        "number": card.id,
        "section": paper.section,
        "consultation": policy.flow_title(card.flow),
        "title": paper.title,
        "flow": card.flow,
        "contractor": card.contractor,
        "medium": f"{card.kind} {card.serial}" if card.serial else str(card.kind),
        "rows": f"{card.rows:,} 件",
        "amount": f"{card.pages_out:,} 枚"
        if card.pages_out is not None
        else f"ファイル {card.files or 0:,} 個（暗号化）",
        "until": era.long(card.until),
        "items": list(card.items),
        "hashes": [
            [name, value]
            for name, value in (("目録", card.manifest_sha256), ("容器", card.container_sha256))
            if value is not None
        ],
        "over_reason": card.over_reason,
        "steps": list(_steps(card)),
        "note": card.note or "",
    }


def _steps(card: Card) -> Iterator[list[str]]:
    people = workers()
    for step in card.steps:
        known = people.get(step.by)
        yield [str(step.stage), said(step), f"{known.name}（{step.by}）" if known else step.by.replace("cli:", "命令 ")]


def said(step: Step) -> str:
    """When a step was taken, in words."""
    if isinstance(step.at, datetime):
        return era.minute(timezone.localtime(step.at))
    return era.long(step.at)


def _moment(at: datetime | date) -> datetime:
    return at if isinstance(at, datetime) else timezone.make_aware(datetime.combine(at, time.min))
