"""区が印刷する通知

受診勧奨通知と、氏名・住所などをあらかじめ印刷した情報提供票を、区が印刷して送ります。載るのは諮問第809号5(1)の発送の項目だけで、紙の一枚ごとにコードが付きます。
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from azukari.business.health.programmes import api, posting
from azukari.business.health.programmes.letters import printing
from azukari.business.health.programmes.letters.issuer import issuer
from azukari.business.health.programmes.letters.pages import GUIDE, RECOMMENDATION, RECORD_FORM, Letter
from azukari.core.audit import api as audit
from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch.types import SheetCode
from azukari.core.policy import api as policy
from azukari.kernel.errors import BadInput
from support import pdf
from support.programmes import BY, OWNER, alone, entrusted, facts, listed, numbers, protect, rows

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
CODES = (SheetCode("AZ1/0001/0001/1/2/ABCDEFGH", "発送0001"), SheetCode("AZ1/0001/0001/2/2/ABCDEFGJ", "発送0001"))
LETTER = Letter(
    "H1", "渡邉\u3000花子", "〒154-0004 東京都世田谷区太子堂四丁目21番27号", "26100000001", date(1960, 5, 3), "女", "見本12・0000123", CODES
)  # fmt: skip
KINDS = {api.LetterKind.RECOMMENDATION: (RECOMMENDATION,), api.LetterKind.RECORD_FORM: (GUIDE, RECORD_FORM)}


def text(files: list[Path]) -> str:
    return "".join("".join(pdf.readings(one.read_bytes())) for one in files)


def printed(folder: Path, kind: api.LetterKind, most: int = 2) -> tuple[int, int, list[Path]]:
    persons = alone(most)
    made = entrusted(listed(persons, given=facts(persons, symbol="見本11・0000001")), "r-health", letter=kind)
    job, files = api.print_letters(made, folder, by=BY)
    return made, job, files


@pytest.mark.parametrize("kind", KINDS)
def test_each_sheet_has_its_own_code(kind: api.LetterKind, tmp_path: Path) -> None:
    """勧奨通知は一枚、情報提供票は案内と票の二枚が一組です。どの紙にも、どの組の何枚目かのコードが付き、発送の記録に載ります。"""
    _, job, files = printed(tmp_path, kind)
    codes = dispatch.codes(job, using=OWNER)
    assert [len(sheets) for sheets in codes.values()] == [len(KINDS[kind])] * 2
    assert sum(pdf.page_count(one.read_bytes()) for one in files) == 2 * len(KINDS[kind])
    said = text(files)
    for sheets in codes.values():
        assert all(sheet.words in said for sheet in sheets)
    assert dispatch.job(job, using=OWNER).flow == "r-health"


def test_a_letter_carries_items_of_the_paper_only() -> None:
    """通知に載る項目は、氏名、住所、受診券整理番号、生年月日、性別、被保険者証記号番号の六つで、諮問第809号5(1)が挙げるものと同じです。"""
    assert sorted(posting.ITEMS) == sorted(policy.library().items_of("809-2-2"))
    fields = {"name", "address", "ticket", "born", "sex", "symbol"}
    assert set(Letter.__dataclass_fields__) - {"reference", "sheets"} == fields


def test_the_form_is_printed_for_the_person(tmp_path: Path) -> None:
    """情報提供票には、対象の方が書く手間のないよう、氏名、住所、生年月日、性別、被保険者証記号番号、受診券整理番号が印刷されます。"""
    [person] = alone(1)
    rows("UPDATE health_issued SET symbol = '見本11・0000001', ticket = '26100000001' WHERE person_id = %s", person)
    [(month, day)] = rows(
        "SELECT extract(month FROM born), extract(day FROM born) FROM people_person WHERE id = %s", person
    )
    _, _, files = printed(tmp_path, api.LetterKind.RECORD_FORM, 1)
    said = text(files)
    for words in ("見本11・0000001", "26100000001", "〒15", f"{month}月{day}日生"):
        assert words in said


def test_printing_again_gives_the_same(tmp_path: Path) -> None:
    """同じ命令をもう一度実行しても、発送は一つのまま、紙も一字も違いません。送ったことは、名簿の進み具合に残ります。"""
    made, job, files = printed(tmp_path, api.LetterKind.RECOMMENDATION)
    before = [one.read_bytes() for one in files]
    again, same = api.print_letters(made, tmp_path, by=BY)
    assert again == job
    assert [one.read_bytes() for one in same] == before
    [key] = numbers("SELECT list_id FROM health_handing WHERE id = %s", made)
    assert api.funnel([key], using=OWNER).notified == 2
    line = audit.search(action="health.printed", limit=1, using=OWNER).lines[0]
    assert len(line.subjects) == 2


def test_nothing_is_printed_while_one_cannot_be(tmp_path: Path) -> None:
    """受診券整理番号のない方が一人でもいると、その番号と理由を示し、一枚も印刷しません。"""
    persons = alone(2)
    rows("UPDATE health_issued SET ticket = '' WHERE person_id = %s", persons[1])
    given = {**facts(persons), persons[1]: api.Facts(phone="03-0000-0000")}
    made = entrusted(listed(persons, given=given), "r-health")
    with pytest.raises(BadInput, match="2通のうち1通を印刷できません"):
        api.print_letters(made, tmp_path, by=BY)
    assert list(tmp_path.iterdir()) == []


def test_a_protected_person_gets_no_letter(tmp_path: Path) -> None:
    """預けたあとで区が直接対応することになった方の通知は、印刷されません。"""
    persons = alone(3)
    made = entrusted(listed(persons), "r-health")
    [(name,)] = rows("SELECT name FROM health_letterline WHERE handing_id = %s AND person_id = %s", made, persons[0])
    protect(persons[0])
    _, files = api.print_letters(made, tmp_path, by=BY)
    assert sum(pdf.page_count(one.read_bytes()) for one in files) == 2
    assert str(name) not in text(files)


@pytest.mark.parametrize("name", ["花子\u202e", "花\x07子", "𠮷田", "　"])
def test_what_cannot_be_seen_is_not_printed(name: str) -> None:
    """見えない文字や、書体にない字のある氏名は、そのまま印刷せずに、どの字かを示します。"""
    odd = Letter("H1", name, LETTER.address, LETTER.ticket, LETTER.born, LETTER.sex, LETTER.symbol, CODES)
    with pytest.raises(BadInput):
        printing.item_of(RECOMMENDATION, odd, CODES[0], date(2026, 11, 25))


def test_the_same_letter_gives_the_same_bytes(tmp_path: Path) -> None:
    """同じ内容からは、いつ作っても同じ PDF ができます。"""
    day = datetime(2026, 11, 25, tzinfo=UTC)
    first = printing.render(api.LetterKind.RECORD_FORM, [LETTER], tmp_path / "a", created=day)
    second = printing.render(api.LetterKind.RECORD_FORM, [LETTER], tmp_path / "b", created=day)
    assert [one.read_bytes() for one in first] == [one.read_bytes() for one in second]


def test_what_nobody_looked_up_is_said() -> None:
    """差出人の文と情報提供票の欄は見本であり、未確認だと示されます。"""
    assert len(issuer().unconfirmed) == 2
