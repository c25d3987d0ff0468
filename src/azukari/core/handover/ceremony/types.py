"""What crosses the border of the ceremonies. Plain Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azukari.kernel.pseudonyms import Pseudonyms


class Step(StrEnum):
    """The steps of a ceremony after its proposal, in order. Each is taken once; who comes on another day attends again."""

    WARD_PRESENT = "ward-present"
    THEIRS_PRESENT = "theirs-present"
    KEYED = "keyed"
    MADE = "made"
    ACCEPTED = "accepted"
    WRITTEN = "written"
    WARD_SIGNED = "ward-signed"
    THEIRS_SIGNED = "theirs-signed"
    DELIVERED = "delivered"
    WARD_BACK = "ward-back"
    THEIRS_BACK = "theirs-back"
    RESTORED = "restored"
    DESTROYED = "destroyed"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The step in words."""
        return TITLES[self]


TITLES: Mapping[Step, str] = {
    Step.WARD_PRESENT: "区の責任者の立会い",
    Step.THEIRS_PRESENT: "委託先の責任者の立会い",
    Step.KEYED: "鍵の用意",
    Step.MADE: "仮名化",
    Step.ACCEPTED: "点検の承認",
    Step.WRITTEN: "媒体への書込み",
    Step.WARD_SIGNED: "区の責任者の署名",
    Step.THEIRS_SIGNED: "委託先の責任者の署名",
    Step.DELIVERED: "納品の受領",
    Step.WARD_BACK: "区の責任者の立会い（復元）",
    Step.THEIRS_BACK: "委託先の責任者の立会い（復元）",
    Step.RESTORED: "復元",
    Step.DESTROYED: "委託先の復元データの廃棄",
    Step.CLOSED: "終了の確認",
    Step.CANCELLED: "取消し",
}


class Side(StrEnum):
    """For whom somebody acts. Nobody acts for both, and a command without an account for neither."""

    WARD = "ward"
    THEIRS = "theirs"
    NEITHER = ""


@dataclass(frozen=True, slots=True)
class Who:
    """Who wants to take a step: login, side, and whether as a responsible person (責任者)."""

    login: str
    side: Side
    responsible: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """One step that was taken: by whom (login), when, on which day in Tokyo, at which place (code).

    `public` is the public key (Ed25519, 64 hexadecimal digits) with which an attending person will sign; `signature`
    is theirs over the record (128 digits). `detail` holds hashes, counts and states, nothing personal and no key.
    """

    step: Step
    by: str
    at: datetime
    on: date
    place: str
    public: str = ""
    signature: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CeremonyCard:
    """A ceremony as pages and commands see it.

    `section` is the 所管課 of the consultation, whose people act for the ward. `until` is the last day of the hand-over's term; `since <= day < before`
    are the days of the records that are handed over.

    `series` is what the tokens belong to: those of one series and contractor, made with one key, can be joined.
    `smallest` is the fewest persons that a cell of the disclosure report may have; `rare` the fewest with a disease code.
    """

    id: int
    source: str
    flow: str
    consultation: str
    section: str
    contractor: str
    serial: str
    until: date
    since: date
    before: date
    place: str
    place_words: str
    series: str
    smallest: int
    rare: int
    over_reason: str
    proposed_by: str
    proposed_at: datetime
    steps: tuple[Taken, ...]
    handover: int | None

    def last(self, step: Step) -> Taken | None:
        """The step as it was taken last, if it was."""
        return next((one for one in reversed(self.steps) if one.step is step), None)

    @property
    def ended(self) -> bool:
        """Closed or cancelled."""
        return bool(self.last(Step.CLOSED) or self.last(Step.CANCELLED))


@dataclass(frozen=True, slots=True)
class Order:
    """What a business is asked to pseudonymise: for which ceremony, under which items, with which tokens, into where."""

    ceremony: int
    contractor: str
    items: tuple[str, ...]
    tokens: Pseudonyms
    smallest: int
    rare: int
    on: date
    since: date
    before: date
    folder: Path


@dataclass(frozen=True, slots=True)
class Made:
    """What it made: whose records (surrogate keys), the files in the folder with their 行, the report to be accepted.

    `keep` writes the rows that the flow will show, in the transaction that records the step; it is given the database
    alias. `report` is plain data (counts) with `lines`, each a sentence for the person who has to accept it.
    """

    subjects: Sequence[int]
    files: Sequence[tuple[Path, int]]
    report: Mapping[str, Any]
    keep: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Maker:
    """A business's part in ceremonies: the source of the same name hands over what it makes.

    `drop` takes the rows of a ceremony away again (its number, the database alias): it was cancelled, or they left.
    """

    name: str
    title: str
    flows: tuple[str, ...]
    make: Callable[[Order], Made]
    drop: Callable[[int, str], None]
