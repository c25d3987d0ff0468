"""Dates, counts, item lists, places and media: one table of examples each."""

from __future__ import annotations

from datetime import date

import pytest

from azukari.core.policy.reading import counts, dates, values
from azukari.core.policy.reading.items import split_items
from azukari.core.policy.reading.text import Line, collapse, lines_of, tidy


def line(text: str) -> list[Line]:
    return lines_of(text)


@pytest.mark.parametrize(
    ("text", "start", "end", "doubts"),
    [
        ("平成31年(2019年)4月より継続して行う。", date(2019, 4, 1), None, 0),
        ("平成31年(2019年)4月中旬より継続して行う。", date(2019, 4, 11), None, 1),
        ("平成31年(2019年)6月(予定)より継続して行う。", date(2019, 6, 1), None, 0),
        ("平成35年度より行う。", date(2023, 4, 1), None, 1),
        ("令和元年10月1日から令和4年3月31日まで", date(2019, 10, 1), date(2022, 4, 1), 0),
        ("令和6年4月1日から令和7年3月まで", date(2024, 4, 1), date(2025, 4, 1), 0),
        ("2025年7月1日より", date(2025, 7, 1), None, 0),
        ("令和2年(2021年)4月より", None, None, 1),
        ("契約締結の日から行う。", None, None, 1),
        ("令和5年13月より", None, None, 1),
        ("令和5年4月1日～令和6年3月31日", date(2023, 4, 1), date(2024, 4, 1), 0),
        ("令和6年4月1日から令和5年3月31日まで", date(2024, 4, 1), None, 1),
    ],
)
def test_terms(text: str, start: date | None, end: date | None, doubts: int) -> None:
    found = dates.term(collapse(text))
    assert (found.start, found.end) == (start, end)
    assert len(found.doubts) + len(found.end_doubts) == doubts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13,300件/年", (13_300, "件", "year", False)),
        ("約１，５００件／年", (1_500, "件", "year", True)),
        ("約 120 万枚 / 年", (1_200_000, "枚", "year", True)),
        ("毎月約10万枚", (100_000, "枚", "month", True)),
        ("年間延べ3,000人", (3_000, "人", "year", True)),
        ("1万5千件/年", (15_000, "件", "year", False)),
        ("約 7 4 0 件 / 年 (1 年間の延べ件数)", (740, "件", "year", True)),
        ("2.5万通（年間）", (25_000, "通", "year", False)),
        ("300件", (300, "件", None, False)),
        ("約500～600件/年", (None, "件", "year", True)),
    ],
)
def test_counts(text: str, expected: tuple[int | None, str, str | None, bool]) -> None:
    (found,) = counts.find(collapse(text), 1)
    assert (found.total, found.unit, found.per, found.approximate) == expected
    assert bool(found.doubt) == (found.total is None or found.per is None)


def test_counts_in_brackets_are_no_counts() -> None:
    assert counts.find(collapse("（平成29年度の利用件数15,515件から想定）"), 1) == []


@pytest.mark.parametrize(
    ("text", "expected", "doubts"),
    [
        ("氏名、住所", ["氏名", "住所"], 0),
        ("同一世帯全員の氏名、生年月日、続柄及び住所、連絡先（保護者、勤務先）",
         ["同一世帯全員の氏名", "同一世帯全員の生年月日", "同一世帯全員の続柄", "同一世帯全員の住所", "連絡先（保護者、勤務先）"], 0),
        ("加害者の氏名・住所・追跡の可能性", ["加害者の氏名", "加害者の住所", "加害者の追跡の可能性"], 0),
        ("身長及び体重（出生時と現在）", ["身長（出生時と現在）", "体重（出生時と現在）"], 0),
        ("障害の有無及び程度", ["障害の有無及び程度"], 0),
        ("兄弟姉妹の有無及び年齢、性別", ["兄弟姉妹の有無及び年齢", "性別"], 0),
        ("職業・職歴、婚姻歴・離婚歴", ["職業", "職歴", "婚姻歴", "離婚歴"], 0),
        ("産前産後休業及び育児休業の取得状況（有無、期間）、指数", ["産前産後休業及び育児休業の取得状況（有無、期間）", "指数"], 0),
        ("勤務・就労先名称", ["勤務・就労先名称"], 0),
        ("レセプトデータ（ ）、氏名※1", ["レセプトデータ", "氏名"], 0),
        ("Ｉ Ｄ、パスワード", ["ID", "パスワード"], 0),
        ("氏名，住所，電話番号", ["氏名", "住所", "電話番号"], 0),
        ("申請者の氏名、住所", ["申請者の氏名", "住所"], 1),
        ("氏名、住所等", ["氏名", "住所"], 1),
        ("氏名、検査値及び処方薬", ["氏名", "検査値", "処方薬"], 1),
        ("検査値・処方薬", ["検査値・処方薬"], 1),
    ],
)  # fmt: skip
def test_item_lists(text: str, expected: list[str], doubts: int) -> None:
    found = split_items(text)
    assert found.items == expected
    assert len(found.doubts) == doubts


def test_repeated_items_are_kept_once_and_told() -> None:
    found = split_items("相談内容、経過、相談内容")
    assert (found.items, found.repeated) == (["相談内容", "経過"], ["相談内容"])


@pytest.mark.parametrize(
    ("text", "expected", "doubts"),
    [
        ("委託先事業者の施設（ただし、匿名化処理及びデータ引渡しは区役所）", ["委託先事業者の施設", "区役所"], 0),
        (
            "世田谷区事務センター及びクラウドサービス事業者のデータセンター",
            ["世田谷区事務センター", "クラウドサービス事業者のデータセンター"],
            0,
        ),
        (
            "世田谷区保育担当部保育認定・調整課入園担当執務室内",
            ["世田谷区保育担当部保育認定・調整課入園担当執務室内"],
            0,
        ),
        ("区役所内で行う。ただし、発送は委託先の施設とする。", ["区役所内", "委託先の施設"], 0),
        ("未定", [], 1),
    ],
)
def test_places(text: str, expected: list[str], doubts: int) -> None:
    found = values.places(line(text))
    assert (found.values, len(found.doubts)) == (expected, doubts)


@pytest.mark.parametrize(
    ("text", "expected", "doubts"),
    [
        ("文書及び口頭による", ["文書", "口頭"], 0),
        ("電磁的記録媒体（CD-R、USBメモリ）による。なお、返却させる。", ["CD-R", "USBメモリ"], 0),
        (
            "文書、ＦＡＸ、電磁的記録媒体及び電子メールによる。",
            ["文書", "ファクシミリ", "電磁的記録媒体", "電子メール"],
            0,
        ),
        ("なし(委託事業者は、世田谷区事務センターの電子計算機のみを使用)", [], 0),
        ("伝書鳩による", ["伝書鳩"], 1),
    ],
)
def test_media(text: str, expected: list[str], doubts: int) -> None:
    found = values.media(line(text))
    assert (found.values, len(found.doubts)) == (expected, doubts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("あり", True),
        ("なし\n\n区の電子計算機に直接情報を入力する。", False),
        ("有", True),
        ("無", False),
        ("なし(専用)", False),
        ("検討中", None),
    ],
)
def test_computer(text: str, expected: bool | None) -> None:
    assert values.computer(line(text)) is expected


def test_letter_spacing_goes_and_words_stay() -> None:
    assert collapse("諮 問 第 8 1 2 号") == "諮問第812号"
    assert tidy("就労継続支援A型事業所 S c o p o") == "就労継続支援A型事業所Scopo"
    assert tidy("ISO/IEC 27001") == "ISO/IEC 27001"
    assert collapse("み ど り 3 3 推進担当部") == "みどり33推進担当部"


def test_compatibility_ideographs_of_names_are_not_replaced() -> None:
    assert tidy("神\ufa19社") == "神\ufa19社"
