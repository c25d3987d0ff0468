"""Which column of a table of persons is what, whatever its maker called it.

Names are compared after NFKC, in small letters, with every mark between words taken as `_`. Whatever has no other part
is a covariate, except what can only have been written by somebody who knew the answer, and what came after the
programme: those would spoil the estimate, and are named in the report as left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from azukari.kernel.errors import BadInput

PERSON = (
    *("person", "person_id", "id", "pid", "subject", "subject_id", "patient", "patient_id", "identity", "member_id"),
    *("unit", "unit_id", "被保険者識別番号", "識別番号", "個人", "番号"),
)
TREATED = (
    *("treated", "treatment", "treat", "is_treated", "reached", "intervention", "exposed", "exposure", "group", "arm"),
    *("participated", "participant", "participation", "programme", "program", "assigned", "assignment", "trt", "tx"),
    *("介入", "実施", "参加", "利用", "届いた", "処置", "群", "d", "t", "z", "w", "a"),
)
ELIGIBLE = ("eligible", "is_eligible", "eligibility", "eligible_flag", "target", "is_target", "対象", "対象者", "適格")
AFTER = (
    *(
        "after",
        "outcome",
        "post",
        "outcome_after",
        "after_outcome",
        "outcome_post",
        "post_outcome",
        "y_after",
        "y_post",
    ),
    *("y", "result", "response", "followup", "follow_up", "endpoint", "after_value", "value_after", "post_value", "y2"),
    *("y1", "y_1", "t1", "後", "事後", "介入後", "実施後", "結果", "アウトカム"),
)
BEFORE = (
    *("before", "baseline", "pre", "outcome_before", "before_outcome", "outcome_pre", "pre_outcome", "y_before"),
    *("y_pre", "baseline_outcome", "outcome_baseline", "baseline_value", "before_value", "value_before", "pre_value"),
    *("y_baseline", "baseline_y", "前", "事前", "介入前", "実施前", "ベースライン"),
)
# Before and after, told by numbers: only as a pair, for beside a `y` they are answers of a simulation.
NUMBERED = {"y2": "y1", "y1": "y0", "y_1": "y_0", "t1": "t0"}
EARLIER = (
    *("earlier", "before_2", "before2", "pre_2", "pre2", "prior", "previous", "baseline_2", "baseline2", "y_pre2"),
    *("y_before2", "outcome_before2", "outcome_pre2", "before_before", "pre_pre", "prepre", "pre_pre_outcome", "lag"),
    *("before_1", "before1", "pre_1", "pre1", "earlier_outcome", "outcome_earlier", "prior_outcome", "outcome_prior"),
    *("y_earlier", "y_prior", "y_pre_pre", "pre_before", "before_earlier", "earlier_value", "t_1", "t_minus_1"),
    *(
        "previous_outcome",
        "outcome_previous",
        "prior_value",
        "previous_value",
        "y_m1",
        "y_lag",
        "前々",
        "前々回",
        "前年",
    ),
)
NEGATIVE = (
    *("placebo", "placebo_outcome", "outcome_placebo", "placebo_after", "placebo_post", "negative_control"),
    *("negative_control_outcome", "negative_outcome", "nco", "control_outcome", "陰性対照", "偽の結果"),
)
PERIOD = ("period", "time", "wave", "visit", "occasion", "post", "year", "t", "期間", "時点", "年度")
# Written by somebody who knew the answer, or a product of an earlier analysis: nobody has these of real people.
ANSWERS = re.compile(
    r"(?:true|truth|oracle|potential|counterfactual)(?:_.*)?|.*_(?:true|truth)|(?:tau|ite|cate|att|ate|effect)(?:_.*)?"
    r"|(?:y|mu|outcome)_?[01](?:_.*)?|(?:propensity|ps|p_treat|p_treated|e_x)(?:_.*)?"
)
LATER = re.compile(r"(?:after|post|followup|follow_up)_(?P<a>.+)|(?P<b>.+)_(?:after|post|followup|follow_up|t1)")
SOONER = re.compile(r"(?:before|pre|baseline)_(?P<a>.+)|(?P<b>.+)_(?:before|pre|baseline|t0)")
SOONEST = re.compile(r"(?:earlier|prior|previous)_(?P<a>.+)|(?P<b>.+)_(?:earlier|prior|previous|before_?2|pre_?2)")
ANY_OF_TWO = frozenset({"d", "t", "z", "w", "a", "y1", "target", "program", "programme"})


@dataclass(frozen=True, slots=True)
class Parts:
    """Columns by what they are; `left_out` are not used."""

    treated: str
    after: str
    person: str | None = None
    eligible: str | None = None
    before: str | None = None
    earlier: str | None = None
    negative: str | None = None
    covariates: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A column's name for comparing."""
    text = unicodedata.normalize("NFKC", name).strip().lower()
    return re.sub(r"[\s\-./()\[\]:]+", "_", text).strip("_")


def parts(columns: Sequence[str], two_valued: Iterable[str], outcome: str | None = None) -> Parts:
    """What every column is. `two_valued` have at most two values: only those can say who was reached by one letter.

    Raises BadInput when nothing says who was reached, or what came of it, or two columns have one name.
    """
    names = _by_fold(columns)
    two = {folded(name) for name in two_valued}
    treated = _first(TREATED, names, lambda name: name in two or (name not in ANY_OF_TWO))
    if treated is None:
        raise BadInput(
            "だれに届いたかの列がありません。",
            f"列は {'、'.join(columns)} です。",
            "届いた人を 1、届かなかった人を 0 とした treated という列を入れてください。",
        )
    after = _after(columns, names, outcome, treated)
    stem = _stem(LATER, folded(after))
    before = names.get(NUMBERED.get(folded(after), "")) or _at_time(SOONER, BEFORE, names, stem, after)
    earlier = _at_time(SOONEST, EARLIER, names, stem, after, before)
    found = {
        "person": _first(PERSON, names),
        "eligible": _first(ELIGIBLE, names, lambda name: name in two),
        "negative": _first(NEGATIVE, names),
        "before": before,
        "earlier": earlier,
    }
    taken = {treated, after, *found.values()}
    rest = [name for name in columns if name not in taken]
    spoiling = tuple(name for name in rest if _spoils(folded(name)))
    return Parts(
        treated, after, **found, covariates=tuple(n for n in rest if n not in spoiling), left_out=spoiling
    )  # fmt: skip


def period(columns: Sequence[str]) -> str | None:
    """The column that numbers the times of a table with a row a person and time, if there is one."""
    return _first(PERIOD, _by_fold(columns))


def person(columns: Sequence[str]) -> str | None:
    """The column that names the person, if there is one."""
    return _first(PERSON, _by_fold(columns))


def _by_fold(columns: Sequence[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for column in columns:
        if (fold := folded(column)) in names:
            raise BadInput(
                f"同じ名前の列が二つあります（{names[fold]}、{column}）。",
                "どちらを使うか決められません。",
                "片方の列を消すか、名前を変えてください。",
            )
        names[fold] = column
    return names


def _first(
    wanted: Iterable[str], names: Mapping[str, str], fits: Callable[[str], bool] = lambda _name: True
) -> str | None:
    return next((names[name] for name in wanted if name in names and fits(name)), None)


def _after(columns: Sequence[str], names: Mapping[str, str], outcome: str | None, treated: str) -> str:
    if outcome is not None and (named := names.get(folded(outcome))):
        return named
    stems = {name: _stem(LATER, folded(name)) for name in columns if name != treated and folded(name) not in NEGATIVE}
    fitting = [name for name, stem in stems.items() if stem and outcome in {None, stem}]
    usual = _first(AFTER, names, lambda name: names[name] != treated) if outcome is None else None
    if usual is None and not fitting:
        raise BadInput(
            "結果の列がありません。" if outcome is None else f"結果の列「{outcome}」がありません。",
            f"列は {'、'.join(columns)} です。",
            "事業の後の値を after という列に入れるか、--outcome で列の名を指定してください。",
        )
    return usual or fitting[0]


def _stem(pattern: re.Pattern[str], name: str) -> str | None:
    found = pattern.fullmatch(name)
    return found and (found["a"] or found["b"])


def _at_time(
    pattern: re.Pattern[str], usual: Iterable[str], names: Mapping[str, str], stem: str | None, *taken: str | None
) -> str | None:
    """The same value at an earlier time: of the same stem as the outcome, or under a usual name."""
    outcome = stem or (folded(taken[0]) if taken[0] else None)
    same = (column for name, column in names.items() if outcome and _stem(pattern, name) == outcome)
    return next((c for c in same if c not in taken), None) or _first(usual, names, lambda n: names[n] not in taken)


def _spoils(name: str) -> bool:
    return name in NEGATIVE or bool(ANSWERS.fullmatch(name) or LATER.fullmatch(name))
