"""A batch becomes letters: its envelopes are planned in `core.dispatch`, its papers printed from the rows of the flow.

What a letter says of a person is in the row that the flow gave out (諮問813 §5). Beside it stand numbers of ours alone:
the sheet's code, the certificate's number, the slip's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Final

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import QuerySet
from django.utils import timezone

from azukari.business.donations import parameters, rules
from azukari.business.donations.batches import batch_rows, card, hand_over
from azukari.business.donations.letters import printing
from azukari.business.donations.letters.types import Certificate, Kind, Letter, PaymentSlip
from azukari.business.donations.models import Batch, LetterLine, Planned, SlipLine
from azukari.business.donations.types import (
    GIFT_ITEM,
    INTENTION_FLOW,
    ONE_STOP_ITEM,
    PAYMENT_FLOW,
    BatchKind,
)
from azukari.core.dispatch import api as dispatch
from azukari.core.documents.types import Progress, silent
from azukari.core.handover.types import Source, SourceRow
from azukari.kernel.errors import BadInput

OWNER = "owner"
BUSINESS = "ふるさと納税"
# In the order in which the sheets lie in the envelope, the address behind the window; the names of their files are ASCII,
# as a medium wants them.
FILES: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.ADDRESS: "1-address",
        Kind.APPLICATION: "2-application",
        Kind.PAYMENT_SLIP: "3-slip",
        Kind.THANKS: "2-thanks",
        Kind.CERTIFICATE: "3-certificate",
        Kind.ONE_STOP: "4-onestop",
    }
)
SLIPS, LETTERS = "donations-slips", "donations-letters"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One row of a batch as it is put into its envelope. `number` is the certificate's, "" for a slip."""

    reference: str
    subject: int
    envelope: int
    papers: tuple[Kind, ...]
    number: str = ""
    copy: int = 0
    first_issued_on: date | None = None


def sources() -> tuple[Source, Source]:
    """What of the business can be handed over: batches of slips, and batches of letters, each under its flow."""
    return (
        Source(SLIPS, "寄附申込書・納付書", lambda _key: INTENTION_FLOW, _rows_of(BatchKind.SLIPS), files),
        Source(LETTERS, "礼状・受領証明書・申請書", lambda _key: PAYMENT_FLOW, _rows_of(BatchKind.LETTERS), files),
    )


def source_of(kind: BatchKind) -> str:
    """The name of the source for a batch of this kind."""
    return SLIPS if kind is BatchKind.SLIPS else LETTERS


def plan(key: int, *, by: str, using: str = OWNER) -> int:
    """The dispatch job of a batch: planned now, or the one it has. From then on nobody leaves the batch.

    Raises NotFound, and BadInput when nothing is left in it.
    """
    with transaction.atomic(using=using):
        card(key, using=using)
        batch = Batch.objects.using(using).select_for_update().get(pk=key)
        there = Planned.objects.using(using).filter(batch=batch).first()
        return there.job if there else _plan(batch, by, using)


def _plan(batch: Batch, by: str, using: str) -> int:
    sets = [_set(batch.pk, list(some)) for _, some in groupby(_in_envelopes(batch.pk, using), lambda one: one.envelope)]
    if not sets:
        raise BadInput(
            f"束 {batch.pk} には、出す手紙がありません。", "みな束から抜けています。", "新しい束を作ってください。"
        )
    flow, title = BatchKind(batch.kind).flow, f"{batch.kind}の束 {batch.pk}"
    job = dispatch.plan(flow, BUSINESS, title, batch.contractor, sets, by=by, using=using)
    Planned.objects.using(using).create(batch=batch, job=job)
    if batch.handed_over_on is None:
        hand_over(batch.pk, timezone.localdate(), using=using)
    return job


def due(made_on: date) -> date:
    """The last day to pay a slip of a batch that was made on that day."""
    return made_on + timedelta(days=parameters.days_to_pay())


def job_of(key: int, *, using: str = DEFAULT_DB_ALIAS) -> int | None:
    """The dispatch of a batch, None until its envelopes are planned. Asked outside every flow."""
    return Planned.objects.using(using).filter(batch_id=key).values_list("job", flat=True).first()


def files(key: str, rows: Sequence[SourceRow], folder: Path, by: str) -> Sequence[Path]:
    """The letters of a batch, for a medium: one kind after the other, their names ASCII."""
    made = []
    for path in render(int(key), rows, folder / "letters", by=by):
        new = folder / f"{path.parent.name}-{path.name}"
        path.replace(new)
        made.append(new)
    return made


def render(key: int, rows: Sequence[SourceRow], out: Path, *, by: str, progress: Progress = silent) -> list[Path]:
    """Print the papers of these rows of a batch into a folder a kind, sheet by sheet in their order.

    Given again after a kill it goes on where it was. The day on the papers is that of the batch. Raises BadInput, before
    anything is printed, for what cannot be.
    """
    job, by_reference = plan(key, by=by), {row.reference: row for row in rows}
    there = _in_envelopes(key, OWNER)
    envelopes = {one.envelope for one in there if one.reference in by_reference}
    enclosed = [one for one in there if one.envelope in envelopes]
    codes = dispatch.codes(job, {_envelope(key, number) for number in envelopes}, using=OWNER)
    made_on = Batch.objects.using(OWNER).get(pk=key).made_on
    by_kind = letters(made_on, key, enclosed, by_reference, codes)
    day = datetime.combine(made_on, datetime.min.time(), rules.TOKYO)
    told, made = _Told(progress, sum(map(len, by_kind.values()))), list[Path]()
    for kind, some in by_kind.items():
        made += printing.render(kind, some, out / FILES[kind], created=day, progress=told)
        told.before += len(some)
    return made


def in_envelopes(key: int, envelopes: Collection[int]) -> set[str]:
    """The references of what lies in these envelopes of a batch."""
    return {one.reference for one in _in_envelopes(key, OWNER) if one.envelope in envelopes}


@dataclass(slots=True)
class _Told:
    """Progress over all kinds of papers, one after the other."""

    progress: Progress
    total: int
    before: int = 0

    def __call__(self, done: int, _total: int) -> None:
        self.progress(self.before + done, self.total)


def letters(
    made_on: date,
    key: int,
    enclosed: Sequence[Enclosed],
    rows: Mapping[str, SourceRow],
    codes: Mapping[str, Sequence[dispatch.SheetCode]],
) -> dict[Kind, list[Letter]]:
    """Every paper of the batch by kind, each with the code of its own sheet. A row that is not there has no letter."""
    found: dict[Kind, list[Letter]] = {}
    for envelope, some in groupby(enclosed, lambda one: one.envelope):
        together = list(some)
        sheets = iter(codes.get(_envelope(key, envelope), ()))
        for kind, one in _sheets(together):
            code = next(sheets, None)
            if code is not None and one.reference in rows:
                letter = letter_of(made_on, one, rows[one.reference].values, code)
                found.setdefault(kind, []).append(letter)
    return {kind: found[kind] for kind in FILES if kind in found}


def told(envelopes: Sequence[str], *, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """What became of these envelopes, a sentence each. Asked outside every flow."""
    return [letter.answer for one in envelopes for letter in dispatch.lines_of(one, using=using)]


def envelopes_of(reference: str, *, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """The envelopes a donation or intention went into, as `core.dispatch` knows them, the first batch first."""
    letter, key = rules.key_of(reference) or ("", 0)
    lines: QuerySet[SlipLine] | QuerySet[LetterLine] = (
        LetterLine.objects.using(using).filter(donation_id=key)
        if letter == "K"
        else SlipLine.objects.using(using).filter(intention_id=key)
    )
    return [
        _envelope(batch, number) for batch, number in lines.order_by("batch_id").values_list("batch_id", "envelope")
    ]


def _rows_of(kind: BatchKind) -> Callable[[str], Sequence[SourceRow]]:
    def rows(key: str) -> Sequence[SourceRow]:
        if not key.isdecimal():
            raise BadInput(f"束 {key!r} はありません。", "束の番号は数字です。", "束の一覧で番号を確かめてください。")
        return [SourceRow(one.subject, one.reference, one.values) for one in batch_rows(int(key), kind)]

    return rows


def _in_envelopes(key: int, using: str) -> list[Enclosed]:
    """What is still in a batch, envelope by envelope."""
    slips = SlipLine.objects.using(using).filter(batch_id=key, withdrawn_on=None).select_related("intention")
    letters = LetterLine.objects.using(using).filter(batch_id=key, withdrawn_on=None).select_related("donation")
    found = [*map(_slip, slips), *map(_certificate, letters)]
    return sorted(found, key=lambda one: (one.envelope, one.reference))


def _slip(line: SlipLine) -> Enclosed:
    papers = (Kind.APPLICATION, Kind.PAYMENT_SLIP)
    reference = rules.reference_of("M", line.intention_id)
    return Enclosed(reference, line.intention.donor_id, line.envelope, papers)


def _certificate(line: LetterLine) -> Enclosed:
    first = line.copy == 0
    papers = (Kind.THANKS, Kind.CERTIFICATE, *([Kind.ONE_STOP] if line.donation.one_stop else []))
    return Enclosed(
        rules.reference_of("K", line.donation_id),
        line.donation.donor_id,
        line.envelope,
        papers if first else (Kind.CERTIFICATE,),
        line.number,
        line.copy,
        line.first_issued_on,
    )


def _sheets(together: Sequence[Enclosed]) -> Iterator[tuple[Kind, Enclosed]]:
    """The sheets of one envelope: the papers of each row, behind an address where the first does not say it itself."""
    if together[0].papers[0] is not Kind.THANKS:
        yield Kind.ADDRESS, together[0]
    for one in together:
        for kind in one.papers:
            yield kind, one


def _set(key: int, together: Sequence[Enclosed]) -> dispatch.NewSet:
    subjects = tuple(sorted({one.subject for one in together}))
    names = tuple(kind.value for kind, _ in _sheets(together))
    return dispatch.NewSet(subjects, _envelope(key, together[0].envelope), names)


def _envelope(key: int, number: int) -> str:
    return f"F{key}-{number}"


def letter_of(made_on: date, one: Enclosed, value: Mapping[str, str], code: dispatch.SheetCode) -> Letter:
    """One paper's letter from the items of its row, by their names in the consultation."""
    gift = value.get(GIFT_ITEM, "").partition("\n")[0]
    return Letter(
        reference=one.reference,
        name=value["氏名"],
        address=value["住所"],
        use=value["希望する寄附金の使途"],
        amount=int(value["寄附金額"]),
        method=value["納付方法"],
        sheets=(code,),
        applied_on=_day(value.get("申込日")),
        donated_on=_day(value.get("寄附日")),
        onestop=value.get(ONE_STOP_ITEM) == "有",
        gift=gift.removeprefix("有").strip() or None if gift.startswith("有") else None,
        certificate=Certificate(one.number, one.first_issued_on, one.copy > 0) if one.first_issued_on else None,
        slip=None if one.number else PaymentSlip(one.reference[1:], due(made_on)),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
