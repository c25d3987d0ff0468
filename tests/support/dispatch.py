"""What the dispatch tests share: a workshop with two workers, an officer, and jobs made of any number of sets.

`workshop` is a copy of the database for one test module, on both Django aliases, with real commits: pages and commands
see the same rows. Each test makes a job of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from azukari.config.cluster import Cluster
from azukari.core.accounts import api as accounts
from azukari.core.accounts.api import DEMONSTRATION_PASSWORD, NewAccount
from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch.types import NewSet, Stage
from azukari.core.policy import api as policy
from azukari.core.policy.api import Actor, Place
from support.database import aliases_on, copied
from support.signing import AT, try_sign_in

FLOW = "813-2"
FLOWS = ("813-1", "813-2")
SCOPO = "就労継続支援A型事業所Scopo"
SECTION = "政策経営部ふるさと納税対策担当課"
SINCE = date(2019, 5, 1)
# The entry of the donations register; whoever is named under it has the officer's screens in the menu.
ENTRY = "r-donations"
THREE = ("宛名票", "礼状", "受領証明書")
# Who works where: login → name, kind, section, contractor, place.
STAFF = {
    "worker-a": ("上北沢 はる", "operator", None, SCOPO, "scopo"),
    "worker-b": ("下高井戸 なつ", "operator", None, SCOPO, "scopo"),
    "workshop-lead": ("桜上水 あき", "responsible", None, SCOPO, "scopo"),
    "furusato": ("羽根木 ふゆ", "officer", SECTION, None, "ward-furusato"),
}
PLACES = (
    Place("scopo", "Scopo の作業室", "委託先事業者の施設", SCOPO, ward_terminal=False),
    Place("ward-furusato", "ふるさと納税対策担当課の執務室", "区の執務室"),
)
_references = count(1)


def staff(using: str = "owner") -> None:
    """The places, and the people who may sign in there."""
    for place in PLACES:
        policy.save_place(place, using=using)
    for login, (name, kind, section, contractor, _) in STAFF.items():
        new: Any = NewAccount(
            login,
            name,
            kind,
            DEMONSTRATION_PASSWORD,
            SINCE,
            section=section,
            contractor=contractor,  # type: ignore[arg-type]
        )
        accounts.create(new, by="demo", using=using)
        for flow in FLOWS if contractor else (ENTRY,):
            policy.enrol(login, flow, since=SINCE, contractor=contractor, using=using)


@pytest.fixture(scope="module")
def workshop(cluster: Cluster, template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The name of the database."""
    copy = copied(cluster, template, f"workshop_{uuid4().hex[:12]}")
    with pytest.MonkeyPatch.context() as patch, copy as name, django_db_blocker.unblock(), aliases_on(name):
        for login, (*_, place) in STAFF.items():
            patch.setitem(AT, login, place)
        staff()
        yield name
        connections.close_all()


def enter(login: str, **changes: str) -> Client:
    """A browser in which they have signed in. What is committed stays, so the digits of before may work once more."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE accounts_account SET totp_step = 0 WHERE login = %s", [login])
    client = Client()
    assert try_sign_in(client, login, **changes).status_code == 302
    return client


def actor(login: str) -> Actor:
    return accounts.actor_of(accounts.find(login), SINCE)


def subject(number: int = 0) -> int:
    """The key of somebody of the made-up ward."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT id FROM people_person ORDER BY id OFFSET %s LIMIT 1", [number])
        return int(cursor.fetchone()[0])


def new_sets(number: int, sheets: Sequence[str] = THREE) -> list[NewSet]:
    return [NewSet((index + 1,), f"D-{next(_references):06d}", tuple(sheets)) for index in range(number)]


@dataclass(frozen=True)
class Made:
    """A job, and its sets' references in order."""

    id: int
    references: tuple[str, ...]

    def texts(self, number: int) -> list[str]:
        """The codes of the set of that number (from 1), sheet by sheet, of the generation in force."""
        reference = self.references[number - 1]
        return [code.text for code in dispatch.codes(self.id, [reference])[reference]]

    def match(self, number: int, by: str = "worker-a") -> Stage:
        """All sheets of one set, read in order by one worker."""
        stage = dispatch.stage(self.id, by=by)
        for text in self.texts(number):
            stage = dispatch.scan(self.id, text, by=by)
        return stage

    def sealed(self, *numbers: int, by: str = "worker-a") -> None:
        for number in numbers:
            assert self.match(number, by).matched
            dispatch.seal(self.id, by=by)

    def post(self, numbers: Sequence[int] | None = None, *, count: int | None = None, slip: str = "") -> int:
        """Hand over the sets of these numbers, or all that are sealed."""
        references = None if numbers is None else [self.references[number - 1] for number in numbers]
        return dispatch.hand_over(
            self.id, number=slip or f"S-{next(_references)}", office="世田谷郵便局", on=timezone.localdate(),
            count=len(numbers or self.references) if count is None else count, references=references, by="furusato",
        )  # fmt: skip


def make_job(
    number: int = 3, *, sheets: Sequence[str] = THREE, printed: bool = True, flow: str = FLOW, contractor: str = SCOPO,
    using: str = "default", title: str = "受領証明書の発送",
) -> Made:  # fmt: skip
    """A job of so many sets, out of the printer unless told otherwise."""
    sets = new_sets(number, sheets)
    job = dispatch.plan(flow, "donations", title, contractor, sets, by="furusato", using=using)
    if printed:
        dispatch.printed(job, by="worker-a", using=using)
    return Made(job, tuple(one.reference for one in sets))
