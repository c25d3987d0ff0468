"""「わたしの手紙は送られましたか」: every letter of one reference or one person, step by step."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Prefetch

from azukari.core.dispatch import rules
from azukari.core.dispatch.balancing import card
from azukari.core.dispatch.models import LetterSet, Step
from azukari.core.dispatch.types import Letter, State, StoryLine
from azukari.kernel import era

MOST = 100
TEXTS = {
    State.PLANNED: "発送に入れました",
    State.PRINTED: "第{g}版を印刷しました",
    State.SPOILED: "書損になり、第{g}版を刷り直すことにしました",
    State.MATCHED: "すべての紙がそろっていることを確かめました",
    State.SEALED: "封をしました",
    State.HANDED: "郵便局に差し出しました",
    State.RETURNED: "差し出しましたが、戻ってきました",
    State.WITHDRAWING: "引き抜くことにしました",
    State.WITHDRAWN: "引き抜いて、送りませんでした",
}
NOT_YET = "まだ送っていません。"


def lines_of(
    reference: str | None = None, *, subject: int | None = None, using: str = DEFAULT_DB_ALIAS
) -> list[Letter]:
    """The letters of one reference of the business, or of one 本人 (a ledger key), the newest first; at most `MOST`.

    Nothing personal: what it says are numbers, states and days. Raises ValueError when neither or both are asked for.
    """
    if (reference is None) == (subject is None):
        raise ValueError("ask by reference or by subject")
    sets = LetterSet.objects.using(using).select_related("job", "slip")
    asked = sets.filter(reference=reference) if reference is not None else sets.filter(subjects__contains=[subject])
    steps = Prefetch("steps", Step.objects.using(using).order_by("pk"))
    return [_letter(one) for one in asked.order_by("-pk").prefetch_related(steps)[:MOST]]


def _letter(one: LetterSet) -> Letter:
    lines = tuple(StoryLine(step.at, State(step.state), _text(step), step.by) for step in one.steps.all())
    return Letter(
        card(one.job), rules.set_words(one.job_id, one.seq), one.reference, State(one.state), one.generation,
        tuple(one.subjects), tuple(one.sheets), _answer(one), lines,
    )  # fmt: skip


def _text(step: Step) -> str:
    text = TEXTS[State(step.state)].format(g=step.generation)
    return f"{text}（{step.why}）" if step.why else text


def _answer(one: LetterSet) -> str:
    if one.slip is None:
        return f"送っていません。{one.why}" if one.state == State.WITHDRAWN else f"{NOT_YET}いまは「{one.state}」です。"
    sent = f"{era.long(one.slip.on)}に{one.slip.office}から送りました（差出票 {one.slip.number}）。"
    if one.returned_on is None:
        return sent
    return f"{sent}{era.long(one.returned_on)}に戻ってきました（{one.why}）。"
