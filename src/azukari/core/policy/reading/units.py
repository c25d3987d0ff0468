"""The businesses of a paper, and which lines of a section speak of which of them.

Sections 4, 6, 9, 12 and 13 repeat the names of the businesses as labels, never quite in the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from azukari.core.policy.reading import counts, lexicon
from azukari.core.policy.reading.text import Line, key, tidy

_ENUM = re.compile(r"^(?:\((\d{1,2})\)|([①-⑳])|(\d{1,2})[.、)]|\(?([ア-コ])[).、](?![ァ-ヶー])|([Ⅰ-Ⅻ])[.、]?)")
_REFERS = re.compile(r"^(?:\(\d{1,2}\)(?:[、及び並びに・]|から|～|まで)*)+(?:について(?:は)?|の業務)?[:、]?")
_SAME = re.compile(r"^(?:(?:上記)?\((\d{1,2})\)(?:に|と)同じ|同上)。?$")


@dataclass(frozen=True, slots=True)
class Unit:
    """One business, or one part of a business (分析・対象者抽出). `names` are what other sections may call it."""

    name: str
    names: tuple[str, ...]
    number: int = 0


@dataclass
class Shares:
    """The lines of a section, shared out. `common` stands before any label and is said of whatever has no own lines."""

    common: list[Line] = field(default_factory=list)
    by_unit: dict[int, list[Line]] = field(default_factory=dict)
    guessed: dict[int, tuple[Line, str]] = field(default_factory=dict)

    def of(self, index: int) -> list[Line]:
        """Return the lines said of one unit: its own, or the common ones."""
        return self.by_unit.get(index) or self.common


@dataclass(frozen=True, slots=True)
class _Mark:
    """A line that is a label: the units it names, and what stands behind the label on its line."""

    targets: tuple[int, ...]
    rest: Line | None
    certain: bool


def strip_mark(text: str) -> tuple[int, str]:
    """Split a list mark off: ("(2)X") → (2, "X"). 0 when there is none. A mark lost by the PDF leaves a 「．」 or 「：」."""
    match = _ENUM.match(text)
    if match is None:
        return 0, text.lstrip(".:。 ") if text[:1] in ".:" else text
    number = next(group for group in match.groups() if group)
    return _ordinal(number), text[match.end() :].lstrip(" .:、")


def _ordinal(mark: str) -> int:
    if mark.isdecimal():
        return int(mark)
    for row in ("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", "アイウエオカキクケコ", "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ"):
        if mark in row:
            return row.index(mark) + 1
    return 0


def bare_name(text: str) -> str:
    """Return a business's name without its list mark and notes such as （新規） or （委託内容の変更）."""
    name = tidy(strip_mark(text)[1]).strip("【】《》＜＞<>「」『』")
    notes = "|".join(map(re.escape, lexicon.listed("labels", "notes")))
    previous = ""
    while previous != name:
        previous, name = name, re.sub(rf"（(?:{notes})）$", "", name).rstrip(":：")
    return name


def name_key(text: str) -> str:
    """Return what two spellings of a business's name share: no marks, no brackets."""
    return key(re.sub(r"（[^（）]*）", "", bare_name(text)))


def same_name(a: str, b: str) -> bool:
    """Whether two spellings certainly name one business."""
    ka, kb = name_key(a), name_key(b)
    return bool(ka) and ka == kb


def labels(lines: Iterable[Line]) -> list[str]:
    """Return the numbered lines of a section that may be names of businesses."""
    found = []
    for line in lines:
        number, rest = strip_mark(line.cells[0] if line.row else line.text)
        if number and "。" not in rest and len(rest) >= 4:
            found.append(bare_name(re.split(r":", rest)[0]))
    return found


def share(lines: Sequence[Line], units: Sequence[Unit], *, tasks: bool = False) -> Shares:
    """Share the lines of a section out among the units by the labels in it.

    With `tasks` a label may also name a unit by the task it does, in other words (勧奨結果の分析・報告 for 効果検証); such a
    reading is told in `guessed`.
    """
    shares = Shares()
    marks = _label_marks(lines, units, shares, tasks=tasks)
    buckets = [shares.common]
    for at, line in enumerate(lines):
        mark = marks.get(at)
        if mark is not None:
            buckets = [shares.by_unit.setdefault(index, []) for index in mark.targets]
        kept = line if mark is None else mark.rest
        for bucket in buckets if kept else []:
            bucket.append(kept or line)
    _resolve_same(shares)
    return shares


def _label_marks(lines: Sequence[Line], units: Sequence[Unit], shares: Shares, *, tasks: bool) -> dict[int, _Mark]:
    found = {at: mark for at, line in enumerate(lines) if (mark := _label(line, units, shares, tasks=tasks))}
    named = {index for mark in found.values() for index in mark.targets}
    if not any(mark.certain for mark in found.values()) and len(named) < 2:
        return {}
    found.update(_by_number(lines, units, found, shares))
    return dict(sorted(found.items()))


def _by_number(
    lines: Sequence[Line], units: Sequence[Unit], found: dict[int, _Mark], shares: Shares
) -> dict[int, _Mark]:
    """Labels in other words, known by their number only: (1) … (n) where every other number names its own business."""
    numbered = {
        at: strip_mark(line.text)[0]
        for at, line in enumerate(lines)
        if strip_mark(line.text)[0] and "。" not in line.text
    }
    if sorted(numbered.values()) != [unit.number for unit in units if unit.number] or not units:
        return {}
    if any(units[found[at].targets[0]].number != number for at, number in numbered.items() if at in found):
        return {}
    marks = {}
    for at, number in numbered.items():
        if at not in found:
            index = next(i for i, unit in enumerate(units) if unit.number == number)
            head, rest = _head_and_rest(lines[at])
            shares.guessed[index] = (
                lines[at],
                f"「{tidy(head)}」を、番号から「{units[index].name}」のことと読みました",
            )
            marks[at] = _Mark((index,), rest, certain=True)
    return marks


def _head_and_rest(line: Line) -> tuple[str, Line | None]:
    """Split a line into a possible label and what follows it: 「X：値」, a row of a table, 「X 約300件/年」."""
    if line.row:
        return line.cells[0], Line(line.no, "".join(line.cells[1:]), line.cells[1:])
    _, text = strip_mark(line.text)
    head, colon, rest = text.partition(":")
    if colon and rest:
        return head, Line(line.no, rest)
    found = counts.find(line.text, line.no)
    if found and found[0].label:
        label = found[0].label
        return label, Line(line.no, line.text[line.text.index(label) + len(label) :])
    return text.rstrip(":"), None


def _label(line: Line, units: Sequence[Unit], shares: Shares, *, tasks: bool) -> _Mark | None:
    referred = _REFERS.match(line.text)
    if (
        referred
        and (numbers := _numbers(referred.group(), units))
        and (len(numbers) > 1 or strip_mark(line.text)[1] == "" or "について" in referred.group())
    ):
        rest = line.text[referred.end() :]
        return _Mark(tuple(numbers), Line(line.no, rest) if rest else None, certain=True)
    head, behind = _head_and_rest(line)
    exact = [i for i, unit in enumerate(units) if any(same_name(head, name) for name in unit.names)]
    if exact:
        return _Mark((exact[0],), behind, certain=True)
    if len(units) < 2 or len(head) > 80 or "。" in head:
        return None
    if (index := _near(head, units)) is not None:
        return _Mark((index,), behind, certain=bool(strip_mark(line.text)[0]))
    if tasks and (index := _by_task(head, units)) is not None:
        shares.guessed[index] = (line, f"「{tidy(head)}」を「{units[index].name}」のことと読みました")
        return _Mark((index,), behind, certain=True)
    return None


def _numbers(text: str, units: Sequence[Unit]) -> list[int]:
    """Return the units that 「(1)及び(3)」 or 「(1)から(3)まで」 names."""
    numbers = [int(n) for n in re.findall(r"\((\d{1,2})\)", text)]
    if re.search(r"から|～", text) and len(numbers) == 2:
        numbers = list(range(numbers[0], numbers[1] + 1))
    return [i for n in numbers for i, unit in enumerate(units) if unit.number == n]


def _near(head: str, units: Sequence[Unit]) -> int | None:
    """Find the one unit whose name contains the label or is contained in it."""
    ours = name_key(head)
    inside = [
        (len(name_key(name)), i)
        for i, unit in enumerate(units)
        for name in unit.names
        if _contains(ours, name_key(name))
    ]
    best = max(inside, default=None)
    return best[1] if best and len({i for size, i in inside if size == best[0]}) == 1 else None


def _contains(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    if len(short) < 3:
        return False
    return (
        long.startswith(short)
        or (long.endswith(short) and len(short) * 2 >= len(long))
        or (len(short) >= 8 and short in long)
    )


def _by_task(head: str, units: Sequence[Unit]) -> int | None:
    task = _task_of(head)
    doing = [i for i, unit in enumerate(units) if task is not None and _task_of(unit.names[-1]) == task]
    return doing[0] if len(doing) == 1 else None


def _task_of(text: str) -> int | None:
    """Return which group of task words a text speaks of: the group of the longest word found in it."""
    groups = lexicon.groups("tasks", "same")
    hits = [(len(word), -index, index) for index, group in enumerate(groups) for word in group if word in text]
    return max(hits)[2] if hits else None


def _resolve_same(shares: Shares) -> None:
    """「(1)に同じ」 and 「同上」 stand for the lines of the unit they name."""
    for index, lines in list(shares.by_unit.items()):
        match = _SAME.match(lines[0].text) if len(lines) == 1 else None
        if match is None:
            continue
        source = int(match.group(1)) - 1 if match.group(1) else index - 1
        if source in shares.by_unit and source != index:
            shares.by_unit[index] = shares.by_unit[source]


def label_lines(lines: Sequence[Line], units: Sequence[Unit]) -> dict[int, bool]:
    """Return which lines (by index) are labels of units, and whether something stands behind the label on the line."""
    marks = _label_marks(lines, units, Shares(), tasks=False)
    return {at: mark.rest is not None for at, mark in marks.items()}
