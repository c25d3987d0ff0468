"""レセプトの受領

診療報酬明細書の電子ファイル（医科、DPC、調剤、歯科）を、合計まで照合して受け取ります。合わないファイルは、一行も入りません。
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import duckdb
import pytest
from pytest_django import Settings

from azukari.business.health import models, originals
from azukari.business.health.receipts import api
from azukari.business.health.receipts.types import ReceivedFile
from azukari.business.health.store import Store, open_store
from azukari.kernel.errors import BadInput
from support.uke import PLAIN, act, block, days, receipt, uke

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
BY = "cli:test"
NAME = "見本　太郎"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Settings) -> Store:
    settings.HEALTH_STORE = tmp_path / "home" / "health"
    settings.ORIGINALS = tmp_path / "home" / "originals"
    return open_store()


def given(tmp_path: Path, content: bytes, name: str = "202405.uke") -> ReceivedFile:
    path = tmp_path / name
    path.write_bytes(content)
    [found] = api.receive([path], by=BY)
    return found


def rows() -> int:
    return models.ReceivedFile.objects.using("owner").filter(kind="receipts").count()


def test_a_file_that_balances_is_received_once(tmp_path: Path, store: Store) -> None:
    """合計の合うファイルは受け取り、元のバイトを暗号化し、ハッシュの名前で残します。同じファイルをもう一度渡しても、何も変わりません。"""
    first, again = given(tmp_path, uke(PLAIN)), given(tmp_path, uke(PLAIN), "again.uke")
    assert (first.receipts, first.points, first.month, first.problems) == (1, 307, 202405, ())
    assert again.known
    assert rows() == 1
    assert store.read("acts").height == first.counts["acts"] == 5
    assert originals.where(first.sha256).is_file()


def test_every_record_is_kept(tmp_path: Path, store: Store) -> None:
    """知らない種類のレコードも、返戻のレコードも、そのままの形で残します。行の数は、ファイルの行の数と同じです。"""
    lines = block(receipt(act("SI", "12", "112007410", 73, 1, days(3)), "ZZ,まだ知らない,レコード", total=73))
    found = given(tmp_path, uke(lines))
    held = sum(store.read(table).height for table in ("receipts", "payers", "diagnoses", "acts", "raw"))
    assert held == found.records == len(lines)
    assert "ZZ,まだ知らない,レコード" in store.read("raw")["fields"].to_list()


@pytest.mark.parametrize(
    ("wrong", "line", "told"),
    [
        (block(PLAIN[1:-1], payers=2), 12, ("GO 総件数", "2", "1 件")),
        (block(PLAIN[1:-1], points=308), 12, ("GO 総合計点数", "308", "307 点")),
    ],
)
def test_an_institutions_total_must_agree(
    tmp_path: Path, store: Store, wrong: list[str], line: int, told: tuple[str, str, str]
) -> None:
    """医療機関の総件数（HO と KO のレコードの数）と総合計点数は、その医療機関のレセプトと合わなければなりません。"""
    [problem] = given(tmp_path, uke(wrong)).problems
    assert (problem.line, problem.column) == (line, told[0])
    assert told[1] in problem.why
    assert told[2] in problem.why
    assert problem.next_step
    assert store.parts() == []
    assert rows() == 0


def test_days_must_add_up_to_the_times(tmp_path: Path, store: Store) -> None:
    """算定日を書いた行は、日ごとの回数の合計が回数と同じでなければなりません。算定日のない行（古いファイル）は、そのまま受け取ります。"""
    with_days = act("SI", "12", "112007410", 73, 2, days(3))
    [problem] = given(tmp_path, uke(block(receipt(with_days, total=146)))).problems
    assert (problem.line, problem.column) == (6, "算定日")
    assert store.parts() == []
    without = act("SI", "12", "112007410", 73, 2, "," * 30)
    assert not given(tmp_path, uke(block(receipt(without, total=146))), "old.uke").problems


def test_points_times_must_add_up_to_each_payer(tmp_path: Path) -> None:
    """点数 × 回数の合計は、負担区分ごとに、医療保険と公費のそれぞれの合計点数と同じでなければなりません。"""
    both = act("SI", "12", "112007410", 73, 2, days(3, 4), burden="2")
    alone = act("SI", "60", "160010010", 49, 1, days(3))
    lines = receipt(both, alone, total=195)
    lines.insert(2, "KO,15136019,0000000,,2,146,,,,,,")
    assert not given(tmp_path, uke(block(lines))).problems
    lines[2] = "KO,15136019,0000000,,2,195,,,,,,"
    [problem] = given(tmp_path, uke(block(lines)), "wrong.uke").problems
    assert (problem.line, problem.column) == (4, "合計点数（第一公費）")
    assert "146" in problem.why


def test_what_the_specification_allows_is_no_reason_to_refuse(tmp_path: Path) -> None:
    """食事（円で書かれた行）、点数のない包括の行、コメント、空の負担金額、終わりの 0x1A の無いことは、断る理由になりません。"""
    lines = receipt(
        act("SI", "90", "190117710", 1_650, 3, days(1, 2, 3)),
        act("SI", "97", "197000110", 640, 9, days(1, 2, 3, each=3)),
        act("SI", "60", "160017410", "", 1, days(1)),
        "CO,99,1,810000001,退院後は外来で経過をみる",
        total=4_950,
    )
    found = given(tmp_path, uke(block(lines), end="\r\n"))
    assert not found.problems
    assert not found.warnings


def test_a_file_cut_off_on_its_way_is_refused(tmp_path: Path, store: Store) -> None:
    """途中で切れたファイルは、どこで切れていても断ります。それまでの分も入りません。"""
    content = uke(PLAIN, PLAIN)
    problems = given(tmp_path, content[: len(content) * 3 // 4]).problems
    assert any("切れています" in problem.what for problem in problems)
    assert store.parts() == []


def test_files_in_a_zip_are_received_one_by_one(tmp_path: Path, store: Store) -> None:
    """zip の中のファイルは一つずつ照合します。一つが合わなくても、ほかは受け取ります。zip の中の zip は開きません。"""
    path = tmp_path / "april.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("ika.uke", uke(PLAIN))
        made.writestr("wrong.uke", uke(block(PLAIN[1:-1], points=1)))
    good, bad = api.receive([path], by=BY)
    assert not good.problems
    assert bad.problems
    assert len(store.parts()) == 1
    nested = tmp_path / "nested.zip"
    with zipfile.ZipFile(nested, "w") as made:
        made.write(path, "april.zip")
    with pytest.raises(BadInput, match="zip"):
        api.receive([nested], by=BY)


def test_no_name_is_readable_without_the_wards_key(tmp_path: Path, store: Store) -> None:
    """保存したデータは暗号化され、区の鍵がなければ、SQL でもファイルの中身でも、氏名も記号番号も読めません。"""
    given(tmp_path, uke(PLAIN))
    assert store.read("identities")["name"].to_list() == [NAME]
    for file in (file for file in store.folder.rglob("*") if file.is_file()):
        content = file.read_bytes()
        assert all(word.encode(codec) not in content for word in (NAME, "0001234") for codec in ("utf-8", "cp932")), (
            file
        )
        if file.suffix == ".parquet":
            with pytest.raises(duckdb.Error):
                duckdb.connect(config={"autoinstall_known_extensions": False}).sql(f"SELECT * FROM '{file}'").fetchall()


def test_messages_and_records_of_receiving_name_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """断る文にも、受領の記録にも、受診した人の氏名や記号番号は載りません。"""
    found = given(tmp_path, uke(block(PLAIN[1:-1], points=1)))
    told = " ".join(map(str, found.problems))
    given(tmp_path, uke(PLAIN), "good.uke")
    row = models.ReceivedFile.objects.using("owner").get(kind="receipts")
    assert all(word not in f"{told} {row.counts} {caplog.text}" for word in (NAME, "0001234", "１３－１"))


def test_a_part_without_its_record_is_no_received_file(tmp_path: Path, store: Store) -> None:
    """保存と記録は一度に行います。途中で止められて記録の残らなかった分は、次の受領の前に片付け、あらためて受け取れます。"""
    found = given(tmp_path, uke(PLAIN))
    models.ReceivedFile.objects.using("owner").all().delete()
    (store.folder / ".aside-left-over").mkdir()
    again = given(tmp_path, uke(PLAIN))
    assert not again.known
    assert again.counts == found.counts
    assert store.read("receipts").height == 1
    assert not list(store.folder.glob(".aside*"))
