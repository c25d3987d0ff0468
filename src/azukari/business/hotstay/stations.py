"""Stations, their parameters, rosters and closed days: what commands and stations keep up to date."""

from __future__ import annotations

import json
import secrets
import tomllib
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from typing import Any

from django.db import IntegrityError, transaction

from azukari.business.hotstay import desk as at
from azukari.business.hotstay.models import ArrivalSecret, Setting, Station
from azukari.business.hotstay.rules.counting import NOBODY, Staff, binds
from azukari.business.hotstay.rules.deciding import DayState, limits_on, why_closed
from azukari.business.hotstay.types import CHILD_FLOW, Desk, Rule, Span, StationCard, StationTerms, Unfit, clock
from azukari.core.audit import api as audit
from azukari.kernel.errors import BadInput, NotFound

OWNER = "owner"


def put_stations(*, using: str = OWNER) -> int:
    """Register the five stations of 諮問814 with the parameters of `data/stations.toml`; those known stay. How many now."""
    text = files("azukari.business.hotstay").joinpath("data/stations.toml").read_text(encoding="utf-8")
    shipped = tomllib.loads(text)
    with transaction.atomic(using=using):
        for row in shipped["stations"]:
            _put_station(row, shipped["common"], using)
    return Station.objects.using(using).count()


def _put_station(row: dict[str, Any], common: dict[str, Any], using: str) -> None:
    plain = {name: row[name] for name in ("name", "contractor", "opened")}
    station, new = Station.objects.using(using).get_or_create(code=row["code"], defaults=plain)
    if new:
        values = {name: value for name, value in common.items() if name != "since"}
        values["youngest_months"] = row["youngest_months"]
        ArrivalSecret.objects.using(using).create(station=station, secret=secrets.token_bytes(32))
        Setting.objects.using(using).create(station=station, valid=(common["since"], None), **values)


def known(*, using: str = "default") -> list[StationCard]:
    """All stations, in the order in which they opened."""
    rows = at.fetch(using, "SELECT id, code, name, contractor, opened FROM public.hotstay_stations()")
    return [StationCard(*row) for row in rows]


def by_code(code: str, *, using: str = "default") -> StationCard:
    """Raises NotFound."""
    cards = known(using=using)
    found = next((card for card in cards if card.code == code), None)
    if found is None:
        names = "、".join(card.code for card in cards) or "ありません"
        raise NotFound(f"施設 {code} はありません。", f"あるのは {names}。", "施設の符号を確かめてください。")
    return found


def put_roster(desk: Desk, station: int, day: date, rows: Sequence[tuple[int, int, int, int]]) -> None:
    """Replace the day's roster by (first, end, carers, qualified) in half-hours. Bookings stay; see `unfit`.

    Raises BadInput for rows that overlap, leave the day, or name more 保育士 than carers.
    """
    last = 0
    for first, end, carers, qualified in sorted(rows):
        if not last <= first < end <= 48 or not 0 <= qualified <= carers:
            raise BadInput(
                f"{clock(first)}〜{clock(end)} の配置が読めません。",
                "時間が重なっているか、保育士の数が職員の数を超えています。",
                "時間と人数を直してください。",
            )
        last = end
    values = [list(column) for column in zip(*sorted(rows), strict=True)] or [[], [], [], []]
    with at.turn(desk):
        at.lock(desk, station, [day])
        at.fetch(desk.using, "SELECT public.hotstay_put_roster(%s, %s, %s, %s, %s, %s)", station, day, *values)


def close(desk: Desk, station: int, day: date, words: str) -> None:
    """Close the station on that day; "" opens it again. Bookings stay; see `unfit`."""
    with at.turn(desk):
        at.lock(desk, station, [day])
        at.fetch(desk.using, "SELECT public.hotstay_close(%s, %s, %s)", station, day, words)


def settings(desk: Desk, station: int, today: date) -> list[tuple[date, date | None, StationTerms]]:
    """The station's parameters from today on, each with its half-open period (None: without end)."""
    return sorted(at.frame(desk, station, today, date.max).terms, key=lambda one: one[0])


def put_setting(desk: Desk, station: int, since: date, values: dict[str, Any]) -> None:
    """From that day on the station has these parameters (names of `Setting`'s columns); what was planned later is replaced.

    Bookings stay; see `unfit`. Raises BadInput for a day gone by, or values that contradict each other.
    """
    try:
        with at.turn(desk), transaction.atomic(using=desk.using):
            query = "SELECT public.hotstay_put_setting(%s, %s, %s)"
            at.fetch(desk.using, query, station, since, json.dumps(values))
    except IntegrityError as error:
        ahead = at.constraint(error) == "hotstay_setting_ahead"
        raise BadInput(
            "条件を保存していません。",
            "過ぎた日の条件は変えられません。" if ahead else "条件どうしが合っていません（開く時刻と閉じる時刻など）。",
            "適用する日と条件を確かめてください。",
        ) from error
    audit.record(
        "hotstay.settings",
        actor=desk.by,
        place=desk.place,
        flow=CHILD_FLOW,
        detail={"station": station},
        using=desk.using,
    )


def arrival_code(desk: Desk, station: int) -> str:
    """The code to display now, by which a family says that it has come. It holds for five to ten minutes."""
    [(code,)] = at.fetch(desk.using, "SELECT public.hotstay_arrival_code(%s, %s)", station, desk.now)
    return str(code)


def unfit(desk: Desk, station: int, since: date, until: date) -> list[Unfit]:
    """Bookings of [since, until) that no longer fit, in the order in which to call: who booked last is called first.

    Of each half-hour that is over, so many are named as must give way, from the last who booked; nothing is cancelled.
    """
    found = at.frame(desk, station, since, until)
    query = f"SELECT {at.BOOKING}, band FROM public.hotstay_unfit(%s, %s, %s, %s)"
    states, gives_way = dict(found.states), list[Unfit]()
    for *row, band in at.fetch(desk.using, query, station, since, until, desk.now):
        card = at.card(row)
        day, terms = card.span.day, found.on(card.span.day)
        why = _over(terms, card.span, states.get(day, DayState()))
        if why:
            states[day] = states[day].without_stay(card.span, band)
            gives_way.append(Unfit(card, len(gives_way) + 1, *why))
    return gives_way


def _over(terms: StationTerms, span: Span, state: DayState) -> tuple[Rule, str] | None:
    """The first rule that the children present break in these half-hours, in words."""
    closed, limits = why_closed(terms, span.day, state), limits_on(terms, span.day)
    if closed:
        return Rule.CLOSED, closed
    for slot in range(span.start, span.end):
        rule = binds(state.counts.get(slot, NOBODY), state.staff.get(slot, Staff()), limits)
        if rule:
            return rule, f"{clock(slot)} から、{rule}が足りません。"
    return None
