"""発送の束

出すべき手紙を一つの束にまとめ、委託先には、その束に入った行の、諮問した項目だけが見えます。
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction

from azukari.business.donations import acting, api
from azukari.business.donations.acting import Acting
from azukari.business.donations.types import GIFT_ITEM, ONE_STOP_ITEM, BatchKind, BatchRow, EventKind, Why
from azukari.core.policy import api as policy
from azukari.demo.names import OTHER_CONTRACTOR
from azukari.kernel.errors import BadInput
from support.donations import BY, ON, OWNER, SLIP, given, inside, made, one, rows

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
WHO = Acting(BY, ON, OWNER)


def seen(key: int, kind: BatchKind) -> list[BatchRow]:
    """The batch as the contractor's flow shows it."""
    with inside(kind.flow):
        return api.batch_rows(key, kind, using=OWNER)


def mine(found: list[BatchRow]) -> list[BatchRow]:
    """Those of our own files, not of the demonstration."""
    return [row for row in found if "見本" in row.values["氏名"]]


def refused_by_the_database(statement: str, *values: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute(statement, values)


def test_each_is_sent_once(tmp_path: Path) -> None:
    """束に入れたものは、もう一度束を作っても入りません。同じ証明書を二つの束に入れることは、データベースが断ります。"""
    given(tmp_path, {})
    key = made(BatchKind.LETTERS)
    [row] = mine(seen(key, BatchKind.LETTERS))
    with pytest.raises(BadInput, match="出す礼状はありません"):
        made(BatchKind.LETTERS)
    other = one(
        "INSERT INTO donations_batch (kind, contractor, made_on, by) SELECT kind, contractor, made_on, by"
        " FROM donations_batch WHERE id = %s RETURNING id",
        key,
    )
    refused_by_the_database(
        "INSERT INTO donations_letterline (batch_id, contractor, sequence, envelope, donation_id, certificate_id, number,"
        " copy, issued_on, first_issued_on) SELECT %s, contractor, sequence, envelope, donation_id, certificate_id, number,"
        " copy, issued_on, first_issued_on FROM donations_letterline WHERE batch_id = %s AND number = %s",
        other, key, row.number,
    )  # fmt: skip


def test_a_batch_holds_the_items_of_its_flow_word_for_word(tmp_path: Path) -> None:
    """束の行にある項目は、諮問第813号が挙げる項目と、一字も違わずに同じです。"""
    given(tmp_path, {**SLIP}, {"受付番号": "T-3"})
    for kind in (BatchKind.SLIPS, BatchKind.LETTERS):
        [row] = mine(seen(made(kind), kind))
        assert tuple(row.values) == tuple(policy.library().items_of(kind.flow)) or set(row.values) == set(
            policy.library().items_of(kind.flow)
        )
    assert row.values["住所"] == "〒060-0001 北海道札幌市中央区北一条西2-1-1"
    assert row.values[ONE_STOP_ITEM] == "有"
    assert row.values[GIFT_ITEM] == "無"


def test_a_household_shares_one_envelope(tmp_path: Path) -> None:
    """同じ氏名・住所の二件は一つの封筒に入り、証明書と申請書は一件ごとに付きます。異体字の違う人は、別の封筒です。"""
    given(
        tmp_path,
        {"氏名": "見本 邉子"},
        {"受付番号": "T-2", "氏名": "見本　邉子", "住所": "北海道札幌市中央区北一条西２-１-１"},
        {"受付番号": "T-3", "氏名": "見本 邊子"},
    )
    found = mine(seen(made(BatchKind.LETTERS), BatchKind.LETTERS))
    envelopes = [row.envelope for row in found]
    assert len(found) == 3
    assert envelopes[0] == envelopes[1] != envelopes[2]
    assert len({row.number for row in found}) == 3
    assert all(row.one_stop_form for row in found)


def test_money_first_then_the_certificate(tmp_path: Path) -> None:
    """受領証明書は、入金を確認してから発行します。確認の前は束に入らず、入れようとしてもデータベースが断ります。"""
    given(tmp_path, {"入金確認日": ""})
    assert mine(seen(made(BatchKind.LETTERS), BatchKind.LETTERS)) == []
    key = int(str(one("SELECT id FROM donations_donation WHERE number = 'T-1'")))
    certificate = one(
        "INSERT INTO donations_certificate (donation_id, number, copy, issued_on)"
        " VALUES (%s, '2020-900001', 0, '2020-04-01') RETURNING id",
        key,
    )
    refused_by_the_database(
        "INSERT INTO donations_letterline (batch_id, contractor, sequence, envelope, donation_id, certificate_id, number,"
        " copy, issued_on, first_issued_on) SELECT b.id, b.contractor, 90001, 1, %s, %s, '2020-900001', 0, '2020-04-01',"
        " '2020-04-01' FROM donations_batch b WHERE b.id = (SELECT max(id) FROM donations_batch)",
        key, certificate,
    )  # fmt: skip
    acting.settle(WHO, key, date(2020, 3, 12))
    [row] = mine(seen(made(BatchKind.LETTERS), BatchKind.LETTERS))
    assert row.issued_on == ON
    assert row.values["寄附日"] == "2020-03-01"


def test_what_ends_leaves_the_batch_until_it_is_handed_over(tmp_path: Path) -> None:
    """取り消したり還付したりした寄附は、引渡しの前なら束から抜け、委託先から見えなくなります。引渡しのあとは抜けません。"""
    given(tmp_path, {}, {"受付番号": "T-2", "氏名": "見本 次郎"})
    key = made(BatchKind.LETTERS)
    first, second = (
        int(str(pk)) for (pk,) in rows("SELECT id FROM donations_donation WHERE number LIKE 'T-_' ORDER BY id")
    )
    acting.end_donation(WHO, first, EventKind.REFUNDED, Why.ASKED, ON)
    assert [row.values["氏名"] for row in mine(seen(key, BatchKind.LETTERS))] == ["見本 次郎"]
    with inside("813-2"), connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM v_donations_donation WHERE id = %s", [first])
        assert cursor.fetchone() == (0,)
    api.plan(key, by=BY)
    acting.end_donation(WHO, second, EventKind.REFUNDED, Why.ASKED, ON)
    assert len(mine(seen(key, BatchKind.LETTERS))) == 1
    refused_by_the_database("UPDATE donations_letterline SET withdrawn_on = now() WHERE donation_id = %s", second)


def test_a_reissue_keeps_its_first_number(tmp_path: Path) -> None:
    """再発行した証明書は、もとの番号のまま「再発行」と分かり、別の束で送ります。番号を替えることはデータベースが断ります。"""
    given(tmp_path, {})
    [first] = mine(seen(made(BatchKind.LETTERS), BatchKind.LETTERS))
    key = int(first.reference[1:])
    acting.reissue(WHO, key, Why.LOST, ON)
    [again] = mine(seen(made(BatchKind.REISSUES), BatchKind.REISSUES))
    assert (again.number, again.copy, again.first_issued_on) == (first.number, 1, first.issued_on)
    assert not again.one_stop_form
    refused_by_the_database(
        "UPDATE donations_certificate SET number = '2020-999999' WHERE donation_id = %s AND copy = 1", key
    )


def test_a_paid_intention_gets_no_slip(tmp_path: Path) -> None:
    """納付された申込みには、もう納付書を送りません。"""
    given(tmp_path, SLIP)
    given(tmp_path, {**SLIP, "納付日": "2020-03-20"}, name="paid.csv")
    assert mine(seen(made(BatchKind.SLIPS), BatchKind.SLIPS)) == []


def test_nothing_is_seen_before_a_batch_and_nothing_of_another_contractor(tmp_path: Path) -> None:
    """束に入る前の寄附は、委託先には一件も見えません。同じ取扱いの名簿にあっても、ほかの委託先の従事者には見えません。"""
    given(tmp_path, {})
    query = "SELECT count(*) FROM v_donations_donation WHERE name LIKE '見本%%'"
    with inside("813-2"), connections[OWNER].cursor() as cursor:
        cursor.execute(query)
        assert cursor.fetchone() == (0,)
    key = made(BatchKind.LETTERS)
    assert len(mine(seen(key, BatchKind.LETTERS))) == 1
    policy.enrol("operator-812", "813-2", since=date(2019, 6, 1), contractor=OTHER_CONTRACTOR, using=OWNER)
    with inside("813-2", actor="operator-812", contractor=OTHER_CONTRACTOR, place="asunaro"):
        assert api.batch_rows(key, BatchKind.LETTERS, using=OWNER) == []
    refused_by_the_database("UPDATE donations_donation SET contractor = 'よその会社' WHERE number = 'T-1'")


@pytest.mark.parametrize("column", ["phone", "email", "kana", "search_key", "donated_on", "gift_name", "in_ward"])
def test_the_flow_of_slips_reads_no_other_item(column: str) -> None:
    """納付書の取扱い(813-1)では、電話番号もフリガナも、寄附の表も読めません。データベースが断ります。"""
    with inside("813-1"), connections[OWNER].cursor() as cursor:
        for table in ("donations_intention", "donations_donation", "v_donations_donation"):
            with pytest.raises(ProgrammingError), transaction.atomic(using=OWNER):
                cursor.execute(f"SELECT {column} FROM {table}")


def test_what_cannot_be_printed_never_gets_into_a_batch(tmp_path: Path) -> None:
    """印刷できない文字のある寄附は、直すまで束に入りません。"""
    given(tmp_path, {"氏名": "見本 𠮷子"}, {**SLIP, "氏名": "見本 𠮷子"})
    for kind in (BatchKind.SLIPS, BatchKind.LETTERS):
        assert mine(seen(made(kind), kind)) == []
    key = one("SELECT max(id) FROM donations_batch WHERE kind = '納付書'")
    refused_by_the_database(
        "INSERT INTO donations_slipline (batch_id, contractor, sequence, envelope, intention_id)"
        " SELECT b.id, b.contractor, 99999, 1, i.id FROM donations_batch b, donations_intention i"
        " WHERE b.id = %s AND i.number = 'T-2'",
        key,
    )


def test_what_was_entrusted_is_counted_against_the_council(tmp_path: Path) -> None:
    """束に入れた件数は、その年度の実績として、諮問した件数と並びます。抜いたものは数えません。"""
    given(tmp_path, {}, {"受付番号": "T-2"})
    _, before = api.against(api.years(using=OWNER)[0], using=OWNER)
    made(BatchKind.LETTERS, date(2020, 3, 30))
    acting.end_donation(
        WHO, int(str(one("SELECT id FROM donations_donation WHERE number = 'T-1'"))), EventKind.REFUNDED, Why.ASKED, ON
    )
    _, after = api.against(api.years(using=OWNER)[0], using=OWNER)
    waiting = int(
        str(one("SELECT count(*) FROM donations_letterline WHERE batch_id = (SELECT max(id) FROM donations_batch)"))
    )
    assert after.approved == 1_500
    assert after.entrusted == before.entrusted + waiting - 1
