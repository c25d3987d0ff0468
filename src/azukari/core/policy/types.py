"""The consultation as data, and the words of a decision.

A consultation (諮問) is one TOML file in `consultations/`. It says which items (個人情報の項目) of whom go to whom, in
which direction, by which medium, at which place, from when and how many: its flows. A ward register entry (業務登録簿,
今日の個人情報ファイル簿) says the same of the ward's own sections. Nothing else grants anything.

Plain Python: no Django, no clock, no network. Periods are half-open: `start <= day < end`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Direction(StrEnum):
    """Which way the items travel. Three directions of one business are three permissions."""

    WARD_TO_CONTRACTOR = "ward_to_contractor"
    SUBJECT_TO_CONTRACTOR = "subject_to_contractor"
    THIRD_PARTY_TO_CONTRACTOR = "third_party_to_contractor"
    RECORDED = "recorded"
    LINE = "line"


class Form(StrEnum):
    """Plain, or with names and numbers replaced by tokens whose key stays with the ward (809 補足資料)."""

    PLAIN = "plain"
    PSEUDONYMISED = "pseudonymised"


class Stage(StrEnum):
    """The life of a consultation. Only `answered` ones grant, from the start of each flow."""

    DRAFTED = "drafted"
    CONSULTED = "consulted"
    ANSWERED = "answered"
    CHANGED = "changed"
    ENDED = "ended"


class Kind(StrEnum):
    """What the council is asked or told."""

    CONTRACT = "委託"
    NEW_ITEMS = "新項目の記録"
    LINE = "回線結合"
    REPORT = "報告"


class Strict(BaseModel):
    """Frozen, and a key nobody knows is an error rather than ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Strict):
    """The paper a file was read from. `sha256` is of its bytes; line numbers elsewhere count from 1."""

    file: Text
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Basis(Strict):
    """The article a consultation rests on, and while it is law. `mark` S/V = seen, M = from memory, to be confirmed.

    `valid_from` is left out where nobody has looked it up: the article was law by the day of the paper.
    """

    kind: Kind
    law: Text
    article: Text
    valid_from: date | None = None
    valid_until: date | None = None
    mark: Literal["S", "V", "M"] = "S"


class LifeEvent(Strict):
    """One step of a consultation's life. A demonstration's step counts only in a demonstration ward."""

    stage: Stage
    on: date
    by: Text | None = None
    conditions: tuple[Text, ...] = ()
    demonstration: bool = False


class Review(Strict):
    """Something the reader could not know. `field` is a path such as `flows.812-1.start`; `line` is of the paper."""

    field: Text
    line: int
    reason: Text


class Resolution(Strict):
    """A field that a person settled, and why. The reader's own output differs from the file in these fields only."""

    field: Text
    reason: Text


class Flow(Strict):
    """One direction of one business.

    `items` are all items the flow may carry, in the paper's order; `items_new` those of them that the paper calls
    新たな項目 (the others stay permitted under an earlier consultation). A flow whose items stand elsewhere in the paper
    (「第1の4(1)のとおり」) has none of its own and names those flows in `items_of`.
    `count` is soft, in `unit` per `per`. `start` None means the paper does not say, and then the flow grants nothing.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-z]+(-[0-9a-z]+)+$")]
    business: Text
    direction: Direction
    subject: Text
    items: tuple[Text, ...] = ()
    items_new: tuple[Text, ...] = ()
    items_of: tuple[Text, ...] = ()
    form: Form = Form.PLAIN
    row_scope: Text | None = None
    count: int | None = None
    unit: Text | None = None
    per: Literal["year", "month"] | None = None
    approximate: bool = False
    places: tuple[Text, ...] = ()
    media: tuple[Text, ...] = ()
    contractor_computer: bool | None = None
    start: date | None = None
    end: date | None = None
    contractors: tuple[Text, ...] = ()
    clause: Text | None = None
    cite: Mapping[str, tuple[int, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _hangs_together(self) -> Flow:
        if self.start and self.end and self.end <= self.start:
            raise ValueError(f"終了 {self.end} が開始 {self.start} より後ではありません")
        if strangers := set(self.items_new) - set(self.items):
            raise ValueError(f"新たな項目が項目に含まれていません: {'、'.join(sorted(strangers))}")
        if len(set(self.items)) != len(self.items):
            raise ValueError("同じ項目が二度書かれています")
        return self


class Trial(Strict):
    """One section's use in the mobile-work report. `items_open` says the paper's list ends with 等."""

    id: Text
    section: Text
    tasks: tuple[Text, ...]
    items: tuple[Text, ...]
    items_open: bool = False
    cite: Mapping[str, tuple[int, ...]] = Field(default_factory=dict)


class Control(Strict):
    """One of the eight controls of the mobile-work report."""

    id: Text
    name: Text
    text: Text
    line: int


class Consultation(Strict):
    """One paper put before the council. `number` is 諮問第N号 as digits, or a word for a report."""

    number: Text
    title: Text
    matter: Text
    kinds: tuple[Kind, ...]
    section: Text
    submitted: date | None = None
    council_date: date | None = None
    source: Source
    basis: tuple[Basis, ...] = ()
    life: tuple[LifeEvent, ...] = ()
    subjects: tuple[Text, ...] = ()
    flows: tuple[Flow, ...] = ()
    trials: tuple[Trial, ...] = ()
    controls: tuple[Control, ...] = ()
    review: tuple[Review, ...] = ()
    resolved: tuple[Resolution, ...] = ()
    cite: Mapping[str, tuple[int, ...]] = Field(default_factory=dict)


class RegisterEntry(Strict):
    """The ward's own use of personal information by one of its sections (業務登録簿 旧条例9条 / 個人情報ファイル簿 法75条).

    `id` starts with `r-`. `own_record` entries let each resident see the rows about themselves.
    """

    id: Annotated[str, StringConstraints(pattern=r"^r-[0-9a-z-]+$")]
    business: Text
    sections: tuple[Text, ...]
    subject: Text
    items: tuple[Text, ...]
    places: tuple[Text, ...]
    start: date
    end: date | None = None
    source: Text
    confirmed: bool = False
    own_record: bool = False


@dataclass(frozen=True, slots=True)
class Holds:
    """What a table holds. Every model of Azukari carries one as its `holds`; a field it does not name stops the start.

    `items` maps a field to the item it is, in the words of the consultations that list it (several spellings may be
    given). `flows` are the flows and register entries under which its rows are handed; each of them sees of `items`
    what its consultation lists, and all of `facts` (which say nothing personal: states, months, keys). `hidden` fields
    reach no flow at all. `subject` names the field with the person's surrogate key, `contractor` and `scope` the ones
    that narrow rows to a contractor and a row scope. `writes` are the fields a flow may insert and update.
    """

    items: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    flows: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    subject: str | None = None
    contractor: str | None = None
    scope: str | None = None
    form: Form = Form.PLAIN
    writes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A place where items may be handled. `stands_for` is the place in the words of the paper."""

    code: str
    name: str
    stands_for: str
    contractor: str | None = None
    ward_terminal: bool = True


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `enrolled` are the flows and register entries the person is named under on the day asked about.

    `person` is the surrogate key of a resident, who under an `own_record` entry sees the rows about that person only.
    """

    id: str
    kind: Literal["officer", "operator", "responsible", "privacy", "resident", "council", "it"]
    enrolled: frozenset[str]
    contractor: str | None = None
    section: str | None = None
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of the row asked for: the contractor it was entrusted to, the row scopes it lies in, whose it is.

    `contractor` is None where the table does not divide its rows among contractors, and "" where it does but the row
    is entrusted to nobody yet (which no contractor sees).
    """

    contractor: str | None = None
    scopes: frozenset[str] = frozenset()
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Allowed or refused, on which ground (諮問 number and section), and why in a resident's words."""

    allowed: bool
    ground: str
    reason: str
