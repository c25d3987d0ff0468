"""What a demonstration of the programmes begins with: five lists of made-up targets, some of it entrusted and called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random

from django.utils import timezone
from psycopg import Connection

from azukari.business.health.programmes import api
from azukari.business.health.targets.types import Reason, Target
from azukari.core.policy import api as policy
from azukari.core.policy.api import Actor
from azukari.demo.health import programme_figures
from azukari.kernel.fiscal import FiscalYear

OWNER, BY = "owner", "demo"
REGISTER, OFFICER, PLACE = "r-juki", "officer-809", "ward-health"
DEFINITION = "見本の定義 1"
PROTECTED = 2
CALLED_SHARE, MOST_CALLED = 0.45, 200
# Groups and their reasons as an extraction would say them, and the most people of each list.
GROUPS: Mapping[api.Programme, tuple[tuple[str, str, str], ...]] = {
    api.Programme.CHECKUP: (
        ("連続未受診", "checkups", "過去3年度に特定健診の受診がありません"),
        ("昨年度だけ未受診", "checkups", "昨年度の特定健診の受診がありません"),
    ),
    api.Programme.GUIDANCE: (
        ("積極的支援", "checkups", "腹囲 92cm、収縮期血圧 146mmHg、HbA1c 5.9%"),
        ("動機付け支援", "checkups", "腹囲 87cm、空腹時中性脂肪 172mg/dL"),
    ),
    api.Programme.KIDNEY: (
        ("A 腎症基準・未受診", "checkups", "HbA1c 7.1%、尿蛋白 ++"),
        ("B 腎症・受診中", "diagnoses", "傷病名に糖尿病性腎症があります"),
        ("C 糖尿病・中断", "receipts", "最後の糖尿病の受診から7か月たちました"),
    ),
    api.Programme.VISITS: (
        ("頻回受診", "receipts", "同じ月の外来が17日あります"),
        ("重複受診", "receipts", "同じ病名で3か所を受診しています"),
    ),
    api.Programme.DRUGS: (("重複服薬", "acts", "同じ薬が2か所から合わせて84日分出ています"),),
}
MOST: Mapping[api.Programme, int] = {
    api.Programme.CHECKUP: 600,
    api.Programme.GUIDANCE: 160,
    api.Programme.KIDNEY: 60,
    api.Programme.VISITS: 40,
    api.Programme.DRUGS: 40,
}


def make(connection: Connection, seed: int) -> int:
    """Lists, hand-overs, calls and pictures, as the owner in its transaction. Returns how many lists.

    Days are counted from today: what is entrusted counts in the fiscal year in which the demonstration is begun.
    """
    rng, today = Random(f"programmes {seed}"), timezone.localdate()  # noqa: S311 (made up)
    persons = _persons(connection, seed)
    year = FiscalYear.of(today)
    as_of = max(year.start, today - timedelta(days=75))
    _issue(connection, persons, year.year, rng)
    _protect(connection, persons[:PROTECTED], today)
    made = {one: _list(one, rng, persons, year.year, as_of, today) for one in api.Programme}
    _happened(connection, made, as_of, today)
    _entrust(made, rng, today)
    store, districts, chapters = programme_figures.store(seed, year.year)
    few = api.smallest()
    numbers = api.numbers(store, year.year, districts=districts, chapters=chapters, smallest=few)
    api.keep(year.year, api.as_plain(numbers), using=OWNER)
    return len(made)


def _persons(connection: Connection, seed: int) -> list[int]:
    """People from 40 to 74 who live in the ward, in an order of the seed."""
    rows = connection.execute(
        "SELECT p.id FROM people_person p WHERE p.died IS NULL AND age(p.born) BETWEEN '40 years' AND '74 years'"
        " AND EXISTS (SELECT FROM people_membership m WHERE m.person_id = p.id AND upper_inf(m.valid))"
        " ORDER BY hashint8extended(p.id, %s), p.id LIMIT 2000",
        [seed],
    )
    return [key for (key,) in rows.fetchall()]


def _issue(connection: Connection, persons: Sequence[int], fiscal_year: int, rng: Random) -> None:
    """Tickets of the year, and for most a telephone number of a block that is given to nobody."""
    rows = [
        (
            person,
            fiscal_year,
            f"{fiscal_year % 100:02d}1{number:08d}",
            f"03-0000-{number:04d}" if rng.random() < 0.9 else "",
            f"見本{number % 90 + 10:02d}・{number:07d}",
            f"{700_000_000 + number}",
        )
        for number, person in enumerate(persons, 1)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO health_issued (person_id, fiscal_year, ticket, phone, symbol, number, guidance_ticket,"
            " guidance_until, cancer_ticket) VALUES (%s, %s, %s, %s, %s, %s, '', NULL, '')",
            rows,
        )


def _protect(connection: Connection, persons: Sequence[int], today: date) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO health_protected (person_id, since, by) VALUES (%s, %s, %s)",
            [(person, today - timedelta(days=200), BY) for person in persons],
        )


def _list(
    programme: api.Programme, rng: Random, persons: Sequence[int], fiscal_year: int, as_of: date, today: date
) -> int:
    groups = GROUPS[programme]
    share = 0.5 if programme is api.Programme.CHECKUP else 0.12
    chosen = [one for one in persons if rng.random() < share][: MOST[programme]] or list(persons[:1])
    targets = []
    for number, person in enumerate(sorted({*chosen, *persons[:PROTECTED]}), 1):
        group, table, words = rng.choice(groups)
        receipt = None if table == "checkups" else 40_000 + number
        targets.append(Target(person, group, (Reason(table, receipt, None if receipt is None else 12, words),)))
    facts = {one.person: _facts(programme, one, rng, as_of) for one in targets}
    return api.take(
        programme, targets, facts, fiscal_year=fiscal_year, as_of=as_of, definition=DEFINITION, on=today, by=BY, using=OWNER
    )  # fmt: skip


def _facts(programme: api.Programme, target: Target, rng: Random, as_of: date) -> api.Facts:
    receipts = (
        f"{as_of.year}年{as_of.month}月 医科 外来 見本診療所 {rng.randint(2, 17)}日 {rng.randint(800, 9000):,}点 傷病 見本の病名"
        if programme.channel in {api.Channel.GUIDANCE, api.Channel.VISITS}
        else ""
    )
    if programme is api.Programme.CHECKUP:
        return api.Facts()
    return api.Facts(
        checked_on=as_of - timedelta(days=rng.randint(20, 300)),
        guidance_level=target.group if programme is api.Programme.GUIDANCE else "",
        results=f"腹囲 {rng.randint(80, 104)}cm、収縮期血圧 {rng.randint(112, 168)}mmHg、HbA1c {rng.randint(54, 82) / 10:g}%",
        answers=f"血圧の薬 {rng.choice(('はい', 'いいえ'))}、喫煙 {rng.choice(('はい', 'いいえ'))}",
        receipts=receipts,
    )


def _happened(connection: Connection, made: Mapping[api.Programme, int], as_of: date, today: date) -> None:
    """Some were written to, fewer joined, fewer finished, on days since the extraction."""
    span = max((today - as_of).days, 1)
    for key in made.values():
        connection.execute(
            """
            WITH drawn AS (SELECT id, abs(hashint8extended(person_id, 11)) %% 100 AS luck,
                                  (abs(hashint8extended(person_id, 13)) %% %(span)s)::int AS day
                             FROM health_listed WHERE list_id = %(key)s)
            UPDATE health_listed p
               SET notified_on = CASE WHEN luck < 70 THEN %(as_of)s::date + day / 3 END,
                   joined_on = CASE WHEN luck < 31 THEN %(as_of)s::date + day / 2 END,
                   finished_on = CASE WHEN luck < 17 THEN %(as_of)s::date + day END
              FROM drawn WHERE drawn.id = p.id""",
            {"key": key, "span": span, "as_of": as_of},
        )


def _entrust(made: Mapping[api.Programme, int], rng: Random, today: date) -> None:
    """The call centre, the guides and the visitors get their lists; letters wait. Some calls were made."""
    for programme, key in made.items():
        channel = programme.channel
        persons = api.waiting(key, channel, letter=api.LetterKind.RECOMMENDATION, using=OWNER)
        if not persons:
            continue
        contractor = api.contractor_of(channel, today, using=OWNER)
        handing = api.entrust(key, channel, _known(persons, today), contractor=contractor, on=today, by=BY, using=OWNER)
        if channel is api.Channel.CALLS:
            _call(handing, rng)


def _known(persons: Sequence[int], on: date) -> Mapping[int, api.Known]:
    """As the officer of the section reads the register, at the section's place."""
    actor = Actor(OFFICER, "officer", policy.enrolled(OFFICER, on))
    with policy.enter(REGISTER, actor=actor, place=policy.places()[PLACE], medium=policy.SCREEN, on=on):
        return api.known(persons, on)


def _call(handing: int, rng: Random) -> None:
    """Calls of the last days, one household after the other."""
    now = timezone.now() - timedelta(days=3)
    most = int(MOST_CALLED * CALLED_SHARE)
    for number in range(most):
        at = now + timedelta(minutes=2 * number)
        if api.take_next(handing, caller=BY, now=at, using=OWNER) is None:
            return
        rows = api.opened(handing, caller=BY, now=at, using=OWNER)
        words = rng.choices(list(api.CallResult), (42, 33, 20, 5), k=len(rows))
        results = {row.pk: word for row, word in zip(rows, words, strict=True)}
        api.record(handing, results, caller=BY, now=at, using=OWNER)
