"""Finding and showing donations and intentions, inside the ward's own entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections

from azukari.business.donations import rules
from azukari.business.donations.models import Certificate, Donation, Form, Intention, LetterLine, SlipLine
from azukari.business.donations.types import EventKind, State
from azukari.kernel.fiscal import FiscalYear
from azukari.kernel.text import fold

PAGE = 50
# Both groups with their state: what has ended, what is paid, where its letter is, and what it waits for, in this order.
ALL = """
SELECT 'K' AS letter, o.id AS key, o.name, o.donated_on AS day, o.amount, o.method, o.in_ward, o.search_key, o.number,
  CASE
    WHEN e.kind IS NOT NULL THEN e.kind
    WHEN l.sent THEN '引渡し済み' WHEN l.sent IS NOT NULL THEN '発送の準備'
    WHEN o.hold <> '' THEN '印刷できない文字' WHEN o.settled_on IS NULL THEN '入金確認待ち' ELSE '手紙待ち' END AS state
  FROM donations_donation o
  LEFT JOIN donations_event e ON e.donation_id = o.id AND e.kind IN ('取消', '還付')
  LEFT JOIN LATERAL (
    SELECT bool_or(b.handed_over_on IS NOT NULL) AS sent FROM donations_letterline l JOIN donations_batch b ON b.id = l.batch_id
     WHERE l.donation_id = o.id AND l.copy = 0 AND l.withdrawn_on IS NULL) l ON true
UNION ALL
SELECT 'M', o.id, o.name, o.applied_on, o.amount, o.method, o.in_ward, o.search_key, o.number,
  CASE
    WHEN e.kind IS NOT NULL THEN e.kind
    WHEN d.id IS NOT NULL THEN '納付済み'
    WHEN l.sent THEN '引渡し済み' WHEN l.sent IS NOT NULL THEN '発送の準備'
    WHEN o.hold <> '' THEN '印刷できない文字' ELSE '手紙待ち' END
  FROM donations_intention o
  LEFT JOIN donations_donation d ON d.intention_id = o.id
  LEFT JOIN donations_event e ON e.intention_id = o.id AND e.kind IN ('取消', '還付')
  LEFT JOIN LATERAL (
    SELECT bool_or(b.handed_over_on IS NOT NULL) AS sent FROM donations_slipline l JOIN donations_batch b ON b.id = l.batch_id
     WHERE l.intention_id = o.id AND l.withdrawn_on IS NULL) l ON true"""


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the list. `letter` is M for 申込み, K for 寄附; `day` that of the application or the donation."""

    letter: str
    key: int
    name: str
    day: date
    amount: int
    method: str
    in_ward: bool
    state: State

    @property
    def reference(self) -> str:
        """M00000012 or K00000012."""
        return rules.reference_of(self.letter, self.key)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; everything given must fit. `words` are parts of a name or kana, or one number."""

    words: str = ""
    state: State | None = None
    year: FiscalYear | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the story of a donation."""

    day: date
    what: str
    detail: str = ""


def look_up(asked: Asked, page: int) -> tuple[list[Found], int]:
    """A page of what is there, the latest first, and how many there are in all (件)."""
    where, values = _conditions(asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({ALL}) AS found WHERE {where}", values)
        [total] = cursor.fetchone()
        cursor.execute(
            f"SELECT letter, key, name, day, amount, method, in_ward, state FROM ({ALL}) AS found WHERE {where}"
            " ORDER BY day DESC, letter, key DESC LIMIT %s OFFSET %s",
            [*values, PAGE, (page - 1) * PAGE],
        )
        return [_found(row) for row in cursor.fetchall()], total


def _found(row: tuple[Any, ...]) -> Found:
    letter, key, name, day, amount, method, in_ward, state = row
    return Found(letter, key, name, day, amount, method, in_ward, State(state))


def _conditions(asked: Asked) -> tuple[str, list[Any]]:
    conditions, values = ["true"], list[Any]()
    if asked.year:
        conditions.append("day >= %s AND day < %s")
        values += [asked.year.start, asked.year.end]
    if asked.state:
        conditions.append("state = %s")
        values.append(asked.state.value)
    if key := rules.key_of(asked.words):
        conditions.append("letter = %s AND key = %s")
        values += key
    elif asked.words.strip():
        words = [fold(word) for word in asked.words.split()]
        conditions.append(
            "(number = %s OR (SELECT bool_and(strpos(search_key, word) > 0) FROM unnest(%s::text[]) AS word))"
        )
        values += [asked.words.strip(), words]
    return " AND ".join(conditions), values


def state_of(record: Donation | Intention) -> State:
    """Where one record stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT state FROM ({ALL}) AS found WHERE letter = %s AND key = %s", [letter_of(record), record.pk]
        )
        return State(cursor.fetchone()[0])


def states(chosen: FiscalYear | None = None, *, using: str = DEFAULT_DB_ALIAS) -> dict[str, dict[State, int]]:
    """How many stand where (件), of M (申込み) and K (寄附); of one fiscal year, or of all."""
    where, values = _conditions(Asked(year=chosen))
    counted: dict[str, dict[State, int]] = {"M": {}, "K": {}}
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT letter, state, count(*) FROM ({ALL}) AS found WHERE {where} GROUP BY 1, 2 ORDER BY 1, 2", values
        )
        for letter, state, count in cursor.fetchall():
            counted[letter][State(state)] = count
    return counted


def letter_of(record: Donation | Intention) -> str:
    """M for 申込み, K for 寄附."""
    return "K" if isinstance(record, Donation) else "M"


def story(record: Donation | Intention) -> list[Moment]:
    """What happened, in order of the days: dates of the record, its letters, and its events."""
    events = record.events.exclude(kind=EventKind.SETTLED.value).order_by("on", "pk")
    moments = [*_dates(record), *_letters(record), *(Moment(event.on, event.kind, event.why) for event in events)]
    return sorted(moments, key=lambda moment: moment.day)


def _dates(record: Donation | Intention) -> list[Moment]:
    found = [Moment(record.applied_on, "申込み")] if record.applied_on else []
    if isinstance(record, Donation):
        found.append(Moment(record.donated_on, "寄附日", "受領証明書の日付になります。"))
        if record.settled_on:
            found.append(Moment(record.settled_on, "入金確認"))
    return found


def lines_of(record: Donation | Intention) -> Sequence[LetterLine | SlipLine]:
    """The lines of all batches it was ever in, the first first."""
    if isinstance(record, Donation):
        return list(record.lines.select_related("batch").order_by("pk"))
    return list(record.lines.select_related("batch").order_by("pk"))


def _letters(record: Donation | Intention) -> list[Moment]:
    found = []
    for line in lines_of(record):
        batch = line.batch
        found.append(Moment(batch.made_on, f"{batch.kind}の束 {batch.pk} に入れました", batch.contractor))
        if line.withdrawn_on:
            found.append(Moment(line.withdrawn_on, f"{batch.kind}の束 {batch.pk} から抜きました"))
        elif batch.handed_over_on:
            found.append(
                Moment(batch.handed_over_on, f"{batch.kind}の束 {batch.pk} を引き渡しました", batch.contractor)
            )
    return found


def certificates(donation: Donation) -> list[Certificate]:
    """Every issue of its certificate, the first first."""
    return list(donation.certificates.order_by("copy"))


def form_of(donation: Donation) -> Form | None:
    """Its 申告特例申請書, if one arrived."""
    return Form.objects.filter(donation=donation).first()
