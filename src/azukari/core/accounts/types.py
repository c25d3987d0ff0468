"""What crosses the border of this package: who is signed in, and what became of an attempt to sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

Kind = Literal["officer", "operator", "responsible", "privacy", "resident", "council", "it"]

# Everybody's password in a made-up ward; it opens nothing anywhere else.
DEMONSTRATION_PASSWORD = "azukari-demo-2019"  # noqa: S105 (printed on the sign-in page)
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
    """A signed-in person as pages see them. `person_id` is the key of a resident's own record; it is never shown."""

    login: str
    name: str
    kind: Kind
    section: str | None = None
    contractor: str | None = None
    person_id: int | None = None

    @property
    def id(self) -> str:
        """The actor's id in the policy and the ledger: the login, because a login is never given to anybody else."""
        return self.login


@dataclass(frozen=True, slots=True)
class Shown:
    """A person of a made-up ward as its sign-in page shows them, with the six digits that work now."""

    card: AccountCard
    kind: str
    belongs: str
    code: str


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


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as the list shows it: who, from when, until (exclusive) when."""

    card: AccountCard
    since: date
    until: date | None


class End(StrEnum):
    """Why a session ended without its owner asking."""

    IDLE = "idle"
    TERM = "term"
    PLACE = "place"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of an attempt to sign in. `reason` is for the person, the same for every wrong secret."""

    card: AccountCard | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that ended: why, the name of the place it was begun at, and of the place of the last request."""

    why: End
    place_then: str | None = None
    place_now: str | None = None
