"""健診と保健指導の記録の受領

健診機関の CDA 文書（zip）と、国保連の FKAC167・FKAC165 を受け取ります。一か所でも読めなければ、何も入れません。
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from azukari.business.health.checkups import api
from azukari.business.health.checkups.types import Received
from azukari.demo.health import checkups as demo
from azukari.demo.health import checkups_cda
from azukari.kernel.errors import BadInput
from support.health_checkups import YEAR, Kept, cda, cell, csv_165, csv_167, people, row, zipped

VALUE = '<value xsi:type="PQ" value="{}" unit="mg/dL"/>'


@pytest.fixture
def store() -> Kept:
    return Kept()


def taken(store: Kept, folder: Path, data: bytes, name: str = "a.xml") -> Received:
    path = folder / name
    path.write_bytes(data)
    return api.receive(path, store)


def refused(store: Kept, folder: Path, data: bytes, name: str = "a.xml") -> api.Unreadable:
    with pytest.raises(api.Unreadable) as caught:
        taken(store, folder, data, name)
    assert not store.writes
    return caught.value


def changed(old: str, new: str) -> bytes:
    """A document with one thing in it otherwise."""
    text = cda().decode()
    assert text.count(old) == 1, (old, text.count(old))
    return text.replace(old, new).encode()


def result(code: str) -> str:
    """The observation of an item in the made-up document."""
    text = cda().decode()
    start = text.index(f'<code code="{code}"')
    return text[text.rindex("<entry>", 0, start) : text.index("</entry>", start) + len("</entry>")]


def test_a_document_becomes_a_checkup(store: Kept, tmp_path: Path) -> None:
    """CDA の文書一つが、健診一件になります。だれの、いつの、どこの健診かと、値を読みます。住所と電話番号は読みません。"""
    found = taken(store, tmp_path, cda())
    assert (found.kind, found.counts["checkups"], found.parts) == ("cda", 1, (f"checkups-{YEAR}",))
    one, told = store.read("checkups").row(0, named=True), row()
    assert (one["date"], one["facility"], one["ticket"]) == (told["date"], told["facility"], told["ticket"])
    assert (one["waist"], one["hba1c"], one["smoking"]) == (told["waist"], told["hba1c"], told["smoking"])
    assert one["systolic"] == int(told["systolic"])  # type: ignore[call-overload]
    person = store.read("identities").row(0, named=True)
    assert (person["insurer"], person["number"], person["branch"], person["kana"]) == (
        "138123", "0000000", "01", "ミホン　タロウア",
    )  # fmt: skip
    assert person["identity"] == one["identity"]


@pytest.mark.parametrize(
    ("new", "value", "flag"),
    [
        ('<value xsi:type="PQ" value="38" unit="mg/dl"/>', "38", None),
        ('<value xsi:type="PQ" value="38" unit="mg/dL"/><interpretationCode code="L"/>', "38", None),
        (
            '<value xsi:type="CD" code="L" codeSystem="2.16.840.1.113883.5.83"/><interpretationCode code="L"/>',
            None,
            "L",
        ),
        ('<value xsi:type="CD" code="H" codeSystem="2.16.840.1.113883.5.83"/>', None, "H"),
        ('<value xsi:type="PQ" nullFlavor="NI"/><interpretationCode code="H"/>', None, "H"),
        ('<value xsi:type="PQ" nullFlavor="NI"/>', None, "NI"),
        ("", None, "NI"),
    ],
)
def test_out_of_range_and_missing_are_no_numbers(
    store: Kept, tmp_path: Path, new: str, value: str | None, flag: str | None
) -> None:
    """測定できる範囲の外（L・H）と値のないもの（NI）は、数にしません。健診の表では空になり、項目の表に印が残ります。"""
    old = result("3F070000002327101")
    written = old[old.index("<value") : old.index("/>", old.index("<value")) + 2]
    taken(store, tmp_path, changed(old, old.replace(written, new)))
    item = store.read("checkup_items").filter(pl.col("code") == "3F070000002327101").row(0, named=True)
    assert (item["value"], item["flag"]) == (value, flag)
    assert store.read("checkups")["hdl"][0] == (None if value is None else int(value))


def test_an_item_that_was_not_done_says_so(store: Kept, tmp_path: Path) -> None:
    """実施しなかった項目（negationInd）は「未実施」と残し、値は空です。"""
    taken(store, tmp_path, cda(waist=None))
    item = store.read("checkup_items").filter(pl.col("code") == "9N016160100000001").row(0, named=True)
    assert (item["value"], item["flag"]) == (None, "未実施")
    assert store.read("checkups")["waist"][0] is None


def test_jds_and_ngsp_are_kept_apart(store: Kept, tmp_path: Path) -> None:
    """HbA1c の JDS 値は NGSP 値に混ぜません。健診の表の HbA1c は NGSP 値だけで、JDS 値は項目の表に残ります。"""
    taken(store, tmp_path, changed("3D046000001906202", "3D045000001906202"))
    assert store.read("checkups")["hba1c"][0] is None
    assert "3D045000001906202" in store.read("checkup_items")["code"].to_list()


def test_of_several_blood_pressures_the_preferred_one_counts(store: Kept, tmp_path: Path) -> None:
    """血圧が二つ以上あるときは、その他（平均など）、2回目、1回目の順に使います。すべて項目の表に残ります。"""
    old = result("9A755000000000001")
    first = old.replace("9A755000000000001", "9A751000000000001").replace(
        old[old.index('value="') : old.index('" unit')], 'value="199'
    )
    taken(store, tmp_path, changed(old, first + old))
    assert store.read("checkups")["systolic"][0] == int(row()["systolic"])  # type: ignore[call-overload]
    assert "199" in store.read("checkup_items")["value"].to_list()


def test_an_item_of_a_facility_s_own_is_kept_apart(store: Kept, tmp_path: Path) -> None:
    """健診機関の独自の項目（別のコード体系）は、同じ番号でも健診の項目とはみなさず、体系の名を付けて項目の表に残します。"""
    own = '<code codeSystem="1.2.392.200119.6.1205.1" code="9N016160100000001"'
    taken(store, tmp_path, changed('<code code="9N016160100000001"', own))
    assert store.read("checkups")["waist"][0] is None
    assert "1.2.392.200119.6.1205.1/9N016160100000001" in store.read("checkup_items")["code"].to_list()


@pytest.mark.parametrize(
    ("old", "new", "column", "word"),
    [
        ('<birthTime value="19550110"/>', '<birthTime value="19500231"/>', "birthTime", "生年月日"),
        ('<administrativeGenderCode code="1"', '<administrativeGenderCode code="9"', "administrativeGenderCode", "性別"),
        ('code code="010"', 'code code="060"', "serviceEvent/code", "プログラム種別「060」"),
        ('code code="10" ', 'code code="21" ', "ClinicalDocument/code", "報告区分「21」"),
        ('extension="24000000001"', 'extension="2400"', "associatedEntity/id", "受診券整理番号"),
        ("</patientRole></recordTarget>", "<foo/></patientRole></recordTarget>", "foo", "様式（XMLスキーマ）"),
        ('root="1.2.392.200119.6.205" extension="0000000"', 'root="1.2" extension="0"', "patientRole", "番号がありません"),
        ('<typeId root="2.16.840.1.113883.1.3"', '<typeId root="2.16"', "typeId", "様式（XMLスキーマ）"),
    ],
)  # fmt: skip
def test_a_wrong_document_is_refused_with_its_element(
    store: Kept, tmp_path: Path, old: str, new: str, column: str, word: str
) -> None:
    """様式に合わない文書、だれのいつの健診か決まらない文書、特定健診でない文書は、行と要素、何が要るかを示して断ります。"""
    error = refused(store, tmp_path, changed(old, new))
    [problem] = error.problems
    assert word in problem.what
    assert column in problem.column
    assert problem.line
    assert problem.next_step


@pytest.mark.parametrize(
    ("code", "old", "new", "word"),
    [
        ("3F070000002327101", 'unit="mg/dL"', 'unit="mmol/L"', "単位"),
        ("9N016160100000001", 'value="', 'value="9', "腹囲の値"),
        ("9N736000000000011", 'xsi:type="CD" code="', 'xsi:type="CD" code="7', "喫煙の値"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(
    store: Kept, tmp_path: Path, code: str, old: str, new: str, word: str
) -> None:
    """単位の違う値、桁の多すぎる値、決まりにない答えは断ります。推測して直しません。"""
    written = result(code)
    error = refused(store, tmp_path, changed(written, written.replace(old, new)))
    assert word in error.problems[0].what


def test_the_same_item_twice_is_refused(store: Kept, tmp_path: Path) -> None:
    """同じ項目が二つある文書は、どちらが正しいか決まらないので断ります。"""
    old = result("3F070000002327101")
    assert "HDLコレステロールが二つあります" in refused(store, tmp_path, changed(old, old + old)).problems[0].what


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd">',
        '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        "<!DOCTYPE a>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_with_a_dtd_is_refused(store: Kept, tmp_path: Path, declared: str, encoding: str) -> None:
    """文書型宣言のある XML は、実体を一つも広げる前に断ります。外のファイルも通信先も読みません。"""
    head, rest = cda().decode().split("\n", 1)
    data = f"{head.replace('UTF-8', encoding)}\n{declared}\n{rest}".encode(encoding)
    assert "DOCTYPE" in refused(store, tmp_path, data).problems[0].what


def delivery(folder: Path, count: int, **more: bytes) -> Path:
    rows = demo.results(people(3), year=YEAR, seed=1).iter_rows(named=True)
    files = {f"x/DATA/h{place}__xml": checkups_cda.document(one) for place, one in enumerate(rows)}
    index = checkups_cda.index(sender="1312345670", insurer="00138123", day=date(2025, 4, 10), count=count)
    return zipped(folder / "d.zip", **{"x/ix08_V08__xml": index, **files, **more})


def test_a_delivery_is_reconciled_with_its_index(store: Kept, tmp_path: Path) -> None:
    """zip の送付物は、目次（ix08）の件数と文書の数が合わなければ、全部を断ります。"""
    with pytest.raises(api.Unreadable, match="目次（ix08）の件数が中身と合いません"):
        api.receive(delivery(tmp_path, 4), store)
    assert not store.writes
    assert api.receive(delivery(tmp_path, 3), store).counts["checkups"] == 3


def claim(amount: int) -> bytes:
    """A 決済 (cc08) of one person."""
    return f"""<checkupClaim xmlns="http://tokuteikenshin.jp/checkup/2007"><encounter><serviceEventType code="1"/></encounter>
<subjectPerson><performerOrganization><id root="1.2.392.200119.6.102" extension="1312345670"/></performerOrganization>
<insuranceCard><insurerNumber root="1.2.392.200119.6.101" extension="00138123"/>
<number root="1.2.392.200119.6.205" extension="１"/></insuranceCard><name>ミホン</name>
<addr><postalCode>154-0017</postalCode></addr><birthTime value="19550110"/><administrativeGender code="1"/></subjectPerson>
<checkupCard/><settlement><claimType code="1"/><commissionType code="1"/>
<unitAmount value="{amount}"/><paymentAmount value="0"/><claimAmount value="{amount}"/></settlement></checkupClaim>""".encode()


def summary(count: int, amount: int) -> bytes:
    return f"""<summary xmlns="http://tokuteikenshin.jp/checkup/2007"><serviceEventType code="1"/>
<totalSubjectCount value="{count}"/><totalCostAmount value="{amount}"/><totalPaymentAmount value="0"/>
<totalClaimAmount value="{amount}"/></summary>""".encode()


def test_yen_of_a_delivery_must_add_up(store: Kept, tmp_path: Path) -> None:
    """集計（su08）の人数と金額が、決済（cc08）の合計と違えば断ります。金額は確かめるだけで、残しません。"""
    claims = {f"x/CLAIMS/c{place}__xml": claim(9_000 + place) for place in range(3)}
    with pytest.raises(api.Unreadable, match="請求額の計が中身と合いません"):
        api.receive(delivery(tmp_path, 3, **claims, **{"x/su08_V08__xml": summary(3, 27_000)}), store)
    found = api.receive(delivery(tmp_path, 3, **claims, **{"x/su08_V08__xml": summary(3, 27_003)}), store)
    assert found.counts["checkups"] == 3


def test_a_schema_inside_a_delivery_is_not_used(store: Kept, tmp_path: Path) -> None:
    """送付物に入っている様式（XSD）は使わず、こちらの写しで確かめます。知らないファイルは、使わないと知らせます。"""
    found = api.receive(delivery(tmp_path, 3, **{"x/XSD/hc08_V08__xsd": b"<broken", "x/a__pdf": b"%PDF"}), store)
    assert found.notes == ("使わないファイルです: a.pdf",)


def test_one_bad_document_keeps_the_whole_delivery_out(store: Kept, tmp_path: Path) -> None:
    """送付物の一つの文書が読めなければ、ほかの文書も入りません。どの文書かを示します。"""
    with pytest.raises(api.Unreadable) as caught:
        api.receive(delivery(tmp_path, 4, **{"x/DATA/h9__xml": cda()[:-200]}), store)
    assert [problem.file for problem in caught.value.problems] == ["h9.xml"]
    assert not store.writes


def test_a_csv_is_read_by_its_titles(store: Kept, tmp_path: Path) -> None:
    """FKAC167 の列は見出しで探します。並びが変わっても、知らない列が増えても、同じに読めます。個人番号の列は読みません。"""
    one, other = Kept(), Kept()
    found = taken(one, tmp_path, csv_167(), "a.csv")
    assert (found.kind, found.counts["checkups"]) == ("fkac", 4)

    def turned(lines: list[str]) -> list[str]:
        rows = [",".join([line.split(",")[0], *line.split(",")[:0:-1], "123456789012"]) for line in lines[2:-1]]
        titles = [lines[1].split(",")[0], *lines[1].split(",")[:0:-1], "個人番号"]
        return [lines[0], ",".join(titles), *rows, lines[-1]]

    taken(other, tmp_path, csv_167(turned), "b.csv")
    assert other.read("checkups").equals(one.read("checkups"))
    assert other.read("identities").equals(one.read("identities"))
    assert "123456789012" not in str(other.parts)


def test_csv_and_document_say_the_same(store: Kept, tmp_path: Path) -> None:
    """同じ健診は、CSV で来ても CDA 文書で来ても、同じ一件になります。"""
    one, other = Kept(), Kept()
    taken(one, tmp_path, csv_167(count=1), "a.csv")
    taken(other, tmp_path, cda())
    assert one.read("checkups").equals(other.read("checkups"))


@pytest.mark.parametrize(
    ("title", "value", "why"),
    [
        ("腹囲", "八十", "数"),
        ("腹囲", "-80", "数"),
        ("腹囲", "999", "300"),
        ("生年月日", "19500231", "8桁"),
        ("生年月日", "", "だれの"),
        ("性別", "3", "1（男）"),
        ("健診実施年月日", "", "いつの"),
        ("喫煙", "5", "1、2、3"),
        ("保険者番号", "138", "6〜8桁"),
    ],
)
def test_a_wrong_cell_is_told_by_line_and_title(store: Kept, tmp_path: Path, title: str, value: str, why: str) -> None:
    """読めない値は、行と見出し、何が要るかを示します。ほかの行が正しくても、何も入りません。"""
    error = refused(store, tmp_path, csv_167(cell(title, value, line=4)), "a.csv")
    assert [(problem.line, problem.column) for problem in error.problems] == [(4, title)]
    assert why in error.problems[0].why


def cut(lines: list[str]) -> list[str]:
    return lines[:-1]


def half(lines: list[str]) -> list[str]:
    return [*lines[:4], lines[4][:30], lines[-1]]


@pytest.mark.parametrize(
    ("edit", "word"),
    [
        (cut, "終わりの行がありません"),
        (half, "項目が"),
        (lambda lines: [lines[0], *lines[2:]], "列の見出しがありません"),
        (lambda lines: [lines[0].replace("FKAC167", "FKAC999"), *lines[1:]], "FKAC の CSV ではありません"),
        (lambda lines: [*lines[:3], lines[2], *lines[3:]], "同じ人の同じ日の健診が二つ"),
        (lambda lines: [lines[0], lines[1].replace("健診実施年月日", "健診日"), *lines[2:]], "この列がありません"),
    ],
)
def test_a_csv_that_is_not_whole_is_refused(
    store: Kept, tmp_path: Path, edit: Callable[[list[str]], list[str]], word: str
) -> None:
    """途中で切れたファイル、項目の数の合わない行、要る列のないファイル、同じ健診が二つあるファイルは断ります。"""
    path = tmp_path / "a.csv"
    path.write_bytes(csv_167(edit))
    with pytest.raises(BadInput, match=word):
        api.receive(path, store)
    assert not store.writes


def test_out_of_range_marks_of_a_csv_stay(store: Kept, tmp_path: Path) -> None:
    """CSV の HL の列の印は項目の表に残ります。値が空で印だけのときは、数にしません。"""

    def marked(lines: list[str]) -> list[str]:
        title = "中性脂肪（トリグリセリド）"
        return cell(f"ＨＬ{title}", "H")(cell(title, "")(lines))

    taken(store, tmp_path, csv_167(marked), "a.csv")
    item = store.read("checkup_items").filter(pl.col("flag").is_not_null()).row(0, named=True)
    assert (item["code"], item["value"], item["flag"]) == ("3F015000002327101", None, "H")


def test_guidance_is_received_by_its_tickets(store: Kept, tmp_path: Path) -> None:
    """FKAC165 は、利用券ごとの保健指導（年度、支援レベル、初回・中間・最後の日）になります。見出しの字は未確認です。"""
    found = taken(store, tmp_path, csv_165(), "a.csv")
    rows = store.read("guidance")
    assert found.counts["guidance"] == rows.height > 0
    assert rows["ticket"].str.contains(r"^241\d{8}$").all()
    assert rows.filter(pl.col("last").is_not_null()).select((pl.col("first") < pl.col("last")).all()).item()
    error = refused(Kept(), tmp_path, csv_165(cell("支援レベル", "9")), "b.csv")
    assert error.problems[0].column == "支援レベル"


def test_a_file_received_again_changes_nothing(store: Kept, tmp_path: Path) -> None:
    """同じファイルをもう一度受け取っても何も変わりません。同じ人の同じ日の新しい内容は、前の内容と入れ替わり、その数を知らせます。"""
    taken(store, tmp_path, csv_167(), "a.csv")
    before = store.read("checkups").sort("identity")
    assert taken(store, tmp_path, csv_167(), "a.csv").notes == ()
    assert store.read("checkups").sort("identity").equals(before)
    found = taken(store, tmp_path, csv_167(cell("腹囲", "99.5")), "b.csv")
    assert found.notes == ("前に受け取っていた 1 件を、このファイルの内容に置き換えました。",)
    assert store.read("checkups").height == before.height
    items = store.read("checkup_items").filter(pl.col("code") == "9N016160100000001")
    assert (items.height, "99.5" in items["value"].to_list()) == (before.height, True)


def test_killed_in_the_middle_it_is_finished_by_the_same_file(tmp_path: Path) -> None:
    """途中で止められても、同じファイルをもう一度渡せば、初めから受け取ったのと同じになります。"""
    whole = Kept()
    taken(whole, tmp_path, csv_167(), "a.csv")
    for stop in range(len(whole.writes)):
        store = Kept()
        store.stop_at = stop
        with pytest.raises(KeyboardInterrupt):
            taken(store, tmp_path, csv_167(), "a.csv")
        assert store.read("checkups").is_empty()
        store.stop_at = None
        taken(store, tmp_path, csv_167(), "a.csv")
        assert all(store.parts[key].equals(frame) for key, frame in whole.parts.items())


def test_only_checkups_are_recognised(tmp_path: Path) -> None:
    """中身を見て、健診のファイルかどうかを決めます。名前では決めません。"""
    path = tmp_path / "a"
    for data in (cda(), csv_167(), csv_165(), delivery(tmp_path, 3).read_bytes()):
        path.write_bytes(data)
        assert api.recognises(path)
    other = zipped(tmp_path / "o.zip", a__txt=b"x", b__csv=b"1,2").read_bytes()
    for data in (b"", b"PK\3\4 cut", b"UK,1,2\r\n", b"<html></html>", other):
        path.write_bytes(data)
        assert not api.recognises(path)
    with pytest.raises(BadInput, match="特定健診のファイルではありません"):
        taken(Kept(), tmp_path, b"1,2,3\r\n", "a.csv")
