"""The made-up ward's taxi register: companies, holders, their booklets of two fiscal years, lost and stopped ones.

Everything follows from the seed. The monthly 500 yen × 5 + 100 yen × 14 of a holder is the ward's; the amounts and
numbers of the two smaller kinds are invented. The holders are persons of the demonstration ward.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from psycopg import Connection, sql

from azukari.business.taxi.api import payload, serial
from azukari.business.taxi.types import EventKind, Kind, StopReason
from azukari.demo.taxi.companies import Company, accounts, agreements, companies

START, END = date(2019, 4, 1), date(2021, 4, 1)
OLD_YEAR, YEARS = 2018, (2019, 2020)
APRIL = 4
HOLDERS = 5_600
# A ward of 28,000 persons has them all; a smaller one has fewer holders and so fewer vouchers.
PERSONS_PER_HOLDER = 4
WHEELCHAIR_SHARE, STOPPED_SHARE, LATER_SHARE, OLD_SHARE, EVENT_SHARE = 0.12, 0.02, 0.04, 0.05, 0.001
# Vouchers (枚) a month by kind and face value (yen).
MONTHLY: Mapping[Kind, Mapping[int, int]] = {
    Kind.TAXI: {500: 5, 100: 14},
    Kind.PICKUP: {400: 4},
    Kind.STRETCHER: {2_000: 1},
}
OLD_FACE, OLD_VOUCHERS = 500, 10
EVENTS = (EventKind.LOST,) * 7 + (EventKind.VOIDED, EventKind.RETURNED, EventKind.RETURNED)
REPORTED_WITHIN = 45
# Days until the first is stopped: early, so that a small ward too has somebody in its first month.
FIRST_STOP = 10
TABLES = ("company", "agreement", "payaccount", "certificate", "booklet", "voucherevent")
REGISTERED = """
SELECT p.id, p.born FROM people_person p JOIN people_name n ON n.person_id = p.id
 WHERE p.died IS NULL AND n.valid @> %s::date ORDER BY p.id"""


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate holder: person key, number, wheelchair or not, first day, and the day of the stop if there is one."""

    person: int
    number: str
    wheelchair: bool
    since: date
    stopped_on: date | None

    @property
    def kinds(self) -> Sequence[Kind]:
        """The kinds of voucher the certificate is for."""
        return tuple(Kind) if self.wheelchair else (Kind.TAXI,)


@dataclass(frozen=True, slots=True)
class Booklet:
    """As `taxi_booklet` has it; `monthly` are the vouchers (枚) of one calendar month, in the order of their numbers."""

    fiscal_year: int
    holder: Holder
    kind: Kind
    face: int
    first: int
    size: int
    monthly: int
    valid_from: date
    valid_until: date

    def row(self) -> tuple[object, ...]:
        """In the order of its columns."""
        holder, last = self.holder, self.first + self.size - 1
        return (
            *(self.fiscal_year, holder.person, holder.number, self.kind, self.face, self.first, last),
            *(self.valid_from, self.valid_until, self.valid_from),
        )


def make(connection: Connection, seed: int) -> int:
    """Fill the register's tables through `connection` (the owner's, in its transaction). Returns how many holders."""
    rng = Random(f"taxi register {seed}")  # noqa: S311 (a made-up ward, the same from the same seed)
    _companies(connection, rng)
    holders = _holders(connection, rng)
    _copy(
        connection,
        "taxi_certificate (number, person_id, kind, since, stopped_on, stop_reason)",
        _certificates(rng, holders),
    )
    booklets = _booklets(rng, holders)
    _copy(
        connection,
        "taxi_booklet (fiscal_year, person_id, number, kind, face, first, last, valid_from, valid_until, issued_on)",
        (booklet.row() for booklet in booklets),
    )
    _copy(connection, 'taxi_voucherevent (payload, person_id, kind, "on")', _events(rng, booklets))
    for table in TABLES:
        connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(f"taxi_{table}")))
    return len(holders)


def _companies(connection: Connection, rng: Random) -> None:
    found = companies(rng)
    rows = connection.execute(
        "INSERT INTO taxi_company (code, name) SELECT * FROM unnest(%s::text[], %s::text[]) RETURNING code, id",
        [[company.code for company in found], [company.name for company in found]],
    )
    keys = {str(code): int(key) for code, key in rows}
    agreed = ((keys[company.code], *rest) for company, *rest in agreements(rng, found))
    _copy(connection, "taxi_agreement (company_id, kind, since, until)", agreed)
    _copy(
        connection,
        "taxi_payaccount (company_id, bank, bank_name, branch, branch_name, kind, number, holder)",
        _accounts(rng, found, keys),
    )


def _accounts(rng: Random, found: Sequence[Company], keys: Mapping[str, int]) -> Iterator[tuple[object, ...]]:
    for company, *account in accounts(rng, found):
        yield keys[company.code], *account, company.holder


def _holders(connection: Connection, rng: Random) -> list[Holder]:
    people = connection.execute(REGISTERED, [START]).fetchall()
    wanted = min(HOLDERS, len(people) // PERSONS_PER_HOLDER)
    chosen = rng.sample(people, wanted)
    numbers = rng.sample(range(10_000_000, 100_000_000), wanted)
    stops = _stops(rng, wanted)
    return [
        _holder(rng, person, born, str(number), stops.get(place))
        for place, ((person, born), number) in enumerate(zip(chosen, numbers, strict=True))
    ]


def _stops(rng: Random, holders: int) -> dict[int, date]:
    """Who is stopped, by place, and when: evenly over the two years, so that every month has its share."""
    stopped = min(holders, max(round(holders * STOPPED_SHARE), len(YEARS)))
    days = (END - START).days - FIRST_STOP
    places = rng.sample(range(holders), stopped)
    return {place: START + timedelta(FIRST_STOP + nth * days // stopped) for nth, place in enumerate(places)}


def _holder(rng: Random, person: int, born: date, number: str, stopped_on: date | None) -> Holder:
    since = max(born, START - timedelta(rng.randint(120, 5_000)))
    if stopped_on is None and rng.random() < LATER_SHARE:
        since = START + timedelta(rng.randrange((END - START).days - 90))
    return Holder(person, number, rng.random() < WHEELCHAIR_SHARE, since, stopped_on)


def _certificates(rng: Random, holders: Iterable[Holder]) -> Iterator[tuple[object, ...]]:
    for holder in holders:
        reason = rng.choice(list(StopReason)) if holder.stopped_on else ""
        for kind in holder.kinds:
            yield holder.number, holder.person, kind, holder.since, holder.stopped_on, reason


def _booklets(rng: Random, holders: Sequence[Holder]) -> list[Booklet]:
    """Booklets with running numbers within fiscal year and kind; the earlier year's for a few holders only."""
    found: list[Booklet] = []
    issued: defaultdict[tuple[int, Kind], int] = defaultdict(int)
    for holder in holders:
        if holder.since < START and rng.random() < OLD_SHARE:
            found.append(_booklet(holder, OLD_YEAR, Kind.TAXI, OLD_FACE, OLD_VOUCHERS, issued))
        for year in YEARS:
            if _has(holder, year):
                found += _year(holder, year, issued)
    return found


def _has(holder: Holder, year: int) -> bool:
    stopped = holder.stopped_on is not None and holder.stopped_on <= date(year, APRIL, 1)
    return not stopped and holder.since < date(year + 1, APRIL, 1)


def _year(holder: Holder, year: int, issued: defaultdict[tuple[int, Kind], int]) -> Iterator[Booklet]:
    for kind in holder.kinds:
        for face, monthly in MONTHLY[kind].items():
            months = 12 - _months(date(year, APRIL, 1), _first_day(holder, year))
            yield _booklet(holder, year, kind, face, monthly * months, issued, monthly)


def _booklet(
    holder: Holder,
    year: int,
    kind: Kind,
    face: int,
    size: int,
    issued: defaultdict[tuple[int, Kind], int],
    monthly: int = 1,
) -> Booklet:
    first = payload(serial(year, kind, issued[year, kind] + 1))
    issued[year, kind] += size
    valid_from, valid_until = _first_day(holder, year), date(year + 1, APRIL, 1)
    return Booklet(year, holder, kind, face, first, size, monthly, valid_from, valid_until)


def _first_day(holder: Holder, year: int) -> date:
    """From the month of application on (the ward's rule), or from the beginning of the fiscal year."""
    return max(holder.since.replace(day=1), date(year, APRIL, 1))


def _months(since: date, until: date) -> int:
    return (until.year - since.year) * 12 + until.month - since.month


def _events(rng: Random, booklets: Sequence[Booklet]) -> Iterator[tuple[object, ...]]:
    """Lost, voided and returned vouchers: each once, reported around the month it was meant for."""
    current = [booklet for booklet in booklets if booklet.fiscal_year in YEARS]
    ends = list(accumulate(booklet.size for booklet in current))
    total = ends[-1] if ends else 0
    for place in rng.sample(range(total), round(total * EVENT_SHARE)):
        booklet = current[bisect_right(ends, place)]
        nth = place - (ends[bisect_right(ends, place)] - booklet.size)
        on = _month_after(booklet.valid_from, nth // booklet.monthly) + timedelta(rng.randrange(REPORTED_WITHIN))
        last = booklet.valid_until - timedelta(1)
        yield booklet.first + nth, booklet.holder.person, rng.choice(EVENTS), min(on, last)


def _month_after(month: date, months: int) -> date:
    years, zero_based = divmod(month.month - 1 + months, 12)
    return month.replace(year=month.year + years, month=zero_based + 1)


def _copy(connection: Connection, target: str, rows: Iterable[Sequence[object]]) -> None:
    lines = ("\t".join("\\N" if value is None else str(value) for value in row) for row in rows)
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN".encode()) as copy:
        copy.write("".join(f"{line}\n" for line in lines))
