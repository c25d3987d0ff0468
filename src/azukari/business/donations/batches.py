"""What is due is gathered into a batch, once; and a batch is read as its flow sees it (諮問813 §5).

Who may be in which batch is PostgreSQL's to decide (migration 0002): here it is only asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Sum

from azukari.business.donations import rules
from azukari.business.donations.models import (
    Batch,
    Certificate,
    Entrusted,
    LetterLine,
    SlipLine,
)
from azukari.business.donations.storing import alone, name_of
from azukari.business.donations.types import (
    GIFT_ITEM,
    INTENTION_FLOW,
    ONE_STOP_ITEM,
    PAYMENT_FLOW,
    WARD_ENTRY,
    BatchCard,
    BatchKind,
    BatchRow,
)
from azukari.core.audit import api as audit
from azukari.core.people.api import Purpose, written_address
from azukari.core.policy.types import Actor
from azukari.kernel.errors import BadInput, NotFound

OWNER = "owner"
AT_ONCE = 1_000
# Due: not ended, printable, not in a batch; a slip for what is not paid, a letter for money that came in. The day that
# `since` and `until` speak of is the first one selected.
DUE = {
    BatchKind.SLIPS: """
SELECT i.applied_on AS day, i.id, i.donor_id FROM donations_intention i
 WHERE i.hold = ''
   AND NOT EXISTS (SELECT FROM donations_slipline l WHERE l.intention_id = i.id AND l.withdrawn_on IS NULL)
   AND NOT EXISTS (SELECT FROM donations_donation d WHERE d.intention_id = i.id)
   AND NOT EXISTS (SELECT FROM donations_event e WHERE e.intention_id = i.id AND e.kind IN ('取消', '還付'))""",
    BatchKind.LETTERS: """
SELECT d.settled_on AS day, d.id, d.donor_id FROM donations_donation d
 WHERE d.hold = '' AND d.settled_on IS NOT NULL
   AND NOT EXISTS (SELECT FROM donations_letterline l
                    WHERE l.donation_id = d.id AND l.copy = 0 AND l.withdrawn_on IS NULL)
   AND NOT EXISTS (SELECT FROM donations_event e WHERE e.donation_id = d.id AND e.kind IN ('取消', '還付'))""",
    BatchKind.REISSUES: """
SELECT c.issued_on AS day, c.id, d.donor_id FROM donations_certificate c JOIN donations_donation d ON d.id = c.donation_id
 WHERE c.copy > 0 AND d.hold = ''
   AND NOT EXISTS (SELECT FROM donations_letterline l WHERE l.certificate_id = c.id AND l.withdrawn_on IS NULL)
   AND NOT EXISTS (SELECT FROM donations_event e WHERE e.donation_id = d.id AND e.kind IN ('取消', '還付'))""",
}
# A batch as its flow sees it: views of the flow, which hold no column and no row that is not the flow's.
SLIP_ROWS = """
SELECT i.donor_id, i.id, i.name, i.postcode, i.address, i.use, i.amount, i.method, i.applied_on, l.sequence, l.envelope
  FROM v_donations_slipline l JOIN v_donations_intention i ON i.id = l.intention_id
 WHERE l.batch_id = %s AND l.withdrawn_on IS NULL ORDER BY l.sequence"""
LETTER_ROWS = """
SELECT d.donor_id, d.id, d.name, d.postcode, d.address, d.use, d.amount, d.method, d.donated_on, d.one_stop, d.gift,
       d.gift_kind, d.gift_name, d.gift_address, l.sequence, l.envelope, l.number, l.copy, l.issued_on, l.first_issued_on
  FROM v_donations_letterline l JOIN v_donations_donation d ON d.id = l.donation_id
 WHERE l.batch_id = %s AND l.withdrawn_on IS NULL ORDER BY l.sequence"""
ENTRUSTED_ITEMS = {
    INTENTION_FLOW: frozenset({"氏名", "住所", "希望する寄附金の使途", "寄附金額", "納付方法", "申込日"}),
    PAYMENT_FLOW: frozenset(
        {"氏名", "住所", "希望する寄附金の使途", "寄附金額", "納付方法", "寄附日", ONE_STOP_ITEM, GIFT_ITEM}
    ),
}


def entrusted(flow: str) -> Callable[[date, date], tuple[int, frozenset[str]]]:
    """For `policy.register_actual`: rows (件) entrusted under the flow in `since <= day < until`, and the items used."""

    def count(since: date, until: date) -> tuple[int, frozenset[str]]:
        rows = Entrusted.objects.filter(flow=flow, on__gte=since, on__lt=until).aggregate(rows=Sum("rows"))["rows"] or 0
        return rows, ENTRUSTED_ITEMS[flow] if rows else frozenset()

    return count


def due(
    kind: BatchKind, *, since: date | None = None, until: date | None = None, using: str = DEFAULT_DB_ALIAS
) -> list[tuple[date, int, int]]:
    """What is due in `since <= day < until`: day, key (of the certificate for 再発行), donor; household by household."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT day, id, donor_id FROM ({DUE[kind]}) AS due WHERE day >= %s AND day < %s"
            " ORDER BY min(id) OVER (PARTITION BY donor_id), id",
            [since or date.min, until or date.max],
        )
        return list(cursor.fetchall())


def make(
    kind: BatchKind,
    *,
    contractor: str,
    on: date,
    by: Actor | str,
    since: date | None = None,
    until: date | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> int:
    """Gather what is due into a new batch, in one transaction; its key. Raises BadInput when nothing is due."""
    with transaction.atomic(using=using):
        alone(using)
        rows = due(kind, since=since, until=until, using=using)
        if not rows:
            raise BadInput(
                f"出す{kind}はありません。",
                "期間の中に、まだ束に入っていないものがありません。",
                "期間を確かめるか、次の受領を待ってください。",
            )
        batch = Batch.objects.using(using).create(
            kind=kind.value, contractor=contractor, made_on=on, by=name_of(by), since=since, until=until
        )
        _fill(batch, kind, rows, using)
        audit.record(
            "donations.batched",
            actor=by,
            flow=WARD_ENTRY,
            items=sorted(ENTRUSTED_ITEMS[kind.flow]),
            subjects=sorted({donor for _, _, donor in rows}),
            detail={"batch": batch.pk, "rows": len(rows)},
            using=using,
        )
    return batch.pk


def _fill(batch: Batch, kind: BatchKind, rows: Sequence[tuple[date, int, int]], using: str) -> None:
    envelopes: dict[int, int] = {}
    places = [
        {
            "batch": batch,
            "contractor": batch.contractor,
            "sequence": place,
            "envelope": envelopes.setdefault(donor, len(envelopes) + 1),
        }
        for place, (_, _, donor) in enumerate(rows, 1)
    ]
    keys = [key for _, key, _ in rows]
    if kind is BatchKind.SLIPS:
        lines = [SlipLine(intention_id=key, **place) for key, place in zip(keys, places, strict=True)]
        SlipLine.objects.using(using).bulk_create(lines, AT_ONCE)
        return
    firsts = _first_certificates(keys, batch.made_on, using) if kind is BatchKind.LETTERS else _copies(keys, using)
    letters = [_letter(*firsts[key], place) for key, place in zip(keys, places, strict=True)]
    LetterLine.objects.using(using).bulk_create(letters, AT_ONCE)


def _letter(certificate: Certificate, first_issued_on: date, place: Mapping[str, Any]) -> LetterLine:
    return LetterLine(
        donation_id=certificate.donation_id,
        certificate=certificate,
        number=certificate.number,
        copy=certificate.copy,
        issued_on=certificate.issued_on,
        first_issued_on=first_issued_on,
        **place,
    )


def _first_certificates(donations: Sequence[int], on: date, using: str) -> dict[int, tuple[Certificate, date]]:
    """The first certificate of each donation by donation: those there are, and new numbers for the others."""
    there = {
        one.donation_id: one
        for one in Certificate.objects.using(using).filter(donation_id__in=donations, copy=0).order_by("pk")
    }
    new = [key for key in donations if key not in there]
    last = _last_number(on.year, using)
    made = [
        Certificate(donation_id=key, number=rules.certificate_number(on.year, last + place), copy=0, issued_on=on)
        for place, key in enumerate(new, 1)
    ]
    Certificate.objects.using(using).bulk_create(made, AT_ONCE)
    return {one.donation_id: (one, one.issued_on) for one in (*there.values(), *made)}


def _last_number(year: int, using: str) -> int:
    numbers = Certificate.objects.using(using).filter(number__startswith=f"{year}-").order_by("-number")
    last = numbers.values_list("number", flat=True).first()
    return int(last.partition("-")[2]) if last else 0


def _copies(certificates: Sequence[int], using: str) -> dict[int, tuple[Certificate, date]]:
    """Each 再発行 by its key, with the day of the first."""
    found = list(Certificate.objects.using(using).filter(pk__in=certificates).order_by("pk"))
    numbers = {one.number for one in found}
    first = dict(Certificate.objects.using(using).filter(number__in=numbers, copy=0).values_list("number", "issued_on"))
    return {one.pk: (one, first[one.number]) for one in found}


def cards(*, key: int | None = None, using: str = DEFAULT_DB_ALIAS) -> list[BatchCard]:
    """All batches, the latest first; or the one of a key, if it is there."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT b.id, b.kind, b.contractor, b.made_on, count(l.id) FILTER (WHERE l.withdrawn_on IS NULL),"
            " count(l.id) FILTER (WHERE l.withdrawn_on IS NOT NULL),"
            " count(DISTINCT l.envelope) FILTER (WHERE l.withdrawn_on IS NULL), b.handed_over_on"
            " FROM donations_batch b LEFT JOIN ("
            "   SELECT id, batch_id, withdrawn_on, envelope FROM donations_slipline"
            "   UNION ALL SELECT id, batch_id, withdrawn_on, envelope FROM donations_letterline"
            " ) l ON l.batch_id = b.id WHERE %s::bigint IS NULL OR b.id = %s GROUP BY b.id ORDER BY b.id DESC",
            [key, key],
        )
        return [BatchCard(number, BatchKind(kind), *rest) for number, kind, *rest in cursor.fetchall()]


def card(key: int, *, using: str = DEFAULT_DB_ALIAS) -> BatchCard:
    """One batch. Raises NotFound."""
    found = cards(key=key, using=using)
    if not found:
        raise NotFound(f"束 {key} はありません。", "番号が違います。", "束の一覧で番号を確かめてください。")
    return found[0]


def batch_rows(key: int, kind: BatchKind, *, using: str = DEFAULT_DB_ALIAS) -> list[BatchRow]:
    """The rows of a batch, in order, through the views of its flow: call it inside `policy.enter(kind.flow, …)`.

    Rows that were taken out, of other contractors, or that the flow may not see are simply not there.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(SLIP_ROWS if kind is BatchKind.SLIPS else LETTER_ROWS, [key])
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [_slip_row(row) if kind is BatchKind.SLIPS else _letter_row(row) for row in rows]


def _slip_row(row: Mapping[str, Any]) -> BatchRow:
    values = slip_values(row, Purpose.HAND_OVER)
    return BatchRow(row["donor_id"], rules.reference_of("M", row["id"]), values, row["sequence"], row["envelope"])


def _letter_row(row: Mapping[str, Any]) -> BatchRow:
    return BatchRow(
        row["donor_id"],
        rules.reference_of("K", row["id"]),
        letter_values(row, Purpose.HAND_OVER),
        row["sequence"],
        row["envelope"],
        row["number"],
        row["copy"],
        row["issued_on"],
        row["first_issued_on"],
        one_stop_form=row["one_stop"] and row["copy"] == 0,
    )


def slip_values(row: Mapping[str, Any], purpose: Purpose) -> dict[str, str]:
    """An intention's columns as the items of 813-1, word for word."""
    return _common(row, purpose) | {"申込日": row["applied_on"].isoformat()}


def letter_values(row: Mapping[str, Any], purpose: Purpose) -> dict[str, str]:
    """A donation's columns as the items of 813-2, word for word."""
    return _common(row, purpose) | {
        "寄附日": row["donated_on"].isoformat(),
        ONE_STOP_ITEM: "有" if row["one_stop"] else "無",
        GIFT_ITEM: gift_in_words(row),
    }


def _common(row: Mapping[str, Any], purpose: Purpose) -> dict[str, str]:
    return {
        "氏名": row["name"],
        "住所": written_address(row["donor_id"], row["postcode"], row["address"], purpose=purpose),
        "希望する寄附金の使途": row["use"],
        "寄附金額": str(row["amount"]),
        "納付方法": row["method"],
    }


def gift_in_words(row: Mapping[str, Any]) -> str:
    """無, or 有: what, and to whom where that is not the donor; one line each."""
    if not row["gift"]:
        return "無"
    to = [row["gift_name"], row["gift_address"]] if row["gift_name"] else []
    return "\n".join([f"有 {row['gift_kind']}", *to])


def hand_over(key: int, on: date, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """The batch has left: nothing is taken out of it any more. Raises NotFound, and BadInput when it left before."""
    if not Batch.objects.using(using).filter(pk=key, handed_over_on=None).update(handed_over_on=on):
        card(key, using=using)
        raise BadInput(
            f"束 {key} は、もう引き渡しています。", "引渡しは一度です。", "束の一覧で、引き渡した日を確かめてください。"
        )
