"""一か月の請求を受け、確かめ、支払う

事業者の請求を受領し、券を一枚ずつ台帳と突き合わせ、支払を確定して振込ファイルと通知を作ります。
見本の月には、種類の分かっている誤りと、一枚ごとの答えの表が付いています。
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError

from azukari.business.taxi import api
from azukari.business.taxi.models import Batch
from azukari.business.taxi.types import Ground, Hold
from azukari.core.intake.api import originals
from azukari.kernel import zengin
from azukari.kernel.errors import BadInput, NotFound
from support.claims import BY, JULY, JUNE, again, found, made_month, receive, with_names
from support.taxi import rows

pytestmark = pytest.mark.usefixtures("scratch")
PAID = "SELECT coalesce(sum(denomination), 0) FROM taxi_presentedvoucher WHERE outcome = '支払' AND batch_id IN (SELECT batch_id FROM taxi_paymentline)"


def test_every_voucher_is_found_as_the_answers_say(tmp_path: Path) -> None:
    """見本の月の券は、一枚残らず、答えの表のとおりに「支払」「保留」「不支給」と、その理由が付きます。"""
    month = made_month(tmp_path, pages=30)
    assert receive(month.claims).vouchers == len(month.answers)
    checked = api.check(JUNE, by=BY)
    assert found() == month.answers
    assert {ground for reasons, _ in month.answers.values() for ground in reasons.split("|") if ground} >= {
        ground.value for ground in Ground if ground not in {Ground.QUERIED, Ground.EXPIRED, Ground.STOPPED}
    }, "the month has errors of nearly every kind"
    assert checked.accepted == sum(outcome == "支払" for _, outcome in month.answers.values())


def test_every_unpaid_voucher_has_words(tmp_path: Path) -> None:
    """支払わない券には、当てはまる理由の一つ一つが、事業者に伝えられる言葉で付きます。"""
    receive(made_month(tmp_path).claims)
    api.check(JUNE, by=BY)
    told = rows(
        "SELECT v.id, v.grounds, array_agg(t.ground) FROM taxi_presentedvoucher v LEFT JOIN taxi_told t"
        " ON t.voucher_id = v.id AND t.words <> '' WHERE v.grounds > 0 GROUP BY v.id"
    )
    assert told
    for _, mask, grounds in told:
        assert sum(Ground(ground).bit for ground in grounds) == mask  # type: ignore[attr-defined]


def test_a_claim_is_received_once(tmp_path: Path) -> None:
    """同じファイルの請求をもう一度受領しても、何も増えません。途中で止まった受領は、同じ命令で続きから進みます。"""
    month = made_month(tmp_path)
    first = sorted(month.claims.iterdir())[:20]
    receive(*first)
    again = receive(month.claims)
    assert len(again.known) == len(first)
    assert len(again.taken) == len(list(month.claims.iterdir())) - len(first)
    assert rows(
        "SELECT count(*) FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id WHERE b.month = %s", JUNE
    ) == [(len(month.answers),)]


def test_claims_outside_their_days_are_kept_and_held(tmp_path: Path) -> None:
    """1日から10日までに届かなかった請求と、同じ月の二度目の請求は、受け取って預かり、区の職員が決めるまで確認しません。"""
    month = made_month(tmp_path / "month", mix={"TWICE": 0})
    late = {one.company for one in receive(month.claims).taken if one.hold is Hold.OUT_OF_TERM}
    second = again(month.claims / "0001", tmp_path / "again", 受付日="2019年7月10日")
    [twice] = receive(second).taken
    assert (len(late), twice.hold) == (1, Hold.TWICE)
    api.check(JUNE, by=BY)
    waiting = {claim for (claim, _), (_, outcome) in found().items() if outcome == "未判定"}
    assert waiting == {*late, "0001-2"}

    Batch.objects.using("owner").filter(month=JUNE).update(hold="")
    api.check(JUNE, by=BY)
    assert not [answer for answer in found().values() if answer[1] == "未判定"]


def test_every_yen_is_paid_or_explained(tmp_path: Path) -> None:
    """請求額は、支払額と、理由ごとに支払わない額とに、一円まで分かれます。会社の合計、振込ファイルの合計、支出命令額は同じです。"""
    month = made_month(tmp_path / "month")
    receive(month.claims)
    settled = api.settle(JUNE, tmp_path / "out", pay_on=None, by=BY)
    [run] = settled.runs
    assert run.claimed == run.paid + run.unpaid
    assert run.paid == run.trailer == month.totals["paid"]
    assert rows(PAID) == [(run.paid,)]
    assert rows(
        "SELECT count(*) FROM taxi_paymentline l WHERE l.claimed <> l.paid"
        " + coalesce((SELECT sum(a.amount) FROM taxi_adjustment a WHERE a.line_id = l.id), 0)"
    ) == [(0,)]
    transfer = (tmp_path / "out" / "2019-06-1-transfer.txt").read_bytes()
    assert not zengin.examine(transfer)
    assert zengin.read(transfer).amount == run.paid
    assert json.loads((tmp_path / "out" / "2019-06-1-totals.json").read_text())["paid"] == run.paid


def test_a_notice_for_every_company_that_is_paid_less(tmp_path: Path) -> None:
    """支払う額が請求額と違う事業者には、券ごとの理由の付いた差異通知 (PDF) ができます。"""
    receive(made_month(tmp_path / "month", pages=30).claims)
    api.settle(JUNE, tmp_path / "out", pay_on=None, by=BY)
    differing = rows(
        "SELECT c.code FROM taxi_payment p JOIN taxi_company c ON c.id = p.company_id JOIN taxi_run r ON r.id = p.run_id"
        " WHERE r.month = %s AND p.unpaid <> 0 ORDER BY c.code", JUNE,
    )  # fmt: skip
    notices = {path.stem: path for path in (tmp_path / "out" / "2019-06-1-notices").iterdir()}
    assert {code for (code,) in differing} <= set(notices)
    assert all(path.read_bytes().startswith(b"%PDF") for path in notices.values())


def test_settled_once(tmp_path: Path) -> None:
    """支払の確定は一度だけです。もう一度命じると、同じファイルがもう一度できるだけで、二度払いはしません。"""
    receive(made_month(tmp_path / "month").claims)
    first = api.settle(JUNE, tmp_path / "a", pay_on=None, by=BY)
    again = api.settle(JUNE, tmp_path / "b", pay_on=None, by=BY)
    assert [(run.new, run.paid) for run in again.runs] == [(False, first.runs[0].paid)]
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file())
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_what_is_let_in_later_is_another_settlement(tmp_path: Path) -> None:
    """確定のあとで保留を解いた請求は、同じ月の二回目の支払になります。確定した分は変わりません。"""
    receive(made_month(tmp_path / "month").claims)
    api.settle(JUNE, tmp_path / "out", pay_on=None, by=BY)
    before = rows("SELECT id, paid FROM taxi_payment ORDER BY id")
    Batch.objects.using("owner").filter(month=JUNE).update(hold="")
    settled = api.settle(JUNE, tmp_path / "out", pay_on=None, by=BY)
    assert [run.new for run in settled.runs] == [False, True]
    assert rows("SELECT id, paid FROM taxi_payment ORDER BY id")[: len(before)] == before


def test_no_voucher_is_paid_in_two_months(tmp_path: Path) -> None:
    """前の月に支払った券が次の月に別の束で出されても、先に出された券として支払いません。"""
    month = made_month(tmp_path / "june", mix={"TWICE": 0, "OUT_OF_TERM": 0})
    receive(month.claims)
    paid = api.settle(JUNE, tmp_path / "out", pay_on=None, by=BY).runs[0].paid
    july = tmp_path / "july"
    for claim in month.claims.iterdir():
        again(claim, july, 利用年月="2019-07", 受付日="2019-08-05")
    receive(july)
    api.check(JULY, by=BY)
    assert rows("SELECT count(*) FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id"
                " WHERE b.month = %s AND v.outcome = '支払' AND v.serial IN"
                " (SELECT o.serial FROM taxi_presentedvoucher o JOIN taxi_batch ob ON ob.id = o.batch_id"
                " WHERE ob.month = %s AND o.outcome = '支払')", JULY, JUNE) == [(0,)]  # fmt: skip
    assert rows(PAID) == [(paid,)]


def test_the_database_itself_pays_no_number_twice(tmp_path: Path) -> None:
    """同じ番号の二枚目を支払う側に書き込もうとしても、データベースが断ります。"""
    receive(made_month(tmp_path).claims)
    api.check(JUNE, by=BY)
    [(serial, other)] = rows(
        "SELECT a.serial, v.id FROM taxi_acceptance a, taxi_presentedvoucher v"
        " WHERE NOT EXISTS (SELECT FROM taxi_acceptance x WHERE x.voucher_id = v.id) LIMIT 1"
    )
    from azukari.business.taxi.models import Acceptance

    with pytest.raises(IntegrityError):
        Acceptance.objects.using("owner").create(serial=serial, voucher_id=other)


def test_a_month_without_claims(tmp_path: Path) -> None:
    """請求のない月の支払を命じても、何も起こらず、次にすることが示されます。"""
    with pytest.raises(NotFound, match="2019-08"):
        api.settle(date(2019, 8, 1), tmp_path, pay_on=None, by=BY)


def test_an_account_that_does_not_fit_stops_everything(tmp_path: Path) -> None:
    """銀行が読めない口座名義が一つでもあれば、事業者の名を挙げて止まり、何も確定しません。名義は切り詰めません。"""
    from azukari.business.taxi.models import PayAccount, Run

    month = made_month(tmp_path / "month")
    receive(month.claims)
    PayAccount.objects.using("owner").filter(company__code="0001").update(holder="漢字の名義")
    with pytest.raises(BadInput, match="口座") as refused:
        api.settle(JUNE, tmp_path / "out", pay_on=None, by=BY)
    assert "0001" in refused.value.why
    assert not Run.objects.using("owner").filter(month=JUNE).exists()
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_read_is_told_by_line_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    """読めない請求は、ファイルと行と理由を示し、一行も入れません。並んで届いたほかの請求は受領します。"""
    month = made_month(tmp_path / "month")
    good = again(month.claims / "0001", tmp_path / "claims", 受付日="2019-07-03")
    bad = again(month.claims / "0002", tmp_path / "claims", 受付日="令和元年7月32日")
    stranger = again(month.claims / "0003", tmp_path / "claims", 事業者番号="9999")
    received = receive(tmp_path / "claims")
    assert [one.name for one in received.taken] == [good.name]
    told = {one.name: one.problems[0] for one in received.rejected}
    assert set(told) == {bad.name, stranger.name}
    assert (told[bad.name].file, told[bad.name].line, told[bad.name].column) == ("invoice.csv", 2, "受付日")
    assert "登録されていません" in told[stranger.name].what
    assert rows("SELECT count(*) FROM taxi_batch WHERE month = %s", JUNE) == [(1,)]


def test_the_bytes_that_arrived_are_kept(tmp_path: Path) -> None:
    """届いたファイルは、一バイトも変えずに、ハッシュを付けて残します。"""
    month = made_month(tmp_path, pages=20)
    receive(month.claims)
    kept = rows(
        "SELECT o.name, o.sha256 FROM taxi_original o JOIN taxi_batch b ON b.id = o.batch_id WHERE b.month = %s", JUNE
    )
    store = Path(settings.ORIGINALS)
    arrived = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in month.claims.rglob("*.*"))
    assert sorted(str(sha256) for _, sha256 in kept) == arrived
    for _, sha256 in kept:
        content = originals.path(store, str(sha256)).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256


def test_what_was_written_is_kept_sign_for_sign(tmp_path: Path) -> None:
    """氏名の欄に書かれた記号は、書かれたとおりに残ります。"""
    month = made_month(tmp_path)
    claim = next(path for path in sorted(month.claims.iterdir()) if (path / "vouchers.csv").exists())
    names = [r"\N", r"山田\t太郎", "後ろに\\", "'; DROP TABLE x --", "=1+1"]
    file = claim / "vouchers.csv"
    with_names(file, names)
    receive(claim)
    found = rows("SELECT name FROM taxi_presentedvoucher ORDER BY id DESC LIMIT 5000")
    assert set(names) <= {str(name) for (name,) in found}


def test_a_voucher_of_which_only_the_picture_came(tmp_path: Path) -> None:
    """画像だけで届いた券は、券番号だけが読まれ、4つの項目は入力を待ちます。上下が逆の画像も読みます。"""
    month = made_month(tmp_path, pages=40)
    receive(month.claims)
    pictured = rows(
        "SELECT v.serial IS NOT NULL, v.name, v.turned FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id"
        " WHERE b.month = %s AND v.image <> ''", JUNE,
    )  # fmt: skip
    alone = [(read, turned) for read, name, turned in pictured if name == ""]
    assert 3 < len(alone) < len(pictured), "others came with a list, to whose lines their pictures belong"
    assert any(turned for _, turned in alone)
    assert sum(not read for read, _ in alone) == 1, "one page cannot be read, and is kept all the same"
