"""Who is named under which flow, and which places there are: the two lists that people keep, not papers.

Whoever writes them here must be `using` the owner's connection: the web role may only read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.expressions import RawSQL
from django.utils import timezone

from azukari.core.policy.models import Enrolment, PlaceRow
from azukari.core.policy.types import Place
from azukari.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class Named:
    """One actor named under one flow or register entry for `since <= day < until`; None is without end.

    `contractor` is the one the actor works for there, None for the ward's own people.
    """

    actor: str
    flow: str
    since: date | None
    until: date | None
    contractor: str | None = None


def enrol(
    actor_id: str,
    flow: str,
    *,
    since: date,
    until: date | None = None,
    contractor: str | None = None,
    person: int | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> None:
    """Name an actor under a flow or register entry for `since <= day < until`.

    `contractor` is the contractor the actor works for there, `person` a resident's own surrogate key: the row policies
    narrow by them. Raises BadInput when the period is empty or overlaps one the actor already has under the flow.
    """
    if until is not None and until <= since:
        raise BadInput(
            "名簿の期間が空です。", f"終了 {until} が開始 {since} より後ではありません。", "終了の日を改めてください。"
        )
    period = DateRange(since, until)
    try:
        with transaction.atomic(using=using):
            Enrolment.objects.using(using).create(
                actor=actor_id, flow=flow, period=period, contractor=contractor or None, person=person
            )
    except IntegrityError as error:
        raise BadInput(
            f"{actor_id} は {flow} の名簿に既に載っています。",
            "同じ取扱いの期間が重なっています。",
            "前の期間を終えてから載せてください。",
        ) from error


def withdraw(actor_id: str, flow: str, *, on: date, using: str = DEFAULT_DB_ALIAS) -> int:
    """End the actor's period under the flow: `on` is the first day without it. A period not yet begun is removed.

    Returns how many periods ended or went; none when the actor was not named there from that day on.
    """
    rows = Enrolment.objects.using(using).filter(actor=actor_id, flow=flow)
    removed, _ = rows.filter(period__startswith__gte=on).delete()
    return removed + rows.filter(period__contains=on).update(period=RawSQL("daterange(lower(period), %s)", [on]))


def enrolled(actor_id: str, on: date, *, using: str = DEFAULT_DB_ALIAS) -> frozenset[str]:
    """The flows and register entries the actor is named under on that day."""
    rows = Enrolment.objects.using(using).filter(actor=actor_id, period__contains=on)
    return frozenset(rows.values_list("flow", flat=True))


def people_of(flow: str, on: date | None = None, *, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """The actors named under the flow on that day (today when none is given), by id."""
    rows = Enrolment.objects.using(using).filter(flow=flow, period__contains=on or timezone.localdate())
    return list(rows.order_by("actor").values_list("actor", flat=True))


def roll(on: date, *, later: bool = False, using: str = DEFAULT_DB_ALIAS) -> list[Named]:
    """Everybody named under anything on that day, with their periods; by flow, then actor. `later`: or after it."""
    asked = {"period__overlap": DateRange(on, None)} if later else {"period__contains": on}
    rows = Enrolment.objects.using(using).filter(**asked).order_by("flow", "actor", "period")
    return [Named(row.actor, row.flow, row.period.lower, row.period.upper, row.contractor) for row in rows]


def only_contractor(flow: str, on: date, *, using: str = DEFAULT_DB_ALIAS) -> str:
    """The contractor whose people are named under the flow. Raises BadInput when there are none, or several."""
    names = sorted({one.contractor for one in roll(on, using=using) if one.flow == flow and one.contractor})
    if len(names) != 1:
        raise BadInput(
            "委託先が一つに決まりません。",
            f"取扱い {flow} の名簿にある委託先は {'、'.join(names) or 'ありません'}。",
            "委託先の名称 (--contractor) を指定してください。",
        )
    return names[0]


def save_place(place: Place, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Add or change a place. The database's walls follow at once, `decide` from the next request on."""
    PlaceRow.objects.using(using).update_or_create(
        code=place.code,
        defaults={
            "name": place.name,
            "stands_for": place.stands_for,
            "contractor": place.contractor or None,
            "ward_terminal": place.ward_terminal,
        },
    )


def places(*, using: str = DEFAULT_DB_ALIAS) -> dict[str, Place]:
    """All places, by code."""
    rows = PlaceRow.objects.using(using).order_by("code")
    return {row.code: Place(row.code, row.name, row.stands_for, row.contractor, row.ward_terminal) for row in rows}
