"""The models: who was likely to be reached, who is compared with whom, and the difference.

Numerics are scikit-learn's (propensity) and statsmodels' (regressions, robust errors); a column is scaled before it
enters a model. Nothing here is random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import statsmodels.api as sm
from scipy.linalg import qr
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression

from azukari.business.health.effect.limits import Limits
from azukari.business.health.effect.types import Column, Estimate, Flags, Numbers, Study

# Weak enough not to move an estimate, strong enough to end where groups do not overlap at all.
PENALTY_C = 1e4
SAME = 1e-8
ROUNDING = 1e-10
# People a group needs for each term before squares, and before terms of its own, enter.
FOR_SQUARES, FOR_OWN_TERMS = 8, 5
Z95 = float(norm.ppf(0.975))


@dataclass(frozen=True, slots=True)
class Sample:
    """The people compared, one row each: those with a counterpart in the other group.

    `terms` are the scaled columns of the models, `names` and `raw` the covariates as they are (for the balance),
    `weights` 1 for the people reached and the odds of being reached for the others (ATT). `own_terms` says whether each
    group may have its own slopes.
    """

    treated: Flags
    after: Numbers
    before: Numbers | None
    terms: Numbers
    raw: Numbers
    names: tuple[str, ...]
    propensity: Numbers
    weights: Numbers
    own_terms: bool

    @property
    def observed(self) -> Flags:
        """Whose outcome is known."""
        known: Flags = ~np.isnan(self.after)
        return known


def covariates(study: Study, *, with_earlier: bool = True) -> tuple[Column, ...]:
    """Everything known before the programme: the value before, the one before that, and the other covariates."""
    own = []
    if study.before is not None:
        own.append(Column("前の値", "before", study.before, squared=True))
    if study.earlier is not None and with_earlier:
        missing = np.isnan(study.earlier)
        filled = np.where(missing, np.nanmedian(study.earlier) if not missing.all() else 0.0, study.earlier)
        own.append(Column("さらに前の値", "earlier", filled, squared=True))
    return (*own, *study.covariates)


def sample(study: Study, limits: Limits, *, with_earlier: bool = True) -> tuple[Sample, Flags]:
    """The people with a counterpart, weighted; and for every person of the study whether they are among them."""
    columns = covariates(study, with_earlier=with_earlier)
    terms = _terms(columns, study.treated)
    scores = propensity(terms, study.treated)
    inside = _inside(scores, study.treated, limits)
    if not (inside & study.treated).any() or not (inside & ~study.treated).any():
        return _empty(study, columns), np.zeros(study.size, dtype=np.bool_)
    treated = study.treated[inside]
    kept = tuple(replace(one, values=one.values[inside]) for one in columns)
    if not inside.all():
        terms = _terms(kept, treated)
        scores = propensity(terms, treated)
    smallest = min(int(treated.sum()), int((~treated).sum()))
    return (
        Sample(
            treated=treated,
            after=study.after[inside],
            before=None if study.before is None else study.before[inside],
            terms=terms,
            raw=_matrix(kept, len(treated)),
            names=tuple(one.name for one in kept),
            propensity=scores,
            weights=np.where(treated, 1.0, scores / (1 - scores)),
            own_terms=smallest >= FOR_OWN_TERMS * (terms.shape[1] + 1),
        ),
        inside,
    )


def propensity(terms: Numbers, treated: Flags) -> Numbers:
    """How likely each person was to be reached (logistic regression); the share of all, where nothing is known."""
    if not terms.shape[1]:
        return np.full(len(treated), treated.mean())
    model = LogisticRegression(C=PENALTY_C, max_iter=1_000, tol=1e-6)
    found: Numbers = model.fit(terms, treated).predict_proba(terms)[:, 1]
    return np.clip(found, 1e-9, 1 - 1e-9)


def doubly_robust(found: Sample, outcome: Numbers | None = None) -> tuple[Estimate, Estimate]:
    """The effect on those reached, and what their mean outcome would have been without: weights and a regression.

    Right when either the propensity or the regression is (Wooldridge 2007; the weights only matter where the regression
    is wrong, so that the robust errors hold without those of the weights). Covariates are centred at the people reached,
    also those whose outcome is missing: it is taken as missing by chance given the covariates.
    """
    values = found.after if outcome is None else outcome
    known = ~np.isnan(values)
    centred = found.terms - found.terms[found.treated].mean(axis=0)
    flags = found.treated.astype(np.float64)[:, None]
    own = [centred * flags] if found.own_terms else []
    design = np.hstack([np.ones_like(flags), flags, centred, *own])[known]
    fitted = sm.WLS(values[known], design, weights=found.weights[known]).fit(cov_type="HC3")
    return _coefficient(fitted, 1), _coefficient(fitted, 0)


def weighted(found: Sample) -> Estimate:
    """The difference of weighted means alone; its robust errors are rather too wide."""
    known = found.observed
    design = np.column_stack([np.ones(known.sum()), found.treated[known]]).astype(np.float64)
    return _coefficient(sm.WLS(found.after[known], design, weights=found.weights[known]).fit(cov_type="HC3"), 1)


def regression(outcome: Numbers, treated: Flags, terms: Numbers, clusters: Numbers | None = None) -> Estimate:
    """The coefficient of having been reached in a linear model. Errors are HC3, or by cluster."""
    design = np.column_stack([np.ones(len(treated)), treated, terms]).astype(np.float64)
    model = sm.OLS(outcome, design)
    if clusters is None:
        return _coefficient(model.fit(cov_type="HC3"), 1)
    return _coefficient(model.fit(cov_type="cluster", cov_kwds={"groups": clusters}), 1)


def mean(values: Numbers) -> Estimate:
    """The mean of a group, with its interval."""
    return _coefficient(sm.OLS(values, np.ones((len(values), 1))).fit(cov_type="HC1"), 0)


def interval(estimate: float, error: float) -> Estimate:
    """An estimate with a normal 95 % interval. An error of nought leaves no doubt."""
    p = float(2 * norm.sf(abs(estimate) / error)) if error > 0 else float(estimate == 0)
    return Estimate(estimate, estimate - Z95 * error, estimate + Z95 * error, p)


def _coefficient(fitted: sm.regression.linear_model.RegressionResultsWrapper, at: int) -> Estimate:
    """One coefficient; where the model leaves no remainder, what is but rounding is nought."""
    estimate, error = float(fitted.params[at]), float(fitted.bse[at])
    least = ROUNDING * float(np.abs(fitted.model.endog).max())
    return interval(0.0, 0.0) if abs(estimate) <= least and error <= least else interval(estimate, error)


def _inside(scores: Numbers, treated: Flags, limits: Limits) -> Flags:
    """Who has a counterpart: people reached who were no likelier to be than every control.

    The controls all stay: one unlike the people reached weighs next to nothing. Where nearly all were reached, everybody was likely to be: then the limit stands for the same odds against the mean.
    """
    odds = limits.highest_propensity / (1 - limits.highest_propensity) * treated.mean() / (1 - treated.mean())
    top = min(float(scores[~treated].max()), max(limits.highest_propensity, odds / (1 + odds)))
    inside: Flags = ~treated | (scores <= top)
    return inside


def _terms(columns: Sequence[Column], treated: Flags) -> Numbers:
    """The columns scaled, with squares of the numbers where people are many, without those that repeat others."""
    matrix = _scaled(_matrix(columns, len(treated)))
    squares = _scaled(matrix[:, [at for at, one in enumerate(columns) if one.squared]] ** 2)
    smallest = min(int(treated.sum()), int((~treated).sum()))
    if smallest >= FOR_SQUARES * (matrix.shape[1] + squares.shape[1] + 1):
        matrix = np.hstack([matrix, squares])
    return _independent(matrix)


def _matrix(columns: Sequence[Column], size: int) -> Numbers:
    return np.column_stack([one.values for one in columns]) if columns else np.empty((size, 0))


def _scaled(matrix: Numbers) -> Numbers:
    """Mean 0 and spread 1; what does not vary becomes 0."""
    spread = matrix.std(axis=0)
    centred = matrix - matrix.mean(axis=0)
    flat = spread <= SAME * np.maximum(np.abs(matrix).max(axis=0, initial=0.0), 1e-300)
    scaled: Numbers = centred / np.where(flat, 1.0, spread)
    scaled[:, flat] = 0.0
    return scaled


def _independent(matrix: Numbers) -> Numbers:
    """Without columns that follow from the others."""
    if not matrix.shape[1]:
        return matrix
    triangle, order = qr(matrix, mode="r", pivoting=True)
    sizes = np.abs(np.diag(triangle))
    return matrix[:, sorted(order[: len(sizes)][sizes > 1e-7 * max(float(sizes.max()), SAME)])]


def _empty(study: Study, columns: Sequence[Column]) -> Sample:
    nobody = np.empty(0)
    return Sample(
        treated=np.empty(0, dtype=np.bool_),
        after=nobody,
        before=None if study.before is None else nobody,
        terms=np.empty((0, 0)),
        raw=np.empty((0, len(columns))),
        names=tuple(one.name for one in columns),
        propensity=nobody,
        weights=nobody,
        own_terms=False,
    )
