"""The papers of the business: they hold what was given and nothing else, and their codes are read back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from azukari.business.taxi import printing, scans, serials
from azukari.business.taxi.types import Kind
from azukari.kernel.errors import BadInput

HOSTILE = ('#import "x"', "$x$ *a* _b_", "\\", "@ref <label>", "= 見出し", "a" * 200)
DAY = date(2019, 7, 20)


def face(running: int = 1) -> printing.VoucherFace:
    number = serials.serial(2019, Kind.TAXI, running)
    return printing.VoucherFace(number, Kind.TAXI, 500, 2019, "12345678", date(2019, 4, 1), date(2020, 4, 1))


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


def test_printed_vouchers_are_read_back_by_the_same_reader(tmp_path: Path) -> None:
    """Four to a sheet; a file is PDF/A-2b and the same from the same input."""
    made = printing.booklet_pages([face(running) for running in range(1, 10)], DAY)
    assert made == printing.booklet_pages([face(running) for running in range(1, 10)], DAY)
    assert made.startswith(b"%PDF")
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in made


def test_a_year_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    items = [printing.item_of(face(running)) for running in range(1, printing.A_FILE * 2 + 1)]
    told: list[tuple[int, int]] = []
    first, second = printing.print_vouchers(items, tmp_path, made_on=DAY, progress=lambda d, t: told.append((d, t)))
    kept, written = first.stat().st_mtime_ns, second.read_bytes()
    second.unlink()
    printing.print_vouchers(items, tmp_path, made_on=DAY, progress=lambda _d, _t: None)
    assert first.stat().st_mtime_ns == kept
    assert second.read_bytes() == written
    assert told[-1] == (len(items), len(items))
    with pytest.raises(BadInput, match="別の内容"):
        printing.print_vouchers(items[1:], tmp_path, made_on=DAY, progress=lambda _d, _t: None)


@pytest.mark.parametrize("written", HOSTILE)
def test_what_people_wrote_is_never_read_as_a_form(written: str) -> None:
    assert printing.notice(notice(written)).startswith(b"%PDF")


def test_a_character_the_fonts_do_not_have_is_named() -> None:
    with pytest.raises(BadInput) as refused:
        printing.notice(notice("見本\U00012000タクシー"))
    assert "U+12000" in str(refused.value)


def test_a_notice_with_pictures() -> None:
    import io

    page = io.BytesIO()
    printing.slip_image(face(), printing.Entries("世田谷　花子", "", "", ""), 200).save(page, "PNG")
    with_picture, without = printing.notice(notice(image=page.getvalue())), printing.notice(notice())
    assert b"/Subtype/Image" in with_picture
    assert b"/Subtype/Image" not in without


def test_the_payment_list() -> None:
    rows = tuple(printing.PaymentRow(f"{n:04d}", "見本交通", 1_000, 100, -50, 850) for n in range(120))
    made = printing.payment_list(
        printing.PaymentSheet(date(2019, 6, 1), 1, DAY, date(2019, 8, 20), rows, 120_000, 12_000, -6_000, 102_000, 120)
    )
    assert made.startswith(b"%PDF")
