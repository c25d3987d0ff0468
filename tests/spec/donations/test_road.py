"""ファイルから締めまで

寄附のファイルを受け取り、束にし、媒体で委託先に渡し、紙を一枚ずつ照合して封をし、差し出して締めるまでを通します。
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from azukari.business.donations import api as donations
from azukari.business.donations.types import BatchKind
from azukari.cli import donations as commands
from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch.api import State, StockKind
from azukari.core.handover import api as handover
from azukari.core.handover.api import ROWS_NAME
from azukari.core.policy import api as policy
from azukari.demo.names import WORKSHOP
from azukari.kernel.errors import BadInput, NotFound
from support.donations import BY, OWNER, given, one, rows
from support.handover import TERM, Ward
from support.pdf import readings
from support.signing import signed_in

DONORS = [
    {"受付番号": "T-10", "氏名": "見本　花子", "住所": "北海道札幌市中央区北一条西2-1-1"},
    {
        "受付番号": "T-11",
        "氏名": "見本　花子",
        "住所": "北海道札幌市中央区北一条西2-1-1",
        "ワンストップ特例の希望": "無",
    },
    {"受付番号": "T-12", "氏名": "架空　次郎", "住所": "大阪府大阪市北区中之島1-3-20", "郵便番号": "530-0005"},
]


@pytest.fixture
def batch(fresh_ward: Ward, tmp_path: Path) -> int:
    """Three donations of two donors in a batch of letters, and nothing else."""
    donations.make(BatchKind.LETTERS, contractor=WORKSHOP, on=fresh_ward.today, by=BY, using=OWNER)
    given(tmp_path, *DONORS, on=fresh_ward.today)
    return donations.make(BatchKind.LETTERS, contractor=WORKSHOP, on=fresh_ward.today, by=BY, using=OWNER)


def handed_over(ward: Ward, batch: int, stick: Path, out: Path) -> Path:
    """Proposed, approved by a second person, written, and opened by the contractor; the opened folder."""
    proposal = handover.prepare(
        "donations-letters", str(batch), contractor=WORKSHOP, serial=ward.serial, until=ward.today + TERM, on=ward.today
    )
    card = handover.propose(proposal, by="officer-813", now=ward.now(), using=OWNER)
    handover.approve(card.id, by="responsible-813", now=ward.now(), using=OWNER)
    written = ward.write(card, stick)
    assert written.container
    opened = ward.open(written.container, out)
    assert opened.manifest.items == policy.library().items_of("813-2")
    return opened.folder


def said(folder: Path) -> str:
    """Everything the papers on the medium say."""
    return "\n".join(text for path in sorted(folder.glob("*.pdf")) for text in readings(path.read_bytes()))


def test_from_a_file_to_a_closed_balance(fresh_ward: Ward, batch: int, stick: Path, tmp_path: Path) -> None:
    """寄附のファイルから封筒の差出しまで進み、すべての等式が合って締まります。媒体の目録は諮問の項目のとおりです。"""
    folder = handed_over(fresh_ward, batch, stick, tmp_path / "opened")
    table = list(csv.DictReader(io.StringIO((folder / ROWS_NAME).read_bytes().decode("utf-8-sig"))))
    assert [row["氏名"] for row in table] == [donor["氏名"] for donor in DONORS]
    job = int(str(one("SELECT job FROM donations_planned WHERE batch_id = %s", batch)))
    words = [code.words for codes in dispatch.codes(job, using=OWNER).values() for code in codes]
    # Two envelopes: twice thanks and certificate, and one form; thanks, certificate, form.
    assert len(words) == 5 + 3
    papers = said(folder)
    assert all(word in papers for word in words)

    for name, count in {"礼状": 3, "受領証明書": 3, "ワンストップ特例申請書": 2}.items():
        for kind in (StockKind.ISSUED, StockKind.USED):
            dispatch.stock(job, name, kind, count, by=BY, using=OWNER)
    dispatch.printed(job, by=BY, using=OWNER)
    for codes in dispatch.codes(job, using=OWNER).values():
        for code in codes:
            dispatch.scan(job, code.text, by="workshop", using=OWNER)
        dispatch.seal(job, by="workshop", using=OWNER)
    dispatch.hand_over(job, number="12", office="世田谷郵便局", on=fresh_ward.today, count=2, by=BY, using=OWNER)
    assert dispatch.balance(job, using=OWNER).holds
    dispatch.close(job, by=BY, using=OWNER)
    assert dict(dispatch.balance(job, using=OWNER).funnel)[State.HANDED] == 2


def test_was_mine_sent(fresh_ward: Ward, batch: int) -> None:
    """寄附一件の画面に、その手紙が送られたかが一文で出ます。"""
    [(key,)] = rows(
        "SELECT d.id FROM donations_donation d JOIN donations_letterline l ON l.donation_id = d.id"
        " WHERE l.batch_id = %s ORDER BY d.id LIMIT 1",
        batch,
    )
    job = donations.plan(batch, by=BY)
    shown = signed_in("officer-813").get(f"/donations/donation/{key}/").content.decode()
    assert re.search("まだ送っていません。いまは「予定」です。", shown)
    assert donations.plan(batch, by=BY) == job, "a batch is planned once"


def test_a_sheet_to_try_the_window(tmp_path: Path) -> None:
    """封筒の窓は、確かめる紙を印刷して試せます。ない封筒は、ある封筒の名を挙げて断ります。"""
    sheet = tmp_path / "window.pdf"
    done = CliRunner().invoke(commands.app, ["test-sheet", "--out", str(sheet)])
    assert done.exit_code == 0, done.output
    assert sheet.read_bytes().startswith(b"%PDF")
    refused = CliRunner().invoke(commands.app, ["test-sheet", "--out", str(sheet), "--envelope", "naga9"])
    assert isinstance(refused.exception, NotFound | BadInput)
    assert "naga3" in str(refused.exception)
