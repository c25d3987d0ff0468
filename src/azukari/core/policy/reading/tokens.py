"""The lines under 「個人情報の項目」 as tokens: labels, lists, なし, sentences. What a line is depends on its neighbours.

The PDF has taken many list marks away, so a bare line may be the name of a business, of a kind of person (子ども), of a
task (分析・対象者抽出), the rest of a broken word (号) or an item. The rules here look at what must follow each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from azukari.core.policy.reading import counts, lexicon
from azukari.core.policy.reading.items import is_person, looks_complete, split_top
from azukari.core.policy.reading.text import Line, tidy
from azukari.core.policy.reading.units import Unit, bare_name, name_key, same_name, strip_mark
from azukari.core.policy.types import Direction

TokenKind = Literal[
    "business", "direction", "group", "label", "row_business", "none", "note", "text", "ref", "count", "total"
]

_MARKS = r"^(?:\(?[ア-コ①-⑳\da-z]{1,2}[).、]?|[【<＜《\[(]|\(\d\))?"
_REF = re.compile(
    r"^[「『]?(?:第\d+の\d+(?:\(\d+\))?|別紙\d*|別添\d*|別表\d*|上記|前記|\d+\(\d+\)|\(\d\)).*?(?:のとおり|に同じ|と同じ|参照)。?$"
)
_SENTENCE_END = re.compile(r"(?:[るすくうつぬむぶい]|のとおり|参照|した|ます|ません|ない|こと|とする|に限る|限定)$")


@dataclass(frozen=True, slots=True)
class Token:
    """One meaning. `text` is collapsed; `lines` are the lines it stands on."""

    kind: TokenKind
    text: str
    lines: tuple[int, ...]
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class _Raw:
    """A line, perhaps already known to be a label. `kind` "text" means: not yet known."""

    kind: TokenKind
    line: Line
    text: str
    direction: Direction | None = None


def tokens(lines: Sequence[Line], businesses: Sequence[Unit]) -> list[Token]:
    """Return the tokens of an items section or of an annex."""
    raw = [each for line in _rows(lines) for each in _classify(line)]
    return _merge(_labels(_businesses(raw, businesses)))


# --- one line ---------------------------------------------------------------

_DIRECTIONS = (
    ("third", Direction.THIRD_PARTY_TO_CONTRACTOR),
    ("subject", Direction.SUBJECT_TO_CONTRACTOR),
    ("ward", Direction.WARD_TO_CONTRACTOR),
)


def _classify(line: Line) -> list[_Raw]:
    """Say what a line certainly is; a label with something behind it gives two."""
    text = line.text
    for name, direction in _DIRECTIONS:
        match = re.match(
            _MARKS + r"(?:\(?[ア-コ]\)?)?" + f"(?:{lexicon.pattern('labels', name).pattern})" + r"[】>＞》\])]?", text
        )
        if match:
            return [_Raw("direction", line, match.group(), direction), *_behind(line, text[match.end() :])]
    for name in ("old", "new"):
        match = re.match(
            _MARKS
            + f"(?:{lexicon.pattern('labels', name).pattern})"
            + r"[】>＞》\])]?(?=$|[:(なし無]|[^のをはがにへで])",
            text,
        )
        if match:
            return [_Raw("group", line, name), *_behind(line, text[match.end() :])]
    return _classify_rest(line, text)


def _classify_rest(line: Line, text: str) -> list[_Raw]:
    bare = strip_mark(text)[1] or text
    if re.fullmatch(rf"(?:{lexicon.pattern('labels', 'none').pattern})(?:\(.*\))?。?", bare):
        return [_Raw("none", line, bare)]
    if re.fullmatch(lexicon.pattern("labels", "items").pattern, bare.strip("・:()【】")):
        return []
    named = re.match(rf"(?:{lexicon.pattern('labels', 'items').pattern}):", bare)
    if named:
        behind = _behind(line, bare[named.end() :])
        return [replace(each, text=_ROW_ITEMS + each.text) if each.kind == "text" else each for each in behind]
    kind: TokenKind = "ref" if _REF.match(bare) else _count_kind(bare, line)
    return [_Raw(kind, line, text if kind == "text" else bare)]


def _count_kind(bare: str, line: Line) -> TokenKind:
    """Say whether a line is a total, a labelled count, or (as yet) just text."""
    if re.match(r"^(?:合計|総計|計)[:(約延\d]", bare) and counts.find(bare, line.no):
        return "total"
    head = re.match(lexicon.pattern("labels", "count").pattern + r"[:]?", bare)
    return "count" if head and head.end() and counts.find(bare[head.end() :], line.no) else "text"


def _behind(line: Line, rest: str) -> list[_Raw]:
    rest = rest.lstrip(":、】>＞》 ")
    if not rest or re.fullmatch(r"\((?:見込み?|予定)\)", rest):
        return []
    return _classify(replace(line, text=rest, cells=(), bullet=False, gap=True))


# --- tables ------------------------------------------------------------------


def _rows(lines: Sequence[Line]) -> list[Line]:
    """Turn rows of tables into lines: the label of a row, then what it says."""
    out: list[Line] = []
    head: list[str] = []
    for line in lines:
        if not line.row:
            keeps = head and line.cells
            out.append(replace(line, bullet=False) if keeps else line)
            head = head if keeps else []
            continue
        columns = [_column(cell) for cell in line.cells]
        if _is_table_head(columns):
            head = columns
            continue
        out.extend(_cells_as_lines(line, head))
    return out


def _column(cell: str) -> str:
    bare = re.sub(r"\([^()]*\)", "", cell)
    for name in ("old", "new", "items", "count"):
        if re.fullmatch(lexicon.pattern("labels", name).pattern, bare):
            return name
    for name in ("heads_business", "heads_subject"):
        if bare in lexicon.words("labels", name):
            return name.removeprefix("heads_")
    return "direction:" + cell if _classify_is_direction(cell) else ""


def _classify_is_direction(cell: str) -> bool:
    return any(re.match(_MARKS + f"(?:{lexicon.pattern('labels', name).pattern})", cell) for name, _ in _DIRECTIONS)


def _is_table_head(columns: list[str]) -> bool:
    return (
        len(columns) > 1
        and all(columns)
        and any(c in ("business", "subject", "items") for c in columns)
        and columns[0] not in ("items", "count")
    )


# What a cell of a table is, is certain; the rest of this module must not guess about it again.
_ROW_LABEL, _ROW_BUSINESS, _ROW_ITEMS = "\x02", "\x03", "\x04"


def _cells_as_lines(line: Line, head: list[str]) -> list[Line]:
    """One line for each cell. Lines of a label column carry a mark, so that they are never taken for items."""
    if len(head) == len(line.cells):
        return [made for column, cell in zip(head, line.cells, strict=True) for made in _under(column, cell, line)]
    first, rest = line.cells[0], "、".join(line.cells[1:])
    bare = strip_mark(first)[1].strip(":")
    if re.fullmatch(lexicon.pattern("labels", "items").pattern, bare):
        return [Line(line.no, _ROW_ITEMS + rest, gap=True)]
    if re.fullmatch(lexicon.pattern("labels", "count").pattern, bare):
        return [Line(line.no, f"件数:{rest}", gap=True)]
    if _classify_is_direction(first) or _column(first) in ("old", "new"):
        return [Line(line.no, f"{first}:{rest}", gap=True)]
    return [Line(line.no, _ROW_LABEL + first, gap=True), Line(line.no, rest, gap=True)]


def _under(column: str, cell: str, line: Line) -> list[Line]:
    made = {
        "business": f"{_ROW_BUSINESS}{cell}",
        "subject": f"{_ROW_LABEL}{cell}",
        "old": f"従来の項目:{cell}",
        "new": f"新たな項目:{cell}",
        "count": f"件数:{cell}",
    }.get(column, f"{column.removeprefix('direction:')}:{cell}" if column.startswith("direction:") else cell)
    return [Line(line.no, made, gap=True)]


# --- businesses and labels ----------------------------------------------------


def _businesses(raw: list[_Raw], businesses: Sequence[Unit]) -> list[_Raw]:
    """Find the lines that are names of businesses, also over several lines."""
    out: list[_Raw] = []
    at = 0
    while at < len(raw):
        used = _business_run(raw, at, businesses)
        if used:
            text = "".join(each.text for each in raw[at : at + used])
            out.append(replace(raw[at], kind="business", text=text))
            at += used
            while (
                at < len(raw)
                and raw[at].kind == "text"
                and re.fullmatch(r"\([^()]+\)", raw[at].text)
                and _is_note(raw[at].text)
            ):
                at += 1
            continue
        out.append(raw[at])
        at += 1
    return out


def _is_note(text: str) -> bool:
    return text.strip("()") in lexicon.words("labels", "notes")


def _business_run(raw: list[_Raw], at: int, businesses: Sequence[Unit]) -> int:
    for used in (1, 2, 3):
        run = raw[at : at + used]
        if len(run) < used or any(each.kind != "text" or not name_key(each.text) for each in run):
            return 0
        text = "".join(each.text for each in run).strip(_ROW_LABEL).rstrip(":")
        if any(same_name(text, name) for unit in businesses for name in unit.names):
            return used
    return 0


_ORDER = {Direction.WARD_TO_CONTRACTOR: 1, Direction.SUBJECT_TO_CONTRACTOR: 2, Direction.THIRD_PARTY_TO_CONTRACTOR: 3}


def _labels(raw: list[_Raw]) -> list[_Raw]:
    """Tell labels from items among the lines whose meaning is still open."""
    out: list[_Raw] = []
    seen = _Seen()
    for at, each in enumerate(raw):
        if each.kind == "none" and not each.line.gap and _continues(each, out[-1] if out else None):
            out.append(replace(each, kind="text"))  # 「…の有｜無」: the rest of a broken word, not an answer.
            continue
        seen.take(each)
        out.extend([each] if each.kind != "text" else _open_line(raw, at, out, seen))
    return out


@dataclass
class _Seen:
    """What came last: the order of the direction within its business, and 従来 or 新たな within the direction."""

    direction: int = 0
    group: str = ""

    def take(self, each: _Raw) -> None:
        if each.kind == "business":
            self.direction, self.group = 0, ""
        elif each.kind == "direction" and each.direction:
            self.direction, self.group = _ORDER[each.direction], ""
        elif each.kind == "group":
            self.group = each.text


def _open_line(raw: list[_Raw], at: int, before: list[_Raw], seen: _Seen) -> list[_Raw]:
    each = raw[at]
    if each.text.startswith(_ROW_ITEMS):
        return [replace(each, text=each.text.strip(_ROW_ITEMS))]
    if each.text.startswith(_ROW_LABEL):
        return [replace(each, kind="label", text=each.text.strip(_ROW_LABEL))]
    if each.text.startswith(_ROW_BUSINESS):
        return [replace(each, kind="row_business", text=each.text.strip(_ROW_BUSINESS))]
    head, colon, rest = each.text.partition(":")
    if colon and rest and _inline_label(head):
        return [replace(each, kind="label", text=head), *_behind_label(each.line, rest)]
    if colon and not rest:
        return [replace(each, kind="label", text=head)]
    return [replace(each, kind="label")] if _is_label(raw, at, before, seen) else [each]


def _inline_label(head: str) -> bool:
    return "、" not in head and "。" not in head and head.count("(") == head.count(")") and len(head) <= 40


def _behind_label(line: Line, rest: str) -> list[_Raw]:
    return [
        _Raw(each.kind, each.line, each.text, each.direction)
        for each in _classify(replace(line, text=rest, cells=(), bullet=False, gap=True))
    ]


def _is_label(raw: list[_Raw], at: int, before: list[_Raw], seen: _Seen) -> bool:
    each, following = raw[at], raw[at + 1] if at + 1 < len(raw) else None
    previous = before[-1] if before else None
    if following is None or "。" in each.text or len(each.text) > 80 or _continues(each, previous):
        return False
    if following.text.startswith(_ROW_ITEMS):
        return True
    if following.kind != "direction" and "、" in each.text and not _names_work(each.text):
        return False
    if following.kind in _TAKES_NO_LABEL_AFTER:
        above = previous.kind if previous else ""
        return above not in _TAKES_NO_LABEL_AFTER[following.kind] and _begins(following, seen)
    return following.kind == "none" or _heads_a_list(each, following, previous)


# What must not stand right above a label: there the line is the content that was due.
_TAKES_NO_LABEL_AFTER: Mapping[TokenKind, tuple[TokenKind, ...]] = {
    "direction": ("direction", "group", "label"),
    "group": ("group", "label"),
    "count": ("group", "label", "text", "direction"),
}


def _begins(following: _Raw, seen: _Seen) -> bool:
    """Whether what follows begins anew (ア after ウ, 従来 after 新たな) rather than going on (イ after ア)."""
    if following.direction:
        return _ORDER[following.direction] <= seen.direction or seen.direction == 0
    return not (following.kind == "group" and following.text == "new" and seen.group == "old")


def _names_work(text: str) -> bool:
    return bare_name(text).endswith(lexicon.listed("labels", "business_endings"))


def _heads_a_list(each: _Raw, following: _Raw, previous: _Raw | None) -> bool:
    """A line without 、 above a list: a kind of person, or set apart by a mark or blank lines on both sides."""
    listish = following.kind in ("text", "ref") and not following.line.bullet
    person = is_person(tidy(strip_mark(each.text)[1]))
    if listish and person and each.line.gap and following.line.gap:
        return "、" in following.text or not is_person(tidy(following.text))
    if not listish or (following.kind == "text" and "、" not in following.text):
        return False
    if person:
        return True
    set_apart = each.line.gap or each.line.bullet or bool(strip_mark(each.text)[0]) or each.text[:1] in ".:"
    starts_anew = previous is None or previous.kind != "text" or looks_complete(previous.text)
    return set_apart and starts_anew and following.line.gap and not looks_complete(each.text)


def _continues(each: _Raw, previous: _Raw | None) -> bool:
    """Whether a line goes on with the line above it: the list is not at an end, or a word is broken."""
    if previous is None or previous.kind != "text" or previous.text.endswith("。"):
        return False
    if previous.text.endswith(("、", "及び", "並びに", "・")) or previous.text.count("(") > previous.text.count(")"):
        return True
    fresh = each.line.gap or each.line.bullet or bool(strip_mark(each.text)[0]) or each.text[:1] in ".:"
    return not fresh and not looks_complete(previous.text) and not is_person(tidy(each.text))


# --- lists and sentences --------------------------------------------------------


def _merge(raw: list[_Raw]) -> list[Token]:
    """Join the lines of one list, and cut sentences out of it."""
    out: list[Token] = []
    run: list[_Raw] = []
    for each in raw:
        if each.kind == "text":
            run.append(each)
            continue
        out.extend(_cut(run))
        run = []
        out.append(Token(each.kind, each.text, (each.line.no,), each.direction))
    out.extend(_cut(run))
    return out


def _cut(run: list[_Raw]) -> list[Token]:
    tokens_: list[Token] = []
    text = ""
    numbers: list[int] = []
    for at, each in enumerate(run):
        if text and _new_start(text, each):
            tokens_.extend(_sentences(text, numbers))
            text, numbers = "", []
        elif text and _next_member(text, each, run[at - 1]):
            text += "、"
        text += strip_mark(each.text)[1] or each.text
        numbers = [*numbers, each.line.no]
    return tokens_ + _sentences(text, numbers) if text else tokens_


def _new_start(text: str, each: _Raw) -> bool:
    """Whether a line begins a sentence of its own under a list."""
    if text.endswith("。"):
        return True
    if text.endswith(("、", "及び", "並びに", "・")) or re.match(r"[をにはがのとでへもやか、）)]", each.text):
        return False
    starts = each.text.startswith(lexicon.listed("labels", "sentence_starts")) or "。" in each.text
    return starts and (looks_complete(text) or each.line.gap)


def _next_member(text: str, each: _Raw, above: _Raw) -> bool:
    if text.endswith(("、", "及び", "並びに", "・")) or each.text.startswith(("、", "及び", "並びに", ")")):
        return False
    if each.line.bullet or strip_mark(each.text)[0]:
        return True
    return looks_complete(text) and (each.line.gap or len(above.text) < 25)


def _sentences(text: str, numbers: list[int]) -> list[Token]:
    out: list[Token] = []
    pieces = split_top(text, "。")
    for index, piece in enumerate(pieces):
        if not piece:
            continue
        closed = index < len(pieces) - 1
        kind: TokenKind = "note" if closed and _SENTENCE_END.search(piece) else "text"
        if not closed and re.match(r"^(?:※|注)", piece):
            kind = "note"
        out.append(Token(kind, piece, tuple(numbers)))
    return out
