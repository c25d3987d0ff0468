"""Reading claims: what is written is read back, what is cut is told, and no bytes at all make the reader fall over."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from azukari.business.taxi import serials
from azukari.business.taxi.intake import (
    BLANK_DAY,
    BLANK_YEN,
    KINDS,
    LIMITS,
    Claim,
    InvoiceLine,
    Rejected,
    VoucherColumns,
    find,
    read_claim,
    write_invoice,
    write_vouchers_csv,
    write_vouchers_xlsx,
)

MONTH, RECEIVED = date(2019, 6, 1), date(2019, 7, 5)
LINES = (InvoiceLine(KINDS[0], 500, 2, 1000, 2), InvoiceLine(KINDS[1], 100, 3, 300, 3))
PAYLOADS = st.builds(
    serials.serial, st.integers(2010, 2098), st.sampled_from(KINDS), st.integers(1, serials.LAST_RUNNING)
)
WRITTEN = PAYLOADS.map(lambda number: f"{number:012d}") | st.sampled_from(["", "よめない", "190000000000"])
YEN = st.just(BLANK_YEN) | st.integers(0, LIMITS.voucher)
DAYS = st.just(BLANK_DAY) | st.dates(date(1990, 1, 1), date(2060, 12, 31)).map(
    lambda day: (day - date(1970, 1, 1)).days
)
NUMBERS = st.from_regex(r"[0-9]{0,12}", fullmatch=True) | st.just("第9号")


def is_kept(name: str) -> bool:
    """Blanks alone are no name, and an error value of Excel is an error."""
    return (bool(name.strip()) or not name) and not name.startswith("#")


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=LIMITS.name)
UTF8 = TEXT.filter(is_kept)
# Letters that cp932 has, without those it writes as another (a wave dash comes back as a full-width tilde).
CP932 = st.text(st.characters(codec="cp932", exclude_characters="\0¢£¬‖−〜"), max_size=20).filter(is_kept)
# XML has no control letters, and ends lines its own way.
XLSX = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=LIMITS.name
).filter(is_kept)


@st.composite
def columns(draw: st.DrawFn, names: st.SearchStrategy[str] = UTF8, most: int = 8) -> VoucherColumns:
    size = draw(st.integers(1, most))

    def each(values: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(values, min_size=size, max_size=size))

    written = [str(text) for text in each(WRITTEN)]
    return VoucherColumns(
        np.arange(2, size + 2),
        np.array([serials.read(text) or 0 for text in written], dtype=np.int64),
        # A row of blanks alone is no voucher, so each has its kind.
        np.array(each(st.integers(0, len(KINDS) - 1)), dtype=np.int8),
        np.array(each(YEN), dtype=np.int32),
        np.array(each(DAYS), dtype=np.int32),
        np.array(each(YEN), dtype=np.int32),
        [str(name) for name in each(names)],
        [str(number) for number in each(NUMBERS)],
        written,
    )


@contextmanager
def claim_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as place:
        claim = Path(place) / "0012"
        claim.mkdir()
        write_invoice(claim / "invoice.csv", "0012", MONTH, RECEIVED, LINES)
        yield claim


def as_lists(vouchers: VoucherColumns) -> list[list[object]]:
    return [list(getattr(vouchers, name)) for name in VoucherColumns.__slots__ if name != "row"]


def same(claim: Claim | Rejected, written: VoucherColumns) -> bool:
    assert isinstance(claim, Claim), claim
    assert claim.vouchers is not None
    return as_lists(claim.vouchers) == as_lists(written)


@given(columns())
def test_csv_in_utf_8_is_read_as_written(written: VoucherColumns) -> None:
    with claim_folder() as claim:
        write_vouchers_csv(claim / "vouchers.csv", written)
        assert same(read_claim(claim), written)


@given(columns(CP932))
def test_csv_in_cp932_is_read_as_written(written: VoucherColumns) -> None:
    with claim_folder() as claim:
        write_vouchers_csv(claim / "vouchers.csv", written, "cp932")
        assert same(read_claim(claim), written)


@settings(max_examples=30)
@given(columns(XLSX))
def test_excel_is_read_as_written(written: VoucherColumns) -> None:
    with claim_folder() as claim:
        write_vouchers_xlsx(claim / "vouchers.xlsx", written)
        assert same(read_claim(claim), written)


@given(st.data(), st.sampled_from([".csv", ".xlsx"]))
def test_an_invoice_is_read_as_written(data: st.DataObject, suffix: str) -> None:
    faces = data.draw(
        st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 5000)), min_size=1, max_size=6, unique=True)
    )
    counts = data.draw(st.lists(st.integers(0, 100_000), min_size=len(faces), max_size=len(faces)))
    lines = tuple(
        InvoiceLine(kind, face, count, face * count, row)
        for row, ((kind, face), count) in enumerate(zip(faces, counts, strict=True), 2)
    )
    month = data.draw(st.dates(date(2000, 1, 1), date(2050, 12, 1))).replace(day=1)
    with tempfile.TemporaryDirectory() as place:
        claim = Path(place)
        write_invoice(claim / f"invoice{suffix}", "A-12", month, month.replace(day=28), lines)
        write_vouchers_csv(claim / "vouchers.csv", one_voucher())
        found = read_claim(claim)
    assert isinstance(found, Claim), found
    assert (found.company, found.month, found.received_on, found.invoice) == (
        "A-12",
        month,
        month.replace(day=28),
        lines,
    )


@cache
def one_voucher() -> VoucherColumns:
    number = serials.serial(2019, KINDS[0], 1)
    return VoucherColumns(
        np.array([2]),
        np.array([number]),
        np.array([0], np.int8),
        np.array([500], np.int32),
        np.array([18_050], np.int32),
        np.array([900], np.int32),
        ["花子"],
        ["1234"],
        [f"{number:012d}"],
    )


def ends_of_rows(data: bytes, encoding: str) -> dict[int, int]:
    """After how many bytes a row is complete, and how many vouchers there are by then: found by writing them again."""
    rows = list(csv.reader(io.StringIO(data.decode(encoding), newline="")))
    ends: dict[int, int] = {}
    for count in range(1, len(rows)):
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows[: count + 1])
        end = len(text.getvalue().encode(encoding))
        ends |= {end: count, end - 1: count}  # \r alone ends a line too
    return ends


@settings(max_examples=5, deadline=None)
@given(
    columns(TEXT.filter(is_kept).map(lambda name: name[:6]).filter(is_kept), 3), st.sampled_from(["utf-8", "utf-8-sig"])
)
def test_a_file_cut_at_any_byte_is_rejected_unless_a_row_ends_there(written: VoucherColumns, encoding: str) -> None:
    """Where a row ends, the file is whole by itself: its missing rows are found by the invoice's count."""
    with claim_folder() as claim:
        write_vouchers_csv(claim / "vouchers.csv", written, encoding)
        whole = (claim / "vouchers.csv").read_bytes()
        ends = ends_of_rows(whole, encoding)
        for length in range(len(whole)):
            (claim / "vouchers.csv").write_bytes(whole[:length])
            found = read_claim(claim)
            if length in ends:
                assert isinstance(found, Claim), (length, found)
                assert found.vouchers is not None
                assert len(found.vouchers) == ends[length]
                assert found.count == sum(line.count for line in LINES)
            else:
                assert isinstance(found, Rejected), whole[:length]


def test_an_invoice_cut_at_any_byte_is_rejected_unless_a_row_ends_there() -> None:
    with claim_folder() as claim:
        write_vouchers_csv(claim / "vouchers.csv", one_voucher())
        whole = (claim / "invoice.csv").read_bytes()
        ends = ends_of_rows(whole, "utf-8-sig")
        for length in range(len(whole)):
            (claim / "invoice.csv").write_bytes(whole[:length])
            found = read_claim(claim)
            assert isinstance(found, Claim) == (length in ends), whole[:length]


MAGIC = st.sampled_from(
    [b"", b"PK\3\4", b"PK\3\4[Content_Types].xml", b"\xef\xbb\xbf", b"%PDF-", b"\xff\xd8\xff", b"\xff\xfe"]
)


@settings(max_examples=50)
@given(MAGIC, st.binary(max_size=300), st.sampled_from(["invoice.csv", "vouchers.csv", "vouchers.xlsx", "pages/1.png"]))
def test_random_bytes_come_back_as_rejected(magic: bytes, data: bytes, file: str) -> None:
    with claim_folder() as claim:
        if file != "vouchers.xlsx":
            write_vouchers_csv(claim / "vouchers.csv", one_voucher())
        (claim / "pages").mkdir()
        (claim / file).write_bytes(magic + data)
        found = read_claim(claim)
    assert isinstance(found, Rejected)
    assert {problem.file for problem in found.problems} == {file}


@settings(max_examples=50)
@given(
    st.lists(st.lists(TEXT, min_size=7, max_size=7), min_size=1, max_size=4), st.sampled_from(["invoice", "vouchers"])
)
def test_random_texts_never_raise(rows: list[list[str]], file: str) -> None:
    with claim_folder() as claim:
        write_vouchers_csv(claim / "vouchers.csv", one_voucher())
        path = claim / f"{file}.csv"
        with path.open("a", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows(rows)
        found = read_claim(claim)
    # No random text is a line of an invoice; as vouchers, rows of blanks and of unread numbers may pass.
    is_blank = not "".join(text for row in rows for text in row).strip()
    assert isinstance(found, Rejected if file == "invoice" and not is_blank else Claim | Rejected)
    if isinstance(found, Rejected):
        assert {problem.file for problem in found.problems} == {f"{file}.csv"}
        assert all(problem.line is None or problem.line > 1 for problem in found.problems)


@cache
def workbook() -> bytes:
    with tempfile.TemporaryDirectory() as place:
        write_vouchers_xlsx(Path(place) / "a.xlsx", one_voucher())
        return (Path(place) / "a.xlsx").read_bytes()


@cache
def package() -> bytes:
    made = io.BytesIO()
    with claim_folder() as claim, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        write_vouchers_csv(claim / "vouchers.csv", one_voucher())
        for path in sorted(claim.iterdir()):
            opened.write(path, f"0012/{path.name}")
    return made.getvalue()


CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), min_size=1, max_size=4)


def changed(data: bytes, changes: list[tuple[float, bytes]]) -> bytes:
    made = bytearray(data)
    for place, new in changes:
        at = int(place * len(made))
        made[at : at + len(new)] = new
    return bytes(made)


@settings(max_examples=50, deadline=None)
@given(CHANGES)
def test_a_damaged_workbook_never_raises(changes: list[tuple[float, bytes]]) -> None:
    with claim_folder() as claim:
        (claim / "vouchers.xlsx").write_bytes(changed(workbook(), changes))
        assert same_or_rejected(read_claim(claim))


@settings(max_examples=50, deadline=None)
@given(CHANGES, st.integers(0, 20))
def test_a_workbook_with_damaged_parts_never_raises(changes: list[tuple[float, bytes]], part: int) -> None:
    """The zip is right and what it holds is not, so that the damage gets as far as the reader of Excel."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(made, "w") as new:
        for place, name in enumerate(old.namelist()):
            data = old.read(name)
            new.writestr(name, changed(data, changes) if place == part % len(old.namelist()) else data)
    with claim_folder() as claim:
        (claim / "vouchers.xlsx").write_bytes(made.getvalue())
        assert isinstance(read_claim(claim), Claim | Rejected)


@settings(max_examples=60, deadline=None)
@given(CHANGES)
def test_a_damaged_zip_never_raises_and_is_never_half_read(changes: list[tuple[float, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "a.zip"
        path.write_bytes(changed(package(), changes))
        for found in find([path]):
            assert same_or_rejected(read_claim(found))


def same_or_rejected(claim: Claim | Rejected) -> bool:
    """Damage that a check sum covers is found, and elsewhere it changes nothing."""
    return isinstance(claim, Rejected) or (claim.invoice == LINES and same(claim, one_voucher()))
