"""Why a step is refused, in words; the database's own refusals become the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from azukari.core.handover.ceremony.rules import NEEDS, Why
from azukari.core.handover.ceremony.types import Step
from azukari.core.handover.refusals import told
from azukari.kernel.errors import Refused

SEE = "./azukari health ceremony show 番号 か画面で、いまの段階を確かめてください。"
WORDS: dict[Why, tuple[str, str]] = {
    Why.ENDED: ("この立会いは終わっています。", "要るときは、新しく提案してください。"),
    Why.ALREADY: ("もう済んでいます。", SEE),
    Why.LEFT: ("媒体に書いた後は取り消せません。", "返却と消去を授受の画面で記録してください。"),
    Why.NOT_YET: ("順序が違います。", SEE),
    Why.SIDE: (
        "この段階を行う側の人ではありません。",
        "区の段階は授受の名簿 (r-handover) に載った所管課の人が、委託先の段階はその取扱いの名簿の人が行います。",
    ),
    Why.RESPONSIBLE: ("責任者ではありません。", "責任者がサインインして行ってください。"),
    Why.PROPOSER: (
        "提案した人は、区の責任者として立ち会えません。",
        "提案した人とは別の責任者が立ち会ってください。",
    ),
    Why.PLACE: (
        "立会いの場所が違います。匿名化処理と引渡しは区役所で行います（諮問809 §6）。",
        "提案に書いた区の場所でサインインしてください。",
    ),
    Why.ABSENT: (
        "きょう、両責任者がそろって立ち会っていません。",
        "二人がきょうの立会いを記録してから、行ってください。",
    ),
    Why.OTHER: ("立ち会った本人ではありません。", "立会いを記録した人が行ってください。"),
    Why.NOT_HANDED: ("まだ媒体に書いていません。", "./azukari health ceremony write で媒体に書いてください。"),
    Why.NOT_BACK: ("媒体がまだ返却されていません。", "授受の画面で返却を記録してください。"),
}
ONCE = ("ceremony_once", "ceremony_once_a_day")


def refused(why: Why, step: Step) -> Refused:
    """The refusal of a step."""
    reason, next_step = WORDS[why]
    if why is Why.NOT_YET:
        reason = f"{reason}先に要る段階: {'、'.join(need.label for need in NEEDS[step])}"
    return Refused(f"「{step.label}」は記録できません。", reason, next_step)


@contextmanager
def in_words(step: Step | None, using: str) -> Iterator[None]:
    """Run in a transaction; what the database refuses becomes Refused, and nothing of it stays."""
    try:
        with transaction.atomic(using=using):
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        name = str(getattr(diagnosis, "constraint_name", "") or "")
        if step is not None and name == "ceremony_gate":
            raise refused(Why(str(diagnosis.message_primary)), step) from error  # type: ignore[union-attr]
        if step is not None and name in ONCE:
            raise refused(Why.ALREADY, step) from error
        raise told(error) from error
