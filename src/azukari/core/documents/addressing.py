"""The part of a letter that shows through the window: postcode, address, name, the sheet's code and the カスタマバーコード.

Everything is laid out here, in millimetres on the paper, so that a template only sets it: type gets smaller and lines
are parted until all of it fits, and what does not fit at the smallest size is refused. Nothing is ever cut. Plain Python.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from azukari.core.documents import codes, postal
from azukari.core.documents.codes import Mark
from azukari.core.documents.envelopes import Box, Envelope, require_seen
from azukari.core.documents.glyphs import width
from azukari.kernel.errors import BadInput

SMALLEST: Final = 2.4  # mm, 6.8 points
SIZES: Final = tuple(size / 10 for size in range(36, round(10 * SMALLEST) - 1, -1))
NAME: Final = 1.25  # how much larger a name is set
PITCH: Final = 1.32  # from baseline to baseline, in sizes
ASCENT, DESCENT = 0.88, 0.12  # what a line takes above and below its baseline, in sizes
CODE: Final = 13.0  # mm, the sheet's code in the window
GAP: Final = 1.0
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_SPACES: Final = re.compile("(?<=[ \u3000])")
# Stands for the space before 様 while lines are parted, so that 様 never begins one; it is as wide.
_GLUE: Final = "\u00a0\u00a0"
_ONE: Final = r".[\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*(?:\u00a0\u00a0様)?"
_RUN: Final = re.compile(
    r"(?:[0-9０-９]+(?:[-－‐−]|丁目|番地?|号室?|階|室|棟|の)*)+|[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]+"
    rf"|{_ONE}",
    re.DOTALL,
)
_ANY: Final = re.compile(_ONE, re.DOTALL)


class Word(NamedTuple):
    """A line of text: left end and baseline, the width it is aligned in, its size, all in millimetres."""

    left: float
    baseline: float
    width: float
    size: float
    text: str
    bold: bool = False
    align: Literal["left", "center", "right"] = "left"


class Placed(NamedTuple):
    """A code and its upper left corner in mm."""

    left: float
    top: float
    mark: Mark


@dataclass(frozen=True, slots=True)
class Block:
    """What shows through the window. `note` says why there is no カスタマバーコード; it is empty when there is one."""

    words: tuple[Word, ...]
    codes: tuple[Placed, ...]
    note: str


def address_block(address: str, name: str, sheet: str, envelope: Envelope) -> Block:
    """Lay out an address with its postcode, a name, and a sheet's code (the text of its QR) for the window of an envelope.

    Lines of the address may be parted by line feeds. An address without a number is set without a barcode, and `note`
    says so. Raises BadInput for an address without a postcode, for what cannot be seen, and for what does not fit.
    """
    for text in (address, name):
        require_visible(text, lines=text is address)
    zone = envelope.zone
    postcode, rest = postal.split(address)
    bars, note = _bars(postcode, rest, zone)
    code = Mark("qr", sheet, CODE)
    placed = [Placed(zone.right - code.quiet - CODE, zone.top + code.quiet, code)]
    below = zone.bottom
    if bars:
        top = zone.bottom - bars.quiet - bars.room[1]
        placed.append(Placed(zone.left + bars.quiet, top, bars))
        below = top - bars.quiet
    space = Box(zone.left + GAP, zone.top + GAP, zone.width - 2 * (GAP + code.quiet) - CODE, below - zone.top - GAP)
    block = Block(tuple(_words(f"〒{postcode[:3]}-{postcode[3:]}\n{rest}", name, space, envelope)), tuple(placed), note)
    require_seen(envelope.code, parts(block))
    return block


def parts(block: Block) -> dict[str, Box]:
    """Every part of a block with the room it needs, quiet zones included."""
    named = {f"「{word.text}」": _room(word) for word in block.words}
    for left, top, mark in block.codes:
        (wide, high), quiet = mark.room, mark.quiet
        named[f"{mark.kind}のコード"] = Box(left - quiet, top - quiet, wide + 2 * quiet, high + 2 * quiet)
    return named


def require_visible(text: str, *, lines: bool = False) -> None:
    """Raise BadInput for a text that is empty or holds what cannot be seen: control characters, bidi marks, soft hyphens.

    `lines` allows line feeds, and no other way of ending a line.
    """
    hidden = [one for one in text if unicodedata.category(one) in _UNSEEN and not (lines and one == "\n")]
    if hidden or not text.strip():
        found = f"見えない文字（U+{ord(hidden[0]):04X}）" if hidden else "何も書かれていないところ"
        raise BadInput(
            f"「{''.join(one for one in text if one not in hidden)}」に、{found}があります。",
            "そのまま印刷すると、書かれているものと違って見えます。",
            "元の資料を確かめて、入れ直してください。",
        )


def fitted(text: str, size: float, room: float, height: float) -> tuple[float, list[str]] | None:
    """A text as lines in `room` × `height` mm, and their size: at most `size`, as large as fits; None if nothing does.

    Parted at spaces where that keeps four fifths of the size, else anywhere; line feeds part it always.
    """
    for smallest, part in ((max(0.8 * size, SMALLEST), _at_spaces), (SMALLEST, parted), (SMALLEST, broken)):
        one = size
        while one >= smallest:
            lines = [line for given in text.splitlines() for line in part(given, one, room)]
            if height_of(len(lines), one) <= height and all(width(line) * one <= room for line in lines):
                return one, lines
            one = round(one - 0.1, 1)
    return None


def height_of(lines: int, size: float) -> float:
    """How high so many lines of a size are, in mm, from the top of the first to the bottom of the last."""
    return ((lines - 1) * PITCH + ASCENT + DESCENT) * size


def parted(text: str, size: float, room: float) -> list[str]:
    """A text in lines of at most `room` mm at a size in mm, parted anywhere.

    Numbers with their 番 and 号, and words of letters, are kept together as long as a line holds them.
    """
    return _filled(_RUN.findall(text), size, room)


def broken(text: str, size: float, room: float) -> list[str]:
    """The same, parted after any character: for what has no better place."""
    return _filled(_ANY.findall(text), size, room)


def _at_spaces(text: str, size: float, room: float) -> list[str]:
    """The same, parted at spaces only; a line may then be too long."""
    return _filled(_pieces(text), size, room)


@lru_cache(maxsize=64)
def _pieces(text: str) -> tuple[str, ...]:
    return tuple(one for one in _SPACES.split(text) if one)


def _filled(pieces: Sequence[str], size: float, room: float) -> list[str]:
    """Pieces put together to lines as long as they fit; one too long stands alone."""
    lines = [""]
    for piece in pieces:
        if lines[-1] and width((lines[-1] + piece).rstrip(" \u3000")) * size > room:
            lines.append("")
        lines[-1] += piece
    return [line.strip(" \u3000") for line in lines if line.strip(" \u3000")]


def _words(address: str, name: str, space: Box, envelope: Envelope) -> list[Word]:
    for size, part in _WAYS:
        words = list(_set(address, name, size, part, space))
        if words[-1].baseline + DESCENT * words[-1].size <= space.bottom and all(
            width(word.text) * word.size <= space.width for word in words
        ):
            return words
    raise BadInput(
        f"「{name}」の宛名が、封筒「{envelope.name}」の窓に収まりません。",
        f"最も小さい文字（{SIZES[-1]} mm）でも、住所と氏名がすべては見えません。",
        "窓の大きい封筒を選ぶか、住所の書き方を本人に確かめてください。",
    )


def _set(address: str, name: str, size: float, part: _Part, space: Box) -> Iterator[Word]:
    """Address, in the lines it is given in, and name at one size, one below the other."""
    baseline = space.top + (ASCENT - PITCH) * size
    for line in (line for given in address.splitlines() for line in part(given, size, space.width)):
        baseline += PITCH * size
        yield Word(space.left, baseline, space.width, size, line)
    baseline += 0.3 * size
    for line in part(f"{name.strip()}{_GLUE}様", NAME * size, space.width):
        baseline += PITCH * NAME * size
        yield Word(space.left, baseline, space.width, NAME * size, line.replace(_GLUE, "\u3000"))


_Part = Callable[[str, float, float], list[str]]
# A little smaller and parted where its writer parted it is read more easily than large and parted anywhere.
_WAYS: Final[Sequence[tuple[float, _Part]]] = (
    *((size, _at_spaces) for size in SIZES if size >= 3.0),
    *((size, parted) for size in SIZES),
    *((size, broken) for size in SIZES),
)


def _bars(postcode: str, rest: str, zone: Box) -> tuple[Mark | None, str]:
    """The barcode as large as the zone allows, or why there is none."""
    smallest, largest = codes.POSTAL_SIZES
    size = min(10.0, largest, (zone.width - 2 * codes.POSTAL_QUIET) / codes.postal_width(1.0))
    if size < smallest:
        return None, "窓が狭く、カスタマバーコードを印字できません。"
    try:
        return Mark("postal", postcode + postal.display_number(postcode, rest), size), ""
    except BadInput as error:
        return None, f"{error.what}{error.why}"


def _room(word: Word) -> Box:
    return Box(
        word.left, word.baseline - ASCENT * word.size, width(word.text) * word.size, (ASCENT + DESCENT) * word.size
    )
