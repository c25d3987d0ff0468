"""Taking a file of donations: all of it or nothing, and never twice.

A file that was taken before is told by its SHA-256. A row that was taken before, out of another file, is told by its
number: the same content is passed over (and its 入金確認日 taken, if that is what is new), another content is a problem.
Everything is looked at once more inside the transaction that writes, so a killed command is simply given again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

from azukari.business.donations import reading, rules
from azukari.business.donations.models import Arrival, Donation, Intention
from azukari.business.donations.reading import Reading, Row
from azukari.business.donations.storing import alone, holds_of, name_of, put
from azukari.business.donations.types import ENDS
from azukari.core.intake.api import digest, keep, read_all
from azukari.core.intake.types import LIMITS, Problem, Problems
from azukari.core.policy.types import Actor
from azukari.kernel.errors import BadInput
from azukari.kernel.money import yen

OWNER = "owner"
_LOOK = "二つの記録を見比べ、正しいほうに直してください。"


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking a file would do: new rows, rows known already (件), those newly settled, what is wrong or worth a word.

    `holds` says of each new row why its letter cannot be printed, "" where it can. With `problems` nothing may be taken. `arrived` is the day on which the same file was taken, None when it is new.
    """

    reading: Reading
    sha256: str
    size: int
    arrived: date | None
    new: tuple[Row, ...]
    holds: tuple[str, ...]
    known: int
    settled: Mapping[int, date]
    problems: tuple[Problem, ...]
    rest: int
    notes: tuple[Problem, ...]

    @property
    def intentions(self) -> int:
        """New 申込み."""
        return sum(row.donated_on is None for row in self.new)

    @property
    def donations(self) -> int:
        """New 寄附."""
        return len(self.new) - self.intentions

    @property
    def amount(self) -> int:
        """Of the new 寄附, in yen."""
        return sum(row.amount for row in self.new if row.donated_on)


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a file, in 件. `held` of the new ones cannot be printed yet. Nothing happened when `problems` are there."""

    name: str
    layout: str
    intentions: int = 0
    donations: int = 0
    amount: int = 0
    known: int = 0
    settled: int = 0
    held: int = 0
    arrived_before: date | None = None
    problems: tuple[Problem, ...] = ()
    rest: int = 0
    notes: tuple[Problem, ...] = ()


def receive(path: Path, *, by: str, on: date, layout: str | None = None) -> Received:
    """Take one file as the owner. Raises BadInput when it cannot be opened, and for an unknown layout."""
    data = read_all(path, LIMITS.table)
    plan = examine(data, path.name, digest(path).sha256, on, layout, using=OWNER)
    if plan.problems or plan.arrived:
        return _nothing(plan)
    keep(Path(settings.ORIGINALS), path)
    return take(plan, by=by, using=OWNER)


def examine(
    data: bytes, name: str, sha256: str, on: date, layout: str | None = None, *, using: str = DEFAULT_DB_ALIAS
) -> Plan:
    """Read a file and hold it against what is there. Changes nothing."""
    return against(reading.read(data, name, on, layout), sha256, len(data), using=using)


def take(plan: Plan, *, by: Actor | str, using: str = DEFAULT_DB_ALIAS) -> Received:
    """Take the rows of a plan, in one transaction. The bytes must lie in the store of originals already."""
    with transaction.atomic(using=using):
        alone(using)
        now = against(plan.reading, plan.sha256, plan.size, using=using)
        if now.problems or now.arrived:
            return _nothing(now)
        arrival = Arrival.objects.using(using).create(
            sha256=now.sha256,
            name=now.reading.name[:200],
            size=now.size,
            layout=now.reading.layout.key if now.reading.layout else "",
            read_as=now.reading.read_as,
            taken_at=timezone.now(),
            by=name_of(by),
            rows=len(now.reading.rows),
        )
        put(now.new, now.holds, arrival=arrival, by=by, using=using)
        _settle(now.settled, using)
    return Received(
        now.reading.name,
        now.reading.layout.name if now.reading.layout else "",
        now.intentions,
        now.donations,
        now.amount,
        now.known,
        len(now.settled),
        sum(map(bool, now.holds)),
        notes=now.notes,
    )


def _nothing(plan: Plan) -> Received:
    layout = plan.reading.layout.name if plan.reading.layout else ""
    return Received(
        plan.reading.name,
        layout,
        arrived_before=plan.arrived,
        problems=plan.problems,
        rest=plan.rest,
        notes=plan.notes,
    )


def _settle(settled: Mapping[int, date], using: str) -> None:
    for key, day in settled.items():
        Donation.objects.using(using).filter(pk=key, settled_on=None).update(settled_on=day)


def against(read: Reading, sha256: str, size: int, *, using: str = DEFAULT_DB_ALIAS) -> Plan:
    """Hold a reading against the intentions, donations and files that are there."""
    before = Arrival.objects.using(using).filter(sha256=sha256).first()
    problems, notes = Problems(LIMITS.problems), Problems(LIMITS.problems)
    known = _Known.of(read.rows, using)
    new: list[Row] = []
    settled: dict[int, date] = {}
    for row in read.rows:
        known.look(row, read, new, settled, problems)
    for row in new:
        if (pays := known.pays(row)) and pays.pk in known.ended:
            why = f"{rules.reference_of('M', pays.pk)} は取消になっています。"
            _say(
                notes,
                read,
                row,
                BadInput("取り消した申込みへの納付です。", why, "還付するか、寄附者に確かめてください。"),
            )
    for row, words in twins(new, using):
        _say(notes, read, row, words)
    holds = holds_of(new)
    for row, hold in zip(new, holds, strict=True):
        if hold:
            why = "寄附は受け取ります。直すまで、手紙の束には入りません。"
            _say(notes, read, row, BadInput(hold, why, "寄附者に確かめて、画面で直してください。"), "name")
    return Plan(
        read,
        sha256,
        size,
        timezone.localdate(before.taken_at) if before else None,
        tuple(new),
        tuple(holds),
        len(read.rows) - len(new) - len(problems.listed) - problems.rest,
        settled,
        read.problems or problems.in_order(),
        read.rest or problems.rest,
        (*read.notes, *notes.in_order()),
    )


def _say(problems: Problems, read: Reading, row: Row, error: BadInput, name: str = "number") -> None:
    column = read.layout.title_of(name) if read.layout else ""
    problems.add(Problem.of(error, read.name, row.line, column, row.number))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is there already of the rows of a file."""

    donations: Mapping[tuple[str, str], Donation]
    intentions: Mapping[tuple[str, str], Intention]
    named: Mapping[int, Intention]
    paid: set[int]
    ended: frozenset[int]

    @classmethod
    def of(cls, rows: Sequence[Row], using: str) -> _Known:
        numbers = {row.number for row in rows if row.number}
        donations = Donation.objects.using(using).filter(number__in=numbers)
        intentions = Intention.objects.using(using).filter(number__in=numbers)
        named = Intention.objects.using(using).in_bulk([row.intention for row in rows if row.intention])
        keys = {*named, *(one.pk for one in intentions)}
        paid = Donation.objects.using(using).filter(intention__in=keys).values_list("intention_id", flat=True)
        ended = Intention.objects.using(using).filter(pk__in=keys, events__kind__in=[kind.value for kind in ENDS])
        return cls(
            {(one.source, one.number): one for one in donations},
            {(one.source, one.number): one for one in intentions},
            named,
            set(filter(None, paid)),
            frozenset(ended.values_list("pk", flat=True)),
        )

    def look(self, row: Row, read: Reading, new: list[Row], settled: dict[int, date], problems: Problems) -> None:
        """Put the row where it belongs: new, known, newly settled, or wrong."""
        mark = (row.source, row.number)
        donation = self.donations.get(mark) if row.number else None
        intention = self.intentions.get(mark) if row.number else None
        if donation is not None:
            self._again(row, donation, read, settled, problems)
        elif intention is not None and row.donated_on is None:
            if not _same(row, intention):
                _say(problems, read, row, _differs("申込み", intention.pk, "M"))
        elif error := self._payment_error(row):
            _say(problems, read, row, error, "intention" if row.intention else "number")
        else:
            new.append(row)

    def _again(self, row: Row, there: Donation, read: Reading, settled: dict[int, date], problems: Problems) -> None:
        if not _same(row, there) or (row.donated_on and row.donated_on != there.donated_on):
            _say(problems, read, row, _differs("寄附", there.pk, "K"))
        elif row.settled_on and there.settled_on is None:
            settled[there.pk] = row.settled_on

    def pays(self, row: Row) -> Intention | None:
        """The intention a donation pays: the one with its own number, or the one it names."""
        if row.donated_on is None:
            return None
        by_number = self.intentions.get((row.source, row.number)) if row.number else None
        return by_number or (self.named.get(row.intention) if row.intention else None)

    def _payment_error(self, row: Row) -> BadInput | None:
        """Why the donation cannot be the payment of the intention it names."""
        pays = self.pays(row)
        if pays is None:
            return _nobody() if row.intention else None
        if pays.pk in self.paid:
            return BadInput("この申込みは、もう納付されています。", "一つの申込みの納付は一度です。", _LOOK)
        if pays.amount != row.amount or rules.same_text(pays.name) != rules.same_text(row.name):
            return BadInput(
                "申込みと氏名か金額が違います。",
                f"申込みは {yen(pays.amount)}です。",
                "申込みの番号を確かめてください。",
            )
        self.paid.add(pays.pk)
        return None


def _nobody() -> BadInput:
    return BadInput("この番号の申込みはありません。", "どの申込みの納付か決まりません。", "番号を確かめてください。")


def _differs(what: str, key: int, letter: str) -> BadInput:
    return BadInput(
        f"同じ番号で、違う内容の{what}が既にあります。", f"{rules.reference_of(letter, key)} と合いません。", _LOOK
    )


def _same(row: Row, there: Intention | Donation) -> bool:
    texts = ((row.name, there.name), (row.address, there.address))
    return row.amount == there.amount and all(rules.same_text(a) == rules.same_text(b) for a, b in texts)


def twins(rows: Iterable[Row], using: str) -> Iterator[tuple[Row, BadInput]]:
    """Rows without a number that look like another: perhaps one donation written twice, perhaps two."""
    unnumbered = [row for row in rows if not row.number]
    there = _twins_there(unnumbered, using)
    for row in unnumbered:
        mark = _mark(row.name, row.address, row.amount, row.donated_on or row.applied_on)
        if mark in there:
            yield (
                row,
                BadInput(
                    "同じ人の、同じ日の、同じ金額の寄附がほかにもあります。",
                    "二度書かれたのか、二度寄附されたのか、ここでは決まりません。",
                    "二度書かれたものなら、取り込んだあとで一方を取り消してください。",
                ),
            )
        there.add(mark)


def _twins_there(rows: Sequence[Row], using: str) -> set[tuple[str, int, date | None]]:
    marks = {rules.donor_mark(row.name, row.address) for row in rows}
    donations = Donation.objects.using(using).filter(donor__mark__in=marks)
    intentions = Intention.objects.using(using).filter(donor__mark__in=marks)
    found: set[tuple[str, int, date | None]] = set(donations.values_list("donor__mark", "amount", "donated_on"))
    found.update(intentions.values_list("donor__mark", "amount", "applied_on"))
    return found


def _mark(name: str, address: str, amount: int, on: date | None) -> tuple[str, int, date | None]:
    return rules.donor_mark(name, address), amount, on
