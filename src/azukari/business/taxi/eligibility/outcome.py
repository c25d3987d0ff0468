"""What a decision says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from azukari.business.taxi.eligibility.rulebook import Mark, Paper
from azukari.business.taxi.types import Kind


class Result(StrEnum):
    """Whether the applicant may have the vouchers, as far as the facts go."""

    ELIGIBLE = "該当"
    INELIGIBLE = "非該当"
    PENDING = "確認待ち"


class Standing(StrEnum):
    """Where one requirement stands."""

    MET = "満たしています"
    UNMET = "満たしていません"
    UNKNOWN = "確認できていません"


RESULTS = {True: Result.ELIGIBLE, False: Result.INELIGIBLE, None: Result.PENDING}
STANDINGS = {True: Standing.MET, False: Standing.UNMET, None: Standing.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Reason:
    """One requirement in words for the resident, where it stands and on what it rests.

    `mark` says whether the ground was seen (S, V) or is still to be confirmed (M, NOT FOUND).
    """

    id: str
    words: str
    standing: Standing
    ground: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Missing:
    """A paper that can still change the result.

    `if_met` and `if_unmet` are the results once it shows that its requirements are met, or are not, the other unknown
    facts being unknown still. `words` say so to the resident.
    """

    paper: Paper
    if_met: Result
    if_unmet: Result
    words: str


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The decision for one kind of voucher on one day.

    `missing` is empty unless the result is 確認待ち: 該当 and 非該当 stand whatever the unknown facts turn out to be.
    """

    kind: Kind
    on: date
    result: Result
    reasons: tuple[Reason, ...]
    missing: tuple[Missing, ...]
