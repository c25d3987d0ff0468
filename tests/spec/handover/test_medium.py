"""媒体に書かれるもの

媒体には、受取人だけが開ける容器と、人が読む授受票だけを書きます。書いたものは読み返して確かめ、途中で止まれば何も残しません。
"""

from __future__ import annotations

import csv
import io
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from azukari.core.handover.api import ROWS_NAME, Stage
from azukari.core.policy import api as policy
from azukari.kernel.errors import BadInput, Refused, Unavailable
from support.handover import FLOW, ITEMS, Ward, refused, row
from support.pdf import says


def rows_of(folder: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO((folder / ROWS_NAME).read_bytes().decode("utf-8-sig"))))


def test_the_manifest_is_the_papers_list_word_for_word(ward: Ward, stick: Path, tmp_path: Path) -> None:
    """目録の項目は諮問書の言葉のままで、行の見出しも同じです。誰が提案し、承認し、書いたかも入ります。"""
    written = ward.write(ward.approved(), stick)
    assert written.container
    opened = ward.open(written.container, tmp_path / "out")
    manifest = opened.manifest
    assert manifest.items == policy.library().items_of(FLOW) == ITEMS
    assert rows_of(opened.folder)[0] == list(ITEMS)
    assert rows_of(opened.folder)[1] == ["寄附 太郎1", "架空市1番地", "", "1000", "", ""]
    assert (manifest.consultation, manifest.rows, manifest.serial) == ("813", 3, ward.serial)
    assert [who.login for who in (manifest.proposed, manifest.approved)] == ["officer", "responsible"]


def test_letters_go_with_the_rows(ward: Ward, stick: Path, tmp_path: Path) -> None:
    """行から作った手紙などのファイルも、大きさとハッシュを目録に書いて一緒に入れます。"""
    ward.batches.letters = 2
    written = ward.write(ward.approved(), stick)
    assert written.container
    opened = ward.open(written.container, tmp_path / "out")
    assert {one.name for one in opened.manifest.files} == {"rows.csv", "letters-000.pdf", "letters-001.pdf"}
    assert all((opened.folder / one.name).stat().st_size == one.size for one in opened.manifest.files)


def test_the_medium_holds_nothing_in_clear(ward: Ward, stick: Path) -> None:
    """媒体のどのファイルにも、氏名や住所のバイトはありません。区の鍵も、開く鍵もありません。"""
    card = ward.write(ward.approved(), stick).card
    content = b"".join(path.read_bytes() for path in stick.iterdir())
    for secret in ("寄附 太郎", "架空市", "PRIVATE KEY", "AGE-SECRET-KEY"):
        assert secret.encode() not in content
    assert not (Path(settings.LEAVING) / "handover" / f"work-{card.id}").exists()


def test_formulas_become_text(ward: Ward, stick: Path, tmp_path: Path) -> None:
    """「=」などで始まる値は、表計算ソフトで式として動かないよう、文字にして渡します。"""
    ward.batches.rows = [row(1, 氏名="=HYPERLINK(1)", 住所="@SUM(A1)", 納付方法="-1+1", 申込日="\t=1")]
    written = ward.write(ward.approved(), stick)
    assert written.container
    cells = rows_of(ward.open(written.container, tmp_path / "out").folder)[1]
    assert [cell for cell in cells if cell[:1] in {"=", "@", "-", "+", "\t"}] == []
    assert "'=HYPERLINK(1)" in cells


def test_the_slip_for_people(ward: Ward, stick: Path) -> None:
    """授受票 (PDF) には、番号、根拠、媒体、項目、期限があり、人についての値はありません。"""
    written = ward.write(ward.approved(), stick)
    assert written.slip
    pdf = written.slip.read_bytes()
    for words in (*ITEMS, ward.serial, "授受票", "諮問第813号"):
        assert says(pdf, words), words
    assert not says(pdf, "寄附 太郎")
    assert b"pdfaid" in pdf


def test_another_stick_and_a_stick_in_use_are_refused(ward: Ward, stick: Path, tmp_path: Path) -> None:
    """別の番号の媒体や、別の授受が入ったままの媒体には書きません。"""
    card = ward.approved()
    (stick / "AZUKARI-MEDIUM.txt").write_text("USB-OTHER\n")
    with refused(f"これは媒体 {ward.serial} ではありません", BadInput):
        ward.write(card, stick)
    used = tmp_path / "used"
    used.mkdir()
    (used / "999999.azukari.age").touch()
    with refused("別の授受が入っています", BadInput):
        ward.write(card, used)
    assert ward.stage(card) is Stage.APPROVED


@contextmanager
def small(folder: Path) -> Iterator[None]:
    """A disk of 64 KiB where we may mount one; else no file may grow beyond that."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    if os.geteuid() == 0 and not subprocess.run(mount, check=False).returncode:
        try:
            yield
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_stick_changes_nothing(ward: Ward, stick: Path) -> None:
    """媒体がいっぱいなら、言葉で知らせ、書きかけを消し、段階は承認のままです。空けてもう一度実行すれば渡せます。"""
    ward.batches.rows = [row(number, 住所="架空市" * 40) for number in range(1, 400)]
    card = ward.approved(over_reason="試験のため")
    with small(stick):
        with refused("媒体がいっぱいです", Unavailable):
            ward.write(card, stick)
        assert {path.name for path in stick.iterdir()} <= {"AZUKARI-MEDIUM.txt"}
    assert ward.stage(card) is Stage.APPROVED
    assert ward.sent_lines(card) == []
    shutil.rmtree(stick)
    stick.mkdir()
    assert ward.write(card, stick).card.stage is Stage.WRITTEN


def test_written_once(ward: Ward, stick: Path, tmp_path: Path) -> None:
    """同じ命令をもう一度実行しても、二つ目の容器は作りません。別の媒体にも書きません。台帳の記録も一つです。"""
    card = ward.approved()
    first = ward.write(card, stick)
    assert first.container
    before = first.container.read_bytes()
    assert ward.write(card, stick).again
    assert first.container.read_bytes() == before
    other = tmp_path / "other"
    other.mkdir()
    with refused("二つ目は作りません", Refused):
        ward.write(card, other)
    assert [line.subjects for line in ward.sent_lines(card)] == [(1, 2, 3)]
