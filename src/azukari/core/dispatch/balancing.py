"""A job as it stands: the equations both sides of which must agree, what is missing, and the close."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from azukari.core.dispatch import rules
from azukari.core.dispatch.matching import open_job
from azukari.core.dispatch.models import DispatchJob, LetterSet, Stop
from azukari.core.dispatch.recording import By, job_of, name_of, tell
from azukari.core.dispatch.types import (
    Balance,
    Identity,
    Job,
    Missing,
    SheetState,
    State,
    StopReason,
    Unbalanced,
    Waiting,
)
from azukari.core.policy.types import Place

LISTED = 100
FINISHED = (State.HANDED, State.RETURNED, State.WITHDRAWN)
# By the number `dispatch_sides` gives: the title, the names of the right-hand parts, the unit.
TITLES: dict[int, tuple[str, tuple[str, ...], str]] = {
    1: ("作った組 ＝ 差出し ＋ 引抜き", ("差出し", "引抜き"), "組"),
    2: ("印刷した紙 ＝ 差出し ＋ 書損 ＋ 引抜き", ("差出し", "書損", "引抜き"), "枚"),
    3: ("渡した用紙 ＝ 使用 ＋ 返却", ("使用", "返却"), "枚"),
    4: ("使った用紙 ＝ 印刷した紙 ＋ 試し刷り", ("印刷した紙", "試し刷り"), "枚"),
    5: ("差出票の通数 ＝ 差出し", ("差出し",), "通"),
}
WHY = {
    State.PLANNED: "まだ印刷していません",
    State.SPOILED: "書損のあと、第{g}版をまだ印刷していません",
    State.PRINTED: "印刷しましたが、照合が済んでいません（{found} / {of} 枚）",
    State.MATCHED: "照合しましたが、封をしていません",
    State.SEALED: "封をしましたが、差出しの記録がありません",
    State.WITHDRAWING: "引き抜くことになりましたが、箱に入れた記録がありません（{found} / {of} 枚）",
}


def card(row: DispatchJob) -> Job:
    """A job as other packages see it."""
    made, closed = timezone.localdate(row.made_at), timezone.localdate(row.closed_at) if row.closed_at else None
    return Job(row.pk, row.flow, row.business, row.title, row.contractor, made, closed)


def jobs(*, contractor: str | None = None, open_only: bool = False, using: str = DEFAULT_DB_ALIAS) -> list[Job]:
    """All jobs, the newest first; those of one contractor, those still open."""
    rows = DispatchJob.objects.using(using).order_by("-pk")
    if contractor is not None:
        rows = rows.filter(contractor=contractor)
    return [card(row) for row in (rows.filter(closed_at=None) if open_only else rows)]


def job(key: int, *, using: str = DEFAULT_DB_ALIAS) -> Job:
    """Raises NotFound."""
    return card(job_of(key, using=using))


def balance(job: int, *, using: str = DEFAULT_DB_ALIAS) -> Balance:
    """How the job stands, in one snapshot of the database. Raises NotFound."""
    with transaction.atomic(using=using):
        row = job_of(job, using=using)
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT number, paper, lhs, rhs FROM public.dispatch_sides(%s) ORDER BY 1, 2", [job])
            identities = tuple(_identity(*one) for one in cursor.fetchall())
        counted = funnels([job], using=using)[job]
        unfinished = LetterSet.objects.using(using).filter(job=row).exclude(state__in=FINISHED)
        missing = tuple(_missing(one) for one in _with_sheets(unfinished)[:LISTED])
        funnel = tuple(counted.items())
        return Balance(identities, funnel, missing, sum(n for state, n in funnel if state not in FINISHED))


def funnels(jobs: Iterable[int], *, using: str = DEFAULT_DB_ALIAS) -> dict[int, dict[State, int]]:
    """How many sets of each job are in each state, for lists of jobs."""
    found = {job: dict.fromkeys(State, 0) for job in jobs}
    rows = LetterSet.objects.using(using).filter(job_id__in=list(found)).order_by()
    for job, state, count in rows.values_list("job_id", "state").annotate(Count("pk")):
        found[job][State(state)] = count
    return found


def _identity(number: int, paper: str, left: int, right: list[int]) -> Identity:
    title, parts, unit = TITLES[number]
    return Identity(number, title, int(left), tuple(zip(parts, map(int, right), strict=True)), unit, paper)


def _with_sheets(sets: QuerySet[LetterSet]) -> QuerySet[LetterSet]:
    """In order, each with `found`: how many sheets of its generation were read, on the way in or into the bin."""
    gone = Q(pieces__state=SheetState.GONE)
    read = gone | (Q(pieces__state=SheetState.SCANNED) & ~Q(state=State.WITHDRAWING))
    return sets.annotate(found=Count("pieces", filter=read & Q(pieces__generation=F("generation")))).order_by("seq")


def _found(one: LetterSet) -> int:
    return int(vars(one)["found"])


def _missing(one: LetterSet) -> Missing:
    state = State(one.state)
    why = WHY[state].format(g=one.generation, found=_found(one), of=len(one.sheets))
    return Missing(rules.set_words(one.job_id, one.seq), one.reference, state, why)


def waiting(job: int, state: State, *, using: str = DEFAULT_DB_ALIAS) -> list[Waiting]:
    """The sets in that state, in order: the reprint list (SPOILED) and the withdrawal list (WITHDRAWING)."""
    sets = _with_sheets(LetterSet.objects.using(using).filter(job_id=job, state=state))
    return [
        Waiting(
            rules.set_words(job, one.seq), one.reference, one.generation, one.why, _found(one), len(one.sheets)
        )
        for one in sets
    ]  # fmt: skip


def papers(job: int, *, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """The names of the enclosures of a job, as they first appear."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT name FROM public.dispatch_set, unnest(sheets) WITH ORDINALITY AS of (name, place)"
            " WHERE job_id = %s GROUP BY name ORDER BY min(place), name",
            [job],
        )
        return [name for (name,) in cursor.fetchall()]


def stops(job: int, *, using: str = DEFAULT_DB_ALIAS) -> list[tuple[StopReason, int]]:
    """How often the work stopped, by reason, the most frequent first."""
    rows = Stop.objects.using(using).filter(job_id=job).values_list("reason").annotate(times=Count("pk"))
    return [(StopReason(reason), times) for reason, times in rows.order_by("-times", "reason")]


def in_hand(job: int, *, using: str = DEFAULT_DB_ALIAS) -> list[tuple[str, str]]:
    """Who has which set in their hands: login and the set's number in words."""
    rows = LetterSet.objects.using(using).filter(job_id=job).exclude(matching_by="").order_by("matching_by")
    return [(one.matching_by, rules.set_words(job, one.seq)) for one in rows]


def close(job: int, *, by: By, place: Place | None = None, using: str = DEFAULT_DB_ALIAS) -> Balance:
    """Close a job whose equations hold; its balance. Raises Unbalanced, NotFound, and BadInput when it is closed already.

    Nobody else changes the job meanwhile, and PostgreSQL counts once more before it lets the close stand.
    """
    with transaction.atomic(using=using):
        DispatchJob.objects.using(using).select_for_update().filter(pk=job).first()
        row = open_job(job, using=using)
        found = balance(job, using=using)
        if not found.holds:
            raise Unbalanced(found)
        DispatchJob.objects.using(using).filter(pk=job).update(closed_at=timezone.now(), closed_by=name_of(by))
        tell("dispatch.closed", row, [], by=by, place=place, using=using)
    return found
