"""Families as they would apply: guardians with the items of 814-1, children with those of 814-2. All made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import connections

from azukari.business.hotstay import api
from azukari.business.hotstay.types import Desk, StationCard
from azukari.demo import namelists
from azukari.demo.namelists import Word
from azukari.kernel.errors import BadInput

MALE, FEMALE = "男", "女"
ALLERGIES = ("卵（加熱は可、生は不可）", "牛乳（微量で発疹）", "小麦（完全除去）", "そば（完全除去）")
DISABILITIES = ("難聴（軽度、補聴器を使用）", "発達のゆっくりさ（個別の声かけ）")
HISTORIES = ("熱性けいれん（1歳時に1回）", "ぜんそく（吸入を持参）")
HABITS = ("午前と午後に昼寝", "13時から昼寝、タオルを持って眠る", "昼寝なし、絵本が好き")
DOCTORS = ("さくら小児科（見本）", "けやきこどもクリニック（見本）", "みどり医院（見本）")
# How many completed months the children have: three in ten below two years.
MONTHS = (7, 10, 14, 17, 20, 23, 26, 29, 32, 36, 41, 45, 50, 56, 62)


@dataclass(frozen=True, slots=True)
class Made:
    """A family that was registered: its children's keys, and their births."""

    station: StationCard
    children: tuple[tuple[int, date], ...]


def register(desk: Desk, station: StationCard, today: date, random: Random, *, youngest: int) -> Made:
    """One family, interviewed and registered; a third have two children, a few three."""
    surname = random.choice(namelists.surnames())
    applied = today - timedelta(days=random.randrange(60, 200))
    family = api.add_family(desk, station, applied)
    api.add_guardian(desk, station, family, _guardian(random, surname, FEMALE) | {"calls_first": True})
    if random.random() < 0.8:
        api.add_guardian(desk, station, family, _guardian(random, surname, MALE))
    count = random.choices((1, 2, 3), (6, 3, 1))[0]
    births = _births(random, today, count, youngest)
    children = [_child(desk, station, family, surname, born, births, random, today) for born in births]
    return Made(station, tuple(zip(children, births, strict=True)))


def register_plain(desk: Desk, station: StationCard, today: date, births: Sequence[date]) -> tuple[int, ...]:
    """A family without names worth the telling, registered without an interview: for rushes and measurements."""
    family = api.add_family(desk, station, today)
    children = tuple(api.add_child(desk, station, family, {"name": "見本　空", "born": born}) for born in births)
    with connections[desk.using].cursor() as cursor:
        cursor.execute("UPDATE hotstay_child SET registered_on = %s WHERE id = ANY (%s)", [today, list(children)])
    return children


def _births(random: Random, today: date, count: int, youngest: int) -> list[date]:
    ages = random.sample([months for months in MONTHS if months >= youngest], count)
    return [today - timedelta(days=int(months * 30.44) + random.randrange(15)) for months in sorted(ages)]


def _given(random: Random, sex: str, year: int) -> Word:
    of_year = min(year, namelists.LAST_YEAR) - namelists.FIRST_YEAR
    return random.choice(namelists.given_names()[sex][of_year])


def _guardian(random: Random, surname: Word, sex: str) -> dict[str, Any]:
    given = _given(random, sex, 1992)
    return {
        "name": f"{surname.text}　{given.text}",
        "address": f"東京都世田谷区見本町{random.randrange(1, 6)}丁目{random.randrange(1, 30)}番",
        "occupation": random.choice(("会社員", "自営業", "パート", "求職中", "看護師")),
        "workplace": random.choice(("", "見本商事", "見本病院", "見本デザイン事務所")),
        "mobile_phone": f"090-0000-{random.randrange(10_000):04d}",
        "home_phone": random.choice(("", f"03-0000-{random.randrange(10_000):04d}")),
        "mail": f"family{random.randrange(10**6)}@example.jp",
    }


def _child(
    desk: Desk,
    station: StationCard,
    family: int,
    surname: Word,
    born: date,
    births: list[date],
    random: Random,
    today: date,
) -> int:
    sex = random.choice((MALE, FEMALE))
    given = _given(random, sex, born.year)
    values = _health(random, sex) | {
        "name": f"{surname.text}　{given.text}",
        "born": born,
        "siblings": f"兄弟姉妹 {len(births) - 1} 人" if len(births) > 1 else "なし",
        "medical_card": f"{random.randrange(10**7):07d}",
    }
    key = api.add_child(desk, station, family, values)
    day = today - timedelta(days=random.randrange(5, 55))
    for slot in random.sample(range(18, 34), 16):
        try:
            interview = api.plan_interview(desk, station, key, day, slot)
        except BadInput:
            continue
        api.decide_interview(desk, interview, registered=True)
        break
    return key


def _health(random: Random, sex: str) -> dict[str, Any]:
    def now_and_then(words: tuple[str, ...], share: float) -> str:
        return random.choice(words) if random.random() < share else ""

    return {
        "sex": sex,
        "blood": random.choice(("", "A", "B", "O", "AB")),
        "temperature": f"36.{random.randrange(3, 9)}",
        "allergy": now_and_then(ALLERGIES, 0.2),
        "disability": now_and_then(DISABILITIES, 0.08),
        "history": now_and_then(HISTORIES, 0.12),
        "health": "良好",
        "growth": "年齢相応",
        "home": "核家族",
        "habits": random.choice(HABITS),
        "doctor": random.choice(DOCTORS),
        "kept_before": random.random() < 0.4,
        "weight_at_birth": random.randrange(2_500, 3_600),
        "height_at_birth": "49.5",
    }
