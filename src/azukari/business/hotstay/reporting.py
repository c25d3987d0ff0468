"""A month in numbers: for the station, the ward's own section and the command. Counts only, nobody's key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from azukari.business.hotstay import desk as at
from azukari.business.hotstay import stations
from azukari.business.hotstay.rules import fees
from azukari.business.hotstay.types import Report, Span, State, StationCard, StationReport

Row = tuple[int, date, int, int, Any, str, str, bool]


def report(first: date, *, using: str = "default") -> Report:
    """The month that `first` lies in. Who may not ask for numbers is told zeros by the database."""
    since = first.replace(day=1)
    until = (since + timedelta(days=32)).replace(day=1)
    rows: dict[int, list[Row]] = {}
    query = "SELECT station, day, band, years, slots, channel, state, late FROM public.hotstay_stays(%s, %s)"
    for row in at.fetch(using, query, since, until):
        rows.setdefault(row[0], []).append(row)
    return Report(since, tuple(_station(card, rows.get(card.id, [])) for card in stations.known(using=using)))


def _station(card: StationCard, rows: Sequence[Row]) -> StationReport:
    used = [row for row in rows if row[6] == State.BOOKED]
    ages, channels = Counter(row[2] for row in used), Counter(row[5] for row in used)
    states = Counter(row[6] for row in rows)
    return StationReport(
        station=card.name,
        contractor=card.contractor,
        uses=len(used),
        half_hours=sum(row[4].upper - row[4].lower for row in used),
        by_age=(ages[0], ages[1], ages[2], ages[3], ages[4]),
        cancelled=states[State.CANCELLED],
        no_shows=states[State.NO_SHOW],
        late=sum(row[7] for row in used),
        fees=sum(fees.at_age(row[3], Span(row[1], row[4].lower, row[4].upper)).total for row in used),
        channels=dict(sorted(channels.items())),
    )


def total(found: Report) -> StationReport:
    """All stations together."""
    whole = StationReport("合計", "", 0, 0, (0, 0, 0, 0, 0), 0, 0, 0, 0)
    for one in found.stations:
        ages = [mine + its for mine, its in zip(whole.by_age, one.by_age, strict=True)]
        whole = replace(
            whole,
            uses=whole.uses + one.uses,
            half_hours=whole.half_hours + one.half_hours,
            by_age=(ages[0], ages[1], ages[2], ages[3], ages[4]),
            cancelled=whole.cancelled + one.cancelled,
            no_shows=whole.no_shows + one.no_shows,
            late=whole.late + one.late,
            fees=whole.fees + one.fees,
        )
    return whole
