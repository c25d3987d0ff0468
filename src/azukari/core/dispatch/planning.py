"""A job from its plan to paper: sets and sheets, their codes, and that they are printed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import QuerySet

from azukari.core.dispatch import rules
from azukari.core.dispatch.models import DispatchJob, LetterSet, Sheet
from azukari.core.dispatch.recording import By, job_of, name_of, tell
from azukari.core.dispatch.types import (
    LONGEST_REFERENCE,
    MOST_SHEETS,
    Mark,
    NewSet,
    SheetCode,
    SheetState,
    State,
)
from azukari.core.policy import api as policy
from azukari.core.policy.types import Place
from azukari.kernel.errors import BadInput, NotFound

BATCH = 2000
LONGEST_SHEET_NAME = 40
PRINTABLE = re.compile(r"[!-~]{1,64}")


def plan(
    flow: str, business: str, title: str, contractor: str, sets: Iterable[NewSet], *, by: By,
    place: Place | None = None, using: str = DEFAULT_DB_ALIAS,
) -> int:  # fmt: skip
    """Make a job of these sets, numbered from 1 in their order; its id. All or nothing.

    `flow` may be a register entry where the ward itself sends. Raises NotFound for a flow no paper has, BadInput for a contractor the flow does not name, and for sets that are
    none: no sheets, a reference twice, names too long.
    """
    planned = list(sets)
    _refuse_contractor(flow, contractor)
    _refuse_sets(planned)
    with transaction.atomic(using=using):
        job = DispatchJob.objects.using(using).create(
            flow=flow, business=business, title=title, contractor=contractor, by=name_of(by)
        )
        rows = [
            LetterSet(
                job=job, seq=seq, reference=one.reference, subjects=list(one.subjects), sheets=list(one.sheets),
                by=name_of(by),
            )
            for seq, one in enumerate(planned, 1)
        ]  # fmt: skip
        LetterSet.objects.using(using).bulk_create(rows, batch_size=BATCH)
        add_sheets(rows, by=by, using=using)
        tell("dispatch.planned", job, rows, by=by, place=place, using=using)
    return job.pk


def add_sheets(rows: Sequence[LetterSet], *, by: By, using: str) -> None:
    """The sheets of each set's generation in force, still to be printed."""
    Sheet.objects.using(using).bulk_create(
        [
            Sheet(set=row, generation=row.generation, number=number, by=name_of(by))
            for row in rows
            for number in range(1, len(row.sheets) + 1)
        ],
        batch_size=BATCH,
    )


def _refuse_contractor(flow: str, contractor: str) -> None:
    known = policy.library().flows.get(flow)
    if known is None and flow in policy.library().entries:
        return  # the ward's own letters, under its own register entry: no contractor sends them
    if known is None:
        raise NotFound(
            f"取扱い {flow!r} はありません。",
            "どの諮問書にもありません。",
            "./azukari consult show 番号 で、その諮問の取扱いを確かめてください。",
        )
    if known.contractors and contractor not in known.contractors:
        raise BadInput(
            f"{contractor}には、この発送を任せられません。",
            f"諮問の {flow} が挙げる委託先は、{'、'.join(known.contractors)}です。",
            "委託先の名前を確かめてください。",
        )


def _refuse_sets(sets: Sequence[NewSet]) -> None:
    if not sets:
        raise BadInput("発送する組がありません。", "一組もないと、発送は作れません。", "組を選んでください。")
    seen: set[str] = set()
    for number, one in enumerate(sets, 1):
        if fault := _fault(one, seen):
            raise BadInput(f"{number} 番目の組を発送に入れられません。", fault, "直してから、もう一度作ってください。")
        seen.add(one.reference)


def _fault(one: NewSet, seen: Collection[str]) -> str:
    if not PRINTABLE.fullmatch(one.reference):
        return f"番号 {one.reference!r} は、空白のない半角の英数字と記号で {LONGEST_REFERENCE} 文字までです。"
    if one.reference in seen:
        return f"番号 {one.reference} の組が二つあります。"
    if not one.subjects or min(one.subjects) < 1:
        return "だれの手紙かがありません。"
    if not 1 <= len(one.sheets) <= MOST_SHEETS:
        return f"紙は 1 枚から {MOST_SHEETS} 枚までです。"
    if not all(0 < len(name.strip()) <= LONGEST_SHEET_NAME for name in one.sheets):
        return f"紙の名前は {LONGEST_SHEET_NAME} 文字までです。"
    return ""


def codes(
    job: int, references: Collection[str] | None = None, *, using: str = DEFAULT_DB_ALIAS
) -> Mapping[str, tuple[SheetCode, ...]]:
    """The codes of the generation in force, sheet by sheet, by reference in the order of the job.

    All sets but the withdrawn ones, or those of `references`. Raises NotFound for a job or reference that is not there.
    """
    job_of(job, using=using)
    rows = chosen(job, references, using).exclude(state__in=[State.WITHDRAWING, State.WITHDRAWN]).order_by("seq")
    return {row.reference: _codes(row) for row in rows}


def _codes(row: LetterSet) -> tuple[SheetCode, ...]:
    of = len(row.sheets)
    return tuple(
        rules.code(settings.DISPATCH_KEY, Mark(row.job_id, row.seq, number, of, row.generation))
        for number in range(1, of + 1)
    )


def chosen(job: int, references: Collection[str] | None, using: str) -> QuerySet[LetterSet]:
    """The sets of these references, or all of the job. Raises NotFound for a reference that is not there."""
    rows = LetterSet.objects.using(using).filter(job_id=job)
    if references is None:
        return rows
    wanted = set(references)
    known = set(rows.filter(reference__in=wanted).values_list("reference", flat=True))
    if strangers := sorted(wanted - known):
        raise NotFound(
            f"発送 {job:04d} に {'、'.join(strangers[:5])} の組はありません。",
            f"{len(strangers)} 件の番号が、この発送にありません。",
            "番号を確かめてください。",
        )
    return rows.filter(reference__in=wanted)


def printed(
    job: int, references: Collection[str] | None = None, *, by: By, place: Place | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> int:  # fmt: skip
    """All sheets of these sets (all that wait for it when none are named) came out of the printer; how many sets.

    A set already printed stays as it is: the same command again changes nothing. Raises NotFound.
    """
    with transaction.atomic(using=using):
        row = job_of(job, using=using)
        waiting = chosen(job, references, using).filter(state__in=[State.PLANNED, State.SPOILED])
        sets = list(waiting.select_for_update().order_by("seq"))
        if not sets:
            return 0
        by_generation: dict[int, list[int]] = defaultdict(list)
        for one in sets:
            by_generation[one.generation].append(one.pk)
        for generation, keys in by_generation.items():
            sheets = Sheet.objects.using(using).filter(set__in=keys, generation=generation)
            sheets.update(state=SheetState.PRINTED, by=name_of(by))
        keys = [one.pk for one in sets]
        LetterSet.objects.using(using).filter(pk__in=keys).update(state=State.PRINTED, by=name_of(by), why="")
        tell("dispatch.printed", row, sets, by=by, place=place, using=using)
    return len(sets)
