"""Claims for the tests: a right one, and how to spoil it."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from azukari.business.taxi import serials
from azukari.business.taxi.intake import Claim, Problem, Rejected, read_claim
from azukari.business.taxi.types import Kind

INVOICE = (
    "事業者番号,利用年月,受付日,券種,券面額,枚数,金額\r\n"
    "0012,2019-06,2019-07-05,福祉タクシー券,500,2,1000\r\n"
    "0012,2019-06,2019-07-05,福祉タクシー券,100,1,100\r\n"
)
TITLES = ("券番号", "券種", "券面額", "氏名", "タクシー利用日", "タクシー代金", "認定番号")
HEAD = ",".join(TITLES) + "\r\n"
ONE, TWO = (serials.serial(2019, Kind.TAXI, running) for running in (1, 2))
ROW = f"{ONE:012d},福祉タクシー券,500,世田谷太郎,2019-06-03,1230,00001234\r\n"
ROW_TWO = f"{TWO:012d},福祉タクシー券,500,見本花子,2019-06-04,980,00005678\r\n"
VOUCHERS = HEAD + ROW + ROW_TWO
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"IEND\xaeB`\x82"


def folder(place: Path, files: Mapping[str, str | bytes] | None = None, name: str = "0012") -> Path:
    """A claim folder: a right invoice and right vouchers, apart from `files`; an empty text leaves a file out."""
    claim = place / name
    for file, content in ({"invoice.csv": INVOICE, "vouchers.csv": VOUCHERS} | dict(files or {})).items():
        path = claim / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if content != "":
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return claim


def read(path: Path) -> Claim:
    claim = read_claim(path)
    assert isinstance(claim, Claim), claim
    return claim


def problems(path: Path) -> tuple[Problem, ...]:
    found = read_claim(path)
    assert isinstance(found, Rejected), found
    return found.problems


def the_problem(path: Path) -> Problem:
    [problem] = problems(path)
    return problem


def workbook(path: Path, rows: Sequence[Sequence[object]], **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, dict(options)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path
