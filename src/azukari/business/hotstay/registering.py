"""From application to ID: a family, its guardians and children, the interview, and what the station issues.

Only what the family tells the station is stored, and only the items of 諮問814; nothing comes from the ward. A page works
under flow 814-2 for children and 814-1 for guardians; the owner's alias works on the same tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, LiteralString

from django.db import IntegrityError, ProgrammingError, connections, transaction
from psycopg import sql

from azukari.business.hotstay import desk as at
from azukari.business.hotstay.models import Child, Guardian
from azukari.business.hotstay.public import slips
from azukari.business.hotstay.public.types import Slip
from azukari.business.hotstay.types import CHILD_FLOW, CHILDREN, GUARDIAN_FLOW, GUARDIANS, Desk, StationCard
from azukari.kernel.errors import BadInput

CHILD_FIELDS = tuple(Child.holds.items)
GUARDIAN_FIELDS = (*Guardian.holds.items, "calls_first")


def add_family(desk: Desk, station: StationCard, applied_on: date) -> int:
    """A family that applied at the station. Its key."""
    return _insert(
        desk,
        "hotstay_family",
        {"station_id": station.id, "contractor": station.contractor, "applied_on": applied_on},
    )


def add_child(desk: Desk, station: StationCard, family: int, values: Mapping[str, Any]) -> int:
    """A child of the family, with some of CHILD_FIELDS. Its key, of the sequence of persons."""
    _refuse_strangers(values, CHILD_FIELDS, CHILD_FLOW)
    own = {"family_id": family, "station_id": station.id, "contractor": station.contractor}
    return _insert(desk, CHILDREN, {**own, **_table_defaults(Child), **values})


def add_guardian(desk: Desk, station: StationCard, family: int, values: Mapping[str, Any]) -> int:
    """A guardian or other kin at home, with some of GUARDIAN_FIELDS. Its key."""
    _refuse_strangers(values, GUARDIAN_FIELDS, GUARDIAN_FLOW)
    own = {"family_id": family, "contractor": station.contractor}
    return _insert(desk, GUARDIANS, {**own, **_table_defaults(Guardian), **values})


def change_child(desk: Desk, child: int, values: Mapping[str, Any]) -> bool:
    """What the family told anew, some of CHILD_FIELDS. False for a child that is not the station's.

    A birth that was put right may leave bookings that no longer fit: see `stations.unfit`.
    """
    _refuse_strangers(values, CHILD_FIELDS, CHILD_FLOW)
    return _update(desk, child, values)


def end(desk: Desk, child: int, on: date) -> bool:
    """The child is not brought any more: it books nothing from now on. False when that was said before."""
    return _update(desk, child, {"left_on": on}, only="left_on IS NULL")


def _update(desk: Desk, child: int, values: Mapping[str, Any], *, only: LiteralString = "true") -> bool:
    query = sql.SQL("UPDATE {} SET {} WHERE id = %s AND {} RETURNING id").format(
        sql.Identifier("public", CHILDREN),
        sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values),
        sql.SQL(only),
    )
    return bool(at.fetch(desk.using, query.as_string(connections[desk.using].connection), *values.values(), child))


def _refuse_strangers(values: Mapping[str, Any], known: tuple[str, ...], flow: str) -> None:
    strangers = sorted(set(values) - set(known))
    if strangers:
        raise BadInput(
            f"「{'、'.join(strangers)}」は保存できません。",
            f"取扱い {flow} の項目にありません。",
            "諮問の項目だけを入力してください。",
        )


def _table_defaults(model: type[Child | Guardian]) -> dict[str, Any]:
    """What Django would fill in: the texts that a family left empty."""
    holds = model.holds
    return {
        field.attname: field.get_default()
        for field in model._meta.concrete_fields  # noqa: SLF001 (the model API that Django documents)
        if field.name in {*holds.items, "calls_first"} and field.has_default()
    }


def _insert(desk: Desk, table: str, values: Mapping[str, Any]) -> int:
    query = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
        sql.Identifier("public", table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join([sql.Placeholder()] * len(values)),
    )
    [(key,)] = at.fetch(desk.using, query.as_string(connections[desk.using].connection), *values.values())
    return int(key)


def plan_interview(desk: Desk, station: StationCard, child: int, day: date, slot: int) -> int:
    """親子面接 on that day and half-hour. Raises BadInput when the station has another one then."""
    values = {"child_id": child, "station_id": station.id, "contractor": station.contractor, "day": day, "slot": slot}
    try:
        with transaction.atomic(using=desk.using):
            return _insert(desk, "hotstay_interview", {**values, "outcome": ""})
    except IntegrityError as error:
        raise BadInput(
            "その時刻には、別の面接があります。", "同じ時刻に面接は一つです。", "別の時刻を選んでください。"
        ) from error


def decide_interview(desk: Desk, interview: int, *, registered: bool) -> bool:
    """What came of an interview. Registered, the child may book. False when it was decided before."""
    outcome = "登録" if registered else "見送り"
    update = "UPDATE public.hotstay_interview SET outcome = %s WHERE id = %s AND outcome = '' RETURNING child_id"
    with transaction.atomic(using=desk.using):
        rows = at.fetch(desk.using, update, outcome, interview)
        if rows and registered:
            register = "UPDATE public.hotstay_child SET registered_on = %s WHERE id = %s RETURNING id"
            at.fetch(desk.using, register, desk.now.date(), rows[0][0])
    return bool(rows)


def issue(desk: Desk, station: StationCard, child: int) -> Slip:
    """The child's ID and a word for the first sign-in on paper, shown this once; also after a lost password.

    Raises BadInput for a child that is not registered.
    """
    try:
        return slips.issue(child, station.contractor, by=desk.by, place=desk.place, using=desk.using)
    except (IntegrityError, ProgrammingError) as error:
        raise BadInput(
            "IDを発行できません。", "面接を終えて登録されたお子さまではありません。", "先に登録してください。"
        ) from error
