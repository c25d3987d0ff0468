"""One kind of error after another, put into a month. Each yields after every break how many vouchers it broke."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from azukari.business.taxi.types import Ground
from azukari.demo.taxi import mix
from azukari.demo.taxi.errors import Breaker
from azukari.demo.taxi.known import PICKUP, PREFIX, STRETCHER, TAXI
from azukari.demo.taxi.rides import DAY, DAY_PLACES, FARE, NAME, NO_NUMBER, WRONG_DIGIT

Breaks = Callable[[Breaker], Iterator[int]]
# Less than the smallest face value is left of the fare, so that no voucher behind fits either way.
ODD_YEN = (0, 10, 20, 30, 50, 70, 90)
NEXT_MONTH_DAYS, MOST_OVER = 9, 3
HALF, OTHER_KIND_SHARE, TAXI_SHARE, NAMELESS_SHARE = 0.5, 0.25, 0.05, 0.2
RIDE_OF_ITS_OWN = -1


def break_some(at: Breaker, amounts: Mapping[str, float], total: int) -> None:
    """Break as many vouchers of each kind as the mix asks for; fewer where the register has not enough for it."""
    for ground, breaks in BREAKS.items():
        left = mix.vouchers(amounts[ground], total)
        if left:
            for done in breaks(at):
                left -= done
                if left <= 0:
                    break


def _not_issued(at: Breaker) -> Iterator[int]:
    for beyond, row in enumerate(at.candidates(), 1):
        at.rows.payload[row] = at.known.issued[int(at.rows.payload[row]) // PREFIX] + beyond
        at.mark(row, Ground.NOT_ISSUED)
        yield 1


def _duplicate(at: Breaker) -> Iterator[int]:
    """Twice in a row, once more on another day of the same bundle, or with another company as well.

    Which of the two was there first is a matter of the order of receipt, so it is settled when the month is in order.
    """
    ways = (_twice_in_a_row, _on_another_day, _with_another_company)
    for row in at.candidates(at.listed):
        if ways[int(at.rng.integers(len(ways)))](at, row):
            at.again.append((row, len(at.more) - 1))
            at.mark(row)
            yield 1


def _twice_in_a_row(at: Breaker, row: int) -> bool:
    at.put(row, order=int(at.rows.order[row]) + 1)
    return True


def _on_another_day(at: Breaker, row: int) -> bool:
    holder, _, fare = _ride(at, row)
    end = min(at.known.span.after, int(at.known.stopped[holder].min()))
    day = int(at.rng.integers(at.known.span.first, end))
    if not at.free(int(at.rows.company[row]), holder, day, fare):
        return False
    at.put(row, ride=RIDE_OF_ITS_OWN, order=day * DAY_PLACES + int(at.rows.order[row]) % DAY_PLACES, day=day)
    return True


def _with_another_company(at: Breaker, row: int) -> bool:
    other = _agreed(at, row, yes=True)
    if other is None or not at.free(other, *_ride(at, row)):
        return False
    at.put(row, ride=RIDE_OF_ITS_OWN, order=int(at.rows.order[row]), company=other)
    return True


def _ride(at: Breaker, row: int) -> tuple[int, int, int]:
    rows = at.rows
    return int(rows.holder[row]), int(rows.day[row]), int(rows.fare[row])


def _agreed(at: Breaker, row: int, *, yes: bool) -> int | None:
    """Another company that takes the row's voucher on its day, or one that does not; None when there is none."""
    kind, day, here = int(at.rows.kind[row]), int(at.rows.day[row]), int(at.rows.company[row])
    found = [one for one in at.companies if one != here and at.known.agreed(one, kind, day) is yes]
    return int(at.rng.choice(found)) if found else None


def _denom(at: Breaker) -> Iterator[int]:
    """Counted as a smaller face value (a larger one could go beyond the fare too), or as another kind."""
    faces = {face for kind, face in at.known.sorts if kind == TAXI}
    for row in at.candidates((at.rows.kind == TAXI) & (at.rows.face > min(faces, default=0))):
        if at.rng.random() >= OTHER_KIND_SHARE or not _as_pickup(at, row):
            at.rows.face[row] = min(faces)
            at.mark(row, Ground.DENOM)
        yield 1


def _as_pickup(at: Breaker, row: int) -> bool:
    """Whether the voucher could be counted as the one for the pick-up: the company may have no agreement for that."""
    usual = next((face for kind, face in at.known.sorts if kind == PICKUP), None)
    if usual is None or (at.rows.kind[at.of_ride(row)] == PICKUP).any():
        return False
    at.rows.kind[row], at.rows.face[row] = PICKUP, usual
    at.mark(row, Ground.DENOM, *at.on_day(row, int(at.rows.day[row])))
    return True


def _lost(at: Breaker) -> Iterator[int]:
    """A voucher that was reported, in the place of another of the same holder and sort."""
    lots = at.known.lots
    reported = [(payload, since) for payload, since in at.known.events.items() if since < at.known.span.after]
    for place in at.rng.permutation(len(reported)).tolist():
        payload, since = reported[place]
        holders, sorts = np.nonzero((lots.booklet <= payload) & (payload <= lots.last))
        if not len(holders):
            continue
        alike = (at.rows.holder == holders[0]) & (at.rows.sort == sorts[0])
        row = next(at.candidates(alike & (at.rows.day >= since)), None)
        if row is not None:
            at.rows.payload[row] = payload
            at.mark(row, Ground.LOST)
            yield 1


def _early(at: Breaker) -> Iterator[int]:
    """Before the booklet is good, where that is not long ago, or after the month claimed."""
    span, lots = at.known.span, at.known.lots
    for row in at.candidates():
        begin = int(lots.valid_from[at.rows.holder[row], at.rows.sort[row]])
        if begin > span.before and at.rng.random() < HALF:
            day = int(at.rng.integers(span.before, begin))
        else:
            day = span.after + int(at.rng.integers(NEXT_MONTH_DAYS))
        if at.move_day(row, day):
            yield 1


def _expired(at: Breaker) -> Iterator[int]:
    """A voucher of a fiscal year that is over, in the place of another of the same holder and sort."""
    for lot in at.known.old:
        alike = (at.rows.holder == lot.holder) & (at.rows.sort == lot.sort)
        for payload, row in zip(range(lot.first, lot.last + 1), at.candidates(alike), strict=False):
            if payload not in at.known.events:
                at.rows.payload[row] = payload
                at.mark(row, Ground.EXPIRED)
                yield 1


def _no_agreement(at: Breaker) -> Iterator[int]:
    """With a company that does not take the kind; mostly one of the smaller kinds, for which few have an agreement."""
    likely = (at.rows.kind != TAXI) | (at.rng.random(len(at.rows)) < TAXI_SHARE)
    for row in at.candidates(likely):
        other = _agreed(at, row, yes=False)
        if other is not None and at.free(other, *_ride(at, row)):
            at.rows.company[row] = other
            at.mark(row, *at.on_day(row, int(at.rows.day[row])))
            yield 1


def _over_fare(at: Breaker) -> Iterator[int]:
    """The fare of a ride is lowered so that its last vouchers go beyond it, and none behind the first of them fits."""
    rows, smallest = at.rows, min(face for _, face in at.known.sorts)
    for row in at.candidates(rows.kind == TAXI):
        ride = at.of_ride(row)
        taxi = ride[rows.kind[ride] == TAXI]
        over = int(at.rng.integers(1, MOST_OVER + 1))
        fits = int(rows.face[taxi[:-over]].sum())
        fare = fits + int(at.rng.choice([yen for yen in ODD_YEN if yen < smallest]))
        if fits and at.free(int(rows.company[row]), int(rows.holder[row]), int(rows.day[row]), fare):
            rows.fare[ride] = fare
            for beyond in taxi[-over:].tolist():
                at.mark(beyond, Ground.OVER_FARE)
            yield over


def _type_limit(at: Breaker) -> Iterator[int]:
    """A second voucher of a kind of which a ride may have one, from those the holder has not used."""
    lots, used = at.known.lots, set(at.rows.payload.tolist()) | set(at.known.events)
    for row in at.candidates((at.rows.kind == PICKUP) | (at.rows.kind == STRETCHER)):
        holder, sort = int(at.rows.holder[row]), int(at.rows.sort[row])
        start, size = int(lots.start[holder, sort]), int(lots.size[holder, sort])
        payload = next((one for one in range(start, start + size) if one not in used), None)
        if payload is not None:
            used.add(payload)
            at.put(row, order=int(at.rows.order[row]) + 1, payload=payload).grounds[0] = Ground.TYPE_LIMIT.bit
            at.mark(row)
            yield 1


def _unreadable(at: Breaker) -> Iterator[int]:
    """The number is blank or has a wrong digit; whoever spoils a number sometimes leaves out the name as well."""
    for row in at.candidates(at.listed):
        at.rows.digits[row] = NO_NUMBER if at.rng.random() < HALF else WRONG_DIGIT
        at.mark(row, Ground.UNREADABLE)
        if at.rng.random() < NAMELESS_SHARE:
            at.rows.blank[row] = NAME
            at.mark(row, Ground.MISSING_ENTRY)
        yield 1


def _missing_entry(at: Breaker) -> Iterator[int]:
    for row in at.candidates():
        at.rows.blank[row] = at.rng.choice((NAME, DAY, FARE))
        at.mark(row, Ground.MISSING_ENTRY)
        yield 1


def _late_claim(at: Breaker) -> Iterator[int]:
    span = at.known.span
    for row in at.candidates():
        if at.move_day(row, int(at.rng.integers(span.long_before, span.before))):
            yield 1


# Those that need particular vouchers come first, before others have used them up.
BREAKS: Mapping[Ground, Breaks] = {
    Ground.EXPIRED: _expired,
    Ground.LOST: _lost,
    Ground.TYPE_LIMIT: _type_limit,
    Ground.OVER_FARE: _over_fare,
    Ground.DENOM: _denom,
    Ground.NO_AGREEMENT: _no_agreement,
    Ground.EARLY: _early,
    Ground.LATE_CLAIM: _late_claim,
    Ground.NOT_ISSUED: _not_issued,
    Ground.DUPLICATE: _duplicate,
    Ground.UNREADABLE: _unreadable,
    Ground.MISSING_ENTRY: _missing_entry,
}
