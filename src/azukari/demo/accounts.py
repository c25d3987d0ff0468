"""The demonstration ward's places, their networks, and one person of each kind who may sign in. All made up.

Only the TOTP secrets are not of the seed: they are random in every installation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.contrib.auth.hashers import make_password
from psycopg import Connection

from azukari.core.accounts import api as accounts
from azukari.core.accounts.api import DEMONSTRATION_PASSWORD, Kind, NewAccount
from azukari.core.policy import api as policy
from azukari.core.policy.api import Place
from azukari.demo.names import (
    ANALYSTS,
    CALL_CENTRE,
    CONTRACTOR,
    GUIDES,
    OTHER_CONTRACTOR,
    VISITORS,
    WORKSHOP,
)

OWNER = "owner"
SINCE = date(2019, 4, 1)
SECTION = "障害福祉担当部障害者地域生活課"
DONATIONS_SECTION = "政策経営部ふるさと納税対策担当課"
HEALTH_SECTION = "保健福祉部国保・年金課"
FACILITY = "委託先事業者の施設"

# Place → its networks. Addresses are of the blocks kept for private use (RFC 1918) and for examples (RFC 5737).
PLACES: dict[Place, tuple[str, ...]] = {
    Place("ward", "区役所", "区役所"): ("10.10.0.0/16",),
    Place("ward-taxi", "障害者地域生活課の執務室", "区の執務室"): ("10.10.31.0/24",),
    Place(
        "ward-nursery",
        "保育認定・調整課入園担当の執務室",
        "世田谷区保育担当部保育認定・調整課入園担当執務室内",
    ): ("10.10.21.0/24",),
    Place("centre", "事務センター", "世田谷区事務センター"): ("10.20.0.0/16",),
    Place("cloud", "クラウド事業者のデータセンター", "クラウドサービス事業者のデータセンター", ward_terminal=False): (
        "203.0.113.0/24",
    ),
    Place("hidamari", "ひだまり事務センターの作業室", FACILITY, CONTRACTOR): ("192.0.2.0/25",),
    Place("asunaro", "あすなろ事務代行の電話室", FACILITY, OTHER_CONTRACTOR, ward_terminal=False): ("198.51.100.0/25",),
    Place("ward-donations", "ふるさと納税対策担当課の執務室", "区の執務室"): ("10.10.41.0/24",),
    Place("shiinoki", "Scopo の作業室", FACILITY, WORKSHOP, ward_terminal=False): ("198.51.100.128/25",),
    Place("ward-health", "国保・年金課の執務室", "区の執務室"): ("10.10.51.0/24",),
    Place("analysts", "NTTデータの分析室", FACILITY, ANALYSTS, ward_terminal=False): ("10.31.0.0/25",),
    Place("guides", "メディヴァの相談室", FACILITY, GUIDES, ward_terminal=False): ("10.31.0.128/25",),
    Place("calls", "ひびき電話サービスの電話室", FACILITY, CALL_CENTRE, ward_terminal=False): ("10.30.0.0/24",),
    Place("visitors", "こもれび訪問看護の事務室", FACILITY, VISITORS, ward_terminal=False): ("10.30.1.0/24",),
    # Every other address: where residents look at their own records, and nothing else is allowed.
    Place("own-device", "本人の端末", "本人の端末", ward_terminal=False): ("0.0.0.0/0", "::/0"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in, and the flows and register entries they are named under."""

    login: str
    name: str
    kind: Kind
    section: str | None = None
    contractor: str | None = None
    enrolled: tuple[str, ...] = ()


PEOPLE = (
    Person(
        "officer", "北沢 みどり", "officer", section=SECTION, enrolled=("r-taxi", "r-taxi-pay", "r-juki", "r-handover")
    ),
    Person("operator", "砧 一郎", "operator", contractor=CONTRACTOR, enrolled=("815-1",)),
    Person("operator-812", "桜丘 ゆう", "operator", contractor=OTHER_CONTRACTOR, enrolled=("812-3",)),
    Person(
        "responsible",
        "玉川 さくら",
        "responsible",
        section=SECTION,
        enrolled=("r-taxi", "r-taxi-pay", "r-juki", "r-handover"),
    ),
    Person("contractor-lead", "烏山 健", "responsible", contractor=CONTRACTOR, enrolled=("815-1",)),
    Person("officer-813", "等々力 めい", "officer", section=DONATIONS_SECTION, enrolled=("r-donations", "r-handover")),
    Person(
        "responsible-813",
        "千歳 まもる",
        "responsible",
        section=DONATIONS_SECTION,
        enrolled=("r-donations", "r-handover"),
    ),
    Person("workshop", "池尻 はるか", "operator", contractor=WORKSHOP, enrolled=("813-1", "813-2")),
    Person("workshop-responsible", "代沢 かおる", "responsible", contractor=WORKSHOP, enrolled=("813-1", "813-2")),
    Person(
        "officer-809", "用賀 なお", "officer", section=HEALTH_SECTION, enrolled=("r-health", "r-juki", "r-handover")
    ),
    Person(
        "responsible-809",
        "弦巻 しずか",
        "responsible",
        section=HEALTH_SECTION,
        enrolled=("r-health", "r-health-hand", "r-juki", "r-handover"),
    ),
    Person("analyst", "鎌田 りく", "operator", contractor=ANALYSTS, enrolled=("809-2-1", "809-2-3")),
    Person("analyst-responsible", "喜多見 けい", "responsible", contractor=ANALYSTS, enrolled=("809-2-1", "809-2-3")),
    Person("caller", "祖師谷 あおい", "operator", contractor=CALL_CENTRE, enrolled=("809-1",)),
    Person("caller-responsible", "船橋 ゆたか", "responsible", contractor=CALL_CENTRE, enrolled=("809-1",)),
    Person("guide", "上野毛 ひかる", "operator", contractor=GUIDES, enrolled=("809-3",)),
    Person("visitor", "瀬田 こずえ", "operator", contractor=VISITORS, enrolled=("809-4",)),
    Person("privacy", "松原 めぐみ", "privacy", section="総務部区政情報課", enrolled=("r-juki",)),
    Person("council", "成城 誠", "council"),
    Person("it", "代田 光", "it", section="政策経営部情報政策課"),
)


def make() -> int:
    """Places, networks and people, through the owner's alias in its open transaction. Returns how many people."""
    for place, networks in PLACES.items():
        policy.save_place(place, using=OWNER)
        for network in networks:
            accounts.save_network(network, place.code, using=OWNER)
    for person in PEOPLE:
        _sign_up(person)
    return len(PEOPLE)


def sign_up(new: NewAccount) -> None:
    """Make an account with the password that the whole demonstration has."""
    accounts.create(new, by="demo", using=OWNER, hashed=_hashed())


@cache
def _hashed() -> str:
    return make_password(DEMONSTRATION_PASSWORD)


def _sign_up(person: Person) -> None:
    new = NewAccount(
        person.login,
        person.name,
        person.kind,
        DEMONSTRATION_PASSWORD,
        SINCE,
        section=person.section,
        contractor=person.contractor,
    )
    sign_up(new)
    for flow in person.enrolled:
        policy.enrol(person.login, flow, since=SINCE, contractor=person.contractor, using=OWNER)


def make_resident(connection: Connection, seed: int) -> None:
    """Somebody who holds a taxi certificate, where the ward has one; `seed` chooses whom."""
    key = _resident(connection, seed)
    new = NewAccount("resident", "", "resident", DEMONSTRATION_PASSWORD, SINCE, person_id=key)
    sign_up(new)
    policy.enrol("resident", "r-self", since=SINCE, person=key, using=OWNER)


def _resident(connection: Connection, seed: int) -> int:
    """A living person, with a taxi certificate if anybody has one."""
    row = connection.execute(
        "SELECT p.id FROM people_person p LEFT JOIN taxi_certificate t ON t.person_id = p.id WHERE p.died IS NULL"
        " ORDER BY t.person_id IS NULL, hashint8extended(p.id, %s) LIMIT 1",
        [seed],
    ).fetchone()
    if row is None:
        raise LookupError("the ward has no persons yet: make them before the accounts")
    return int(row[0])
