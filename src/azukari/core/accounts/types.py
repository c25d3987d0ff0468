"""What crosses the border of this package: who is signed in, and what became of an attempt to sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

Kind = Literal["officer", "operator", "responsible", "privacy", "resident", "council", "it"]

KIND_NAMES: dict[Kind, str] = {
    "officer": "区の職員",
    "operator": "委託先の従事者",
    "responsible": "責任者",
    "privacy": "個人情報保護の担当",
    "resident": "区民",
    "council": "審議会の委員",
    "it": "システムの保守",
}


@dataclass(frozen=True, slots=True)
class AccountCard:
    """A signed-in person as pages see them. `login` is never given to anybody else, and is the actor's id in the ledger.

    `person_id` is the surrogate key of a resident's own record; it is never shown.
    """

    id: str
    login: str
    name: str
    kind: Kind
    section: str | None = None
    contractor: str | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is needed to make an account. `until` is exclusive; a resident has no name here, their record holds it."""

    login: str
    name: str
    kind: Kind
    password: str
    since: date
    until: date | None = None
    section: str | None = None
    contractor: str | None = None
    person_id: int | None = None


class End(StrEnum):
    """Why a session ended without its owner asking."""

    IDLE = "idle"
    TERM = "term"
    PLACE = "place"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of an attempt to sign in. `reason` is for the person; it is one and the same for every wrong secret."""

    card: AccountCard | None
    reason: str = ""
