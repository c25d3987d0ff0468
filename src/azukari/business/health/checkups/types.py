"""Words of 特定健診 and 特定保健指導 shared with other parts: what was measured, the levels, what was received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from azukari.kernel.period import Period

# The columns of columns.CHECKUPS that are called otherwise in Values, and what they are called there.
CHECKUP_NAMES = {
    "triglyceride_fasting": "tg",
    "triglyceride_casual": "tg_casual",
    "glucose_fasting": "fpg",
    "glucose_casual": "casual_glucose",
}


class Level(IntEnum):
    """保健指導レベル (特定健診の項目 9N506, the codes of its 結果値)."""

    ACTIVE = 1
    MOTIVATIONAL = 2
    NONE = 3
    UNDECIDED = 4

    @property
    def label(self) -> str:
        """As pages write it."""
        return {1: "積極的支援", 2: "動機付け支援", 3: "なし（情報提供）", 4: "判定不能"}[self]


class Metabolic(IntEnum):
    """メタボリックシンドローム判定 (特定健診の項目 9N501, the codes of its 結果値)."""

    MET = 1
    NEAR = 2
    NOT = 3
    UNDECIDED = 4

    @property
    def label(self) -> str:
        """As pages write it."""
        return {1: "基準該当", 2: "予備群該当", 3: "非該当", 4: "判定不能"}[self]


class Sex(IntEnum):
    """男女区分."""

    MALE = 1
    FEMALE = 2


@dataclass(frozen=True, slots=True)
class Values:
    """One person's checkup, as far as the 階層化 needs it. None is not measured or not known, never normal.

    `sex` 1 男 2 女; `age` completed years at the end of the fiscal year; `waist` cm, `visceral_fat` cm²; `systolic`,
    `diastolic` mmHg; `tg` (fasting ≥ 10 h), `tg_casual`, `hdl`, `fpg`, `casual_glucose` mg/dL; `hba1c` % NGSP,
    `hba1c_jds` % JDS; `smoking` the code of the answer; `drug_…` True 服薬あり, False なし.
    """

    sex: int | None = None
    age: int | None = None
    waist: float | None = None
    visceral_fat: float | None = None
    bmi: float | None = None
    systolic: float | None = None
    diastolic: float | None = None
    tg: float | None = None
    tg_casual: float | None = None
    hdl: float | None = None
    fpg: float | None = None
    casual_glucose: float | None = None
    hba1c: float | None = None
    hba1c_jds: float | None = None
    smoking: int | None = None
    drug_pressure: bool | None = None
    drug_glucose: bool | None = None
    drug_lipid: bool | None = None


# Compared by identity, as Criteria: what was said of a value is looked up by them in row after row.
@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Where a value counts as a risk: from this value on, `hdl` below it. Units as in Values."""

    waist_male: float
    waist_female: float
    visceral_fat: float
    bmi: float
    systolic: float
    diastolic: float
    tg: float
    tg_casual: float
    hdl: float
    fpg: float
    casual_glucose: float
    hba1c: float


# Compared by identity: there is one of each, and a row looks its answers up by it.
@dataclass(frozen=True, slots=True, eq=False)
class Criteria:
    """The criteria of one period. Ages are completed years at the end of the fiscal year, both ends included."""

    name: str
    period: Period
    confirmed: bool
    hba1c_scale: str
    smoking_yes: tuple[int, ...]
    smoking_answers: tuple[int, ...]
    guidance: Limits
    metabolic: Limits
    first_age: int
    last_age: int
    senior_age: int


@dataclass(frozen=True, slots=True)
class Classified:
    """A level, why in words, and the items (fields of Values) whose value could still change it."""

    level: Level
    reasons: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """One file that was read whole: `kind` cda or fkac, its SHA-256, rows by table, and what is worth a word.

    `known`: it had been received before, and nothing was changed.
    """

    name: str
    kind: str
    sha256: str
    size: int
    parts: tuple[str, ...]
    counts: dict[str, int]
    notes: tuple[str, ...] = ()
    known: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """One item of みなし健診: whether a receipt shows that it was done. `receipt`, `line` and `on` say where and when.

    `state` is present (行われた), absent (行われていない) or unknown (レセプトからは分からない).
    """

    item: str
    label: str
    state: str
    receipt: int | None = None
    line: int | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person without a checkup in the fiscal year whose care may count as one, and what is still missing."""

    person: int
    age: int
    needs: tuple[Need, ...]
    first: date
    last: date

    @property
    def gaps(self) -> tuple[Need, ...]:
        """What is not shown as done."""
        return tuple(need for need in self.needs if need.state != "present")
