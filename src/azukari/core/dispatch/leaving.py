"""Letters leave: to the post office, back from it, or into the destruction bin. And blank paper, counted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Sum
from django.utils import timezone

from azukari.core.audit.api import record
from azukari.core.audit.types import Detail
from azukari.core.dispatch import rules
from azukari.core.dispatch.matching import LONGEST_WHY, open_job
from azukari.core.dispatch.models import DispatchJob, LetterSet, Sheet, Slip, StockMove, Stop
from azukari.core.dispatch.planning import chosen
from azukari.core.dispatch.recording import By, job_of, locked, name_of, tell
from azukari.core.dispatch.types import Mark, ReturnReason, SheetState, State, StockKind, StopReason
from azukari.core.policy.types import Place
from azukari.kernel.errors import BadInput

BEFORE_PAPER = (State.PLANNED, State.SPOILED)
ON_PAPER = (State.PRINTED, State.MATCHED, State.SEALED)


def hand_over(
    job: int, *, number: str, office: str, on: date, count: int, by: By, references: Collection[str] | None = None,
    place: Place | None = None, using: str = DEFAULT_DB_ALIAS,
) -> int:  # fmt: skip
    """The post office took these sealed sets over (all sealed ones when none are named), `count` 通 by its own slip.

    How many. The same again (same slip, same sets) changes nothing. Raises BadInput, and changes nothing, when the slip's
    number of letters is another than ours, when one of the named sets is not sealed, or when the slip is known for
    others. Raises NotFound.
    """
    if not number.strip() or not office.strip():
        raise BadInput(
            "差出票の番号と郵便局が要ります。",
            "いつ、どこへ差し出したかの証しになります。",
            "差出票を見て入力してください。",
        )
    with transaction.atomic(using=using):
        row = open_job(job, using=using)
        _on_a_day(row, on)
        asked = chosen(job, references, using)
        rest = asked if references is not None else asked.filter(state=State.SEALED)
        sets = list(rest.select_for_update().order_by("seq"))
        if _is_done(row, sets, number.strip(), office.strip(), on, count):
            return count
        _refuse_unsealed(sets)
        _refuse_count(count, len(sets))
        slip = _slip(row, number.strip(), office.strip(), on, count, by, using)
        keys = [one.pk for one in sets]
        LetterSet.objects.using(using).filter(pk__in=keys).update(
            state=State.HANDED, slip=slip, by=name_of(by), why=f"差出票 {slip.number}"
        )
        tell("dispatch.handed", row, sets, by=by, place=place, detail={"on": on.isoformat()}, using=using)
    return count


def _on_a_day(row: DispatchJob, on: date) -> None:
    if not timezone.localdate(row.made_at) <= on <= timezone.localdate():
        raise BadInput(
            f"差出しの日 {on} は、使えません。",
            "発送を作った日より前か、きょうより後です。",
            "差出票の日付を確かめてください。",
        )


def _is_done(row: DispatchJob, sets: Collection[LetterSet], number: str, office: str, on: date, count: int) -> bool:
    """Whether just this was recorded before: of a command that was given again, or a button pressed twice."""
    slip = row.slips.filter(number=number, office=office, on=on, count=count).first()
    return slip is not None and all(one.slip_id == slip.pk for one in sets) and len(sets) in {0, count}


def _refuse_unsealed(sets: Collection[LetterSet]) -> None:
    if open_ones := [one for one in sets if one.state != State.SEALED]:
        first = open_ones[0]
        raise BadInput(
            f"封かん済でない組が {len(open_ones):,} 組あります。",
            f"{rules.set_words(first.job_id, first.seq)} は「{first.state}」です。",
            "封をした組だけを選んでください。",
        )


def _refuse_count(count: int, sets: int) -> None:
    if count != sets:
        raise BadInput(
            f"差出票の {count:,} 通と、封かん済の {sets:,} 組が合いません。",
            "数が合わないまま差し出すと、どの手紙が足りないかが分からなくなります。",
            "封筒を数え直し、足りない組を見つけるか、見つかっていない組を除いて差し出してください。",
        )


def _slip(row: DispatchJob, number: str, office: str, on: date, count: int, by: By, using: str) -> Slip:
    if Slip.objects.using(using).filter(number=number, office=office, on=on).exists():
        raise BadInput(
            f"差出票 {number}（{office}、{on}）は、もう記録されています。",
            "同じ差出しを二度数えることになります。",
            "発送の画面で、記録した差出しを確かめてください。",
        )
    return Slip.objects.using(using).create(job=row, number=number, office=office, on=on, count=count, by=name_of(by))


def returned(
    job: int, reference: str, *, reason: ReturnReason, on: date, by: By, place: Place | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> None:  # fmt: skip
    """A letter came back. Also after the job was closed. Raises NotFound, and BadInput when it was not handed over."""
    with transaction.atomic(using=using):
        row, one = job_of(job, using=using), locked(job, reference, using=using)
        if one.state != State.HANDED or one.slip is None or on < one.slip.on:
            raise BadInput(
                f"{rules.set_words(job, one.seq)} を返戻にできません。",
                f"いまは「{one.state}」です。差し出した日より後に戻った手紙だけを記録します。",
                "封筒の番号と日付を確かめてください。",
            )
        one.state, one.returned_on, one.by, one.why = State.RETURNED, on, name_of(by), reason.value
        one.save(using=using, update_fields=["state", "returned_on", "by", "why"])
        tell("dispatch.returned", row, [one], by=by, place=place, detail={"reason": reason.value}, using=using)


def withdraw(
    job: int, reference: str, *, why: str, by: By, place: Place | None = None, using: str = DEFAULT_DB_ALIAS
) -> State:
    """Take a set out (引抜き) before it leaves; the state it is in now.

    Nothing on paper yet: 引抜済 at once. Else 引抜待ち, until its sheets were read into the destruction bin (`destroy`).
    Whoever has it in hand is stopped. Raises NotFound, and BadInput without a reason or once it was handed over.
    """
    if not why.strip():
        raise BadInput("引き抜く理由がありません。", "なぜ送らなかったかが残りません。", "理由を書いてください。")
    with transaction.atomic(using=using):
        row, one = open_job(job, using=using), locked(job, reference, using=using)
        if one.state not in {*BEFORE_PAPER, *ON_PAPER}:
            raise BadInput(
                f"{rules.set_words(job, one.seq)} は、もう引き抜けません。",
                f"いまは「{one.state}」です。差し出すまでの、引き抜いていない組だけを引き抜けます。",
                "差し出した後なら、本人と郵便局への連絡を考えてください。",
            )
        _stop_holder(row, one, using)
        one.state, before = (State.WITHDRAWN if one.state in BEFORE_PAPER else State.WITHDRAWING), one.state
        if before in BEFORE_PAPER:
            sheets = Sheet.objects.using(using).filter(set=one, generation=one.generation)
            sheets.update(state=SheetState.CANCELLED, by=name_of(by))
        one.matching_by, one.by, one.why = "", name_of(by), why.strip()[:LONGEST_WHY]
        one.save(using=using, update_fields=["state", "matching_by", "by", "why"])
        tell("dispatch.withdrawn", row, [one], by=by, place=place, using=using)
    return State(one.state)


def _stop_holder(row: DispatchJob, one: LetterSet, using: str) -> None:
    """Whoever has the set in hand must not seal it: their next page is a stop."""
    if one.matching_by:
        words = rules.set_words(row.pk, one.seq)
        stop = Stop(job=row, by=one.matching_by, reason=StopReason.WITHDRAWN, seq=one.seq, words=words)
        Stop.objects.using(using).bulk_create([stop], ignore_conflicts=True)  # or they are stopped already


def destroy(
    job: int, text: str, *, by: By, place: Place | None = None, using: str = DEFAULT_DB_ALIAS
) -> tuple[Mark, int]:
    """A sheet of a set to be withdrawn is read as it goes into the destruction bin; its mark, and how many are left.

    A sealed envelope shows one code only and holds all its sheets, so one reading stands for all of them. The last
    sheet makes the set 引抜済. Raises BadInput for every other sheet: nothing else belongs into the bin.
    """
    with transaction.atomic(using=using):
        row = open_job(job, using=using)
        mark, _ = rules.read(settings.DISPATCH_KEY, text)
        one = _to_destroy(row, mark, using)
        sheets = Sheet.objects.using(using).filter(set=one, generation=one.generation)
        left = sheets.exclude(state=SheetState.GONE)
        now = left if one.previous == State.SEALED else left.filter(number=mark.sheet if mark else 0)
        if mark is None or not now.exists():
            raise _not_for_the_bin("この紙は、もう箱に入れました。")
        now.update(state=SheetState.GONE, by=name_of(by))
        remaining = left.count()
        if not remaining:
            LetterSet.objects.using(using).filter(pk=one.pk).update(state=State.WITHDRAWN, by=name_of(by))
            tell("dispatch.destroyed", row, [one], by=by, place=place, using=using)
    return mark, remaining


def _to_destroy(row: DispatchJob, mark: Mark | None, using: str) -> LetterSet:
    if mark is None or mark.job != row.pk:
        raise _not_for_the_bin("この発送の紙ではありません。")
    one = LetterSet.objects.using(using).select_for_update().filter(job=row, seq=mark.seq).first()
    if one is None or one.state != State.WITHDRAWING or mark.generation != one.generation:
        raise _not_for_the_bin(f"{rules.sheet_words(mark)} は、引き抜く紙ではありません。")
    return one


def _not_for_the_bin(what: str) -> BadInput:
    return BadInput(what, "引き抜く組の、いまの版の紙だけを箱に入れます。", "紙を元に戻し、責任者に知らせてください。")


def stock(
    job: int, name: str, kind: StockKind, count: int, *, by: By, place: Place | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> None:  # fmt: skip
    """Blank paper for one enclosure moved: `count` 枚, negative to correct an earlier line.

    Raises NotFound, and BadInput when a correction takes away more than was recorded.
    """
    with transaction.atomic(using=using):
        row = open_job(job, using=using)
        DispatchJob.objects.using(using).select_for_update().get(pk=row.pk)
        moves = StockMove.objects.using(using).filter(job=row, name=name.strip(), kind=kind)
        so_far = moves.aggregate(sum=Sum("count"))["sum"] or 0
        if not name.strip() or not count or so_far + count < 0:
            raise BadInput(
                f"用紙「{name}」の {kind} {count:,} 枚は記録できません。",
                f"これまでの記録は {so_far:,} 枚です。0 枚や、合計が負になる訂正はできません。",
                "用紙の名前と枚数を確かめてください。",
            )
        StockMove.objects.using(using).create(job=row, name=name.strip(), kind=kind, count=count, by=name_of(by))
        detail: Detail = {"job": job, "kind": kind.name, "count": count}
        record("dispatch.stock", actor=by, place=place, flow=row.flow, detail=detail, using=using)
