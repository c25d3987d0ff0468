"""The workshop: sheets are read one after another until a set is complete, then its envelope is sealed.

Whatever a worker sees follows from the database, so a page may be lost and opened again, and a process may be killed.
One worker has one set in hand; a wrong sheet stops them until they say that they have seen it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone

from azukari.core.audit.api import record
from azukari.core.audit.types import Detail
from azukari.core.dispatch import rules
from azukari.core.dispatch.models import DispatchJob, LetterSet, Sheet, Stop
from azukari.core.dispatch.planning import add_sheets
from azukari.core.dispatch.recording import By, job_of, locked, name_of, tell
from azukari.core.dispatch.types import Mark, SheetState, Stage, State, Stopped, StopReason
from azukari.core.policy.types import Place
from azukari.kernel.errors import BadInput

DONE = (State.SEALED, State.HANDED, State.RETURNED)
OUT = (State.WITHDRAWING, State.WITHDRAWN)
LONGEST_WHY = 200


def stage(job: int, *, by: By, using: str = DEFAULT_DB_ALIAS) -> Stage:
    """What this worker sees now. Raises NotFound."""
    row = job_of(job, using=using)
    sets = LetterSet.objects.using(using).filter(job=row)
    stop = Stop.objects.using(using).filter(job=row, by=name_of(by), seen_at=None).first()
    held = sets.filter(matching_by=name_of(by)).first()
    scanned = _scanned(held, using) if held else set[int]()
    names = held.sheets if held else []
    return Stage(
        stop=Stopped(StopReason(stop.reason), stop.words) if stop else None,
        seq=held.seq if held else None,
        scanned=len(scanned),
        of=len(names),
        waiting=tuple(name for number, name in enumerate(names, 1) if number not in scanned),
        matched=held is not None and held.state == State.MATCHED,
        sealed=sets.filter(state__in=DONE).count(),
        total=sets.exclude(state__in=OUT).count(),
    )


def _scanned(row: LetterSet, using: str) -> set[int]:
    sheets = Sheet.objects.using(using).filter(set=row, generation=row.generation, state=SheetState.SCANNED)
    return set(sheets.values_list("number", flat=True))


def scan(job: int, text: str, *, by: By, place: Place | None = None, using: str = DEFAULT_DB_ALIAS) -> Stage:
    """One sheet read by a worker: counted, or the work stops. While a stop waits, nothing is counted.

    The last sheet of a set makes it 照合済. Raises NotFound for a job, and BadInput for one that is closed.
    """
    with transaction.atomic(using=using):
        row = open_job(job, using=using)
        _alone(row, by, using)
        if not _stops(row, by, using):
            mark, is_ours = rules.read(settings.DISPATCH_KEY, text)
            if mark is None:
                reason = StopReason.FORGED if is_ours else StopReason.UNREADABLE
                _stop(row, reason, None, by, place, using)
            elif mark.job != row.pk:
                _stop(row, StopReason.OTHER_JOB, mark, by, place, using)
            else:
                _take(row, mark, by, place, using)
        return stage(job, by=by, using=using)


def open_job(job: int, *, using: str) -> DispatchJob:
    """Raises NotFound, and BadInput when the job is closed."""
    row = job_of(job, using=using)
    if row.closed_at is not None:
        raise BadInput(
            f"発送 {job:04d} は、もう締められています。",
            "締めた発送は変えられません。",
            "新しい発送を作ってください。",
        )
    return row


def _alone(row: DispatchJob, by: By, using: str) -> None:
    """A worker's own scans come one after another, from however many windows."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [row.pk % 2**31, name_of(by)])


def _stops(row: DispatchJob, by: By, using: str) -> bool:
    return Stop.objects.using(using).filter(job=row, by=name_of(by), seen_at=None).exists()


def lock_set(job: DispatchJob, seq: int, *, using: str) -> LetterSet | None:
    """The set of that number for this transaction alone: two workers with sheets of one set wait here."""
    return LetterSet.objects.using(using).select_for_update().filter(job=job, seq=seq).first()


def _take(job: DispatchJob, mark: Mark, by: By, place: Place | None, using: str) -> None:
    row = lock_set(job, mark.seq, using=using)
    held = LetterSet.objects.using(using).filter(job=job, matching_by=name_of(by)).first()
    sheet = _sheet(row, mark, using) if row else None
    reason = _why_not(row, sheet, held, mark, name_of(by))
    if reason or row is None or sheet is None:
        _stop(job, reason or StopReason.FORGED, mark, by, place, using)
        return
    if held is None:
        LetterSet.objects.using(using).filter(pk=row.pk).update(matching_by=name_of(by))
    Sheet.objects.using(using).filter(pk=sheet.pk).update(state=SheetState.SCANNED, by=name_of(by))
    if len(_scanned(row, using)) == len(row.sheets):
        LetterSet.objects.using(using).filter(pk=row.pk).update(state=State.MATCHED, by=name_of(by), why="")
        tell("dispatch.matched", job, [row], by=by, place=place, using=using)


def _sheet(row: LetterSet, mark: Mark, using: str) -> Sheet | None:
    sheets = Sheet.objects.using(using).filter(set=row, generation=mark.generation, number=mark.sheet)
    return sheets.first() if mark.of == len(row.sheets) else None


def _why_not(
    row: LetterSet | None, sheet: Sheet | None, held: LetterSet | None, mark: Mark, by: str
) -> StopReason | None:
    """The first reason why this sheet may not join the set in the worker's hands; None when it may."""
    if row is None or sheet is None:
        return StopReason.FORGED
    is_other = held is not None and held.pk != row.pk
    causes = (
        (row.state in OUT, StopReason.WITHDRAWN),
        (mark.generation != row.generation, StopReason.OLD),
        (row.state in {State.PLANNED, State.SPOILED}, StopReason.NOT_PRINTED),
        (row.state in DONE, StopReason.DONE),
        (held is not None and held.state == State.MATCHED, StopReason.SEAL_FIRST),
        (is_other, StopReason.OTHER_SET),
        (row.matching_by not in {"", by}, StopReason.SOMEBODY),
        (sheet.state == SheetState.SCANNED, StopReason.TWICE),
    )
    return next((reason for applies, reason in causes if applies), None)


def _stop(job: DispatchJob, reason: StopReason, mark: Mark | None, by: By, place: Place | None, using: str) -> None:
    Stop.objects.using(using).create(
        job=job, by=name_of(by), reason=reason, seq=mark.seq if mark else None,
        words=rules.sheet_words(mark) if mark else "",
    )  # fmt: skip
    read = {"read_job": mark.job, "seq": mark.seq, "sheet": mark.sheet, "generation": mark.generation} if mark else {}
    detail: Detail = {"job": job.pk, "stop": reason.name, **read}
    record("dispatch.stopped", actor=by, place=place, flow=job.flow, detail=detail, using=using)


def acknowledge(job: int, *, by: By, using: str = DEFAULT_DB_ALIAS) -> Stage:
    """The worker has seen the stop and put the wrong sheet aside; the set in their hands goes on."""
    waiting = Stop.objects.using(using).filter(job_id=job, by=name_of(by), seen_at=None)
    waiting.update(seen_at=timezone.now())
    return stage(job, by=by, using=using)


def put_aside(
    job: int, *, by: By, place: Place | None = None, of: str | None = None, using: str = DEFAULT_DB_ALIAS
) -> Stage:
    """The set in hand goes back to the pile, unmatched: none of its sheets counts as read. No set in hand: nothing.

    `of` is another worker, who went home with a set half read.
    """
    whose = of or name_of(by)
    with transaction.atomic(using=using):
        row = open_job(job, using=using)
        held = LetterSet.objects.using(using).select_for_update().filter(job=row, matching_by=whose).first()
        if held is not None and held.state == State.PRINTED:
            sheets = Sheet.objects.using(using).filter(set=held, state=SheetState.SCANNED)
            sheets.update(state=SheetState.PRINTED, by=name_of(by))
            LetterSet.objects.using(using).filter(pk=held.pk).update(matching_by="")
            tell("dispatch.aside", row, [held], by=by, place=place, using=using)
        return stage(job, by=by, using=using)


def seal(job: int, *, by: By, place: Place | None = None, using: str = DEFAULT_DB_ALIAS) -> Stage:
    """The envelope of the matched set in this worker's hands is sealed. Raises BadInput when no set of theirs is matched.

    The database refuses a set whose sheets were not all read in one generation.
    """
    with transaction.atomic(using=using):
        row = open_job(job, using=using)
        sets = LetterSet.objects.using(using).select_for_update()
        held = sets.filter(job=row, matching_by=name_of(by), state=State.MATCHED).first()
        if held is None:
            raise BadInput(
                "封をする組がありません。",
                "照合の済んだ組だけに封をします。",
                "紙をすべて読み取ってから、封をしてください。",
            )
        LetterSet.objects.using(using).filter(pk=held.pk).update(state=State.SEALED, by=name_of(by), why="")
        tell("dispatch.sealed", row, [held], by=by, place=place, using=using)
        return stage(job, by=by, using=using)


def spoil(
    job: int, *, why: str, by: By, reference: str | None = None, place: Place | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> Stage:  # fmt: skip
    """A sheet of a set is torn or dirty: all its sheets become 書損, the next generation waits to be printed.

    `reference` None is the set in the worker's hands. Raises NotFound, and BadInput for a set that is not between
    printing and hand-over.
    """
    with transaction.atomic(using=using):
        row = open_job(job, using=using)
        held = _held(row, by, using) if reference is None else locked(row.pk, reference, using=using)
        if held.state not in {State.PRINTED, State.MATCHED, State.SEALED}:
            raise BadInput(
                f"「{held.state}」の組は、書損にできません。",
                "印刷してから差し出すまでの組だけを、刷り直せます。",
                "組の番号を確かめてください。",
            )
        old = Sheet.objects.using(using).filter(set=held, generation=held.generation)
        old.update(state=SheetState.SPOILED, by=name_of(by))
        held.generation += 1
        held.state, held.by, held.why = State.SPOILED, name_of(by), why.strip()[:LONGEST_WHY]
        held.save(using=using, update_fields=["generation", "state", "by", "why"])
        add_sheets([held], by=by, using=using)
        detail = {"generation": held.generation}
        tell("dispatch.spoiled", row, [held], by=by, place=place, detail=detail, using=using)
        return stage(job, by=by, using=using)


def _held(row: DispatchJob, by: By, using: str) -> LetterSet:
    held = LetterSet.objects.using(using).select_for_update().filter(job=row, matching_by=name_of(by)).first()
    if held is None:
        raise BadInput(
            "手元の組がありません。",
            "どの組の紙かが分かりません。",
            "その組の紙を一枚読み取ってから、もう一度押してください。",
        )
    return held
