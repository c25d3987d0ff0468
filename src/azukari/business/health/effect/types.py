"""Words of the effect reports: what is measured, and what may be said of it. Plain Python and numpy arrays.

The effect is always that on the people reached (ATT): their mean outcome, less what it would have been without the
programme. An estimate has the unit of the outcome; of a 0/1 outcome it is a difference of shares (0.05 = 5 ポイント).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    # Only named here: a server that starts has no need to load it.
    import numpy as np
    from numpy.typing import NDArray

Numbers: TypeAlias = "NDArray[np.float64]"
Flags: TypeAlias = "NDArray[np.bool_]"

PROGRAMMES = {
    "checkup": "特定健診の受診勧奨",
    "guidance": "特定保健指導",
    "kidney": "糖尿病性腎症重症化予防",
    "visits": "重複・頻回受診者への訪問指導",
    "drugs": "重複服薬者への訪問指導",
}
DESIGNS = {
    "doubly_robust": "重みづけと回帰",
    "weighting": "重みづけ",
    "matching": "似た人どうしの組",
    "ancova": "共分散分析",
    "did": "差の差",
}
HEADLINE = "doubly_robust"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval and two-sided p."""

    estimate: float
    low: float
    high: float
    p: float

    @property
    def differs(self) -> bool:
        """Whether the interval leaves out nothing-at-all."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Column:
    """One covariate as it enters a model: `source` is the column of the file it was made from."""

    name: str
    source: str
    values: Numbers
    squared: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """How many of a sex and age band were reached and not reached."""

    name: str
    treated: int
    control: int


@dataclass(frozen=True, slots=True)
class Study:
    """The people who met the definition of the target, one row each, as arrays of one length.

    `treated` is whether the programme reached them; `after` is nan where it is not known. `earlier` is the same value a
    period before `before`, `negative` an outcome the programme cannot change. `population` is `earlier` and `before` of
    everybody in the data, targets or not. The counts outside the study are of people left out before it.
    """

    programme: str
    outcome: str
    binary: bool
    treated: Flags
    after: Numbers
    before: Numbers | None
    earlier: Numbers | None
    negative: Numbers | None
    covariates: tuple[Column, ...]
    ineligible: tuple[int, int]
    unusable: tuple[int, int]
    unknown: int
    groups: tuple[Group, ...] = ()
    population: tuple[Numbers, Numbers] | None = None
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many people."""
        return len(self.treated)


@dataclass(frozen=True, slots=True)
class DesignResult:
    """What one design says. `n_treated`, `n_control` are None where publishing them would give a small number away."""

    design: str
    estimate: Estimate
    n_treated: int | None
    n_control: int | None


@dataclass(frozen=True, slots=True)
class Balance:
    """Standardised mean differences of one covariate: as it was, after weighting, after matching (None: no pairs).

    `told` is whether it may be published: a difference in what hardly anybody has would say how many have it.
    """

    name: str
    told: bool
    raw: float
    weighted: float
    matched: float | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far the people reached have a counterpart: shares of 1, and the controls' effective number after weighting.

    `inside` is None where it would give away how many have none.
    """

    inside: float | None
    effective_controls: float
    largest_share: float


@dataclass(frozen=True, slots=True)
class Reversion:
    """The naive change of the people reached, taken apart: what was to be expected without the programme, and the rest.

    `retest` is the change expected from regression to the mean alone, from the correlation of two measurements before
    the programme in the whole population (Galton), where there are two.
    """

    naive: Estimate
    expected: Estimate
    remainder: Estimate
    retest: Estimate | None = None
    correlation: float | None = None


@dataclass(frozen=True, slots=True)
class Placebo:
    """The same estimator on what the programme cannot have changed. `kind` says what that was."""

    kind: str
    result: Estimate

    @property
    def found(self) -> bool:
        """Whether an effect was found where none can be."""
        return self.result.differs


@dataclass(frozen=True, slots=True)
class Missing:
    """The estimate when everybody without an outcome had done badly in one group and well in the other (both ways)."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Quartiles of a value in a group, and its 10th and 90th percentile where the group is large enough for them."""

    name: str
    lower: float
    middle: float
    upper: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people in the report; None is not published."""

    name: str
    value: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said, in words. `says` is "effect", "unclear", "doubtful" or "refused"."""

    says: str
    title: str
    reasons: tuple[str, ...]
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that may be published of one study: no person, no number of people under the limit."""

    programme: str
    outcome: str
    binary: bool
    verdict: Verdict
    headline: DesignResult | None
    counts: tuple[Count, ...]
    groups: tuple[tuple[str, int | None, int | None], ...]
    designs: tuple[DesignResult, ...] = ()
    naive: Estimate | None = None
    difference: Estimate | None = None
    reversion: Reversion | None = None
    placebo: Placebo | None = None
    balance: tuple[Balance, ...] = ()
    overlap: Overlap | None = None
    missing: Missing | None = None
    spreads: tuple[Spread, ...] = ()
    notes: tuple[str, ...] = ()
    suppressed: tuple[str, ...] = field(default=())

    def count(self, name: str) -> int | None:
        """The number of that name; None when it is not published."""
        return next(one.value for one in self.counts if one.name == name)
