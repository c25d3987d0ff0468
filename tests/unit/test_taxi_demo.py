"""The made-up month: the same from the same seed, and plausible."""

from __future__ import annotations

import psycopg
import pytest

from azukari.demo import taxi
from azukari.demo.names import CONTRACTOR, OTHER_CONTRACTOR

TABLES = "taxi_presentedvoucher, taxi_batch, taxi_certificate, taxi_agreement, taxi_company, taxi_arrival"
CONTENT = """
SELECT c.code, c.name, b.number, b.contractor, b.received_on, v.sequence, v.name, v.used_on, v.fare,
  v.certificate_number, v.kind, v.denomination, v.person_id, v.state, v.reason
FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id JOIN taxi_company c ON c.id = b.company_id
ORDER BY c.code, b.number, v.sequence"""


@pytest.fixture
def empty(owner_connection: psycopg.Connection) -> psycopg.Connection:
    owner_connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    owner_connection.execute(f"TRUNCATE {TABLES}")
    return owner_connection


def test_the_same_seed_makes_the_same_month(empty: psycopg.Connection) -> None:
    taxi.make(empty, 1)
    first = empty.execute(CONTENT).fetchall()
    empty.execute(f"TRUNCATE {TABLES}")
    taxi.make(empty, 1)
    assert empty.execute(CONTENT).fetchall() == first
    empty.execute(f"TRUNCATE {TABLES}")
    taxi.make(empty, 2)
    assert empty.execute(CONTENT).fetchall() != first


def test_number_of_vouchers_and_progress(empty: psycopg.Connection) -> None:
    told: list[tuple[int, int]] = []
    made = taxi.make(empty, 1, vouchers=500, progress=lambda done, total: told.append((done, total)))
    assert 400 < made <= 500
    assert told[-1] == (made, made)
    assert told == sorted(told)
    assert empty.execute("SELECT count(*) FROM taxi_company").fetchone() == (150,)


def test_no_voucher_above_its_fare_or_its_booklet(empty: psycopg.Connection) -> None:
    """5 vouchers of 500 yen and 14 of 100 a month, and no change is given."""
    taxi.make(empty, 1)
    above = empty.execute(
        "SELECT 1 FROM taxi_presentedvoucher WHERE kind = '福祉タクシー券' AND denomination > fare LIMIT 1"
    ).fetchall()
    too_many = empty.execute(
        "SELECT 1 FROM taxi_presentedvoucher WHERE kind = '福祉タクシー券' AND person_id IS NOT NULL"
        " GROUP BY person_id HAVING count(*) FILTER (WHERE denomination = 500) > 5"
        " OR count(*) FILTER (WHERE denomination = 100) > 14"
    ).fetchall()
    assert above == too_many == []


def test_each_voucher_is_with_one_contractor(empty: psycopg.Connection) -> None:
    taxi.make(empty, 1)
    counted = dict(empty.execute("SELECT contractor, lines FROM taxi_arrival").fetchall())
    real = dict(empty.execute("SELECT contractor, count(*) FROM taxi_presentedvoucher GROUP BY 1").fetchall())
    assert counted == real
    assert set(real) == {CONTRACTOR, OTHER_CONTRACTOR}
    assert 0 < real[OTHER_CONTRACTOR] < 40


def test_a_ward_without_people_has_no_vouchers(empty: psycopg.Connection) -> None:
    empty.execute("CREATE TEMPORARY TABLE people_person (id bigint, born date, died date)")
    assert taxi.make(empty, 1) == 0
    assert empty.execute("SELECT count(*) FROM taxi_company").fetchone() == (150,)


@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE taxi_presentedvoucher SET contractor = 'あすなろ事務代行（見本）' WHERE contractor <> 'あすなろ事務代行（見本）'",
        "UPDATE taxi_presentedvoucher SET state = '区へ照会', reason = ''",
        "UPDATE taxi_presentedvoucher SET state = '済'",
        "UPDATE taxi_certificate SET stopped_on = '2019-06-30', stop_reason = ''",
        "INSERT INTO taxi_agreement (company_id, kind, since) SELECT company_id, kind, '2018-12-01' FROM taxi_agreement",
        "UPDATE taxi_batch SET month = '2019-06-02'",
    ],
)
def test_the_database_refuses_what_cannot_be(empty: psycopg.Connection, broken: str) -> None:
    taxi.make(empty, 1)
    with pytest.raises(psycopg.IntegrityError), empty.transaction():
        empty.execute(broken)


def test_one_number_belongs_to_one_person(empty: psycopg.Connection) -> None:
    taxi.make(empty, 1)
    with pytest.raises(psycopg.errors.ExclusionViolation), empty.transaction():
        empty.execute(
            "INSERT INTO taxi_certificate (number, person_id, kind, since, stop_reason)"
            " SELECT c.number, o.person_id, '予約料・迎車料補助券', c.since, '' FROM taxi_certificate c, taxi_certificate o"
            " WHERE o.person_id <> c.person_id AND NOT EXISTS (SELECT FROM taxi_certificate x WHERE x.number = c.number"
            " AND x.kind = '予約料・迎車料補助券') LIMIT 1"
        )
