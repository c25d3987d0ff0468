"""寄附のファイルの受領

受付サイトのファイルを、様式ごとの小さな対応表で読みます。一行でも読めなければ何も入れず、行と列、何が・なぜ・次に何をを示します。
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from azukari.business.donations import api
from azukari.demo import donations as demo
from support.donations import BY, ON, SLIP, given, one, rows, table

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def test_a_file_is_taken_once(tmp_path: Path) -> None:
    """ファイルは一度だけ受け取ります。同じファイルをもう一度渡しても、何も変わりません。元のバイトは残ります。"""
    before = one("SELECT count(*) FROM donations_donation")
    first, again = given(tmp_path, {}), given(tmp_path, {}, name="again.csv")
    assert (first.donations, first.intentions) == (1, 0)
    assert again.arrived_before
    assert one("SELECT count(*) FROM donations_donation") == before + 1  # type: ignore[operator]
    assert one("SELECT count(*) FROM donations_arrival WHERE name = 't.csv'") == 1


def test_one_bad_line_keeps_the_whole_file_out(tmp_path: Path) -> None:
    """読めない行が一つでもあれば、ほかの行も入りません。どの行のどの列が、なぜ読めないかが示されます。"""
    before = rows("SELECT count(*) FROM donations_donation")
    found = given(tmp_path, {}, {"受付番号": "T-9", "寄附金額": "1e3"})
    [problem] = found.problems
    assert (problem.line, problem.column, problem.value) == (3, "寄附金額", "1e3")
    assert problem.what
    assert problem.why
    assert problem.next_step
    assert rows("SELECT count(*) FROM donations_donation") == before


def test_the_same_rows_in_another_file_are_passed_over(tmp_path: Path) -> None:
    """期間の重なる書き出しに同じ番号の寄附があれば、二度は入れません。入金確認日だけが新しければ、それを入れます。"""
    given(tmp_path, {"入金確認日": ""})
    found = given(tmp_path, {}, {"受付番号": "T-8"}, name="later.csv")
    assert (found.known, found.settled, found.donations) == (1, 1, 1)
    assert str(one("SELECT settled_on FROM donations_donation WHERE number = 'T-1'")) == "2020-03-10"


def test_the_same_number_with_another_content_is_told(tmp_path: Path) -> None:
    """同じ番号で金額や氏名が違う行は、取り込まずに、どの記録と合わないかを示します。"""
    given(tmp_path, {})
    found = given(tmp_path, {"寄附金額": "20000"}, name="later.csv")
    [problem] = found.problems
    assert "違う内容" in problem.what
    assert "K0" in problem.why


def test_an_unpaid_slip_is_an_intention_and_its_payment_a_donation(tmp_path: Path) -> None:
    """納付前の納付書・口座払いは申込み、納付された行は寄附です。同じ番号の納付は、その申込みに結び付きます。"""
    wished = given(tmp_path, SLIP)
    assert (wished.intentions, wished.donations) == (1, 0)
    paid = given(tmp_path, {**SLIP, "納付日": "2020-03-20", "入金確認日": "2020-03-24"}, name="paid.csv")
    assert (paid.intentions, paid.donations) == (0, 1)
    assert (
        one(
            "SELECT i.number FROM donations_donation d JOIN donations_intention i ON i.id = d.intention_id"
            " WHERE d.number = 'T-2'"
        )
        == "T-2"
    )


def test_a_payment_may_name_its_intention(tmp_path: Path) -> None:
    """区の様式では、納付の行に申込番号を書いて申込みと結び付けます。番号の誤り、金額の違い、二度の納付は断ります。"""
    given(tmp_path, SLIP)
    key = one("SELECT id FROM donations_intention WHERE number = 'T-2'")
    paid = {**SLIP, "納付日": "2020-03-20", "申込番号": f"M{key:08}", "受付番号": "N-1"}
    again, other, wrong = (
        {"受付番号": "N-2"},
        {"受付番号": "N-3", "申込番号": "M99999999"},
        {"受付番号": "N-4", "寄附金額": "1"},
    )
    path = tmp_path / "p.csv"
    for rows_of, problems in (([again], 1), ([other], 1), ([wrong], 1), ([], 0)):
        changes = [paid, *({**paid, **row} for row in rows_of)]
        path.write_text(table(*changes, more={"申込番号": ""}), encoding="utf-8", newline="")
        assert len(api.receive(path, by=BY, on=ON).problems) == problems
    assert one("SELECT number FROM donations_donation WHERE intention_id = %s", key) == "N-1"


def test_what_no_font_can_print_is_received_and_held(tmp_path: Path) -> None:
    """印刷できない文字のある氏名でも寄附は受け取り、その文字を示して手紙を止めます。元の字はそのまま残します。"""
    name = "𠮷田\u3000邉\U000e0101子"
    found = given(tmp_path, {"氏名": name})
    assert found.held == 1
    [(written, hold)] = rows("SELECT name, hold FROM donations_donation WHERE number = 'T-1'")
    assert written == name
    assert "𠮷" in str(hold)
    assert "U+20BB7" in str(hold)
    assert any("𠮷" in note.what and note.line == 2 for note in found.notes)


@pytest.mark.parametrize("layout", ["own", "portal-a", "portal-b"])
def test_every_seeded_error_is_found_at_its_line(tmp_path: Path, layout: str) -> None:
    """誤りを仕込んだ見本のファイルで、仕込んだ誤りがすべて、その行と列で示されます。正しいほうは残らず受け取ります。"""
    demo.write_files(tmp_path, rows=60, seed=7)
    key = json.loads((tmp_path / f"{layout}-errors.json").read_text(encoding="utf-8"))
    found = api.receive(tmp_path / f"{layout}-errors.csv", by=BY, on=ON)
    told = {(problem.line, problem.column) for problem in found.problems}
    assert {(one["line"], one["column"]) for one in key} <= told
    assert {line for line, _ in told} == {one["line"] for one in key}
    right = api.receive(tmp_path / f"{layout}.csv", by=BY, on=ON)
    assert not right.problems
    assert right.donations >= 50


def test_the_ledger_names_every_donor(tmp_path: Path) -> None:
    """受け取った寄附は、寄附者ごとに台帳に残ります。区の住民でない人にも、台帳のための鍵が一つできます。"""
    given(tmp_path, {}, {"受付番号": "T-3"}, {"受付番号": "T-4", "氏名": "別の\u3000人"})
    donors = {key for (key,) in rows("SELECT donor_id FROM donations_donation WHERE number LIKE 'T-_'")}
    assert len(donors) == 2
    [(subjects, items)] = rows(
        "SELECT subjects, items FROM audit_entry WHERE action = 'donations.received' ORDER BY id DESC LIMIT 1"
    )
    assert set(subjects) == donors  # type: ignore[call-overload]
    assert "寄附日" in items  # type: ignore[operator]
    assert one("SELECT count(*) FROM people_person WHERE id = ANY (%s)", list(donors)) == 0


def test_a_layout_nobody_knows(tmp_path: Path) -> None:
    """知らない見出しのファイルは、知っている様式を示して断ります。"""
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    [problem] = api.receive(path, by=BY, on=ON).problems
    assert "様式" in problem.what
    assert "受付サイトA" in problem.why


def test_columns_that_may_not_be_kept_are_named(tmp_path: Path) -> None:
    """受け取ってよい項目にない列（マイナンバーなど）は、名を示して、中身は残しません。"""
    path = tmp_path / "x.csv"
    path.write_text(table({}, more={"個人番号": "123456789012"}), encoding="utf-8", newline="")
    found = api.receive(path, by=BY, on=ON)
    assert found.donations == 1
    assert any("個人番号" in str(note) for note in found.notes)
    assert one("SELECT count(*) FROM donations_donation d WHERE d::text LIKE '%%123456789012%%'") == 0
