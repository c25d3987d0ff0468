"""What crosses the border of the hand-over package. Plain Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

ENTRY = "r-handover"
"""The ward's own register entry under which officers keep hand-overs."""


class Kind(StrEnum):
    """By what a hand-over goes, in the words of the consultations. The first two carry a container."""

    USB = "USBメモリ"
    DISC = "CD-R"
    PAPER = "文書"
    FAX = "ファクシミリ"

    @property
    def sealed(self) -> bool:
        """Whether it is a medium with an encrypted container; the others are counted in 枚."""
        return self in {Kind.USB, Kind.DISC}

    @property
    def returns(self) -> bool:
        """Whether the thing itself comes back before it is erased; a facsimile stays where it arrived."""
        return self is not Kind.FAX


class Stage(StrEnum):
    """The life of a hand-over, in order; CANCELLED ends it before anything left."""

    PROPOSED = "提案"
    APPROVED = "承認"
    WRITTEN = "引渡し"
    OPENED = "受領"
    USED = "使用終了"
    RETURNED = "返却"
    ERASED = "消去"
    CANCELLED = "取消し"


OUT = frozenset({Stage.WRITTEN, Stage.OPENED, Stage.USED})
"""Stages in which something of the ward's is with the contractor."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row to hand over: the 本人's surrogate key for the ledger, the business's own key, item → value.

    `reference` stays with the ward. The keys of `values` are items of the flow's consultation, word for word.
    """

    subject: int
    reference: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """What a business can hand over; registered by `handover.api.register` in its `AppConfig.ready`.

    `flow` gives the flow of a batch key. `rows` is called inside that flow's database role, as the contractor's own
    person would read: it can read that flow's views and nothing else. `files` makes letters and the like from nothing
    but these rows, in the folder given, with plain ASCII names, for who writes; their paths are the answer, in order. Both give the same
    for the same batch: what is written must be what was approved. A `witnessed` source is of a flow that takes tokens
    only: its batches are numbers of ceremonies, whose files go as they were made, and its rows name nobody.
    """

    name: str
    title: str
    flow: Callable[[str], str]
    rows: Callable[[str], Sequence[SourceRow]]
    files: Callable[[str, Sequence[SourceRow], Path, str], Sequence[Path]] | None = None
    witnessed: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a hand-over that was taken: by whom (login, or cli:user), and when as far as it was told."""

    stage: Stage
    by: str
    at: datetime | date


@dataclass(frozen=True, slots=True)
class Card:
    """A hand-over as pages and commands see it. `until` is the last day of its term; `rows` are 件, pages 枚.

    `ledger` is the number of the ledger's line that says whose items left.
    """

    id: int
    source: str
    batch: str
    flow: str
    consultation: str
    kind: Kind
    serial: str | None
    contractor: str
    receiver: str
    place: str
    since: date
    until: date
    items: tuple[str, ...]
    rows: int
    rows_sha256: str
    files: int | None
    count_before: int
    over_reason: str
    stage: Stage
    steps: tuple[Step, ...]
    recalled_on: date | None
    manifest_sha256: str | None
    container_sha256: str | None
    pages_out: int | None
    pages_received: int | None
    pages_back: int | None
    note: str | None
    erased_how: str | None
    ledger: int | None

    def is_out(self) -> bool:
        """Something of the ward's is with the contractor."""
        return self.stage in OUT

    def overdue(self, on: date) -> int:
        """Days since it should have come back; 0 when it is not late. A recalled one is late from that day."""
        due = min(self.until, self.recalled_on) if self.recalled_on else self.until
        return max(0, (on - due).days) if self.is_out() else 0

    def step(self, stage: Stage) -> Step | None:
        """The step, if it was taken."""
        return next((one for one in self.steps if one.stage is stage), None)


@dataclass(frozen=True, slots=True)
class Late:
    """A hand-over that should have come back: for the home page, without anything of its content."""

    id: int
    flow: str
    contractor: str
    kind: Kind
    due: date


@dataclass(frozen=True, slots=True)
class MediumCard:
    """A medium of the register. `held_by` is the number of the hand-over that has it now."""

    serial: str
    kind: Kind
    contractor: str
    since: date
    ended_on: date | None
    ended_why: str
    held_by: int | None


@dataclass(frozen=True, slots=True)
class RecipientCard:
    """A contractor's public key and the half-open period in which containers are written for it."""

    key: str
    contractor: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Count:
    """What was handed over in the period of the paper, before and with this; `approved` is what the council was told."""

    before: int
    after: int
    approved: int | None
    per: str
    reason: str

    @property
    def over(self) -> bool:
        """More than the council was told: a written reason is needed, and a change of the consultation looked at."""
        return bool(self.reason)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A batch as the gate let it through, on `on`: everything of a hand-over but who proposes it."""

    source: str
    title: str
    batch: str
    flow: str
    consultation: str
    kind: Kind
    serial: str | None
    recipient: str | None
    contractor: str
    receiver: str
    place: str
    place_words: str
    on: date
    until: date
    items: tuple[str, ...]
    rows: int
    rows_sha256: str
    count: Count
    ceremony: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What a hand-over became: the container on the medium and the slip beside it; None of both for paper."""

    card: Card
    container: Path | None
    slip: Path | None
    again: bool
