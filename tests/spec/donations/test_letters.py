"""書類

申込書、納付書、礼状、受領証明書、ワンストップ特例申請書、宛名票の六つです。どれも PDF/A で、印刷した紙には、どの封筒の何枚目かを示すコードが付きます。
"""

from __future__ import annotations

import io
import re
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from azukari.business.donations.letters import pages, papers, printing
from azukari.business.donations.letters.form import form
from azukari.business.donations.letters.types import Certificate, Kind, Letter, SheetCode
from azukari.core.documents import api as documents
from azukari.core.documents.api import envelope
from azukari.core.documents.types import Box
from azukari.core.policy import api as policy
from azukari.kernel.errors import BadInput, Refused
from support import pdf, postal
from support.donors import CREATED, DPI, LETTER, cut, letter, page

DONOR_ONLY = {"my_number", "kana", "sex", "born_on", "telephone", "first", "second"}
HIDDEN = {
    "絵文字": "花子\U0001f600",
    "制御文字": "花\x07子",
    "向きを変える文字": "花子\u202e",
    "見えないハイフン": "花\u00ad子",
    "改行": "花\n子",
    "書体にない字": "𠮷田",
    "書体にない字形": "花\U000e0107子",
    "空白だけ": "　",
}


def made(kind: Kind, one: Letter = LETTER) -> bytes:
    return printing.sheet(kind, one, created=CREATED)


def text_of(document: bytes) -> str:
    return "".join(pdf.readings(document))


@pytest.mark.parametrize("kind", Kind)
def test_a_paper_carries_items_of_its_flow_only(kind: Kind) -> None:
    """書類ごとの項目は、すべて諮問813のその取扱い（813-1 納付希望者、813-2 寄附者）に挙げられています。"""
    paper = papers.granted(papers.PAPERS[kind])
    for flow in paper.flows:
        assert {papers.ITEMS[field] for field in paper.fields} <= set(policy.library().items_of(flow))


def test_an_item_the_council_did_not_hear_of_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """取扱いにない項目を載せる書類は、作られません。納付希望者の書類に寄附日を足すと、項目と取扱いを示して断ります。"""
    paper = papers.PAPERS[Kind.APPLICATION]
    wider = {**papers.PAPERS, Kind.APPLICATION: replace(paper, fields=(*paper.fields, "donated_on"))}
    monkeypatch.setattr(printing, "PAPERS", wider)
    with pytest.raises(Refused, match="寄附日"):
        made(Kind.APPLICATION)


def test_what_a_paper_is_not_granted_does_not_reach_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """受領証明書の紙面を作る部品は、使途や贈呈品を受け取りません。読もうとすると止まります。"""
    assert "焼き菓子" not in text_of(made(Kind.CERTIFICATE))
    monkeypatch.setattr(printing, "PAGES", {**pages.PAGES, Kind.CERTIFICATE: pages.thanks})
    with pytest.raises(AttributeError, match="use"):
        made(Kind.CERTIFICATE)


@pytest.mark.parametrize("kind", Kind)
def test_every_sheet_has_its_code_at_the_same_place(kind: Kind) -> None:
    """どの書類も、右下の同じ所に、封筒とその中の何枚目かを示すコードと、人が読む文字を持ちます。"""
    [code] = zxingcpp.read_barcodes(cut(page(kind), Box(178, 271, 23, 23)))
    assert code.text == LETTER.sheets[0].text
    document = made(kind)
    assert pdf.says(document, LETTER.sheets[0].words)
    assert pdf.page_count(document) == 1
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>B<", document)


def test_the_thank_you_letter_tells_the_donation() -> None:
    """礼状は、寄附年月日、金額、使途、納付方法、お礼の品、ワンストップ特例の希望を伝えます。"""
    document = made(Kind.THANKS)
    said = ("令和元年6月20日", "30,000円", LETTER.use, LETTER.method, LETTER.gift, "希望する", "世田谷　花子　様")
    assert [text for text in said if not pdf.says(document, str(text))] == []
    assert pdf.says(made(Kind.THANKS, letter(onestop=False, gift=None)), "希望しない")


def test_a_certificate_names_donor_sum_and_day() -> None:
    """受領証明書は、番号、住所、氏名、金額、受領年月日、特例控除対象寄附金であること、区と区長の名を書き、公印の場所を空けます。"""
    document = made(Kind.CERTIFICATE)
    said = (
        "第 R1-000777 号",
        "世田谷　花子",
        "令和元年6月20日",
        "令和元年6月28日",
        "特例控除対象寄附金",
        "世田谷区長",
        "公印",
    )
    assert [text for text in said if text not in text_of(document)] == []
    assert pdf.says(document, "金 30,000円")
    assert "再発行" not in text_of(document)


def test_a_certificate_before_the_designation_says_it_in_the_older_words() -> None:
    """令和元年5月までの寄附には、特例控除対象寄附金という言葉を使いません。"""
    assert "特例控除対象寄附金" not in text_of(made(Kind.CERTIFICATE, letter(donated_on=date(2019, 5, 31))))
    assert "特例控除対象寄附金" in text_of(made(Kind.CERTIFICATE, letter(donated_on=date(2019, 6, 1))))


def test_a_reissued_certificate_keeps_its_number() -> None:
    """再発行した受領証明書は、はじめの番号のままで、再発行の印と、はじめに発行した日を書きます。"""
    again = made(Kind.CERTIFICATE, letter(certificate=Certificate("R1-000777", date(2019, 6, 28), reissued=True)))
    assert pdf.says(again, "第 R1-000777 号")
    assert pdf.says(again, "再発行")
    assert pdf.says(again, "令和元年6月28日に発行した第R1-000777号を再発行したものです")


def test_the_slip_is_read_by_a_shop() -> None:
    """納付書のバーコード（GS1-128、44桁）は、金額、期限、番号を店の機械に伝え、幅は60 mm に収まります。"""
    [code] = [one for one in zxingcpp.read_barcodes(page(Kind.PAYMENT_SLIP)) if one.symbology_identifier == "]C1"]
    assert code.text == "(91)912345" + "2019000123".ljust(21, "0") + "0" + "190731" + "0" + "030000" + code.text[-1]
    assert pdf.says(made(Kind.PAYMENT_SLIP), "(91)912345-2019000123000000000000")


def test_a_large_sum_is_paid_at_a_bank() -> None:
    """コンビニエンスストアの限度を超える納付書にはバーコードを付けず、金融機関で納めるよう書きます。"""
    document, picture = made(Kind.PAYMENT_SLIP, letter(amount=300_001)), page(Kind.PAYMENT_SLIP, letter(amount=300_001))
    assert "コンビニエンスストアでは使えません" in text_of(document)
    assert {one.symbology_identifier[:2] for one in zxingcpp.read_barcodes(picture)} == {"]Q"}


@pytest.mark.parametrize(
    ("donated_on", "year", "seal", "sex"),
    [
        (date(2019, 4, 30), "平成31年寄附分", True, True),
        (date(2021, 3, 31), "令和3年寄附分", True, True),
        (date(2021, 4, 1), "令和3年寄附分", False, True),
        (date(2022, 3, 31), "令和4年寄附分", False, True),
        (date(2022, 4, 1), "令和4年寄附分", False, False),
    ],
)
def test_the_form_is_that_of_the_day_of_the_donation(donated_on: date, year: str, seal: bool, sex: bool) -> None:
    """ワンストップ特例申請書の様式は寄附日で選びます。令和3年4月から印の欄が、令和4年4月から性別の欄がありません。"""
    said = text_of(made(Kind.ONE_STOP, letter(donated_on=donated_on)))
    assert year in said
    assert ("印" in said.replace("受付日付印", ""), "男" in said) == (seal, sex)


def test_what_only_the_donor_may_write_is_blank() -> None:
    """個人番号、フリガナ、性別、生年月日、電話番号、①②は白紙です。だれの申請書でも、その欄は一点も違いません。"""
    other = letter(
        name="三軒　次郎左衛門", address="〒154-0004 東京都世田谷区太子堂1-2-3", amount=5_000, reference="R1-9"
    )
    one, two = page(Kind.ONE_STOP), page(Kind.ONE_STOP, other)
    assert set(form().blank) >= DONOR_ONLY
    for name, box in form().blank.items():
        assert np.array_equal(cut(one, box), cut(two, box)), name
    for name in ("my_number", "kana", "telephone", "first", "second"):
        assert white_share(cut(one, form().blank[name])) > 0.85, name
    assert not np.array_equal(cut(one, form().printed["name"]), cut(two, form().printed["name"]))


def white_share(picture: np.ndarray) -> float:
    return float((picture > 250).mean())


def test_nothing_could_fill_what_only_the_donor_may_write() -> None:
    """書類の資料には、個人番号、フリガナ、性別、生年月日、電話番号の欄そのものがありません。"""
    assert {one.name for one in fields(Letter)} == {*papers.ITEMS, *papers.FACTS}
    assert not DONOR_ONLY & {*papers.ITEMS, *papers.FACTS, *form().printed}


@pytest.mark.parametrize("kind", [Kind.THANKS, Kind.ADDRESS])
@pytest.mark.parametrize("code", ["naga3", "kaku2"])
def test_the_window_shows_address_name_and_codes(kind: Kind, code: str) -> None:
    """宛名、コード、カスタマバーコードは、紙が封筒の中で動いても窓から見える所にあり、どちらのコードも読めます。"""
    zone = envelope(code).zone
    seen = cut(page(kind, envelope=code), zone)
    [qr] = zxingcpp.read_barcodes(seen)
    assert qr.text == LETTER.sheets[0].text
    assert postal.read(seen[-round(8.5 * 300 / 25.4) :]) == "15400174-21-27A101"
    quiet = round(1.9 * 300 / 25.4)
    assert (seen[-quiet:] > 250).all()


def test_a_label_has_all_of_it_too() -> None:
    """宛名ラベルは、A4 の用紙に12面ずつ並びます。どの面にも、宛名とコードとカスタマバーコードが入ります。"""
    profile = envelope("label12")
    label = cut(page(Kind.ADDRESS, envelope="label12"), Box(*profile.places[0], *profile.paper))
    assert [one.text for one in zxingcpp.read_barcodes(label)] == [LETTER.sheets[0].text]
    assert postal.read(label[-round(8.5 * 300 / 25.4) :]) == "15400174-21-27A101"


@pytest.mark.parametrize("kind", Kind)
def test_a_long_name_is_never_cut(kind: Kind) -> None:
    """40字の氏名は、小さく、または行を分けて、すべて印刷します。空白のない英字の名も同じです。"""
    printing.item_of(kind, letter(name="Sample" * 6 + "Name"), CREATED.date(), "naga3")
    name = "".join(chr(ord("一") + step) for step in (0, 1, 3, 7, 8, 9, 10, 11, 13, 14)) * 4
    assert len(name) == 40
    assert name in re.sub(r"\s", "", text_of(made(kind, letter(name=name))).replace("\ufffd", ""))


def test_a_long_address_needs_a_large_window() -> None:
    """10行の住所は、長形3号の窓に収まらないので断り、角形2号の窓には入ります。"""
    long = letter(
        address="〒154-0017 東京都世田谷区世田谷4-21-27" + "".join(f"\n見本棟の{row}行目" for row in range(9))
    )
    [fault] = printing.check(Kind.THANKS, [long], issued=CREATED.date()).faults
    assert (fault.reference, "窓に収まりません" in fault.what) == ("R1-000123", True)
    assert printing.check(Kind.THANKS, [long], issued=CREATED.date(), envelope="kaku2").faults == ()


def test_an_address_without_a_number_goes_without_a_barcode() -> None:
    """番地のない住所は、カスタマバーコードなしで印刷し、その一通を知らせます。郵便番号のない住所は断ります。"""
    checked = printing.check(
        Kind.ADDRESS,
        [letter(address="〒154-0017 東京都世田谷区世田谷"), letter(address="東京都世田谷区世田谷4-21-27")],
        issued=CREATED.date(),
    )
    assert "番地がありません" in checked.notes[0].what
    assert "郵便番号がありません" in checked.faults[0].what


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("name", HIDDEN.values(), ids=HIDDEN)
def test_what_cannot_be_drawn_is_refused_and_nothing_printed(kind: Kind, name: str, tmp_path: Path) -> None:
    """書体にない字、別の字形になる字、絵文字、見えない文字のある名は、番号と字を示して断り、一枚も印刷しません。"""
    bad = letter(reference="R1-000666", name=name)
    with pytest.raises(BadInput, match="R1-000666"):
        printing.render(kind, [LETTER, bad], tmp_path / "out", created=CREATED, processes=1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ['#import "x"', "$x$ *a* _b_ @c <d>", "=1+1", "\\u{41}", "-- // /* */"])
def test_what_people_wrote_is_never_read_as_a_form(name: str) -> None:
    """氏名に書式の記号があっても、書いたとおりの文字になります。"""
    assert name.replace(" ", "") in text_of(made(Kind.CERTIFICATE, letter(name=name))).replace(" ", "")


def test_a_batch_that_was_stopped_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """途中で止まった印刷は、もう一度指示すると続きから作り、同じ一通を二度作らず、抜かしません。"""
    monkeypatch.setattr(printing, "A_FILE", 2)
    batch = [letter(reference=f"R1-{at}", sheets=(SheetCode(f"AZ1-{at}", f"{at}枚目"),)) for at in range(5)]
    told: list[tuple[int, int]] = []

    def go() -> list[Path]:
        return printing.render(
            Kind.THANKS, batch, tmp_path, created=CREATED, processes=1, progress=lambda *both: told.append(both)
        )

    first, second, third = go()
    kept, again = first.stat().st_ino, third.read_bytes()
    third.unlink()
    assert go() == [first, second, third]
    assert (first.stat().st_ino, third.read_bytes()) == (kept, again)
    assert told[-1] == (5, 5)
    assert [pdf.page_count(path.read_bytes()) for path in (first, second, third)] == [2, 2, 1]


def test_labels_lie_side_by_side(tmp_path: Path) -> None:
    """13通のラベルは2枚になり、どの面にもその通のコードがあります。"""
    batch = [letter(sheets=(SheetCode(f"AZ1-{at:03d}", f"{at}枚目"),)) for at in range(13)]
    items = [printing.item_of(Kind.ADDRESS, one, CREATED.date(), "label12") for one in batch]
    first, second = documents.preview(printing.template_of(Kind.ADDRESS), printing.fill(items), dpi=DPI)
    codes = [zxingcpp.read_barcodes(np.asarray(Image.open(io.BytesIO(one)).convert("L"))) for one in (first, second)]
    assert [len(found) for found in codes] == [12, 1]
    assert {one.text for found in codes for one in found} == {one.sheets[0].text for one in batch}
    [whole] = printing.render(Kind.ADDRESS, batch, tmp_path, created=CREATED, envelope="label12", processes=1)
    assert pdf.page_count(whole.read_bytes()) == 2


def test_nothing_to_print_and_no_sum_are_told(tmp_path: Path) -> None:
    """書類のない印刷と、1円に満たない寄附の書類は、断ります。"""
    with pytest.raises(ValueError, match="印刷する書類"):
        printing.render(Kind.THANKS, [], tmp_path, created=CREATED)
    for kind in set(Kind) - {Kind.ADDRESS}:
        [fault] = printing.check(kind, [letter(amount=0)], issued=CREATED.date()).faults
        assert "寄附金額" in fault.what


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (Kind.APPLICATION, "applied_on"),
        (Kind.PAYMENT_SLIP, "slip"),
        (Kind.THANKS, "donated_on"),
        (Kind.CERTIFICATE, "certificate"),
        (Kind.CERTIFICATE, "donated_on"),
        (Kind.ONE_STOP, "donated_on"),
    ],
)
def test_a_paper_without_what_it_must_say_is_not_printed(kind: Kind, field: str) -> None:
    """書くべき日付や番号のない一通は、空欄のまま印刷せずに断ります。"""
    [fault] = printing.check(kind, [letter(**{field: None})], issued=CREATED.date()).faults
    assert "がありません" in fault.what


def test_a_letter_is_not_printed_on_labels() -> None:
    """礼状をラベルに印刷しようとすると、断ります。"""
    [fault] = printing.check(Kind.THANKS, [LETTER], issued=CREATED.date(), envelope="label12").faults
    assert "ラベルに印刷できません" in fault.what


def test_a_sheet_without_its_code_is_not_printed() -> None:
    """紙のコードがない一通、二つある一通は、印刷しません。"""
    for sheets in ((), LETTER.sheets * 2):
        [fault] = printing.check(Kind.THANKS, [letter(sheets=sheets)], issued=CREATED.date()).faults
        assert "紙のコード" in fault.what


def test_what_nobody_looked_up_is_told() -> None:
    """区の名前や様式、封筒の寸法のうち確かめていないものは、印刷する人に示します。"""
    told = "".join(printing.unconfirmed("kaku2"))
    assert [word for word in ("連絡先", "限度", "受領証明書の文", "様式", "角形2号") if word not in told] == []
