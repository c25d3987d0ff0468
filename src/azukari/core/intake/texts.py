"""CSV as rows of text, each with the line it begins on. A file cut in half, in any place, is found out."""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple, NoReturn

from azukari.kernel.errors import BadInput

ROWS = 1 << 10
_BLOCK = 1 << 20
_HOW = "表計算の「名前を付けて保存」で「CSV UTF-8 (コンマ区切り)」を選んで保存し直してもらってください。"
_SEND_AGAIN = "もう一度書き出して、送り直してもらってください。"
CUT = BadInput("最後の行が改行で終わっていません。", "途中で切れたファイルと区別できません。", _SEND_AGAIN)
_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 (BOM 付き)", "cp932": "CP932 (Shift_JIS)"}


class Block(NamedTuple):
    """Some rows, and the line of the file (from 1) each begins on."""

    lines: list[int]
    rows: list[list[str]]


class BadLine(Exception):
    """What is wrong, on which line."""

    def __init__(self, error: BadInput, line: int | None) -> None:
        super().__init__(error.what)
        self.error = error
        self.line = line


def encoding_of(data: bytes) -> str:
    """The codec to read the file with. Raises BadLine for NUL, UTF-16, JIS, and bytes that are no text."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise BadLine(BadInput("文字コードが UTF-16 です。", "「Unicode テキスト」で保存されています。", _HOW), None)
    if b"\0" in data:
        why = "CSV にはない文字 (NUL) です。文字コードが UTF-16 か、壊れています。"
        _bad_at(data, data.index(b"\0"), BadInput("文字でないものがあります。", why, _HOW))
    if b"\x1b$" in data or b"\x1b(" in data:
        raise BadLine(BadInput("文字コードが JIS (ISO-2022-JP) です。", "UTF-8 か Shift_JIS を読みます。", _HOW), None)
    fault = _fault(data, "utf-8")
    if fault is None:
        return "utf-8-sig" if data.startswith(BOM_UTF8) else "utf-8"
    if fault[1]:
        raise BadLine(
            BadInput("最後の文字が途中で切れています。", "UTF-8 の文字の半分で終わっています。", _SEND_AGAIN), None
        )
    if data.startswith(BOM_UTF8):
        _bad_at(
            data, fault[0], BadInput("UTF-8 として読めません。", "UTF-8 の印があるのに、違う文字があります。", _HOW)
        )
    if (other := _fault(data, "cp932")) is not None:
        why = "UTF-8 としても Shift_JIS としても読めません。"
        _bad_at(data, max(fault[0], other[0]), BadInput("文字コードが分かりません。", why, _HOW))
    return "cp932"


def name_of(encoding: str) -> str:
    """The codec in people's words."""
    return _NAMES[encoding]


def _bad_at(data: bytes, place: int, error: BadInput) -> NoReturn:
    raise BadLine(error, data.count(b"\n", 0, place) + 1)


def _fault(data: bytes, codec: str) -> tuple[int, bool] | None:
    """The first place that is not of the codec, and whether it is just a character cut off at the very end."""
    decoder = getincrementaldecoder(codec)()
    for start in range(0, len(data), _BLOCK):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(data[start : start + _BLOCK], start + _BLOCK >= len(data))
        except UnicodeDecodeError as error:
            return start - pending + error.start, error.reason == "unexpected end of data"
    return None


def blocks(data: bytes, encoding: str) -> Iterator[Block]:
    """The rows, 1,024 at a time, which a processor's cache can hold. Raises BadLine where the quotes are wrong, and when the last line does not end."""
    # As a stream, so that a million lines are never all text at once.
    text = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    reader = csv.reader(text, strict=True)
    ended = 0
    while True:
        lines: list[int] = []
        rows: list[list[str]] = []
        try:
            for row in islice(reader, ROWS):
                rows.append(row)
                lines.append(ended + 1)
                ended = reader.line_num
        except csv.Error as error:
            raise BadLine(_quotes(str(error)), ended + 1) from error
        if not rows:
            break
        yield Block(lines, rows)
    if not data.endswith((b"\n", b"\r")):
        raise BadLine(CUT, lines[-1] if lines else ended)


def _quotes(message: str) -> BadInput:
    if "field larger" in message or "unexpected end" in message:
        return BadInput(
            '引用符「"」が閉じていません。',
            "この行から先の区切りが決まりません。途中で切れているかもしれません。",
            _SEND_AGAIN,
        )
    return BadInput(
        '引用符「"」の使い方が正しくありません。',
        "閉じたあとに文字が続いています。",
        "この行を直すか、書き出し直してもらってください。",
    )
