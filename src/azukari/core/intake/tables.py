"""A table that arrived, CSV or Excel: its columns found by title, its rows as wide as its titles."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from azukari.core.intake import sheets, texts
from azukari.core.intake.kinds import expect
from azukari.core.intake.texts import BadLine, Block
from azukari.core.intake.types import EXCEL_1900, Limits, Problem, Problems, shown
from azukari.kernel.errors import BadInput

_TITLES_WITHIN = 20
_RIGHT_TITLES = "見出しを、決めた様式に合わせてもらってください。"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table: the line each begins on, and the columns as text, all equally long; optional ones if there."""

    lines: list[int]
    columns: dict[str, tuple[str, ...]]


@dataclass(slots=True)
class Table:
    """A file being read. What is wrong goes to `problems`, what is worth a word to `warnings`."""

    name: str
    wanted: tuple[str, ...]
    limits: Limits
    problems: Problems
    warnings: Problems
    optional: tuple[str, ...] = ()
    read_as: str = ""
    excel: date = EXCEL_1900

    def chunks(self, data: bytes) -> Iterator[Chunk]:
        """The rows under the titles, blank ones left out. Stops at what makes the rest unreadable."""
        try:
            expect(data[:4096], self.name)
            yield from self._below_titles(self._blocks(data))
        except BadLine as bad:
            self.problems.add(Problem.of(bad.error, self.name, bad.line))
        except BadInput as error:
            self.problems.add(Problem.of(error, self.name))

    def titles(self, data: bytes) -> frozenset[str]:
        """The titles alone, to choose by; none where they cannot be read (`chunks` then says why)."""
        try:
            expect(data[:4096], self.name)
            first = next((row for block in self._blocks(data) for row in block.rows if _filled(row)), [])
        except (BadLine, BadInput):
            return frozenset()
        return frozenset(map(_title, first))

    def problem(self, error: BadInput, line: int | None, column: str = "", value: str = "") -> None:
        """Something wrong in this file."""
        self.problems.add(Problem.of(error, self.name, line, column, value))

    def warn(self, error: BadInput, line: int | None, value: str = "") -> None:
        """Something worth a word."""
        self.warnings.add(Problem.of(error, self.name, line, value=value))

    def _blocks(self, data: bytes) -> Iterator[Block]:
        if self.name.casefold().endswith(".xlsx"):
            self.read_as = "Excel"
            blocks, self.excel = sheets.blocks(data, self.limits)
            return blocks
        encoding = texts.encoding_of(data)
        self.read_as = texts.name_of(encoding)
        return texts.blocks(data, encoding)

    def _below_titles(self, blocks: Iterator[Block]) -> Iterator[Chunk]:
        first = next((block for block in blocks if any(map(_filled, block.rows))), None)
        if first is None:
            raise BadInput("中身がありません。", "見出しも行もありません。", _RIGHT_TITLES)
        at = next(place for place, row in enumerate(first.rows) if _filled(row))
        places = self._places(first, at)
        width, total = len(first.rows[at]), 0
        for block in chain([Block(first.lines[at + 1 :], first.rows[at + 1 :])], blocks):
            total += len(block.rows)
            if total > self.limits.rows:
                raise BadInput(
                    "行が多すぎます。", f"{self.limits.rows:,} 行まで読みます。", "表を分けて出してもらってください。"
                )
            lines, rows = self._whole(block, width)
            columns = tuple(zip(*rows, strict=True)) if rows else ((),) * width
            # Without titles in order the rows are still read, so that a file cut in half is told as well.
            if places is not None:
                yield Chunk(lines, {title: columns[place] for title, place in places.items()})

    def _places(self, block: Block, at: int) -> dict[str, int] | None:
        """Where each column is. None, and problems, unless each wanted one is there, and none twice."""
        titles = [_title(text) for text in block.rows[at]]
        counts = Counter(titles)
        missing = [title for title in self.wanted if not counts[title]]
        if len(missing) == len(self.wanted):
            self.problem(self._no_titles(block), block.lines[at])
            return None
        for title in missing:
            self.problem(
                BadInput("この見出しの列がありません。", "受け取るのに要ります。", _RIGHT_TITLES),
                block.lines[at],
                title,
            )
        known = (*self.wanted, *self.optional)
        twice = [title for title in known if counts[title] > 1]
        for title in twice:
            self.problem(
                BadInput("同じ見出しの列が二つあります。", "どちらが正しいか決まりません。", _RIGHT_TITLES),
                block.lines[at],
                title,
            )
        self._say_what_is_unused(titles, block.lines[at])
        return None if missing or twice else {title: titles.index(title) for title in known if counts[title]}

    def _no_titles(self, block: Block) -> BadInput:
        for line, row in zip(block.lines[:_TITLES_WITHIN], block.rows, strict=False):
            if set(self.wanted) <= set(map(_title, row)):
                return BadInput(
                    f"見出しは {line} 行目にあります。",
                    "その上に別の行があります。",
                    "見出しを 1 行目にしてもらってください。",
                )
        return BadInput("見出しの行がありません。", f"要る見出しは {'、'.join(self.wanted)} です。", _RIGHT_TITLES)

    def _say_what_is_unused(self, titles: Sequence[str], line: int) -> None:
        extra = "、".join(shown(title) for title in titles if title and title not in (*self.wanted, *self.optional))
        if extra:
            why = "受け取ってよい項目ではないので、中身は残しません。"
            self.warn(BadInput(f"使わない列があります: {extra}。", why, "次から除いてもらってください。"), line, extra)

    def _whole(self, block: Block, width: int) -> tuple[list[int], list[list[str]]]:
        """The rows as wide as the titles, without empty lines; others are problems."""
        if {width}.issuperset(map(len, block.rows)):
            return block.lines, block.rows
        lines: list[int] = []
        rows: list[list[str]] = []
        for line, row in zip(block.lines, block.rows, strict=True):
            if len(row) == width:
                lines.append(line)
                rows.append(row)
            elif row and (len(row) > 1 or row[0].strip()):
                why = f"見出しは {width} 個です。途中で切れているか、カンマがずれています。"
                self.problem(
                    BadInput(f"項目が {len(row)} 個です。", why, "この行を直すか、書き出し直してもらってください。"),
                    line,
                )
        return lines, rows


def _title(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip() if len(text) < 200 else text


def _filled(row: Sequence[str]) -> bool:
    return any(map(str.strip, row))
