"""The arithmetic of paying a month. Plain Python; every amount is whole yen.

Three identities hold for whatever is settled: a line's claim is what is paid of it and what each ground took away; a
company's lines add up to its invoice; the companies add up to the transfer file and to the 支出命令額.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from azukari.business.taxi.types import Kind

VARIANCE = "VARIANCE"


@dataclass(frozen=True, slots=True)
class Taken:
    """What one ground takes from a line: vouchers and yen. Negative only for VARIANCE (more counted than claimed)."""

    ground: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class Line:
    """One kind and face value of one batch: 枚数 claimed, counted and accepted, and what is not paid of it."""

    company: int
    batch: int
    kind: Kind
    face: int
    claimed_count: int
    counted: int
    accepted: int
    taken: tuple[Taken, ...] = ()

    @property
    def claimed(self) -> int:
        """Yen on the invoice."""
        return self.claimed_count * self.face

    @property
    def paid(self) -> int:
        """Yen of the accepted vouchers."""
        return self.accepted * self.face

    @property
    def unpaid(self) -> int:
        """Yen that the grounds take away together; less than nothing where more was counted than claimed."""
        return sum(one.amount for one in self.taken)


@dataclass(frozen=True, slots=True)
class Due:
    """A correction that waits for a settlement: its key, the company, signed yen."""

    id: int
    company: int
    amount: int


@dataclass(frozen=True, slots=True)
class CompanyShare:
    """What one company is paid: `claimed + corrected = paid + unpaid`."""

    company: int
    lines: tuple[Line, ...]
    corrections: tuple[Due, ...]
    claimed: int
    unpaid: int
    corrected: int
    paid: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """A whole run. `waiting` are corrections that would make a company owe, left for a later month."""

    shares: tuple[CompanyShare, ...]
    waiting: tuple[Due, ...] = field(default=())

    @property
    def claimed(self) -> int:
        """Yen on all invoices."""
        return sum(share.claimed for share in self.shares)

    @property
    def unpaid(self) -> int:
        """Yen not paid of them."""
        return sum(share.unpaid for share in self.shares)

    @property
    def corrected(self) -> int:
        """Signed yen of earlier months."""
        return sum(share.corrected for share in self.shares)

    @property
    def paid(self) -> int:
        """Yen transferred: the trailer of the file and the 支出命令額."""
        return sum(share.paid for share in self.shares)

    @property
    def transfers(self) -> int:
        """Companies that are paid anything."""
        return sum(share.paid > 0 for share in self.shares)


def settle(lines: Iterable[Line], due: Iterable[Due]) -> Settlement:
    """Put lines and corrections together by company, in order of the company's key.

    Corrections are taken oldest first as long as the company is still paid something or nothing; one that would make it
    owe money waits, with those behind it. Raises ValueError for a line that does not balance.
    """
    of_company = _by_company(lines)
    waiting_by_company = _dues(due)
    shares: list[CompanyShare] = []
    waiting: list[Due] = []
    for company in sorted(of_company.keys() | waiting_by_company.keys()):
        share, left = _share(company, of_company.get(company, ()), waiting_by_company.get(company, ()))
        waiting += left
        if share.lines or share.corrections:
            shares.append(share)
    return Settlement(tuple(shares), tuple(waiting))


def _by_company(lines: Iterable[Line]) -> Mapping[int, Sequence[Line]]:
    found: defaultdict[int, list[Line]] = defaultdict(list)
    for line in lines:
        if line.claimed != line.paid + line.unpaid:
            raise ValueError(f"{line.kind} {line.face}円: 請求 {line.claimed} = 支払 {line.paid} + 差引 {line.unpaid}")
        found[line.company].append(line)
    return found


def _dues(due: Iterable[Due]) -> Mapping[int, Sequence[Due]]:
    found: defaultdict[int, list[Due]] = defaultdict(list)
    for one in sorted(due, key=lambda one: one.id):
        found[one.company].append(one)
    return found


def _share(company: int, lines: Sequence[Line], due: Sequence[Due]) -> tuple[CompanyShare, Sequence[Due]]:
    paid = sum(line.paid for line in lines)
    taken = 0
    for one in due:
        if paid + one.amount < 0:
            break
        paid += one.amount
        taken += 1
    claimed, unpaid = sum(line.claimed for line in lines), sum(line.unpaid for line in lines)
    corrected = sum(one.amount for one in due[:taken])
    return CompanyShare(company, tuple(lines), tuple(due[:taken]), claimed, unpaid, corrected, paid), due[taken:]
