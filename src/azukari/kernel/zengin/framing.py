"""Where the records of a file begin and end, before anybody asks what is in them.

Records follow one another without anything between, or each ends in CR LF; both are usual, and a bank asks for one of
them. An end-of-file mark (0x1A) behind the last is passed over and told. Source [S]: 群馬銀行「全銀協制定ファイルフォーマット
【総合振込】」 (120 bytes, 122 with CR LF), 宮崎銀行「口座振替ファイル」 (CR alone or LF alone is refused).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from azukari.kernel.zengin.records import LENGTH
from azukari.kernel.zengin.types import Finding, Level

EOF_MARK = b"\x1a"
_BREAKS = {b"\r\n": "CR LF", b"\n": "LF", b"\r": "CR"}
_FIRST_MULTIBYTE = 0xE0
_EBCDIC_ONE = b"\xf1"
_FILE = "ファイル"


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two borders: `number` from 1, `offset` of its first byte in the file from 0."""

    number: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Framing:
    """A file cut into pieces, with what was wrong with the cutting.

    `line_ends`: records end in CR LF (or in what somebody made of it). `is_uneven`: nothing stands between the records
    and the length is no multiple of 120, so behind the bad record no border is certain.
    """

    pieces: tuple[Piece, ...]
    findings: tuple[Finding, ...]
    line_ends: bool = False
    is_uneven: bool = False


def frame(data: bytes) -> Framing:
    """Cut a file into its records. A file in another encoding has no pieces, and one finding that says so."""
    body = data.rstrip(EOF_MARK)
    if foreign := _foreign(body):
        return Framing((), (foreign,))
    notes = [] if body == data else [_note(len(body), "終わりの印 (0x1A) があります。", "読み飛ばしました。")]
    mark = next((mark for mark in _BREAKS if mark in body), None)
    if mark is None:
        notes += _remainder(body)
        return Framing(tuple(_blocks(body)), tuple(notes), is_uneven=len(body) % LENGTH > 0)
    notes += _line_end_notes(body, mark)
    return Framing(tuple(_lines(body, mark)), tuple(notes), line_ends=True)


def _foreign(body: bytes) -> Finding | None:
    """Why these bytes are no such file at all."""
    if not body:
        return _error(0, "空のファイルです。", "レコードがありません。")
    if body.startswith(_EBCDIC_ONE):
        return _error(0, "EBCDIC で書かれています。", "JIS (コード区分 0) だけを扱います。")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_utf8(body):
        return _error(
            0, "Unicode で書かれています。", "半角カナが1バイトの文字コード (シフトJIS) で書き出してください。"
        )
    return None


def _is_utf8(body: bytes) -> bool:
    # No character of JIS X 0201 has these bytes, and every kana of UTF-8 begins with one.
    if max(body) < _FIRST_MULTIBYTE:
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _remainder(body: bytes) -> Iterator[Finding]:
    rest = len(body) % LENGTH
    if rest:
        what = f"長さ {len(body)} バイトは {LENGTH} の倍数ではありません (余り {rest})。"
        yield _error(len(body) - rest, what, "改行のないファイルです。長さの違うレコードがあります。")


def _line_end_notes(body: bytes, mark: bytes) -> Iterator[Finding]:
    if mark != b"\r\n":
        yield _error(body.index(mark), f"改行が {_BREAKS[mark]} だけです。", "改行を付けるなら CR LF です。")
    if not body.endswith(mark):
        yield _note(len(body), "最後のレコードのあとに改行がありません。", "ほかのレコードには改行があります。")


def _blocks(body: bytes) -> Iterator[Piece]:
    for number, offset in enumerate(range(0, len(body), LENGTH), 1):
        yield Piece(number, offset, body[offset : offset + LENGTH])


def _lines(body: bytes, mark: bytes) -> Iterator[Piece]:
    offset = 0
    for number, line in enumerate(body.removesuffix(mark).split(mark), 1):
        yield Piece(number, offset, line)
        offset += len(line) + len(mark)


def _error(offset: int, what: str, why: str) -> Finding:
    return Finding(0, offset, 0, _FILE, what, why)


def _note(offset: int, what: str, why: str) -> Finding:
    return Finding(0, offset, 0, _FILE, what, why, Level.NOTE)
