"""The headings of a paper: 13 for 委託, 7 for 新項目の記録, 9 for 回線結合, in one part or in several (第1, 第2 …)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from azukari.core.policy.reading.text import Line
from azukari.core.policy.types import Kind
from azukari.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class Heading:
    """One expected heading: its number, its name as the council writes it, and the pattern that knows it."""

    number: int
    role: str
    name: str
    pattern: re.Pattern[str]


def _heading(number: int, role: str, name: str, pattern: str = "") -> Heading:
    return Heading(number, role, name, re.compile(pattern or re.escape(name)))


_ITEMS = r"(?:取り?扱う|利用する|提供する)?個人情報の(?:記録)?項目(?:及び件数|と件数|、件数)?"
_PURPOSE = _heading(3, "purpose", "諮問の趣旨", r"(?:諮問|報告)の(?:趣旨|理由|目的)")
_SUBJECTS = _heading(4, "subjects", "対象となる個人の範囲", r"(?:対象となる|対象の|対象)個人の範囲")

HEADINGS: Mapping[Kind, tuple[Heading, ...]] = {
    Kind.CONTRACT: (
        _heading(1, "matter", "委託の件名", r"(?:業務)?委託の件名"),
        _heading(2, "content", "委託の内容", r"委託の(?:内容|概要)"),
        _PURPOSE,
        _SUBJECTS,
        _heading(5, "items", "委託で取り扱う個人情報の項目及び件数", rf"委託(?:で|により|において){_ITEMS}"),
        _heading(6, "places", "個人情報を取り扱う場所", r"個人情報を取り?扱う場所"),
        _heading(
            7,
            "sharing",
            "個人情報を取り扱う場所について区及び委託先以外の者との共用の有無",
            r"個人情報を取り?扱う場所(?:について|に関する|の).{0,20}共用の有無",
        ),
        _heading(8, "media", "委託先との個人情報の授受の方法", r"委託先との個人情報の(?:授受|受渡し|受け渡し)の方法"),
        _heading(
            9,
            "computer",
            "委託先の電子計算機を利用した個人情報処理の有無",
            r"委託先の電子計算機(?:を利用した|による|を使用した)個人情報(?:の)?処理の有無",
        ),
        _heading(10, "control", "委託先の個人情報の保護管理体制", r"委託先の個人情報(?:の)?保護(?:の)?管理体制"),
        _heading(11, "conditions", "委託の条件"),
        _heading(12, "start", "委託の開始時期及び期間", r"委託の(?:開始)?(?:時期|期間)(?:及び(?:委託)?期間)?"),
        _heading(13, "contractors", "委託先(参考)", r"委託先(?:事業者)?(?:\(参考\)|\(予定\)|\(候補\))?"),
    ),
    Kind.NEW_ITEMS: (
        _heading(1, "content", "電子計算機に記録する理由", r"(?:電子計算機[にへ]記録する|記録の)理由"),
        _heading(2, "purpose", "諮問の趣旨", _PURPOSE.pattern.pattern),
        _heading(3, "subjects", "対象となる個人の範囲", _SUBJECTS.pattern.pattern),
        _heading(4, "items", "記録する個人情報の項目及び件数", rf"(?:新たに)?(?:電子計算機[にへ])?記録する{_ITEMS}"),
        _heading(5, "method", "電子計算機に記録する方法", r"(?:電子計算機[にへ]記録する|記録の)方法"),
        _heading(6, "control", "区の個人情報の保護管理体制", r"区の個人情報(?:の)?保護(?:の)?管理体制"),
        _heading(7, "start", "記録の開始時期", r"(?:電子計算機[にへ]の)?記録の開始(?:時期|日)(?:及び期間)?"),
    ),
    Kind.LINE: (
        _heading(1, "content", "回線結合する理由", r"(?:回線)?結合(?:する|の)理由"),
        _heading(2, "contractors", "回線結合の相手方", r"(?:回線)?結合(?:する|の)相手方"),
        _PURPOSE,
        _SUBJECTS,
        _heading(5, "items", "回線結合する個人情報の項目", rf"(?:回線)?結合(?:する|により.{{0,6}}){_ITEMS}"),
        _heading(6, "method", "回線結合の方法", r"(?:回線)?結合(?:する|の)方法"),
        _heading(7, "other_control", "相手方の個人情報の保護管理体制", r"相手方の個人情報(?:の)?保護(?:の)?管理体制"),
        _heading(8, "control", "区の個人情報の保護管理体制", r"区の個人情報(?:の)?保護(?:の)?管理体制"),
        _heading(9, "start", "回線結合の開始時期", r"(?:回線)?結合の開始(?:時期|日)(?:及び期間)?"),
    ),
}

_PART = re.compile(r"^第(\d{1,2})(?!\d|回|号|条|期|項|次|フ|章)[.:、]?(.*)$")
_PART_KINDS = (
    (Kind.NEW_ITEMS, re.compile(r"電子計算機への記録|項目の記録")),
    (Kind.LINE, re.compile(r"回線結合")),
    (Kind.CONTRACT, re.compile(r"委託")),
)
_MARK = r"^(?:\(?(?P<n>\d{{1,2}})\)?[.:、]?){0}(?P<name>{1})(?P<rest>.*)$"


@dataclass(frozen=True, slots=True)
class Section:
    """The lines under one heading. `head` is the heading's own line."""

    heading: Heading
    head: Line
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a paper. `number` is 0 when the paper has one part only."""

    number: int
    kind: Kind
    sections: Mapping[str, Section]
    end: int

    def lines(self, role: str) -> tuple[Line, ...]:
        """Return the lines of a section, () when this kind of part has none of the kind."""
        section = self.sections.get(role)
        return section.lines if section else ()

    def head(self, role: str) -> Line | None:
        """Return the heading's line."""
        section = self.sections.get(role)
        return section.head if section else None

    def by_number(self, number: int) -> Section | None:
        """Return the section with a heading number, for references such as 「第1の4」."""
        return next((s for s in self.sections.values() if s.heading.number == number), None)


def outline(lines: list[Line], name: str) -> list[Part]:
    """Return the parts of one paper.

    Raises `BadInput` naming the headings that are missing, or when no heading of any kind is there.
    """
    marks = _part_marks(lines)
    if marks:
        bounds = [at for at, _, _ in marks] + [len(lines)]
        spans = [
            (number, kind, lines[a + 1 : b]) for (a, b), (_, number, kind) in zip(pairwise(bounds), marks, strict=True)
        ]
    else:
        spans = [(0, _kind_of(lines), lines)]
    parts = [_part(number, kind, span) for number, kind, span in spans]
    _require_all(parts, name)
    return parts


def _part_marks(lines: list[Line]) -> list[tuple[int, int, Kind]]:
    found: list[tuple[int, int, Kind]] = []
    for at, line in enumerate(lines):
        match = _PART.match(line.text)
        kind = next((k for k, p in _PART_KINDS if match and p.search(match.group(2))), None)
        if (
            match
            and kind
            and "。" not in line.text
            and "のとおり" not in line.text
            and int(match.group(1)) == len(found) + 1
        ):
            found.append((at, int(match.group(1)), kind))
    return found


def _kind_of(lines: list[Line]) -> Kind:
    """The kind whose own headings are found most; 委託 when none is."""
    scores = {kind: len(_find(lines, headings)) / len(headings) for kind, headings in HEADINGS.items()}
    best = max(scores, key=lambda kind: scores[kind])
    return best if scores[best] > scores[Kind.CONTRACT] else Kind.CONTRACT


def _part(number: int, kind: Kind, lines: list[Line]) -> Part:
    found = _find(lines, HEADINGS[kind])
    starts = [at for at, *_ in found] + [len(lines)]
    sections: dict[str, Section] = {}
    for (at, used, heading, rest), until in zip(found, starts[1:], strict=True):
        body = lines[at + used : until]
        if rest:
            body = [Line(lines[at].no, rest, gap=True), *body]
        sections[heading.role] = Section(heading, lines[at], tuple(body))
    end = lines[-1].no if lines else 0
    return Part(number, kind, sections, end)


def _find(lines: list[Line], headings: tuple[Heading, ...]) -> list[tuple[int, int, Heading, str]]:
    """Return (index, lines used, heading, text behind it on the line) in the order of the paper.

    Headings come in the order of their numbers; a later line that looks like an earlier heading belongs to an attachment.
    """
    found: list[tuple[int, int, Heading, str]] = []
    at, expected = 0, 0
    while at < len(lines) and expected < len(headings):
        hit = _match(lines, at, headings, expected)
        if hit is None:
            at += 1
            continue
        index, used, rest = hit
        found.append((at, used, headings[index], rest))
        expected = index + 1
        at += used
    return found


def _match(lines: list[Line], at: int, headings: tuple[Heading, ...], expected: int) -> tuple[int, int, str] | None:
    for used in (1, 2):
        if at + used > len(lines):
            break
        text = "".join(line.text for line in lines[at : at + used])
        for index in range(expected, len(headings)):
            rest = _rest(text, headings[index], whole=used == 2)
            # Without its number a line counts as a heading only where that heading is due.
            if rest is not None and (index == expected or text[0] in "(0123456789"):
                return index, used, rest
    return None


def _rest(text: str, heading: Heading, *, whole: bool) -> str | None:
    """Return what stands behind the heading on its line ("" for nothing), or None when the line is not that heading."""
    match = re.match(_MARK.format("?", heading.pattern.pattern), text)
    if match is None:
        return None
    rest = match.group("rest").lstrip(" :、")
    bare = re.sub(r"^(?:について|\((?:参考|予定|見込み?)\))$", "", rest)
    if not bare:
        return "" if match.group("n") is None or int(match.group("n")) == heading.number else None
    if whole or match.group("n") is None or int(match.group("n")) != heading.number:
        return None
    return None if re.match(r"[をはがにへで]|の|について|及び|\(", rest) else rest


def _require_all(parts: list[Part], name: str) -> None:
    missing = [
        f"{f'第{part.number} の ' if part.number else ''}「{heading.number} {heading.name}」"
        for part in parts
        for heading in HEADINGS[part.kind]
        if heading.role not in part.sections
    ]
    if missing:
        raise BadInput(
            f"{name} に見出しがありません: {'、'.join(missing)}",
            "諮問書は決まった見出しの順に書かれ、見出しがないと、どの項目・場所・方法まで諮問されたかを確かめられません",
            "元の諮問書と見比べて、抜けた見出しの行（番号と名前）を補ってから、もう一度読み取ってください",
        )
