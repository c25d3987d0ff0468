"""Whatever is settled: nothing is lost, nothing is invented, nobody is asked for money."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azukari.business.taxi.settling import VARIANCE, Due, Line, Settlement, Taken, settle
from azukari.business.taxi.types import Ground, Kind

COMPANIES = st.integers(1, 4)
FACES = st.sampled_from((100, 400, 500, 2_000))


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """A line as checking leaves it: every counted voucher is accepted or taken by one ground, the rest is variance."""
    face, accepted = draw(FACES), draw(st.integers(0, 30))
    grounds = draw(st.dictionaries(st.sampled_from(list(Ground)), st.integers(1, 9), max_size=4))
    counted = accepted + sum(grounds.values())
    variance = draw(st.integers(-counted, 9))
    taken = [Taken(ground, count, count * face) for ground, count in grounds.items()]
    if variance:
        taken.append(Taken(VARIANCE, variance, variance * face))
    company, batch = draw(COMPANIES), draw(st.integers(1, 9))
    return Line(company, batch, draw(st.sampled_from(Kind)), face, counted + variance, counted, accepted, tuple(taken))


DUES = st.lists(st.tuples(COMPANIES, st.integers(-20_000, 20_000).filter(bool)), max_size=8).map(
    lambda pairs: [Due(number, company, amount) for number, (company, amount) in enumerate(pairs, 1)]
)


@given(st.lists(lines(), max_size=12), DUES)
def test_every_yen_is_paid_or_explained(found: list[Line], due: list[Due]) -> None:
    settled = settle(found, due)
    assert settled.claimed == sum(line.claimed for line in found)
    assert settled.claimed + settled.corrected == settled.paid + settled.unpaid
    for share in settled.shares:
        assert share.claimed + share.corrected == share.paid + share.unpaid
        assert share.claimed == sum(line.face * line.claimed_count for line in share.lines)
        assert share.unpaid == sum(one.amount for line in share.lines for one in line.taken)


@given(st.lists(lines(), max_size=12), DUES)
def test_nobody_is_paid_less_than_nothing_and_no_correction_is_lost(found: list[Line], due: list[Due]) -> None:
    settled = settle(found, due)
    assert all(share.paid >= 0 for share in settled.shares)
    assert sorted(_taken(settled) + [one.id for one in settled.waiting]) == [one.id for one in due]
    for one in settled.waiting:
        later = [other.id for other in due if other.company == one.company and other.id > one.id]
        assert set(later) <= {other.id for other in settled.waiting}, "in the order in which they were made"


def _taken(settled: Settlement) -> list[int]:
    return [one.id for share in settled.shares for one in share.corrections]


@given(st.lists(lines(), min_size=1, max_size=6), DUES)
def test_the_order_of_lines_does_not_matter(found: list[Line], due: list[Due]) -> None:
    def totals(settled: Settlement) -> list[tuple[int, int]]:
        return [(share.company, share.paid) for share in settled.shares]

    assert totals(settle(found, due)) == totals(settle(found[::-1], due[::-1]))


@given(lines())
def test_a_line_that_does_not_balance_is_refused(line: Line) -> None:
    broken = replace(line, claimed_count=line.claimed_count + 1)
    with pytest.raises(ValueError, match="請求"):
        settle([broken], [])
