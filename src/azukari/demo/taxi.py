"""A made-up month of taxi vouchers: companies, holders, rides, and what the companies sent in.

Everything follows from the seed. Companies and amounts of the two smaller kinds of voucher are invented; the monthly
500 yen × 5 + 100 yen × 14 of a holder is the ward's. The holders are persons of the demonstration ward.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from random import Random

from psycopg import Connection, sql

from azukari.business.taxi.types import Kind, Reason, State, StopReason
from azukari.demo.names import CONTRACTOR, OTHER_CONTRACTOR

FIRST_MONTH = date(2019, 6, 1)
MONTHLY_VOUCHERS = 100_000
HOLDERS = 5_600
# A ward of 28,000 persons still fills the month; a smaller one has fewer holders and so fewer vouchers.
PERSONS_PER_HOLDER = 4
WHEELCHAIR_SHARE, STRETCHER_SHARE, STOPPED_SHARE = 0.12, 0.2, 0.02
FULL_USE_SHARE, USUAL_COMPANY_SHARE = 0.94, 0.75
KANA_SHARE, EVERYDAY_SHARE, SLIP_SHARE = 0.03, 0.25, 0.001
BOOKLET = {500: 5, 100: 14}
PICKUP_FACE, STRETCHER_FACE = 400, 2_000
BASE_FARE, STEP_FARE, MEAN_STEPS = 410, 80, 14
SATURDAY = 5
HALF_DONE_DAY, ELSEWHERE = 5, 12
COMPANY_WORDS = (
    "あさぎり", "あめんぼ", "いちばん星", "うぐいす", "かざぐるま", "かたつむり", "からくさ", "きりん草", "くじら雲",
    "こがらし", "こもれび", "さざなみ", "しおかぜ", "しゃぼん", "すずめ", "せせらぎ", "たんぽぽ", "つむじ風", "とんぼ",
    "なぎさ", "ねこやなぎ", "ひなげし", "ほたる", "みずうみ", "よあけ",
)  # fmt: skip
COMPANY_TYPES = ("タクシー", "交通", "自動車", "ハイヤー", "福祉交通", "介護タクシー")
OTHER_FORMS = str.maketrans("髙﨑邊邉澤齋齊濵櫻德廣眞國瀨", "高崎辺辺沢斎斉浜桜徳広真国瀬")
VOUCHER_COLUMNS = (
    "batch_id",
    "sequence",
    "contractor",
    "name",
    "used_on",
    "fare",
    "certificate_number",
    "kind",
    "denomination",
    "person_id",
    "state",
    "reason",
    "version",
)
VARIATION_SELECTORS = dict.fromkeys(range(0xE0100, 0xE01F0))

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate holder: person key, birthday, name as registered and its kana, number, wheelchair or not."""

    person: int
    born: date
    name: str
    kana: str
    number: str
    wheelchair: bool


@dataclass(frozen=True, slots=True)
class Market:
    """The companies by key, with their share of the rides; those that take wheelchairs apart."""

    all: Sequence[int]
    accessible: Sequence[int]
    shares: Mapping[int, float]

    def pick(self, rng: Random, wheelchair: bool) -> int:
        """A company for one ride."""
        among = self.accessible if wheelchair else self.all
        return rng.choices(among, [self.shares[company] for company in among])[0]


@dataclass(frozen=True, slots=True)
class Line:
    """One voucher as it lies in a company's bundle. `query` is what an attentive operator would ask the ward."""

    name: str
    used_on: date
    fare: int
    number: str
    kind: Kind
    face: int
    person: int | None
    query: Reason | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A company's bundle as entrusted to a contractor; the first `checked` of its lines have been looked at."""

    id: int
    contractor: str
    lines: Sequence[Line]
    checked: int


def make(
    connection: Connection,
    seed: int,
    *,
    month: date = FIRST_MONTH,
    vouchers: int = MONTHLY_VOUCHERS,
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Fill the tables through `connection` (the owner's, in its transaction). Returns how many vouchers were made."""
    rng = Random(f"taxi {seed}")  # noqa: S311 (a made-up ward, the same from the same seed)
    market = _companies(connection, rng)
    holders = _holders(connection, rng, month, vouchers)
    _certificates(connection, rng, holders, month)
    bundles = _bundles(rng, holders, market, month, vouchers)
    batches = _batches(connection, rng, bundles, month)
    _copy(connection, "taxi_presentedvoucher", VOUCHER_COLUMNS, _rows(batches, progress))
    _arrivals(connection)
    for table in ("company", "agreement", "certificate", "batch", "presentedvoucher"):
        connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(f"taxi_{table}")))
    return sum(len(batch.lines) for batch in batches)


def _companies(connection: Connection, rng: Random) -> Market:
    names = [word + kind for kind, word in product(COMPANY_TYPES, COMPANY_WORDS)]
    rng.shuffle(names)
    keys = [
        row[0]
        for row in connection.execute(
            "INSERT INTO taxi_company (code, name) SELECT * FROM unnest(%s::text[], %s::text[]) RETURNING id",
            [[f"{number:04d}" for number in range(1, len(names) + 1)], names],
        )
    ]
    accessible = [key for key, name in zip(keys, names, strict=True) if "福祉" in name or "介護" in name]
    _copy(connection, "taxi_agreement", ("company_id", "kind", "since"), _agreements(rng, keys, accessible))
    shares = {key: 1 / (place + 8) for place, key in enumerate(keys)}
    return Market(keys, accessible, shares)


def _agreements(rng: Random, companies: Iterable[int], accessible: Sequence[int]) -> Iterator[str]:
    for company in companies:
        for kind in Kind if company in accessible else (Kind.TAXI,):
            yield f"{company}\t{kind}\t{date(rng.randint(1998, 2018), rng.randint(1, 12), 1)}\n"


def _holders(connection: Connection, rng: Random, month: date, vouchers: int) -> list[Holder]:
    registered = (
        "SELECT p.id FROM people_person p JOIN people_name n ON n.person_id = p.id"
        " WHERE p.died IS NULL AND n.valid @> %s::date ORDER BY p.id"
    )
    keys = [row[0] for row in connection.execute(registered, [month])]
    wanted = min(-(-vouchers * HOLDERS // MONTHLY_VOUCHERS), len(keys) // PERSONS_PER_HOLDER)
    people = _named(connection, rng.sample(keys, wanted), month)
    numbers = rng.sample(range(10_000_000, 100_000_000), len(people))
    return [
        Holder(*person, str(number), rng.random() < WHEELCHAIR_SHARE)
        for person, number in zip(people, numbers, strict=True)
    ]


def _named(connection: Connection, keys: list[int], month: date) -> list[tuple[int, date, str, str]]:
    """Key, birthday, name and kana of those registered in that month, in an order that hides age and household."""
    found = connection.execute(
        "SELECT p.id, p.born, n.name, n.kana FROM unnest(%s::bigint[]) WITH ORDINALITY AS picked (key, place)"
        " JOIN people_person p ON p.id = key JOIN people_name n ON n.person_id = key"
        " WHERE n.valid @> %s::date ORDER BY place",
        [keys, month],
    )
    return list(found)


def _certificates(connection: Connection, rng: Random, holders: Iterable[Holder], month: date) -> None:
    _copy(
        connection,
        "taxi_certificate",
        ("number", "person_id", "kind", "since", "stopped_on", "stop_reason"),
        (line for holder in holders for line in _certificate(rng, holder, month)),
    )


def _certificate(rng: Random, holder: Holder, month: date) -> Iterator[str]:
    since = max(holder.born, month - timedelta(days=rng.randint(30, 5_000)))
    stop = "\\N\t"
    if rng.random() < STOPPED_SHARE:
        stop = f"{month + timedelta(days=rng.randint(20, 29))}\t{rng.choice(list(StopReason))}"
    for kind in Kind if holder.wheelchair else (Kind.TAXI,):
        yield f"{holder.number}\t{holder.person}\t{kind}\t{since}\t{stop}\n"


def _bundles(
    rng: Random, holders: Iterable[Holder], market: Market, month: date, vouchers: int
) -> dict[int, list[Line]]:
    """Vouchers by the company they were given to, in the order of the rides."""
    bundles: dict[int, list[Line]] = {company: [] for company in market.all}
    left = vouchers
    for holder in holders:
        usual = market.pick(rng, holder.wheelchair)
        for used_on, fare, given in _rides(rng, holder, month):
            company = usual if rng.random() < USUAL_COMPANY_SHARE else market.pick(rng, holder.wheelchair)
            faces = given[:left]
            left -= len(faces)
            name = _as_written(rng, holder)
            bundles[company] += [_line(rng, holder, name, used_on, fare, kind, face) for kind, face in faces]
    for lines in bundles.values():
        lines.sort(key=lambda line: line.used_on)
    return {company: lines for company, lines in bundles.items() if lines}


def _rides(rng: Random, holder: Holder, month: date) -> Iterator[tuple[date, int, list[tuple[Kind, int]]]]:
    """A holder's rides of the month: day, fare, and the vouchers given. No change is given, so never above the fare."""
    most = 1.0 if rng.random() < FULL_USE_SHARE else rng.uniform(0.3, 1.0)
    left = {face: round(count * most) for face, count in BOOKLET.items()}
    while any(left.values()):
        fare = BASE_FARE + STEP_FARE * int(rng.expovariate(1 / MEAN_STEPS)) + (0 if left[100] else 6 * STEP_FARE)
        faces: list[tuple[Kind, int]] = []
        rest = fare
        for face in BOOKLET:
            count = min(left[face], rest // face)
            left[face] -= count
            rest -= count * face
            faces += [(Kind.TAXI, face)] * count
        if holder.wheelchair:
            faces.append((Kind.PICKUP, PICKUP_FACE))
            if rng.random() < STRETCHER_SHARE:
                faces.append((Kind.STRETCHER, STRETCHER_FACE))
        yield _day(rng, month), fare, faces


def _day(rng: Random, month: date) -> date:
    """A day of the month. People ride to the doctor: every other ride drawn for a weekend is drawn again."""
    days = monthrange(month.year, month.month)[1]
    day = month + timedelta(days=rng.randrange(days))
    if day.weekday() >= SATURDAY and rng.random() < 0.5:
        return month + timedelta(days=rng.randrange(days))
    return day


def _as_written(rng: Random, holder: Holder) -> str:
    """The name as a person writes it: mostly as registered, some in the everyday form of the kanji, some in kana."""
    chance = rng.random()
    if chance < KANA_SHARE:
        return holder.kana
    if chance < KANA_SHARE + EVERYDAY_SHARE:
        return holder.name.translate(VARIATION_SELECTORS).translate(OTHER_FORMS)
    return holder.name


def _line(rng: Random, holder: Holder, name: str, used_on: date, fare: int, kind: Kind, face: int) -> Line:
    """The voucher, rarely with one of the slips that companies and riders make."""
    line = Line(name, used_on, fare, holder.number, kind, face, holder.person, None)
    chance = rng.random()
    if chance < SLIP_SHARE:
        misread = f"{(int(holder.number) + 7) % 100_000_000:08d}"
        return replace(line, number=misread, person=None, query=Reason.DIFFERS)
    if chance < 2 * SLIP_SHARE:
        return replace(line, name="", query=Reason.MISSING_ENTRY)
    if chance < 3 * SLIP_SHARE:
        return replace(line, used_on=used_on - timedelta(days=62), query=Reason.LATE_CLAIM)
    return line


def _batches(connection: Connection, rng: Random, bundles: Mapping[int, list[Line]], month: date) -> list[Batch]:
    """A batch a company, and a small one apart that another contractor checks and the first one must never see."""
    apart: list[Line] = []
    if bundles:
        largest = max(bundles.values(), key=len)
        every = max(1, len(largest) // ELSEWHERE)
        apart = largest[::every]
        del largest[::every]
    batches = [_batch(connection, company, month, 1, rng.randint(1, 10), lines) for company, lines in bundles.items()]
    if apart:
        company = next(iter(bundles))
        batches.append(_batch(connection, company, month, 2, 10, apart, OTHER_CONTRACTOR))
    return batches


def _batch(
    connection: Connection,
    company: int,
    month: date,
    number: int,
    day: int,
    lines: Sequence[Line],
    contractor: str = CONTRACTOR,
) -> Batch:
    """Received on that day of the next month; the early ones have been checked, those of one day half."""
    received = (month + timedelta(days=31)).replace(day=day)
    [(key,)] = connection.execute(
        "INSERT INTO taxi_batch (company_id, month, number, received_on, contractor) VALUES (%s, %s, %s, %s, %s)"
        " RETURNING id",
        [company, month, number, received, contractor],
    ).fetchall()
    checked = len(lines) if day < HALF_DONE_DAY else len(lines) // 2 if day == HALF_DONE_DAY else 0
    return Batch(int(key), contractor, lines, checked)


def _rows(batches: Sequence[Batch], progress: Progress) -> Iterator[str]:
    total, done = sum(len(batch.lines) for batch in batches), 0
    for batch in batches:
        for sequence, line in enumerate(batch.lines, 1):
            yield _row(batch, sequence, line)
        done += len(batch.lines)
        progress(done, total)


def _row(batch: Batch, sequence: int, line: Line) -> str:
    state, reason, checked = State.UNCHECKED.value, "", sequence <= batch.checked
    if checked:
        state, reason = (State.QUERIED.value, line.query.value) if line.query else (State.CHECKED.value, "")
    person = "\\N" if line.person is None else line.person
    return (
        f"{batch.id}\t{sequence}\t{batch.contractor}\t{line.name}\t{line.used_on}\t{line.fare}\t{line.number}\t"
        f"{line.kind}\t{line.face}\t{person}\t{state}\t{reason}\t{int(checked)}\n"
    )


def _arrivals(connection: Connection) -> None:
    connection.execute(
        "INSERT INTO taxi_arrival (month, contractor, lines) SELECT b.month, b.contractor, count(*)"
        " FROM taxi_batch b JOIN taxi_presentedvoucher v ON v.batch_id = b.id GROUP BY b.month, b.contractor"
    )


def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[str]) -> None:
    target = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(target) as copy:
        copy.write("".join(rows))
