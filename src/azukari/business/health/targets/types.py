"""What the extraction of targets hands over: frozen, plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Truth = bool | None  # None is not known, and never counts as normal
PROGRAMMES: Mapping[str, str] = {
    "checkup": "特定健診の受診勧奨",
    "guidance": "特定保健指導",
    "kidney": "糖尿病性腎症重症化予防",
    "visits": "重複・頻回受診",
    "drugs": "重複服薬",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a person is a target. `receipt` and `line` name the record line; both are None where no receipt says it."""

    table: str
    receipt: int | None
    line: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Target:
    """One person of a list, in the first group they fall into, with every reason."""

    person: int
    group: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class GroupTitle:
    """A group of a definition as people call it."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A value or text of a definition whose source nobody has confirmed: shown 未確認."""

    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """The targets of a programme on a day, by one version of one definition.

    `counts` has each group, `unknown` (nobody can say yet), `none` and `all` (whom the store knows), in persons.
    `notes` say what the store lacked. `targets` are in the order of groups, then persons.
    """

    programme: str
    as_of: date
    pack: str
    version: str
    title: str
    groups: tuple[GroupTitle, ...]
    targets: Sequence[Target]
    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()
    unconfirmed: tuple[Unconfirmed, ...] = ()
    parameters: Mapping[str, bool | int | float] = field(default_factory=dict)

    @property
    def definition(self) -> str:
        """The definition and its version in one word, as reports quote it."""
        return f"{self.pack} {self.version}"


@dataclass(frozen=True, slots=True)
class Because:
    """One condition of a group for one person: met, not met or not known, in a sentence."""

    truth: Truth
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One group, and why a person is in it, is not, or cannot be judged."""

    code: str
    title: str
    truth: Truth
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A person as a definition sees them on a day. `group` is None when they are in none."""

    person: int
    as_of: date
    pack: str
    version: str
    known: bool
    group: str | None
    groups: tuple[Asked, ...]


Mark = Literal["S", "V", "M", "NOT FOUND"]
