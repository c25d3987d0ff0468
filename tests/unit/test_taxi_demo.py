"""The made-up register and months: the same from the same seed, plausible, and with the errors that were asked for."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg
import pytest

from azukari.demo import taxi
from azukari.demo.names import CONTRACTOR, OTHER_CONTRACTOR
from azukari.demo.taxi import register
from azukari.kernel.errors import BadInput
from support.claims import JUNE, made_month

REGISTER = "SELECT number, kind, face, first, last, valid_from FROM taxi_booklet ORDER BY first"


def digest(folder: Path) -> str:
    """Of every file but the workbooks, which carry a time."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".xlsx")
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


@pytest.fixture
def emptied(owner_connection: psycopg.Connection) -> psycopg.Connection:
    owner_connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    owner_connection.execute("TRUNCATE taxi_company, taxi_certificate, taxi_booklet, taxi_voucherevent CASCADE")
    return owner_connection


def test_the_same_seed_makes_the_same_register(emptied: psycopg.Connection) -> None:
    found = []
    for seed in (1, 1, 2):
        emptied.execute("TRUNCATE taxi_company, taxi_certificate, taxi_booklet, taxi_voucherevent CASCADE")
        register.make(emptied, seed)
        found.append(emptied.execute(REGISTER).fetchall())
    assert found[0] == found[1] != found[2]


def test_a_holder_has_the_wards_vouchers(emptied: psycopg.Connection) -> None:
    """500 yen × 5 and 100 yen × 14 a month, from the month of application to the fiscal year's end."""
    register.make(emptied, 1)
    [(wrong,)] = emptied.execute(
        "SELECT count(*) FROM taxi_booklet WHERE fiscal_year > 2018 AND kind = '福祉タクシー券' AND last - first + 1 <>"
        " CASE face WHEN 500 THEN 5 ELSE 14 END * (12 * (extract(year FROM valid_until) - extract(year FROM valid_from))"
        " + extract(month FROM valid_until) - extract(month FROM valid_from))"
    ).fetchall()
    assert wrong == 0


@pytest.mark.usefixtures("scratch")
def test_the_same_seed_makes_the_same_month(tmp_path: Path) -> None:
    made_month(tmp_path / "a", vouchers=400, pages=12)
    made_month(tmp_path / "b", vouchers=400, pages=12)
    made_month(tmp_path / "c", vouchers=400, pages=12, mix={"DUPLICATE": 0.1})
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")


@pytest.mark.usefixtures("scratch")
def test_as_many_errors_as_were_asked_for(tmp_path: Path) -> None:
    month = made_month(tmp_path, mix={"DUPLICATE": 0.05, "UNREADABLE": 0})
    found = [reasons for reasons, _ in month.answers.values()]
    assert sum("DUPLICATE" in reasons for reasons in found) == pytest.approx(0.05 * len(found), rel=0.2)
    assert not [reasons for reasons in found if "UNREADABLE" in reasons]


@pytest.mark.usefixtures("scratch")
@pytest.mark.parametrize("mix", [{"NOBODY": 0.1}, {"DUPLICATE": 2.0}, {"TWICE": -1.0}])
def test_a_mix_that_makes_no_sense_is_refused(tmp_path: Path, mix: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        taxi.write_month(tmp_path, month=JUNE, vouchers=100, seed=1, mix=mix)


@pytest.mark.usefixtures("scratch")
def test_a_folder_with_claims_is_not_written_into(tmp_path: Path) -> None:
    made_month(tmp_path, vouchers=100)
    with pytest.raises(BadInput, match="すでに請求"):
        made_month(tmp_path, vouchers=100)


def test_the_ward_begins_with_a_month_for_two_contractors(owner_connection: psycopg.Connection) -> None:
    counted = dict(owner_connection.execute("SELECT contractor, lines FROM taxi_arrival").fetchall())
    real = dict(
        owner_connection.execute("SELECT contractor, count(*) FROM taxi_presentedvoucher GROUP BY 1").fetchall()
    )
    assert counted == real
    assert set(real) == {CONTRACTOR, OTHER_CONTRACTOR}
    assert 0 < real[OTHER_CONTRACTOR] < 40


@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE taxi_presentedvoucher SET contractor = 'あすなろ事務代行（見本）' WHERE contractor <> 'あすなろ事務代行（見本）'",
        "UPDATE taxi_presentedvoucher SET state = '区へ照会', reason = ''",
        "UPDATE taxi_presentedvoucher SET state = '済'",
        "UPDATE taxi_presentedvoucher SET outcome = '済'",
        "UPDATE taxi_certificate SET stopped_on = '2019-06-30', stop_reason = ''",
        "INSERT INTO taxi_agreement (company_id, kind, since) SELECT company_id, kind, '2018-12-01' FROM taxi_agreement",
        "UPDATE taxi_batch SET month = '2019-06-02'",
        "UPDATE taxi_batch SET hold = '未定'",
        "UPDATE taxi_invoiceline SET amount = amount + 1",
        "UPDATE taxi_booklet SET last = first + 10000",
        "INSERT INTO taxi_acceptance (serial, voucher_id) SELECT serial, voucher_id FROM taxi_acceptance LIMIT 1",
    ],
)
def test_the_database_refuses_what_cannot_be(owner_connection: psycopg.Connection, broken: str) -> None:
    with pytest.raises(psycopg.IntegrityError), owner_connection.transaction():
        owner_connection.execute(broken)


def test_one_number_belongs_to_one_person(owner_connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.ExclusionViolation), owner_connection.transaction():
        owner_connection.execute(
            "INSERT INTO taxi_certificate (number, person_id, kind, since, stop_reason)"
            " SELECT c.number, o.person_id, '予約料・迎車料補助券', c.since, '' FROM taxi_certificate c, taxi_certificate o"
            " WHERE o.person_id <> c.person_id AND NOT EXISTS (SELECT FROM taxi_certificate x WHERE x.number = c.number"
            " AND x.kind = '予約料・迎車料補助券') LIMIT 1"
        )
