"""Reading the voucher's number from its QR code: pages a CPU second, and wrong reads in 10,000.

Decoding an image file and reading the code in the decoded picture are measured apart, because the file takes most of the
time and no reader can spare it. The peer is the same library given the whole picture, as its documentation shows and
told to look for QR codes only. All of them get the same pages: worn as a scanner wears them, grey, 300 dpi, one in
twenty upside down. CPU seconds of one process are counted, so that what else the machine does is not.

The 10,000 pages are worn around the code only, wherever the reading looks first; a property test wears whole pages. Half
of them are worn as in an office, half so badly that nobody could read many: the more a reader guesses, the more shows.
"""

from __future__ import annotations

import hashlib
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import zxingcpp
from PIL import Image

from azukari.business.taxi import scans, serials
from azukari.business.taxi.scans import pages, reading
from azukari.business.taxi.types import Kind
from azukari.config.home import ROOT

DPI = 300
SEED = 2019
PAGES = 60
ROUNDS = 7
GOAL = 300
MANY = 10_000
FILES = {
    "PNG 灰": ("PNG", False, 75),
    "JPEG 灰": ("JPEG", False, 75),
    "JPEG カラー": ("JPEG", True, 75),
    "JPEG カラー 画質 40": ("JPEG", True, 40),
    "TIFF 灰 無圧縮": ("TIFF", False, 75),
}
QR_ONLY = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


class Found(NamedTuple):
    """How many of many pages were read wrong, and how many not at all."""

    wrong: int
    unread: int


def run() -> dict[str, Any]:
    return {"rows": rows()}


def rows() -> list[dict[str, Any]]:
    """The rows of the report, for a report of the whole business too."""
    slips = _slips()
    pictures = [slips.worn(slips.slip(_number(index)), _usual(slips, index), DPI, index) for index in range(PAGES)]
    return [_code_row(pictures), *_file_rows(slips, pictures), *_many_rows(slips)]


def _slips() -> ModuleType:
    """The pictures are those of the tests."""
    spec = spec_from_file_location("azukari_slips", ROOT / "tests" / "support" / "slips.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError("tests/support/slips.py")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclass looks there for its own names
    spec.loader.exec_module(module)
    return module


def _number(index: int) -> int:
    return serials.serial(2019, list(Kind)[index % len(Kind)], 1 + index * 97)


def _usual(slips: ModuleType, index: int) -> Any:
    """Wear as of a scanner in an office: a little skewed, out of focus and noisy."""
    chance = random.Random(SEED + index)
    return slips.Wear(
        skew=chance.uniform(-2, 2),
        shift=(chance.uniform(-2, 2), chance.uniform(-2, 2)),
        noise=chance.uniform(2, 12),
        blur=chance.uniform(0, 1),
        brightness=chance.uniform(0.7, 1.2),
        upside_down=index % 20 == 0,
    )


def _bad(slips: ModuleType, index: int) -> Any:
    """Any wear, up to what nobody could read."""
    chance = random.Random(SEED + index)
    return slips.Wear(
        skew=chance.uniform(-4, 4),
        shift=(chance.uniform(-4, 4), chance.uniform(-4, 4)),
        noise=chance.uniform(0, 45),
        blur=chance.uniform(0, 3.5),
        brightness=chance.uniform(0.3, 1.6),
        stamp=chance.choice([0, 0, 0.2, 0.35, 0.5]),
        upside_down=chance.random() < 0.1,
        jpeg=chance.choice([None, 15, 40]),
    )


def _rates(works: dict[str, tuple[Callable[[], object], int]]) -> dict[str, float]:
    """Pages a CPU second of this process, each way in turns with the others; the second of each is the page count."""
    spent: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS + 1):
        for name, (work, _) in works.items():
            began = time.process_time()
            work()
            spent[name].append(time.process_time() - began)
    return {name: count / statistics.median(spent[name][1:]) for name, (_, count) in works.items()}


def _code_row(pictures: list[Image.Image]) -> dict[str, Any]:
    arrays = [np.asarray(picture) for picture in pictures]
    few = arrays[::6]
    _same(pictures, arrays)
    rates = _rates(
        {
            "ours": (lambda: [reading.in_place(picture, DPI) for picture in pictures], PAGES),
            "zxing-cpp 画像全体": (lambda: [zxingcpp.read_barcodes(array) for array in few], len(few)),
            "zxing-cpp 画像全体・QR だけ": (
                lambda: [zxingcpp.read_barcodes(array, formats=QR_ONLY) for array in arrays],
                PAGES,
            ),
        }
    )
    ours = rates.pop("ours")
    return _row("開いた画像から番号まで (300 dpi、一コア)", ours, "枚/CPU秒", rates, f"≥ {GOAL}", ours >= GOAL)


def _same(pictures: list[Image.Image], arrays: list[Any]) -> None:
    """Both must have read every page right, or the rates say nothing."""
    for index, (picture, array) in enumerate(zip(pictures, arrays, strict=True)):
        texts = {one.text for one in zxingcpp.read_barcodes(array, formats=QR_ONLY)}
        numbers = {code.serial for code in reading.in_place(picture, DPI)}
        if numbers != {_number(index)} or texts != {serials.qr_text(_number(index))}:
            raise ValueError(f"page {index} was not read: {numbers}, {texts}")


def _file_rows(slips: ModuleType, pictures: list[Image.Image]) -> Iterator[dict[str, Any]]:
    """For each kind of file: decoding it alone, then everything from its bytes to the answer, fingerprint included."""
    for name, (kind, colour, quality) in FILES.items():
        few = pictures[::4]
        files = [slips.encoded(slips.red(one) if colour else one, kind, DPI, quality) for one in few]
        rates = _rates(
            {
                "画像ファイルを開くだけ": (_opening(files), len(few)),
                "画像ファイルから番号まで": (_reading(files), len(few)),
            }
        )
        yield from (_row(f"{what}: {name}", rate, "枚/CPU秒", {}, None, None) for what, rate in rates.items())


def _opening(files: list[bytes]) -> Callable[[], object]:
    return lambda: [pages.opened(taken, grey=True) for taken in files]


def _reading(files: list[bytes]) -> Callable[[], object]:
    return lambda: [reading.read_content(taken, hashlib.sha256(taken).hexdigest()) for taken in files]


def _many_rows(slips: ModuleType) -> Iterator[dict[str, Any]]:
    """Half of the pages are worn as usual, half of them badly."""
    usual, bad = _many(slips, _usual, range(MANY // 2)), _many(slips, _bad, range(MANY // 2, MANY))
    wrong = usual.wrong + bad.wrong
    yield _row(f"番号を読み違えた: {MANY:,} 枚のうち", wrong, "枚", {}, "0", wrong == 0)
    for name, found in {"ふつうの傷み": usual, "ひどい傷み": bad}.items():
        yield _row(f"読めずに人へ回した: {name} {MANY // 2:,} 枚のうち", found.unread, "枚", {}, None, None)


def _many(slips: ModuleType, wear: Callable[[ModuleType, int], Any], indices: range) -> Found:
    """Read a page of each of so many numbers, two of three at 300 and the others at 200 dpi."""
    wrong = unread = 0
    for index in indices:
        dpi, number = (200 if index % 3 == 0 else DPI), _number(index)
        read = scans.read_page(slips.worn_near_code(number, wear(slips, index), dpi, index)).serial
        wrong += read not in {0, number}
        unread += read == 0
    return Found(wrong, unread)


def _row(
    what: str, ours: float, unit: str, peers: dict[str, float], goal: str | None, met: bool | None
) -> dict[str, Any]:
    ratio = ours / max(peers.values()) if peers else None
    return {"what": what, "ours": ours, "unit": unit, "peers": peers, "ratio": ratio, "goal": goal, "met": met}
