"""The papers of the business: they hold what was given and nothing else, and their codes are read back."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from azukari.business.taxi import layout, printing, scans, serials
from azukari.business.taxi.types import Kind
from azukari.kernel.errors import BadInput
from support import pdf

HOSTILE = ('#import "x"', "$x$ *a* _b_", "\\", "@ref <label>", "= 見出し", "a" * 200)
DAY = date(2019, 7, 20)


BLANK = printing.Entries("", "", "", "")
SHEET = (210, 297)
MARGINS = (31.0, 8.5)


def face(running: int = 1, kind: Kind = Kind.TAXI, holder: str = "12345678") -> printing.VoucherFace:
    number = serials.serial(2019, kind, running)
    return printing.VoucherFace(number, kind, 500, 2019, holder, date(2019, 4, 1), date(2020, 4, 1))


def faces(*runnings: int, holder: str = "12345678") -> list[printing.VoucherFace]:
    return [face(running, holder=holder) for running in runnings]


def cut(vouchers: list[printing.VoucherFace], dpi: int = 300) -> list[list[Image.Image]]:
    """The slips of every sheet, printed and cut out with scissors at the marks."""
    data = printing.sheets([[printing.item_of(one) for one in vouchers]])
    pages = pdf.picture(printing.TEMPLATES / "slips.typ", data, dpi)
    across, down = MARGINS
    places = [layout.Box(across, down + row * 70, 148, 70).pixels(dpi) for row in range(printing.A_PAGE)]
    return [
        [page.crop(place) for place in places[: len(sheet["slips"])]]
        for page, sheet in zip(pages, data["sheets"], strict=True)
    ]


def notice(company: str = "見本タクシー", image: bytes | None = None, unpaid: int = 1) -> printing.Notice:
    card = printing.Unpaid(
        1,
        3,
        "19-1-0000001-03",
        Kind.TAXI,
        500,
        "書かれていない欄",
        ("利用日が書かれていません",),
        "回答してください",
        "保留",
        image,
    )
    line = printing.NoticeLine(Kind.TAXI, 500, 10, 9, 5_000, 4_500)
    return printing.Notice(
        date(2019, 6, 1), "0001", company, DAY, date(2019, 8, 19), "係", (line,), (card,) * unpaid, ()
    )


@pytest.mark.parametrize("dpi", [200, 300])
@pytest.mark.parametrize("turned", [False, True])
def test_a_slip_is_read_back(dpi: int, turned: bool) -> None:
    page = printing.slip_image(face(7), printing.Entries("世田谷　花子", "6月3日", "1,200円", "12345678"), dpi)
    read = scans.read_page(page.transpose(Image.Transpose.ROTATE_180) if turned else page)
    assert (read.serial, read.turned) == (face(7).serial, turned)


@pytest.mark.parametrize("dpi", [200, 300])
def test_every_module_of_the_code_is_as_large_as_every_other(dpi: int) -> None:
    """A code whose modules are uneven is read less well than the printed one."""
    picture = np.asarray(printing.slip_image(face(7), BLANK, dpi).crop(layout.QR.pixels(dpi)))
    dark = picture < 128
    module = round(18 * dpi / 25.4 / 29)
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (21 * module, 21 * module)
    code = dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert (code == np.kron(code[::module, ::module], np.ones((module, module), bool))).all()


def test_an_entry_the_fonts_do_not_have_is_refused() -> None:
    with pytest.raises(BadInput, match=r"U\+12000"):
        printing.slip_image(face(), printing.Entries("見本\U00012000", "", "", ""), 200)


def test_printed_vouchers_are_read_back_by_the_same_reader() -> None:
    for kind in Kind:
        vouchers = [face(running, kind) for running in range(1, 6)]
        slips = [slip for sheet in cut(vouchers) for slip in sheet]
        assert sorted(scans.read_page(slip).serial or 0 for slip in slips) == [one.serial for one in vouchers]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 8, 9, 13])
def test_the_piles_of_a_cut_stack_are_in_order(count: int) -> None:
    """Pile by pile from the top left, the vouchers of a holder follow one another."""
    vouchers = faces(*range(1, count + 1))
    sheets = printing.sheets([[printing.item_of(one) for one in vouchers]])["sheets"]
    piles = [[sheet["slips"][row] for sheet in sheets if row < len(sheet["slips"])] for row in range(printing.A_PAGE)]
    order = [words.text for pile in piles for one in pile for words in one["words"] if "券番号" in words.text]
    assert order == [f"券番号 {serials.written(one.serial)}" for one in vouchers]


def soft(slip: Image.Image) -> NDArray[np.float64]:
    """A slip as seen from some way off, without its edge (the line to cut) and its code (fitted to the pixels of a scan)."""
    slip = slip.copy()
    slip.paste(255, layout.QR.pixels(300))
    return np.asarray(slip.filter(ImageFilter.GaussianBlur(6)).crop((20, 20, slip.width - 20, slip.height - 20)), float)


def test_the_made_up_scan_looks_like_the_print() -> None:
    printed = soft(cut(faces(1))[0][0]).ravel()
    scanned = soft(printing.slip_image(face(1), BLANK, 300)).ravel()
    other = soft(printing.slip_image(face(1, Kind.STRETCHER), BLANK, 300)).ravel()
    assert np.corrcoef(printed, scanned)[0, 1] > 0.99 > np.corrcoef(printed, other)[0, 1]


def test_a_printed_voucher_is_pdf_a_and_says_what_it_is() -> None:
    made = printing.booklet_pages([face(running) for running in range(1, 10)], DAY)
    assert made == printing.booklet_pages([face(running) for running in range(1, 10)], DAY)
    assert pdf.page_count(made) == 3
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in made
    said = (
        "世田谷区　平成31年度（2019年度）",
        "平成31年4月1日から令和2年3月31日まで",
        "12345678",
        serials.written(face(9).serial),
    )
    assert [text for text in (*said, "福祉タクシー券", "500") if not pdf.says(made, text)] == []


def test_no_voucher_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="印刷する券"):
        printing.booklet_pages([], DAY)


def test_a_year_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    holders = [f"{number:08d}" for number in range(printing.A_FILE + 2)]
    items = [printing.item_of(one) for holder in holders for one in faces(*range(1, 7), holder=holder)]
    told: list[tuple[int, int]] = []

    def go(items: list[dict[str, object]]) -> list[Path]:
        return printing.print_vouchers(
            items, tmp_path, made_on=DAY, processes=1, progress=lambda done, total: told.append((done, total))
        )

    first, second = go(items)
    kept, written = first.stat().st_ino, second.read_bytes()
    second.unlink()
    go(items)
    assert first.stat().st_ino == kept
    assert second.read_bytes() == written
    assert told[-1] == (len(holders), len(holders))
    assert pdf.page_count(written) == 2 * 2
    assert pdf.says(written, f"認定番号 {holders[-1]}　2 / 2 枚目")
    with pytest.raises(BadInput, match="別の内容"):
        go(items[1:])


@pytest.mark.parametrize("written", HOSTILE)
def test_what_people_wrote_is_never_read_as_a_form(written: str) -> None:
    made = printing.notice(notice(written))
    assert pdf.says(made, f"{written}　御中") or pdf.says(made, f"{written} 御中")


def test_a_character_the_fonts_do_not_have_is_named() -> None:
    with pytest.raises(BadInput) as refused:
        printing.notice(notice("見本\U00012000タクシー"))
    assert "U+12000" in str(refused.value)


def test_a_notice_with_pictures() -> None:
    page = io.BytesIO()
    printing.slip_image(face(), printing.Entries("世田谷　花子", "", "", ""), 200).save(page, "PNG")
    with_picture, without = printing.notice(notice(image=page.getvalue())), printing.notice(notice())
    assert b"/Subtype/Image" in with_picture
    assert b"/Subtype/Image" not in without


def test_the_first_page_of_a_notice_says_all_that_is_needed() -> None:
    made = printing.notice(notice(unpaid=12))
    said = (
        "差異通知（令和元年6月",
        "令和元年8月19日",
        "5,000円",
        "4,500円",
        "▲500円",
        "19-1-0000001-03",
        "利用日が書かれていません",
    )
    assert [text for text in said if not pdf.says(made, text)] == []
    assert pdf.page_count(printing.notice(notice(unpaid=0))) == 1
    assert pdf.page_count(made) > 2


def test_the_payment_list_goes_over_pages_and_keeps_its_totals() -> None:
    rows = tuple(printing.PaymentRow(f"{n:04d}", "見本交通", 1_000, 100, -50, 850) for n in range(120))
    made = printing.payment_list(
        printing.PaymentSheet(date(2019, 6, 1), 1, DAY, date(2019, 8, 20), rows, 120_000, 12_000, -6_000, 102_000, 120)
    )
    said = ("担当", "責任者", "120,000円", "▲12,000円", "▲6,000円", "102,000円", "令和元年8月20日", "0119", "120件")
    assert [text for text in said if not pdf.says(made, text)] == []
    assert pdf.page_count(made) > 2
