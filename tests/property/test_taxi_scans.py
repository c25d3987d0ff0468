"""A printed voucher is read right or reported unread, whatever happened to it on its way. Never wrong, never an error."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from azukari.business.taxi import layout, scans, serials
from azukari.business.taxi.scans import reading
from azukari.business.taxi.types import Kind
from support import slips
from support.slips import Wear

RESOLUTIONS = st.sampled_from([200, 300])
NUMBERS = st.builds(
    serials.serial, st.integers(2019, 2035), st.sampled_from(Kind), st.integers(1, serials.LAST_RUNNING)
)
SHIFTS = st.tuples(st.floats(-4, 4), st.floats(-4, 4))
USUAL = st.builds(
    Wear,
    skew=st.floats(-2, 2),
    shift=st.tuples(st.floats(-2, 2), st.floats(-2, 2)),
    noise=st.floats(0, 12),
    blur=st.floats(0, 1),
    brightness=st.floats(0.7, 1.2),
    upside_down=st.booleans(),
    jpeg=st.sampled_from([None, 40, 75]),
)
ANY = st.builds(
    Wear,
    skew=st.floats(-8, 8),
    shift=SHIFTS,
    noise=st.floats(0, 60),
    blur=st.floats(0, 5),
    brightness=st.floats(0.05, 3),
    stamp=st.floats(0, 1),
    upside_down=st.booleans(),
    jpeg=st.sampled_from([None, 5, 15, 40]),
)
CALM: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}


@settings(max_examples=30, **CALM)
@given(number=NUMBERS, wear=USUAL, dpi=RESOLUTIONS, seed=st.integers(0, 10_000))
def test_a_page_as_scanners_make_them_is_read(number: int, wear: Wear, dpi: int, seed: int) -> None:
    read = scans.read_page(slips.worn(slips.slip(number, dpi), wear, dpi, seed))
    assert (read.serial, read.turned, read.dpi, read.note) == (number, wear.upside_down, dpi, "")


@settings(max_examples=40, **CALM)
@given(number=NUMBERS, wear=ANY, dpi=RESOLUTIONS, seed=st.integers(0, 10_000))
@example(number=191000000103, wear=Wear(stamp=0.35), dpi=300, seed=0)
def test_a_page_however_bad_is_read_right_or_not_at_all(number: int, wear: Wear, dpi: int, seed: int) -> None:
    read = scans.read_page(slips.worn(slips.slip(number, dpi), wear, dpi, seed))
    assert read.serial == number or (read.serial == 0 and 0 < len(read.note) <= 200)
    assert not read.dpi or (read.dpi, read.turned) == (dpi, wear.upside_down)


@settings(max_examples=50, **CALM)
@given(text=st.one_of(st.text(min_size=1, max_size=30), st.from_regex(r"AZT1[0-9]{12}", fullmatch=True)), wear=USUAL)
def test_another_code_is_never_a_number(text: str, wear: Wear) -> None:
    read = scans.read_page(slips.worn(slips.with_code(text, 200), wear, 200))
    assert read.serial == (serials.of_qr(text) or 0)
    assert read.serial or (read.note and not read.dpi) or read.note == reading.DAMAGED


@settings(max_examples=30, **CALM)
@given(first=NUMBERS, second=NUMBERS, wear=USUAL)
def test_two_slips_in_one_picture_are_held(first: int, second: int, wear: Wear) -> None:
    one = slips.slip(first, 200)
    turned = one.transpose(Image.Transpose.ROTATE_180)
    both = turned.copy()
    both.paste(slips.code(serials.qr_text(second), 200), layout.QR.pixels(200)[:2])
    read = scans.read_page(slips.worn(both, wear, 200))
    assert read.serial == (first if first == second else 0)
    assert read.note == ("" if first == second else reading.TWO)


@settings(max_examples=40, **CALM)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "TIFF"]),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=20),
    kept=st.floats(0, 1),
)
def test_broken_bytes_are_read_right_or_told(kind: str, changes: list[tuple[float, int]], kept: float) -> None:
    number = serials.serial(2019, Kind.TAXI, 1)
    content = bytearray(slips.encoded(slips.slip(number, 200), kind, 200))
    for where, value in changes:
        content[int(where * len(content))] = value
    read = reading.read_content(bytes(content[: int(kept * len(content))]), "")
    assert read.serial == number or (read.serial == 0 and 0 < len(read.note) <= 200)
