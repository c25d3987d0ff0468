"""Reading and marking, inside a flow that the page has entered: every query here goes to the flow's own views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Func, IntegerField, Q, QuerySet, Sum

from azukari.business.taxi import keying, rules
from azukari.business.taxi.models import (
    Arrival,
    BatchSeen,
    CertificateSeen,
    InvoiceLineSeen,
    PaymentLineSeen,
    QuestionSeen,
    RunSeen,
    ToldSeen,
    VoucherSeen,
    WardVoucherSeen,
)
from azukari.business.taxi.months import Amount, Cell, Claim, Settled
from azukari.business.taxi.types import Bundle, Ground, Mark, Outcome, Progress, State

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
    """The month's batches by company, with their progress; not those that wait for an officer."""
    found = list(_open().filter(month=month).order_by("company__code", "number"))
    progress = _progress(batch.pk for batch in found)
    return [_bundle(batch, progress[batch.pk]) for batch in found]


def bundle(key: int) -> Bundle | None:
    """One batch with its progress; None when it is not there, not this contractor's, or waits for an officer."""
    batch = _open().filter(pk=key).first()
    return None if batch is None else _bundle(batch, _progress([key])[key])


def _open() -> QuerySet[BatchSeen]:
    return BatchSeen.objects.filter(hold="").select_related("company")


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
    """Vouchers with exactly this certificate number, written or typed from a picture, latest month first."""
    written = Q(certificate_number=number) | Q(pk__in=keying.numbered(number))
    rows = VoucherSeen.objects.filter(written, batch__hold="").select_related("batch__company")
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
    return _states().filter(batch_id=batch, batch__hold="", pk=voucher).first()


def _states() -> QuerySet[VoucherSeen]:
    return VoucherSeen.objects.only("id", "batch_id", "sequence", "state", "reason", "version")


def mark(batch: int, marks: Iterable[Mark]) -> list[int]:
    """Write what an operator decided. Returns the vouchers changed: not those somebody changed since they were shown.

    A batch that waits for an officer is not checked, so nothing of it changes.

    Two people marking one voucher: the later UPDATE waits for the earlier, finds another version, and changes nothing.
    """
    if not BatchSeen.objects.filter(pk=batch, hold="").exists():
        return []
    return [mark.voucher for mark in rules.in_lock_order(marks) if _write(batch, mark)]


def _write(batch: int, mark: Mark) -> bool:
    row = VoucherSeen.objects.filter(pk=mark.voucher, batch_id=batch, version=mark.version)
    reason = mark.reason.value if mark.reason else ""
    return bool(row.update(state=mark.state.value, reason=reason, version=F("version") + 1))


def claims(month: date) -> list[Claim]:
    """The month's claims in order of company, held ones too, each with its invoice and where its vouchers stand."""
    batches = list(BatchSeen.objects.filter(month=month).select_related("company").order_by("company__code", "number"))
    keys = [batch.pk for batch in batches]
    invoiced, cells = _invoiced(keys), _cells(keys)
    return [
        Claim(
            batch.pk,
            batch.company.pk,
            batch.company.name,
            batch.number,
            batch.received_on,
            batch.contractor,
            batch.hold,
            invoiced.get(batch.pk, Amount()),
            tuple(cells[batch.pk]),
        )
        for batch in batches
    ]


def _invoiced(batches: Sequence[int]) -> dict[int, Amount]:
    rows = InvoiceLineSeen.objects.filter(batch_id__in=batches).order_by().values_list("batch_id")
    return {key: Amount(count, yen) for key, count, yen in rows.annotate(lines=Sum("count"), yen=Sum("amount"))}


def _cells(batches: Sequence[int]) -> defaultdict[int, list[Cell]]:
    """One look at the month's vouchers, from which every other number of the month follows."""
    rows = WardVoucherSeen.objects.filter(batch_id__in=batches).order_by().values_list("batch_id", "state", "outcome")
    found: defaultdict[int, list[Cell]] = defaultdict(list)
    for batch, state, outcome, count, yen in rows.annotate(lines=Count("*"), yen=Sum("denomination")):
        found[batch].append(Cell(State(state), Outcome(outcome), Amount(count, yen)))
    return found


def released(batch: int) -> list[int] | None:
    """Let a held claim into the check. Its vouchers; None when it is not there or did not wait any more."""
    if not BatchSeen.objects.filter(pk=batch).exclude(hold="").update(hold=""):
        return None
    return list(WardVoucherSeen.objects.filter(batch_id=batch).values_list("pk", flat=True))


def unpaid(month: date) -> QuerySet[WardVoucherSeen]:
    """The month's held and refused vouchers, by the partial index of just those."""
    batches = list(BatchSeen.objects.filter(month=month).values_list("pk", flat=True))
    outcomes = [Outcome.HELD.value, Outcome.REFUSED.value]
    return WardVoucherSeen.objects.filter(batch_id__in=batches, grounds__gt=0, outcome__in=outcomes)


def companies(month: date) -> list[tuple[int, str]]:
    """Key and name of the companies with a claim in the month, by name."""
    rows = BatchSeen.objects.filter(month=month).order_by("company__name").distinct()
    return list(rows.values_list("company_id", "company__name"))


def deciding() -> Func:
    """The bit of the ground that decides: the lowest of the mask."""
    return Func(F("grounds"), template="(%(expressions)s & -%(expressions)s)", output_field=IntegerField())


def unpaid_by_ground(month: date) -> list[tuple[int, int, int]]:
    """The deciding ground's bit, 枚 and yen."""
    rows = unpaid(month).order_by().annotate(bit=deciding()).values_list("bit")
    return list(rows.annotate(lines=Count("*"), yen=Sum("denomination")))


@dataclass(frozen=True, slots=True)
class Filters:
    """Which unpaid vouchers to show; None is all."""

    company: int | None = None
    ground: Ground | None = None
    outcome: Outcome | None = None

    @property
    def conditions(self) -> Q:
        """For the query; `bit` is the deciding ground's."""
        named = {"batch__company_id": self.company, "bit": self.ground and self.ground.bit, "outcome": self.outcome}
        return Q(**{name: value for name, value in named.items() if value is not None})


def unpaid_page(month: date, filters: Filters, after: int) -> tuple[Sequence[WardVoucherSeen], int | None]:
    """`PAGE` unpaid vouchers after a key, in order of receipt, and the key to go on from; None at the end."""
    rows = unpaid(month).annotate(bit=deciding()).filter(filters.conditions, pk__gt=after)
    found = list(rows.select_related("batch__company").order_by("pk")[: PAGE + 1])
    shown = found[:PAGE]
    return shown, shown[-1].pk if len(found) > PAGE else None


def unpaid_count(month: date, filters: Filters) -> int:
    """How many there are."""
    return unpaid(month).annotate(bit=deciding()).filter(filters.conditions).count()


def presented(voucher: int) -> WardVoucherSeen | None:
    """One voucher with its claim; None when it is not there."""
    return WardVoucherSeen.objects.filter(pk=voucher).select_related("batch__company").first()


def told(vouchers: Iterable[int]) -> Mapping[int, list[ToldSeen]]:
    """Why each is not paid, by voucher, in order of precedence."""
    found: defaultdict[int, list[ToldSeen]] = defaultdict(list)
    lines = ToldSeen.objects.filter(voucher_id__in=list(vouchers))
    for line in sorted(lines, key=lambda line: Ground(line.ground).bit):
        found[line.voucher_id].append(line)
    return found


def questions(month: date) -> list[QuestionSeen]:
    """What should be asked about the month, by pattern."""
    return list(QuestionSeen.objects.filter(month=month).select_related("company").order_by("pattern", "pk"))


def invoiced_by_month(months: Sequence[date]) -> dict[date, Amount]:
    """What was invoiced in each of the months: from the invoices, which are few, and not from the vouchers."""
    rows = InvoiceLineSeen.objects.filter(batch__month__in=months).order_by().values_list("batch__month")
    return {month: Amount(count, yen) for month, count, yen in rows.annotate(lines=Sum("count"), yen=Sum("amount"))}


def settled(month: date, months: Sequence[date]) -> Settled:
    """What was settled, under the register entry of payments: 枚 and yen of one month, and yen paid by month."""
    runs = RunSeen.objects.filter(month__in=months).order_by()
    own = runs.filter(month=month).aggregate(runs=Count("*"), claimed=Sum("claimed"), unpaid=Sum("unpaid"))
    lines = PaymentLineSeen.objects.filter(payment__run__month=month).aggregate(count=Sum("accepted"))
    paid = dict(runs.values_list("month").annotate(total=Sum("paid")))
    amount = Amount(lines["count"] or 0, (own["claimed"] or 0) - (own["unpaid"] or 0))
    return Settled(own["runs"], amount, paid)


def arrived(since: date, until: date) -> tuple[int, frozenset[str]]:
    """Vouchers handled under the flow in `since <= month < until`, and the items really used. Needs no flow entered."""
    lines = Arrival.objects.filter(month__gte=since, month__lt=until).aggregate(lines=Sum("lines"))["lines"] or 0
    return lines, FOUR_ITEMS if lines else frozenset()
