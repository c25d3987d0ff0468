"""A month of vouchers in numbers for its pictures: stages, companies, grounds, and the year around it. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from azukari.business.taxi.checking.grounds import Rule, rules
from azukari.business.taxi.types import Ground, Outcome, Progress, State

WIDTH = 1000
GROUNDS = tuple(Ground)


@dataclass(frozen=True, slots=True)
class Amount:
    """Vouchers in 枚 and their face values together in yen."""

    count: int = 0
    yen: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.count + other.count, self.yen + other.yen)


@dataclass(frozen=True, slots=True)
class Cell:
    """A claim's vouchers in one state of the contractor's check and with one outcome of the ward's."""

    state: State
    outcome: Outcome
    amount: Amount


@dataclass(frozen=True, slots=True)
class Claim:
    """One company's claim of one month: what it invoices, and where its vouchers stand. `hold` "" unless it waits."""

    id: int
    company_id: int
    company: str
    number: int
    received_on: date
    contractor: str
    hold: str
    invoiced: Amount
    cells: tuple[Cell, ...]

    def amount(self, *, state: State | None = None, outcome: Outcome | None = None) -> Amount:
        """The vouchers in a state, with an outcome, or all."""
        return added(
            cell.amount
            for cell in self.cells
            if (state is None or cell.state is state) and (outcome is None or cell.outcome is outcome)
        )

    @property
    def progress(self) -> Progress:
        """How far the contractor's check has come."""
        checked, queried = self.amount(state=State.CHECKED), self.amount(state=State.QUERIED)
        return Progress(self.amount().count, checked.count, queried.count)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a stage. `look` names how it is drawn; `at` and `width` are thousandths of what was received."""

    name: str
    look: str
    amount: Amount
    at: int
    width: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the month's way; `carried` is the width, in thousandths, of what the step before passed on."""

    name: str
    parts: tuple[Part, ...]
    carried: int


@dataclass(frozen=True, slots=True)
class Settled:
    """What the settlements of a month paid for: vouchers, and yen without corrections of other months."""

    runs: int
    amount: Amount
    paid_by_month: Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Sums:
    """What was invoiced and received, and what of the received is to be paid, is not, or is not decided yet."""

    invoiced: Amount
    received: Amount
    accepted: Amount
    held: Amount
    refused: Amount
    waiting: Amount

    @property
    def unpaid(self) -> Amount:
        """Held and refused together."""
        return self.held + self.refused

    @property
    def difference(self) -> Amount:
        """Invoiced less received, in 枚 and yen; either may be negative."""
        return Amount(self.invoiced.count - self.received.count, self.invoiced.yen - self.received.yen)


@dataclass(frozen=True, slots=True)
class Company:
    """A company's month."""

    id: int
    name: str
    claims: int
    sums: Sums

    @property
    def needs_a_look(self) -> bool:
        """Something is not paid, not decided yet, or not as invoiced."""
        return self.sums.difference != Amount() or bool(self.sums.unpaid.count + self.sums.waiting.count)


@dataclass(frozen=True, slots=True)
class GroundLine:
    """The vouchers that one ground decides."""

    rule: Rule
    amount: Amount


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month of the year: what was invoiced, and the yen paid so far; None where that is not to be seen."""

    month: date
    invoiced: Amount
    paid: int | None


def added(amounts: Iterable[Amount]) -> Amount:
    """All together."""
    return sum(amounts, Amount())


def longest(amounts: Iterable[Amount]) -> Amount:
    """The most 枚 and the most yen of any: the scales of their bars."""
    found = list(amounts)
    return Amount(max((one.count for one in found), default=0), max((one.yen for one in found), default=0))


def sums(claims: Sequence[Claim]) -> Sums:
    """The month's claims together."""
    outcomes = {one: added(claim.amount(outcome=one) for claim in claims) for one in Outcome}
    return Sums(
        added(claim.invoiced for claim in claims),
        added(claim.amount() for claim in claims),
        outcomes[Outcome.ACCEPTED],
        outcomes[Outcome.HELD],
        outcomes[Outcome.REFUSED],
        outcomes[Outcome.WAITING],
    )


def stages(claims: Sequence[Claim], settled: Settled | None) -> tuple[Stage, ...]:
    """Received → checked → decided → settled. Each is drawn on one scale, so that the picture narrows as vouchers stay."""
    whole = added(claim.amount() for claim in claims)
    going = [claim for claim in claims if not claim.hold]
    open_ones = added(claim.amount() for claim in going)
    kept = added(claim.amount() for claim in claims if claim.hold)
    states = {one: added(claim.amount(state=one) for claim in going) for one in State}
    outcomes = {one: added(claim.amount(outcome=one) for claim in going) for one in Outcome}
    accepted = outcomes[Outcome.ACCEPTED]
    steps: list[tuple[str, list[tuple[str, str, Amount]], Amount]] = [
        ("受け取った券", [("受付済", "done", open_ones), ("請求ごと保留", "held", kept)], whole),
        (
            "委託先の確認",
            [
                ("確認済", "done", states[State.CHECKED]),
                ("区へ照会", "held", states[State.QUERIED]),
                ("未確認", "open", states[State.UNCHECKED]),
            ],
            open_ones,
        ),
        (
            "区の判定",
            [
                ("支払", "done", accepted),
                ("保留", "held", outcomes[Outcome.HELD]),
                ("不支給", "refused", outcomes[Outcome.REFUSED]),
                ("未判定", "open", outcomes[Outcome.WAITING]),
            ],
            open_ones,
        ),
    ]
    if settled:
        rest = Amount(accepted.count - settled.amount.count, accepted.yen - settled.amount.yen)
        steps.append(("精算", [("精算済", "done", settled.amount), ("精算待ち", "open", rest)], accepted))
    return tuple(_stage(name, parts, carried, whole.count) for name, parts, carried in steps)


def _stage(name: str, parts: Sequence[tuple[str, str, Amount]], carried: Amount, whole: int) -> Stage:
    ends = [_share(count, whole) for count in accumulate((amount.count for *_, amount in parts), initial=0)]
    return Stage(
        name,
        tuple(
            Part(title, look, amount, start, end - start)
            for (title, look, amount), start, end in zip(parts, ends, ends[1:], strict=False)
        ),
        _share(carried.count, whole),
    )


def _share(count: int, whole: int) -> int:
    return count * WIDTH // whole if whole else 0


def by_day(claims: Iterable[Claim]) -> dict[date, Progress]:
    """How far the check has come, by the day on which the claims were received, in order of days."""
    days: dict[date, Progress] = {}
    for claim in sorted(claims, key=lambda claim: claim.received_on):
        days[claim.received_on] = days.get(claim.received_on, Progress()) + claim.progress
    return days


def companies(claims: Iterable[Claim]) -> list[Company]:
    """One line a company, the largest unpaid sum first."""
    by_company: dict[int, list[Claim]] = {}
    for claim in claims:
        by_company.setdefault(claim.company_id, []).append(claim)
    lines = [Company(key, found[0].company, len(found), sums(found)) for key, found in by_company.items()]
    return sorted(lines, key=lambda line: (-line.sums.unpaid.yen, -line.sums.received.yen, line.name))


def by_ground(rows: Iterable[tuple[int, int, int]]) -> list[GroundLine]:
    """From the bit of the deciding ground, 枚 and yen; the largest sum first."""
    lines = [GroundLine(rules()[ground_of(bit)], Amount(count, yen)) for bit, count, yen in rows]
    return sorted(lines, key=lambda line: (-line.amount.yen, -line.amount.count, line.rule.ground.bit))


def ground_of(bit: int) -> Ground:
    """The ground whose bit it is."""
    return GROUNDS[bit.bit_length() - 1]


def grounds_in(mask: int) -> list[Ground]:
    """All grounds of a mask, in order of precedence."""
    return [ground for ground in GROUNDS if mask & ground.bit]


def year(months: Iterable[date], invoiced: Mapping[date, Amount], paid: Mapping[date, int] | None) -> list[MonthLine]:
    """The months in order; one without any claim has zeros. `paid` None where the settlements are not to be seen."""
    return [
        MonthLine(month, invoiced.get(month, Amount()), None if paid is None else paid.get(month, 0))
        for month in months
    ]
