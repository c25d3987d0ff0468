"""A month put together: the rides, the errors, the claims they are handed in as, and what the check must find.

A claim held as a whole is not checked, so its vouchers stay as they are; of a claim that is pictures only, the four items
wait to be keyed (`Made.keyed` is what must be found once they are).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

import numpy as np
from numpy.random import Generator

from azukari.business.taxi.types import Ground, Hold, Outcome
from azukari.demo.taxi import mix
from azukari.demo.taxi.breaks import break_some
from azukari.demo.taxi.errors import Breaker
from azukari.demo.taxi.known import TAXI, Ints, Known, shifted
from azukari.demo.taxi.rides import NO_NUMBER, Market, Rows, market, ride

HELD = frozenset(
    {
        *(Ground.DENOM, Ground.OVER_FARE, Ground.TYPE_LIMIT, Ground.UNREADABLE, Ground.MISSING_ENTRY),
        *(Ground.LATE_CLAIM, Ground.QUERIED, Ground.OVER_INVOICE),
    }
)
LATE_DAY, LAST_DAY, LAST_FIRST_DAY, LATER = 12, 10, 6, 3
PICTURED, BOTH = 2, 1
FEWEST_PICTURED, FEWEST = 4, 8
MOST_DIFFERENT = 3


class Form(Enum):
    """What lies beside a claim's invoice."""

    LIST = "list"
    PICTURES = "pictures"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Roles:
    """Companies, by place, with something of their own: late at the counter, two bundles, pictures only or as well.

    `spare` are further ones of some size, for invoices that do not fit.
    """

    late: Sequence[int]
    twice: Sequence[int]
    pictured: Sequence[int]
    both: Sequence[int]
    spare: Sequence[int]

    @property
    def aside(self) -> list[int]:
        """Those whose vouchers are not broken, or not freely."""
        return [*self.late, *self.pictured, *self.both]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice: kind (a place in `list(Kind)`), face value (yen), 枚数 claimed and 枚数 in the bundle."""

    kind: int
    face: int
    claimed: int
    bundled: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: the rows `first` to before `end`, in the order of its file. `company` is a place in the register's list."""

    folder: str
    company: int
    received_on: date
    first: int
    end: int
    hold: Hold | None
    form: Form
    invoice: Sequence[Line]

    @property
    def rows(self) -> slice:
        """Where its vouchers are."""
        return slice(self.first, self.end)

    @property
    def amount(self) -> int:
        """Claimed, in yen."""
        return sum(line.face * line.claimed for line in self.invoice)


@dataclass(frozen=True, slots=True)
class Made:
    """A whole month in order of receipt. `rows.grounds` is what a check finds at once, `keyed` [rows] after keying."""

    known: Known
    rows: Rows
    keyed: Ints
    claims: Sequence[Claim]


def compose(rng: Generator, known: Known, vouchers: int, amounts: Mapping[str, float], pages: int) -> Made:
    """About so many vouchers: exactly, unless the register has fewer or hardly any are asked for."""
    companies = market(known)
    rows = ride(rng, known, companies)
    stopped = rows.day >= known.stopped.min(axis=1)[rows.holder]
    after_stop, rows = rows.part(stopped), rows.part(~stopped).part(slice(0, vouchers))
    total = len(rows)
    roles = _roles(rng, rows, known, amounts, pages)
    _spread(rows, roles, companies, pages)
    after_stop = _some_rides(
        rng, after_stop.part(~np.isin(after_stop.company, roles.aside)), mix.vouchers(amounts[Ground.STOPPED], total)
    )
    besides = sum(mix.vouchers(amounts[ground], total) for ground in (Ground.DUPLICATE, Ground.TYPE_LIMIT))
    rows = rows.part(slice(0, max(total - besides - len(after_stop), min(total, 1))))
    _second_bundle(rows, roles)
    rows, again = _broken(rng, known, rows, after_stop, roles, amounts, total)
    return _received(rng, known, rows, again, roles, amounts)


def _roles(rng: Generator, rows: Rows, known: Known, amounts: Mapping[str, float], pages: int) -> Roles:
    sizes = np.bincount(rows.company, minlength=len(known.companies))
    by_size = np.argsort(sizes, kind="stable")
    small = [int(one) for one in by_size if sizes[one] >= FEWEST_PICTURED][: min(PICTURED + BOTH, pages)]
    others = np.array([one for one in by_size if sizes[one] >= FEWEST and int(one) not in small], np.int64)
    smaller, larger = others[: len(others) // 2 + 1], others[len(others) // 2 + 1 :]
    drawn = [*rng.permutation(smaller).tolist(), *rng.permutation(larger).tolist()]
    late = drawn[: int(amounts[mix.OUT_OF_TERM])]
    several = [one for one in drawn if one not in late and len(np.unique(rows.ride[rows.company == one])) > 1]
    twice = several[: int(amounts[mix.TWICE])]
    spare = [one for one in drawn if one not in {*late, *twice}]
    return Roles(late, twice, small[:PICTURED], small[PICTURED:], spare)


def _spread(rows: Rows, roles: Roles, companies: Market, pages: int) -> None:
    """Of the companies with pictures, rides beyond their part of the pages go to the company that takes most."""
    pictured = [*roles.pictured, *roles.both]
    takers = companies.all_kinds if len(companies.all_kinds) else companies.open
    other = next((int(one) for one in takers if int(one) not in [*roles.aside, *roles.twice]), None)
    for company in pictured:
        mine = np.flatnonzero(rows.company == company)
        most = pages // len(pictured)
        if len(mine) > most and other is not None:
            rows.company[mine[rows.ride[mine] >= rows.ride[mine[most]]]] = other


def _some_rides(rng: Generator, rows: Rows, wanted: int) -> Rows:
    """Whole rides with so many vouchers together, or a few more."""
    rides, sizes = np.unique(rows.ride, return_counts=True)
    drawn = rng.permutation(len(rides))
    before = np.cumsum(sizes[drawn]) - sizes[drawn]
    return rows.part(np.isin(rows.ride, rides[drawn[before < wanted]]))


def _second_bundle(rows: Rows, roles: Roles) -> None:
    """The last third of a company's rides comes in a bundle of its own."""
    for company in roles.twice:
        mine = np.flatnonzero(rows.company == company)
        rides = np.unique(rows.ride[mine])
        if len(rides) > 1:
            rows.bundle[mine[rows.ride[mine] >= rides[len(rides) * 2 // 3]]] = 2


def _broken(
    rng: Generator,
    known: Known,
    rows: Rows,
    after_stop: Rows,
    roles: Roles,
    amounts: Mapping[str, float],
    total: int,
) -> tuple[Rows, Sequence[tuple[int, int]]]:
    """The rows with their errors, and the pairs of rows that show one number."""
    _mark_stopped(known, after_stop)
    rows = rows.with_more(after_stop)
    rows = rows.part(np.argsort(rows.ride, kind="stable"))
    at = _breaker(rng, known, rows, roles)
    at.broken[after_stop.ride] = True
    break_some(at, amounts, total)
    again = [(row, len(rows) + place) for row, place in at.again]
    rows = rows.with_more(*at.more)
    _blot(rng, rows, roles)
    return rows, again


def _mark_stopped(known: Known, rows: Rows) -> None:
    kinds = np.array([kind for kind, _ in known.sorts], np.int64)
    rows.grounds[rows.day >= known.stopped[rows.holder, kinds[rows.sort]]] |= Ground.STOPPED.bit


def _breaker(rng: Generator, known: Known, rows: Rows, roles: Roles) -> Breaker:
    free = (rows.bundle == 1) & ~np.isin(rows.company, [*roles.late, *roles.pictured])
    begins = np.flatnonzero(np.diff(rows.ride, prepend=-1))
    keys = zip(*(getattr(rows, name)[begins].tolist() for name in ("company", "holder", "day", "fare")), strict=True)
    without = set(range(len(known.companies))) - set(known.agreed_all_month(TAXI))
    companies = sorted((set(rows.company.tolist()) | without) - set(roles.aside))
    return Breaker(
        rng,
        known,
        rows,
        open=free,
        listed=free & ~np.isin(rows.company, list(roles.both)),
        companies=companies,
        broken=np.zeros(int(rows.ride.max(initial=0)) + 1, np.bool_),
        taken=set(keys),
    )


def _blot(rng: Generator, rows: Rows, roles: Roles) -> None:
    """One picture cannot be read."""
    pictured = np.flatnonzero(np.isin(rows.company, list(roles.pictured)))
    if len(pictured):
        row = rng.choice(pictured)
        rows.digits[row] = NO_NUMBER
        rows.grounds[row] |= Ground.UNREADABLE.bit


def _received(
    rng: Generator,
    known: Known,
    rows: Rows,
    again: Sequence[tuple[int, int]],
    roles: Roles,
    amounts: Mapping[str, float],
) -> Made:
    """The claims in order of receipt, with what follows from that order and from the invoices."""
    days = _days(rng, known, roles)
    order = np.lexsort((rows.order, rows.bundle, rows.company, days[rows.company, rows.bundle - 1]))
    place = np.argsort(order)
    rows = rows.part(order)
    for one, other in again:
        rows.grounds[max(place[one], place[other])] |= Ground.DUPLICATE.bit
    begins = np.flatnonzero(np.diff(rows.company * 2 + rows.bundle, prepend=-1)).tolist()
    claims = [
        _claim(known, rows, roles, days, slice(first, end))
        for first, end in zip(begins, [*begins[1:], len(rows)], strict=True)
    ]
    claims = _other_invoices(rng, rows, claims, roles, amounts)
    keyed = rows.grounds.copy()
    rows.grounds[np.isin(rows.company, list(roles.pictured))] |= Ground.MISSING_ENTRY.bit
    return Made(known, rows, keyed, claims)


def _days(rng: Generator, known: Known, roles: Roles) -> Ints:
    """[companies, bundles] the day of the next month on which each comes."""
    days = rng.integers(1, LAST_DAY + 1, (len(known.companies), 2))
    days[list(roles.twice), 0] = rng.integers(1, LAST_FIRST_DAY + 1, len(roles.twice))
    days[list(roles.twice), 1] = days[list(roles.twice), 0] + LATER
    days[list(roles.late)] = LATE_DAY
    return days


def _claim(known: Known, rows: Rows, roles: Roles, days: Ints, part: slice) -> Claim:
    company, bundle = int(rows.company[part.start]), int(rows.bundle[part.start])
    code = known.companies[company]
    form = Form.PICTURES if company in roles.pictured else Form.BOTH if company in roles.both else Form.LIST
    hold = Hold.OUT_OF_TERM if company in roles.late else Hold.TWICE if bundle > 1 else None
    received_on = shifted(known.span.month, 1).replace(day=int(days[company, bundle - 1]))
    folder = code if bundle == 1 else f"{code}-{bundle}"
    return Claim(folder, company, received_on, part.start, part.stop, hold, form, _invoice(rows, part))


def _invoice(rows: Rows, part: slice) -> list[Line]:
    """What a company writes that counts its own bundle rightly."""
    sorts, counts = np.unique(np.stack([rows.kind[part], -rows.face[part]]), axis=1, return_counts=True)
    return [Line(kind, -face, count, count) for kind, face, count in zip(*sorts.tolist(), counts.tolist(), strict=True)]


def _other_invoices(
    rng: Generator, rows: Rows, claims: Sequence[Claim], roles: Roles, amounts: Mapping[str, float]
) -> list[Claim]:
    """Some companies count otherwise: more than is in the bundle, or fewer, so that the last vouchers are too many."""
    found = {claim.company: place for place, claim in enumerate(claims) if claim.hold is None}
    changed, spare = list(claims), [company for company in roles.spare if company in found]
    short, surplus = int(amounts[mix.SHORT]), int(amounts[mix.SURPLUS])
    for nth, company in enumerate(spare[: short + surplus]):
        change = _more_invoiced if nth < short else _fewer_invoiced
        changed[found[company]] = change(rng, rows, claims[found[company]])
    return changed


def _more_invoiced(rng: Generator, _rows: Rows, claim: Claim) -> Claim:
    line = claim.invoice[int(rng.integers(len(claim.invoice)))]
    return _with(claim, line, line.bundled + int(rng.integers(1, MOST_DIFFERENT + 1)))


def _fewer_invoiced(rng: Generator, rows: Rows, claim: Claim) -> Claim:
    """On the line with most vouchers, so that some stay."""
    line = max(claim.invoice, key=lambda line: line.bundled)
    of_line = (rows.kind[claim.rows] == line.kind) & (rows.face[claim.rows] == line.face)
    good = claim.first + np.flatnonzero(of_line & (rows.grounds[claim.rows] == 0))
    beyond = min(int(rng.integers(1, MOST_DIFFERENT + 1)), len(good) - 1)
    if beyond < 1:
        return claim
    rows.grounds[good[-beyond:]] |= Ground.OVER_INVOICE.bit
    return _with(claim, line, len(good) - beyond)


def _with(claim: Claim, line: Line, claimed: int) -> Claim:
    other = Line(line.kind, line.face, claimed, line.bundled)
    invoice = [other if one is line else one for one in claim.invoice]
    return Claim(
        *(claim.folder, claim.company, claim.received_on, claim.first, claim.end, claim.hold, claim.form), invoice
    )


def outcome(mask: int) -> Outcome:
    """What becomes of a voucher with these grounds: the first by precedence decides."""
    first = next((ground for ground in Ground if mask & ground.bit), None)
    if first is None:
        return Outcome.ACCEPTED
    return Outcome.HELD if first in HELD else Outcome.REFUSED


def outcomes(made: Made, grounds: Ints) -> list[Outcome]:
    """Of every row; a claim held as a whole is not judged."""
    known = {int(mask): outcome(int(mask)) for mask in np.unique(grounds)}
    found = [known[mask] for mask in grounds.tolist()]
    for claim in made.claims:
        if claim.hold:
            found[claim.rows] = [Outcome.WAITING] * (claim.end - claim.first)
    return found
