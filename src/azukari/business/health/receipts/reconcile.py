"""Whether a receipt file balances: GO against its receipts, days against times, points × times against each payer's total.

What the specification always demands refuses the file. Where it knows an exception, or the layout is not confirmed
(layouts.toml), the line is only told: 包括 lines and comments have no points, 食事 (診療識別 97) is in yen, a DPC is paid by
HH and GT, a receipt with 審査 records (JY, EX …) shows what was billed beside what was decided, GO is 0 when 振替・分割.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from azukari.business.health.columns import PAYERS
from azukari.business.health.receipts.acts import Acts, Column
from azukari.business.health.receipts.frame import KINDS, Frame
from azukari.business.health.receipts.layouts import Layout, codes
from azukari.business.health.receipts.lines import CR, EOF, LF, Lines, Numbers, ascii_texts, integers, name_of, one_of
from azukari.business.health.receipts.report import Findings
from azukari.business.health.receipts.types import Block

POSITIONS = 5
_PRINTED = 32
_LAST_VOLUME = "99"
_WHO = ("医療保険", "第一公費", "第二公費", "第三公費", "第四公費")
_JUDGED = ("JY", "EX", "MD", "RT", "JR", "MK", "TR", "HH", "GT")
_INNER = ("HO", "KO", "SN", "JD", "MF", "SY", "SI", "IY", "TO", "CO", "SJ", "SS", "HS", "SH", "CZ", "BU", "SB")


@dataclass(frozen=True, slots=True)
class Heads:
    """The receipts of a piece: their ids, kind (index into KINDS), month (YYYYMM), and whether each is a DPC."""

    ids: Numbers
    kind: Numbers
    month: Numbers
    dpc: Numbers


@dataclass(frozen=True, slots=True)
class Payers:
    """The HO and KO of a piece in the order of the file.

    position: 0 HO, 1–4 KO. insurance: each receipt's HO line or -1; leading: the place of the payer whose total GO counts
    (the HO, else the first KO) or -1.
    """

    line: Numbers
    receipt: Numbers
    position: Numbers
    insurer: pl.Series
    days: Column
    points: Column
    copay: Column
    insurance: Numbers
    leading: Numbers
    offset: int

    def table(self, ids: Numbers) -> pl.DataFrame:
        """Rows of columns.PAYERS."""
        return pl.DataFrame(
            {
                "receipt": ids[self.receipt],
                "line": (self.line + self.offset).astype(np.int32),
                "position": self.position.astype(np.int8),
                "insurer": self.insurer,
                "days": self.days.series(np.int16),
                "points": self.points.series(np.int32),
                "copay": self.copay.series(np.int32),
            },
            schema_overrides=PAYERS,
        )

    def first(self, name: str) -> pl.Series:
        """Days or points of every receipt's leading payer."""
        column: Column = getattr(self, name)
        values = pl.concat([column.series(np.int64), pl.Series([None], dtype=pl.Int64())])
        return values.gather(pl.Series(np.where(self.leading < 0, len(self.line), self.leading)))

    def insurer_of_receipts(self) -> pl.Series:
        """保険者番号 (else 負担者番号) of every receipt."""
        values = pl.concat([self.insurer, pl.Series([None], dtype=pl.String())])
        return values.gather(pl.Series(np.where(self.leading < 0, len(self.line), self.leading)))

    def by_block(self, frame: Frame) -> tuple[list[int], list[int], list[int]]:
        """Of every block: HO and KO records (件), points of the leading payers, receipts."""
        size = len(frame.blocks)
        block = frame.block[frame.heads]
        counts = np.bincount(frame.block[self.line], minlength=size)
        lead = np.where(self.leading < 0, 0, self.leading)
        points = np.where((self.leading >= 0), self.points.values[lead] if len(self.line) else 0, 0)
        sums = np.bincount(block, weights=points, minlength=size)
        return counts.tolist(), sums.astype(np.int64).tolist(), np.bincount(block, minlength=size).tolist()


def payers(lines: Lines, frame: Frame, layout: Layout, kind: int, findings: Findings) -> Payers:
    """HO and KO of one kind. Totals and days that are no numbers refuse the file."""
    chosen = frame.where(kind, "HO", "KO")
    ho = frame.role[chosen] == name_of("HO")
    columns = {}
    for name in ("days", "points", "copay"):
        values, there, wrong = integers(lines, chosen, layout.records["HO"][name])
        at = np.flatnonzero(~ho)
        values[at], there[at], wrong[at] = integers(lines, chosen[at], layout.records["KO"][name])
        columns[name] = Column(values, there, wrong)
    findings.unread(lines, chosen[columns["points"].wrong], "合計点数")
    findings.warn_unread(lines, chosen[columns["days"].wrong], "実日数")
    insurer = ascii_texts(lines, chosen, 1).str.strip_chars(" ").replace("", None)
    nothing = np.zeros(0, np.int64)
    return Payers(
        chosen,
        frame.receipt[chosen],
        np.where(ho, 0, 1),
        insurer,
        **columns,
        insurance=nothing,
        leading=nothing,
        offset=0,
    )


def together(parts: Sequence[Payers], receipts: int, offset: int) -> Payers:
    """All kinds of a piece as one, in the order of the file, with positions and leading payers."""
    line = np.concatenate([part.line for part in parts])
    order = np.argsort(line, kind="stable")
    line, receipt = line[order], np.concatenate([part.receipt for part in parts])[order]
    public = np.concatenate([part.position for part in parts])[order] > 0
    first = np.r_[True, receipt[1:] != receipt[:-1]][: len(receipt)]
    running = np.cumsum(public)
    before = np.maximum.accumulate(np.where(first, running - public, 0)) if len(receipt) else running
    insurance, leading = np.full(receipts, -1), np.full(receipts, -1)
    leading[receipt[::-1]] = np.arange(len(receipt))[::-1]
    ho = np.flatnonzero(~public)[::-1]
    leading[receipt[ho]], insurance[receipt[ho]] = ho, line[ho]
    columns = {
        name: Column(
            *(
                np.concatenate([getattr(getattr(part, name), one) for part in parts])[order]
                for one in ("values", "there", "wrong")
            )
        )
        for name in ("days", "points", "copay")
    }
    insurer = pl.concat([part.insurer for part in parts]).gather(pl.Series(order))
    return Payers(
        line,
        receipt,
        np.where(public, running - before, 0),
        insurer,
        **columns,
        insurance=insurance,
        leading=leading,
        offset=offset,
    )


def characters(lines: Lines, findings: Findings) -> None:
    """Control characters (NUL and the like) and a CR without its LF: the file was damaged on its way."""
    controls = lines.data < _PRINTED
    if np.count_nonzero(controls) == 2 * lines.bytes.count(b"\r\n"):
        return
    low = np.flatnonzero(controls)
    found = lines.data[low]
    after = lines.data[np.minimum(low + 1, len(lines.data) - 1)]
    at_start = (low == 0) | (lines.data[np.maximum(low - 1, 0)] == LF)
    wrong = low[~((found == LF) | ((found == CR) & (after == LF)) | ((found == EOF) & at_start))]
    if not len(wrong):
        return
    ends = np.flatnonzero(lines.data == LF)
    for line in np.unique(np.searchsorted(ends, wrong)):
        code = lines.data[wrong[np.searchsorted(ends, wrong) == line][0]]
        findings.refuse(
            lines.number(line),
            "",
            "あってはならない文字があります。",
            f"制御文字 (0x{code:02X}) です。送る途中で壊れた疑いがあります。",
        )


def order(lines: Lines, frame: Frame, findings: Findings) -> None:
    """Receipts inside blocks, their records inside receipts, one GO a block."""
    inner = one_of(frame.role, *_INNER) & (frame.receipt < 0)
    for line in np.flatnonzero(inner):
        findings.stray(lines.number(line), lines.text(line)[:2])
    go = np.flatnonzero(frame.role == name_of("GO"))
    ended = np.full(len(frame.blocks), len(lines))
    ended[frame.block[go][::-1]] = go[::-1]
    for line in go[go > ended[frame.block[go]]]:
        findings.stray(lines.number(line), "GO")
    outside = np.array([block is None for block in frame.blocks])
    late = frame.heads[outside[frame.block[frame.heads]] | (frame.heads > ended[frame.block[frame.heads]])]
    for line in late:
        findings.stray(lines.number(line), "RE")


def total(lines: Lines, line: int, block: Block, findings: Findings) -> None:
    """GO.総件数 counts HO and KO records, GO.総合計点数 the points of the leading payers."""
    fields = [*lines.text(line).split(","), "", "", ""]
    if fields[1:3] == ["0", "0"] and block.payers:
        findings.warn(
            lines.number(line),
            "GO",
            "総件数と総合計点数が 0 です。",
            "振替か分割のレセプトとして、照合せずに受け取りました。",
        )
        return
    for column, written, found, unit in (
        ("総件数", fields[1], block.payers, "件（HO と KO のレコード）"),
        ("総合計点数", fields[2], block.points, "点"),
    ):
        if not (written.isascii() and written.isdigit() and int(written) == found):
            findings.refuse(
                lines.number(line),
                f"GO {column}",
                "医療機関の合計が合いません。",
                f"GO には {written or '空欄'}、{block.line:,} 行目からのレセプトでは {found:,} {unit}です。",
                written,
            )
    volume = fields[3].strip()
    if not (len(volume) == 2 and volume.isascii() and volume.isdigit()):
        findings.refuse(
            lines.number(line), "GO", "途中で切れています。", "マルチボリューム識別情報 (2桁) がありません。", volume
        )
    elif volume != _LAST_VOLUME:
        findings.warn(lines.number(line), "GO", "続きの媒体があります。", f"マルチボリューム識別情報が {volume} です。")


def units(lines: Lines, layout: Layout, found: Acts, heads: Heads, findings: Findings) -> None:
    """The checks on 算定単位 of one kind, line by line."""
    findings.unread(lines, found.line[found.points.wrong], "点数")
    findings.unread(lines, found.line[found.times.wrong], "回数")
    findings.warn_unread(lines, found.line[found.amount.wrong], "数量")
    _days(lines, layout, found, heads, findings)
    _lengths(lines, found, findings)


def _days(lines: Lines, layout: Layout, found: Acts, heads: Heads, findings: Findings) -> None:
    """Σ 算定日 = 回数 on every line that has days (older files have none)."""
    wrong = np.flatnonzero(found.given & found.times.there & ~found.times.wrong & (found.sums != found.times.values))
    for place in wrong:
        sure = layout.confirmed and not heads.dpc[found.receipt[place]]
        days = found.sums[place]
        told = f"{days:,} 回" if days >= 0 else "数字ではない値"
        findings.say(
            sure, lines.number(found.line[place]), "算定日", "算定日の合計が回数と合いません。",
            f"回数は {found.times.values[place]:,}、算定日の合計は {told}です。",
        )  # fmt: skip


def _lengths(lines: Lines, found: Acts, findings: Findings) -> None:
    """A 算定単位 has 98 lines at most."""
    changes = np.r_[True, (found.unit[1:] != found.unit[:-1]) | (found.receipt[1:] != found.receipt[:-1])]
    starts = np.flatnonzero(changes)
    sizes = np.diff(np.r_[starts, len(changes)])
    for place in starts[sizes > codes().most]:
        findings.warn(
            lines.number(found.line[place]),
            "算定単位",
            "一つの算定単位の行が多すぎます。",
            f"{codes().most} 行までです。",
        )


def sums(
    lines: Lines, frame: Frame, layout: Layout, found: Acts | None, heads: Heads, paid: Payers, findings: Findings
) -> None:
    """Σ 点数 × 回数 by payer against 合計点数, of every receipt of one kind, also of one without any line."""
    size = len(heads.ids)
    judged = one_of(frame.role, *_JUDGED) & (frame.receipt >= 0)
    skipped = heads.dpc | (np.bincount(frame.receipt[judged], minlength=size) > 0)
    summed = np.zeros((POSITIONS, size), np.int64)
    if found is not None:
        summed, strange = _summed(found, size)
        skipped |= strange
        for receipt in np.flatnonzero(strange):
            line = lines.number(frame.heads[receipt])
            findings.warn(line, "負担区分", "知らない負担区分です。", "合計点数との照合をしていません。")
    mine = (frame.kind[paid.line] == KINDS.index(layout.kind)) & (paid.position < POSITIONS)
    mine &= paid.points.there & ~paid.points.wrong & ~skipped[paid.receipt]
    at = np.flatnonzero(mine)
    for place in at[summed[paid.position[at], paid.receipt[at]] != paid.points.values[at]]:
        position = paid.position[place]
        findings.say(
            layout.confirmed, lines.number(paid.line[place]), f"合計点数（{_WHO[position]}）",
            "点数 × 回数の合計が、負担者の合計点数と合いません。",
            f"合計点数は {paid.points.values[place]:,} 点、明細の合計は {summed[position, paid.receipt[place]]:,} 点です。",
        )  # fmt: skip


def _summed(found: Acts, size: int) -> tuple[Numbers, Numbers]:
    """(points by position of the payer and receipt; receipts with a 負担区分 that no table knows)."""
    member, known = _members()
    counted = found.points.there & ~found.points.wrong & ~np.isin(found.category, codes().meals)
    value = np.where(counted, found.points.values * np.where(found.times.there, found.times.values, 1), 0)
    strange = np.bincount(found.receipt[counted & ~known[found.burden]], minlength=size) > 0
    rows = [np.bincount(found.receipt, value * member[found.burden, one], size) for one in range(POSITIONS)]
    return np.stack(rows).astype(np.int64), strange


def _members() -> tuple[Numbers, Numbers]:
    """By byte of 負担区分: which payers bear it, and whether it is a known one."""
    member, known = np.zeros((256, POSITIONS), np.int64), np.zeros(256, bool)
    for code, who in codes().burdens.items():
        known[ord(code)] = True
        member[ord(code), list(who)] = 1
    return member, known
