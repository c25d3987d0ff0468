"""Codes and windows: the post office's own examples, and what is refused."""

from __future__ import annotations

import io
import re
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from azukari.core.documents import envelopes, postal
from azukari.core.documents.addressing import fitted, height_of
from azukari.core.documents.api import (
    address_block,
    collection_digits,
    customer_barcode,
    customer_mark,
    display_number,
    envelope,
    gs1_128,
    missing_glyphs,
    postal_characters,
    preview,
    qr,
    render,
    require_seen,
    require_visible,
    split,
    width,
    window_test,
)
from azukari.core.documents.types import Box, Collection
from azukari.kernel.errors import BadInput, NotFound
from support import codes, letters, pdf
from support import postal as reader

CREATED = datetime(2019, 7, 1, tzinfo=UTC)
# 日本郵便「郵便番号・バーコードマニュアル」カスタマバーコード付番事例（検証用）: the characters and the check digit.
EXAMPLES = (
    ("2630023", "千葉市稲毛区緑町3丁目30-8　郵便ビル403号", "3-30-8-403", "5"),
    ("0140113", "秋田県大仙市堀見内　南田茂木　添60-1", "60-1", "CC8"),
    ("1100016", "東京都台東区台東5-6-3　ABCビル10F", "5-6-3-10", "9"),
    ("0600906", "北海道札幌市東区北六条東4丁目　郵便センター6号館", "4-6", "9"),
    ("0650006", "北海道札幌市東区北六条東8丁目　郵便センター10号館", "8-10", "9"),
    ("4070033", "山梨県韮崎市龍岡町下條南割　韮崎400", "400", "-"),
    ("2730102", "千葉県鎌ケ谷市右京塚　東3丁目-20-5　郵便・A&bコーポB604号", "3-20-5B604", "0"),
    ("1980036", "東京都青梅市河辺町十一丁目六番地一号　郵便タワー601", "11-6-1-601", "CC8"),
    ("0270203", "岩手県宮古市大字津軽石第二十一地割大淵川480", "21-480", "CC5"),
    ("5900016", "大阪府堺市堺区中田出井町四丁六番十九号", "4-6-19", "CC2"),
    ("0800831", "北海道帯広市稲田町南七線　西28", "7-28", "CC7"),
    ("3170055", "茨城県日立市宮田町6丁目7-14　ABCビル2F", "6-7-14-2", "CC1"),
    ("6500046", "神戸市中央区港島中町9丁目7-6　郵便シティA棟1F1号", "9-7-6A1-1", "5"),
    ("6230011", "京都府綾部市青野町綾部6-7　LプラザB106", "6-7LB106", "4"),
    ("0640804", "札幌市中央区南四条西29丁目1524-23　第2郵便ハウス501", "29-1524-23-2-501", "3"),
    ("9100067", "福井県福井市新田塚3丁目80-25　J1ビル2-B", "3-80-25J1-2B", "9"),
)
SLIP = Collection("912345", "1", 1_000, date(2019, 7, 31))


@pytest.mark.parametrize(("postcode", "address", "number", "check"), EXAMPLES, ids=[one[2] for one in EXAMPLES])
def test_the_examples_of_the_post_office(postcode: str, address: str, number: str, check: str) -> None:
    assert display_number(postcode, address) == number
    assert postal_characters(postcode, number)[-1] == check


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("〒102-0082 東京都千代田区一番町23番地", "23"),  # the town's own 一番 is no number
        ("〒１５４－００１７　世田谷区世田谷４－２１－２７　コーポ・ラー１０１", "4-21-27-101"),
        ("1540017 東京都世田谷区世田谷4－21", "4-21"),
        ("〒604-8006 京都府京都市中京区河原町通三条上る下丸屋町403", "403"),
        ("〒156-0055 世田谷区舩橋一丁目2番3号", "1-2-3"),
        ("〒154-8504 東京都世田谷区世田谷四丁目21番27号", ""),  # the ward office has a postcode of its own
        ("〒980-8691 仙台中央郵便局私書箱第215号", "215"),
    ],
)
def test_an_address_with_its_postcode(address: str, number: str) -> None:
    assert customer_mark(address, 10).text == split(address)[0] + number
    assert reader.read(codes.drawn(customer_barcode(address, 10))) == split(address)[0] + number


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("東京都世田谷区世田谷4-21-27", "郵便番号がありません"),
        ("〒154-0017　\n", "郵便番号しかありません"),
        ("〒154-00177 東京都世田谷区世田谷4-21-27", "郵便番号がありません"),
        ("〒154-0017 東京都世田谷区世田谷　見本荘", "番地がありません"),
        ("〒154-0017 東京都世田谷区太子堂1-2-3", "郵便番号の町「世田谷区世田谷」にありません"),
        ("〒102-0082 世田谷区世田谷1-2-3", "郵便番号の町「千代田区一番町」にありません"),
        ("〒060-0000 北海道札幌市中央区9-9", "バーコードを付けられません"),  # 以下に掲載がない場合
        ("〒999-9999 東京都世田谷区世田谷4-21-27", "バーコードを付けられません"),
    ],
)
def test_an_address_that_cannot_be_coded_is_told(address: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        customer_mark(address, 10)


def test_postcodes_are_read_from_any_thread() -> None:
    found: list[str] = []
    readers = [
        threading.Thread(target=lambda code=f"154{n:04d}": found.append(str(postal.area_of(code)))) for n in range(8)
    ]
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    assert len(found) == 8


@pytest.mark.parametrize("size", [7.9, 11.6])
def test_a_barcode_of_another_size_is_a_mistake_of_the_caller(size: float) -> None:
    with pytest.raises(ValueError, match="ポイント"):
        customer_mark("〒154-0017 東京都世田谷区世田谷4-21-27", size)


@pytest.mark.parametrize(
    "slip",
    [
        Collection("912345", "1", 1_000_000, date(2019, 7, 31)),
        Collection("912345", "1", 0, date(2019, 7, 31)),
        Collection("91234", "1", 1, date(2019, 7, 31)),
        Collection("912345", "1" * 22, 1, date(2019, 7, 31)),
        Collection("912345", "１", 1, date(2019, 7, 31)),
        Collection("912345", "1", 1, date(2019, 7, 31), reissued=10),
    ],
)
def test_a_slip_that_has_no_code_is_told(slip: Collection) -> None:
    with pytest.raises(BadInput, match="納付書"):
        collection_digits(slip)


def test_a_text_too_long_to_be_scanned_is_a_mistake_of_the_caller() -> None:
    assert qr("A" * 60, 13).width == 13
    with pytest.raises(ValueError, match="多すぎます"):
        qr("a" * 200, 13)


def test_only_pairs_of_digits_are_gs1_128() -> None:
    assert gs1_128(collection_digits(SLIP)).height >= 10
    for text in ("123", "12a4", "１２", "0" * 48):
        with pytest.raises(ValueError, match="偶数"):
            gs1_128(text)


@pytest.mark.parametrize("code", envelopes.envelopes())
def test_an_envelope_says_where_its_numbers_are_from(code: str) -> None:
    one = envelope(code)
    assert one.source
    assert one.zone.within(Box(0, 0, *one.paper))
    assert min(one.slack) >= 0


def test_the_zone_is_seen_at_every_place_of_the_paper() -> None:
    one = envelope("naga3")
    across, down = one.slack
    for left in (one.seam[0], one.seam[0] + across):
        for top in (one.seam[1], one.seam[1] + down):
            assert Box(one.zone.left + left, one.zone.top + top, *one.zone[2:]).within(one.window)
    wider = Box(one.zone.left - 0.1, one.zone.top, one.zone.width, one.zone.height)
    with pytest.raises(BadInput, match="氏名"):
        require_seen("naga3", {"氏名": wider})


def test_an_envelope_nobody_has_is_told() -> None:
    with pytest.raises(NotFound, match="kaku9"):
        envelope("kaku9")


def test_a_paper_that_does_not_fit_its_envelope_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = envelopes._FILE.read_text(encoding="utf-8").replace("paper = [210.0, 99.0]", "paper = [297.0, 99.0]")
    (tmp_path / "envelopes.toml").write_text(data, encoding="utf-8")
    monkeypatch.setattr(envelopes, "_FILE", tmp_path / "envelopes.toml")
    with pytest.raises(BadInput, match="寸法"):
        envelopes.envelopes.__wrapped__()


@pytest.mark.parametrize("code", envelopes.envelopes())
def test_a_test_sheet_says_what_to_do(code: str) -> None:
    made = window_test(code, created=CREATED)
    assert pdf.page_count(made) == 1
    assert "この枠の線が四方とも" in re.sub(r"\s", "", "".join(pdf.readings(made)))


def test_a_window_too_narrow_for_a_barcode_goes_without() -> None:
    narrow = envelopes.Envelope("label12", "狭い", (60, 40), Box(2, 2, 56, 36), (60, 40), (0, 0), "", confirmed=False)
    block = address_block("〒154-0017 東京都世田谷区世田谷4-21-27", "花子", "AZ1", narrow)
    assert "窓が狭く" in block.note
    assert [placed.mark.kind for placed in block.codes] == ["qr"]


@pytest.mark.parametrize(
    "text", ["", " 　", "一\u2028二", "一\u0085二", "一\t二", "一\x00", "\u202e逆", "花\u00ad子", "一\n二"]
)
def test_what_cannot_be_seen_is_told(text: str) -> None:
    with pytest.raises(BadInput):
        require_visible(text)
    require_visible("一\n二", lines=True)


def test_a_line_is_as_wide_as_it_is_said_to_be(tmp_path: Path) -> None:
    """Against what Typst draws, with half and full width and a variant."""
    text = "Ａ髙A1葛\U000e0101ｱ国"
    source = letters.SOURCE.replace("lang:", "size: 10mm, cjk-latin-spacing: none, lang:")
    picture = pdf.picture(letters.template(tmp_path, source), letters.fill([f"|{text}|"]), 254)[0]
    inked = np.flatnonzero((np.asarray(picture) < 128).any(axis=0))
    assert inked[-1] - inked[0] == pytest.approx(100 * (width(text) + 0.5), abs=3)
    assert width(text) == 5.5


def test_a_text_is_set_as_large_as_it_fits() -> None:
    assert fitted("世田谷", 4, 12, 4) == (4, ["世田谷"])
    assert fitted("世田谷 花子", 4, 20, 20) == (4, ["世田谷", "花子"])
    size, lines = fitted("世田谷花子の長い長い名前", 4, 20, 8) or (0, [])
    assert "".join(lines) == "世田谷花子の長い長い名前"
    assert height_of(len(lines), size) <= 8
    assert fitted("世" * 100, 4, 20, 8) is None


def test_a_preview_shows_the_pages_that_are_printed(tmp_path: Path) -> None:
    template = letters.template(tmp_path)
    pages = preview(template, letters.fill(["一", "二"]), dpi=50)
    assert [Image.open(io.BytesIO(page)).format for page in pages] == ["PNG", "PNG"]
    assert len(preview(template, letters.fill(["一"]), dpi=50)) == 1
    with pytest.raises(BadInput, match=r"U\+20BB7"):
        preview(template, letters.fill(["𠮷"]), dpi=50)


def test_a_template_may_be_of_several_files(tmp_path: Path) -> None:
    first, second = tmp_path / "first.typ", tmp_path / "second.typ"
    first.write_text('#let data = json("data.json")\n#set text(font: "BIZ UDGothic")\n', encoding="utf-8")
    second.write_text("#data.texts.first()", encoding="utf-8")
    assert pdf.says(render((first, second), letters.fill(["世田谷"]), created=CREATED), "世田谷")
    second.write_text('#include "x.typ"', encoding="utf-8")
    with pytest.raises(ValueError, match=r"second\.typ"):
        render((first, second), letters.fill(["世田谷"]), created=CREATED)


def test_a_variant_counts_as_one_character_of_the_font() -> None:
    assert missing_glyphs(["葛\U000e0101"]) == []
    assert missing_glyphs(["葛\U000e0150"]) == [("葛\U000e0150", "葛\U000e0150")]
