"""The bytes of a council paper, as lines that can be compared.

Papers come out of a PDF: letter-spaced (「平 成 3 1 年」), with half- and full-width forms mixed. Everything downstream looks
at `Line.text`, where spaces between Japanese letters are gone and ASCII is half-width; `tidy` is how a value leaves.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from azukari.kernel.errors import BadInput

_FULL_TO_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# 、 and ～ stand for themselves; other brackets are round ones in effect; 处 is a Chinese form that OCR writes for 処.
_ALIKE = {
    "～": "～", "〜": "～", "〔": "(", "〕": ")", "［": "(", "］": ")", "⦅": "(", "⦆": ")", "﹙": "(", "﹚": ")",
    "\u3000": " ", "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ", "\u200b": "", "\ufeff": "", "\x0c": "",
    "\u2010": "-", "\u2011": "-", "\u2212": "-", "\u2013": "-", "∕": "/", "处": "処",
}  # fmt: skip
_TABLE = str.maketrans({**{chr(k): chr(v) for k, v in _FULL_TO_HALF.items()}, **_ALIKE})
_COMPAT = re.compile("[\uff61-\uff9f\u2f00-\u2fdf]+")
_SPLIT_KANA = re.compile("[\u3041-\u30ff][\u3099\u309a]")
_SPACES = re.compile(
    r"(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f])|(?<=\d) +(?=\d)|(?<=[()/,:.|]) +| +(?=[()/,:.|])|(?<=\d) +(?=[-~])|(?<=[-~]) +(?=\d)"
)
_SPACED_ASCII = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9](?: [A-Za-z0-9])+(?![A-Za-z0-9])")
_BULLET = re.compile(r"^(?:(?:[-*+•●○◎■□◆◇▪・#]|\*\*)\s*)+(?=[^\s-])")
_PAGE = re.compile(r"^(?:-\s*\d{1,3}\s*-|\d{1,3}(?:/\d{1,3})?|P\.?\d{1,3})$")
_RULE = re.compile(r"^[|\s:=_-]+$")
_COMMA = re.compile(r"(?<!\d),|,(?!\d{3})")


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `no` counts from 1 in the file; `cells` has two or more entries when the line is a row of a table."""

    no: int
    text: str
    cells: tuple[str, ...] = ()
    bullet: bool = False
    gap: bool = False

    @property
    def row(self) -> bool:
        """Whether the line is a row of a table."""
        return len(self.cells) > 1


def decode(data: bytes, file: str) -> str:
    """Return the text of a paper.

    Raises `BadInput` for an empty file, another encoding than UTF-8, or bytes that are no text. A paper in Shift_JIS is
    not decoded here on purpose: cp932 and Shift_JIS differ in letters that stand in names, and a person should convert it.
    """
    if not data.strip():
        raise BadInput(
            f"{file} は空です", "読み取る諮問書がありません", "諮問書のテキストが入ったファイルを指定してください"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_utf8(data, file, error) from error
    if "\x00" in text:
        raise BadInput(
            f"{file} は文章のファイルではありません",
            "文字ではないデータ（NUL）が含まれています",
            "PDF等からテキストに変換してから指定してください",
        )
    return text


def _not_utf8(data: bytes, file: str, error: UnicodeDecodeError) -> BadInput:
    line = data.count(b"\n", 0, error.start) + 1
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _convert(file, "UTF-16", line)
    for name, label in (("cp932", "Shift_JIS（cp932）"), ("euc_jp", "EUC-JP")):
        if _looks_japanese(data, name):
            return _convert(file, label, line, name)
    why = f"{line}行目（{error.start + 1}バイト目）が UTF-8 の文字ではありません"
    return BadInput(
        f"{file} を文字として読めません", why, "UTF-8 のテキストに変換し直してから、もう一度実行してください"
    )


def _convert(file: str, label: str, line: int, codec: str = "UTF-16") -> BadInput:
    why = f"{line}行目から UTF-8 ではありません。文字を取り違えるおそれがあるため、自動では変換しません"
    how = f"iconv -f {codec.upper().replace('_', '-')} -t UTF-8 {file} > utf8.txt のように UTF-8 に変換してから、そのファイルを指定してください"
    return BadInput(f"{file} は {label} で書かれています", why, how)


def _looks_japanese(data: bytes, codec: str) -> bool:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return False
    letters = [c for c in text if not c.isspace()]
    half_kana = sum("\uff61" <= c <= "\uff9f" for c in letters)
    return bool(letters) and half_kana * 3 < len(letters)


def fold(text: str) -> str:
    """Half-width ASCII, full-width katakana, one kind of bracket; spaces kept."""
    text = _COMPAT.sub(lambda m: unicodedata.normalize("NFKC", m.group()), text)
    # Only kana are composed: NFC would also replace the compatibility ideographs that names are written with.
    text = _SPLIT_KANA.sub(lambda m: unicodedata.normalize("NFC", m.group()), text)
    return text.translate(_TABLE)


def collapse(text: str) -> str:
    """Take out the spaces that stand between letters for looks only."""
    text = re.sub(r"\s+", " ", fold(text)).strip()
    text = _SPACED_ASCII.sub(lambda m: m.group().replace(" ", ""), text)
    return _COMMA.sub("、", _SPACES.sub("", text)) if not text.isascii() else text


def tidy(text: str) -> str:
    """Return a value as it leaves the reader: no stray spaces, round brackets full-width, ASCII letters half-width."""
    return collapse(text).translate(str.maketrans("()", "（）")).strip("　 ")


def key(text: str) -> str:
    """Return what two spellings of one name have in common."""
    return re.sub(r"[\s「」『』・、。:.\-()（）]", "", collapse(text)).casefold()


def lines_of(text: str) -> list[Line]:
    """Return the lines that say something. Page numbers and rules of tables are dropped; `gap` marks a blank line before."""
    found: list[Line] = []
    gap = True
    for no, raw in enumerate(text.split("\n"), start=1):
        line = _line(no, raw.rstrip("\r"), gap)
        if line is None:
            gap = True
            continue
        found.append(line)
        gap = False
    return found


def _line(no: int, raw: str, gap: bool) -> Line | None:
    folded = fold(raw).strip(" ")
    if not folded.strip() or _PAGE.match(folded.strip()) or _RULE.match(folded):
        return None
    bare = _BULLET.sub("", folded.strip())
    cells = _cells(bare)
    text = "".join(cells) if cells else collapse(bare.replace("**", ""))
    if not text:
        return None
    return Line(no, text, cells, bullet=bare != folded.strip(), gap=gap)


# A row whose tab was turned into spaces: 「項目　氏名、住所」, 「寄附者    氏名、住所」.
_SPACE_ROW = re.compile(r"^((?:個人情報の)?項目|件数(?= *約? *\d)|[^、。]{2,40}?(?= {3}))(?: +)(.*(?:、|\d).*)$")


def _cells(folded: str) -> tuple[str, ...]:
    if folded.startswith("|"):
        parts = folded.strip("|").split("|")
    elif "\t" in folded:
        parts = folded.split("\t")
    elif match := _SPACE_ROW.match(folded):
        parts = list(match.groups())
    else:
        return ()
    cells = [collapse(_BULLET.sub("", part.strip())) for part in parts]
    cells = [cell for cell in cells if cell]
    return _join_mark(cells) if cells else ()


def _join_mark(cells: list[str]) -> tuple[str, ...]:
    """A cell that is only a list mark belongs to the next one."""
    if len(cells) > 1 and re.fullmatch(r"\(?(?:[ア-ン]|\d{1,2}|[①-⑳])[).、]?", cells[0]):
        return (cells[0] + cells[1], *cells[2:])
    return tuple(cells)
