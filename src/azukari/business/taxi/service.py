"""Reading and marking, inside a flow that the page has entered: every query here goes to the flow's own views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, QuerySet, Sum

from azukari.business.taxi import rules
from azukari.business.taxi.models import Arrival, BatchSeen, CertificateSeen, VoucherSeen, WardVoucherSeen
from azukari.business.taxi.types import Bundle, Mark, Progress, State

PAGE = 50
SEARCH_LIMIT = 200
FOUR_ITEMS = frozenset({"氏名", "タクシー利用日", "タクシー代金", "福祉タクシー券等認定番号"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """Up to `PAGE` vouchers of a batch in its order; `before`/`after` are the sequences to go on from, None at an end."""

    rows: Sequence[VoucherSeen]
    before: int | None
    after: int | None


def months() -> list[date]:
    """The months with vouchers, latest first."""
    return list(BatchSeen.objects.order_by("-month").values_list("month", flat=True).distinct())


def bundles(month: date) -> list[Bundle]:
    """The month's batches by company, with their progress."""
    batches = BatchSeen.objects.filter(month=month).select_related("company").order_by("company__code", "number")
    found = list(batches)
    progress = _progress(batch.pk for batch in found)
    return [_bundle(batch, progress[batch.pk]) for batch in found]


def bundle(key: int) -> Bundle | None:
    """One batch with its progress; None when it is not there, or not this contractor's."""
    batch = BatchSeen.objects.filter(pk=key).select_related("company").first()
    return None if batch is None else _bundle(batch, _progress([key])[key])


def _bundle(batch: BatchSeen, progress: Progress) -> Bundle:
    return Bundle(
        batch.pk, batch.company.name, batch.month, batch.number, batch.received_on, batch.contractor, progress
    )


def _progress(batches: Iterable[int]) -> defaultdict[int, Progress]:
    """Counted, not kept: one look at an index of the batches' rows, so it can never be wrong."""
    counts: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for batch, state, lines in by_state(batches):
        counts[batch][state] = lines
    return defaultdict(Progress, {batch: rules.progress_of(states) for batch, states in counts.items()})


def by_state(batches: Iterable[int]) -> QuerySet[VoucherSeen, tuple[int, str, int]]:
    """How many vouchers of each batch are in which state: batch, state, lines."""
    rows = VoucherSeen.objects.filter(batch_id__in=list(batches)).order_by()
    return rows.values("batch_id", "state").annotate(lines=Count("*")).values_list("batch_id", "state", "lines")


def leaf(batch: int, *, after: int = 0, before: int | None = None, only: State | None = None) -> Leaf:
    """The vouchers that follow sequence `after`, or the last ones ahead of `before`. Any depth costs the same."""
    if before is not None:
        found = list(ahead_of(batch, before, only)[: PAGE + 1])
        shown = found[:PAGE][::-1]
        return Leaf(shown, _edge(shown, 0, len(found) > PAGE), _edge(shown, -1, True))
    found = list(following(batch, after, only)[: PAGE + 1])
    shown = found[:PAGE]
    return Leaf(shown, _edge(shown, 0, after > 0), _edge(shown, -1, len(found) > PAGE))


def following(batch: int, after: int, only: State | None = None) -> QuerySet[VoucherSeen]:
    """The vouchers after a sequence, in order; `only` those in one state."""
    return _in_batch(batch, only).filter(sequence__gt=after).order_by("sequence")


def ahead_of(batch: int, before: int, only: State | None = None) -> QuerySet[VoucherSeen]:
    """The vouchers ahead of a sequence, backwards."""
    return _in_batch(batch, only).filter(sequence__lt=before).order_by("-sequence")


def _in_batch(batch: int, only: State | None) -> QuerySet[VoucherSeen]:
    rows = VoucherSeen.objects.filter(batch_id=batch)
    return rows.filter(state=only.value) if only else rows


def _edge(shown: Sequence[VoucherSeen], place: int, more: bool) -> int | None:
    return shown[place].sequence if shown and more else None


def with_number(number: str) -> list[VoucherSeen]:
    """Vouchers with exactly this certificate number, latest month first."""
    rows = numbered(number).select_related("batch__company")
    return list(rows.order_by("-batch__month", "batch_id", "sequence")[:SEARCH_LIMIT])


def numbered(number: str) -> QuerySet[VoucherSeen]:
    """Plain `=`, which PostgreSQL knows to leak nothing: with LIKE the row policy would cost the index."""
    return VoucherSeen.objects.filter(certificate_number=number)


def certificates(number: str) -> list[CertificateSeen]:
    """The register's lines of one certificate number."""
    return list(CertificateSeen.objects.filter(number=number).order_by("since", "kind"))


def presented_with(number: str) -> list[WardVoucherSeen]:
    """What was presented with one certificate number, as the ward sees it."""
    rows = WardVoucherSeen.objects.filter(certificate_number=number).select_related("batch__company")
    return list(rows.order_by("-batch__month", "used_on", "batch_id", "sequence")[:SEARCH_LIMIT])


def reasons(month: date) -> list[tuple[str, int]]:
    """How many vouchers of the month were passed to the ward, by reason, most first."""
    queried = WardVoucherSeen.objects.filter(batch__month=month, state=State.QUERIED.value)
    counted = queried.values("reason").annotate(lines=Count("*")).order_by("-lines", "reason")
    return list(counted.values_list("reason", "lines"))


def state_of(batch: int, voucher: int) -> VoucherSeen | None:
    """The state of one voucher and nothing personal; None when it is not there, or not this contractor's."""
    return _states().filter(batch_id=batch, pk=voucher).first()


def _states() -> QuerySet[VoucherSeen]:
    return VoucherSeen.objects.only("id", "batch_id", "sequence", "state", "reason", "version")


def mark(batch: int, marks: Iterable[Mark]) -> list[int]:
    """Write what an operator decided. Returns the vouchers changed: not those somebody changed since they were shown.

    Two people marking one voucher: the later UPDATE waits for the earlier, finds another version, and changes nothing.
    """
    return [mark.voucher for mark in rules.in_lock_order(marks) if _write(batch, mark)]


def _write(batch: int, mark: Mark) -> bool:
    row = VoucherSeen.objects.filter(pk=mark.voucher, batch_id=batch, version=mark.version)
    reason = mark.reason.value if mark.reason else ""
    return bool(row.update(state=mark.state.value, reason=reason, version=F("version") + 1))


def arrived(since: date, until: date) -> tuple[int, frozenset[str]]:
    """Vouchers handled under the flow in `since <= month < until`, and the items really used. Needs no flow entered."""
    lines = Arrival.objects.filter(month__gte=since, month__lt=until).aggregate(lines=Sum("lines"))["lines"] or 0
    return lines, FOUR_ITEMS if lines else frozenset()
