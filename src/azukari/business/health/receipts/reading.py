"""A receipt file (UKE) from bytes to the columns of the store, piece by piece, and reconciled on the way.

Whoever uses `Reader` throws everything away when `problems` is not empty at the end: a file is loaded whole or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import polars as pl

from azukari.business.health.columns import ACTS, DIAGNOSES, IDENTITIES, RAW, RECEIPTS
from azukari.business.health.receipts import acts, pharmacy, reconcile
from azukari.business.health.receipts.dates import days, months
from azukari.business.health.receipts.frame import KINDS, Frame, added, framed
from azukari.business.health.receipts.known import NOBODY, Known, first_seen
from azukari.business.health.receipts.layouts import DPC, MEDICAL, PHARMACY, Layout, codes, layouts
from azukari.business.health.receipts.lines import (
    Lines,
    Numbers,
    ascii_texts,
    integers,
    kanji_texts,
    name_of,
    one_of,
    record_names,
)
from azukari.business.health.receipts.pieces import PIECE, pieces
from azukari.business.health.receipts.reconcile import Heads
from azukari.business.health.receipts.report import Findings
from azukari.business.health.receipts.types import Block, Found

Tables = dict[str, pl.DataFrame]
_TABLED = ("RE", "HO", "KO", "SY", "SB", "HS", "SI", "IY", "TO", "SS", "CZ")
_IN_DPC = ("BU", "SB", "HH")
_ORDINALS = 24


class Reader:
    """Reads one file. `key` is the beginning of its SHA-256 (hex): receipts are numbered by it and by their order.

    `known` may be shared by the files of one delivery, which name the same people again and again.
    """

    def __init__(self, name: str, key: str, known: Known | None = None) -> None:
        self.name, self.found, self.findings = name, Found(), Findings(name)
        self._key = (int(key[:10], 16) >> 1) << _ORDINALS
        self._block: Block | None = None
        self._returned = self._brought_back = False
        self._known, self._seen = known or Known(), NOBODY

    def read(self, blocks: Iterable[bytes], size: int = PIECE) -> Iterator[Tables]:
        """The tables of one piece after another. Raises BadInput for what is no receipt file at all."""
        last = 0
        for content, first in pieces(blocks, size):
            lines = Lines(content, first)
            last = first + len(lines) - 1
            yield self._piece(lines)
        if self._block is not None:
            self.findings.no_end(last, self._block)
        if not self.found.blocks and not self._brought_back:
            self.findings.no_frame()

    def _piece(self, lines: Lines) -> Tables:
        reconcile.characters(lines, self.findings)
        frame = framed(lines, self._block, self._returned)
        self._returned = frame.returned
        self._brought_back |= bool((frame.role == name_of("HI")).any())
        heads = self._heads(lines, frame)
        reconcile.order(lines, frame, self.findings)
        payers = self._payers(lines, frame, heads)
        rows = [self._acts(lines, frame, kind, heads, payers) for kind in range(len(KINDS))]
        self._frames(lines, frame, payers)
        receipts, identities = self._receipts(lines, frame, heads, payers)
        self.found.records += len(lines)
        self.found.receipts += len(frame.heads)
        return {
            "receipts": receipts,
            "payers": payers.table(heads.ids),
            "diagnoses": self._diagnoses(lines, frame, heads),
            "acts": pl.concat([pl.DataFrame(schema=ACTS), *rows]),
            "identities": identities,
            "raw": self._raw(lines, frame, heads),
        }

    def _heads(self, lines: Lines, frame: Frame) -> Heads:
        size = len(frame.heads)
        ids = self._key + self.found.receipts + np.arange(size)
        kind = frame.kind[frame.heads]
        month = np.zeros(size, np.int64)
        for one, called in enumerate(KINDS):
            mine = np.flatnonzero(kind == one)
            month[mine], odd = months(lines, frame.heads[mine], layouts()[called].records["RE"]["month"])
            self.findings.unread(lines, frame.heads[mine][odd], "診療年月")
        marked = one_of(frame.role, *_IN_DPC) & (frame.receipt >= 0)
        return Heads(ids, kind, month, np.bincount(frame.receipt[marked], minlength=size)[:size] > 0)

    def _payers(self, lines: Lines, frame: Frame, heads: Heads) -> reconcile.Payers:
        parts = [reconcile.payers(lines, frame, layout, kind, self.findings) for kind, layout in self._layouts(frame)]
        return reconcile.together(parts, len(heads.ids), lines.first)

    def _layouts(self, frame: Frame) -> list[tuple[int, Layout]]:
        return [(kind, layouts()[KINDS[kind]]) for kind in np.flatnonzero(np.bincount(frame.kind)).tolist()]

    def _acts(self, lines: Lines, frame: Frame, kind: int, heads: Heads, payers: reconcile.Payers) -> pl.DataFrame:
        layout = layouts()[KINDS[kind]]
        if KINDS[kind] == PHARMACY:
            if not len(frame.where(kind, "CZ", "IY", "TO")):
                return pl.DataFrame(schema=ACTS)
            rows, wrong = pharmacy.table(lines, frame, layout, kind, heads.ids, heads.month)
            for where, called in wrong:
                self.findings.warn_unread(lines, where, called)
            return rows.select(list(ACTS)).cast(dict(ACTS))  # type: ignore[arg-type]
        found = acts.read(lines, frame, layout, kind)
        if (heads.kind == kind).any():
            reconcile.sums(lines, frame, layout, found, heads, payers, self.findings)
        if found is None:
            return pl.DataFrame(schema=ACTS)
        reconcile.units(lines, layout, found, heads, self.findings)
        record = record_names(frame.role[found.line])
        return acts.table(found, heads.ids[found.receipt], found.line + lines.first, record).select(list(ACTS))

    def _frames(self, lines: Lines, frame: Frame, payers: reconcile.Payers) -> None:
        """Add up by block, and hold each block against its GO."""
        counts, points, receipts = payers.by_block(frame)
        ends = {int(frame.block[line]): int(line) for line in np.flatnonzero(frame.role == name_of("GO"))}
        for place, block in enumerate(frame.blocks):
            if place > 0 and self._block is not None:
                self.findings.no_end(lines.number(int(np.searchsorted(frame.block, place))) - 1, self._block)
                self._block = None
            if block is None:
                if place in ends:
                    self.findings.stray(lines.number(ends[place]), "GO")
                continue
            whole = added(block, counts[place], points[place], receipts[place])
            self._block = whole
            if place in ends:
                reconcile.total(lines, ends[place], whole, self.findings)
                self._closed(whole)

    def _closed(self, block: Block) -> None:
        self._block = None
        self.found.blocks += 1
        self.found.points += block.points
        self.found.billed = max(self.found.billed, block.billed)

    def _receipts(
        self, lines: Lines, frame: Frame, heads: Heads, payers: reconcile.Payers
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        named = self._identities(lines, frame, heads, payers)
        identity = self._known.named(named)
        fresh, self._seen = first_seen(identity, self._seen)
        identities = named.with_columns(identity).select(pl.all().gather(fresh))
        size = len(heads.ids)
        block = pl.Series(frame.block[frame.heads])
        facilities = pl.Series([one.facility if one else None for one in frame.blocks], dtype=pl.String())
        months_billed = pl.Series([one.billed if one else None for one in frame.blocks], dtype=pl.Int32())
        types = ascii_texts(lines, frame.heads, 2)
        table = pl.DataFrame(
            {
                "receipt": heads.ids,
                "file": pl.Series([self.name], dtype=pl.String()).new_from_index(0, size),
                "line": (frame.heads + lines.first).astype(np.int32),
                "kind": self._kinds(heads),
                "facility": facilities.gather(block),
                "billed": months_billed.gather(block),
                "month": pl.Series(heads.month.astype(np.int32)),
                "receipt_type": types,
                "inpatient": types.str.slice(3, 1).is_in(["1", "3", "5", "7", "9"]),
                "identity": identity,
                "days": payers.first("days").cast(pl.Int16(), strict=False),
                "points": payers.first("points").cast(pl.Int32(), strict=False),
                "prescriber": self._prescriber(lines, frame, heads),
            }
        ).select(list(RECEIPTS))
        return table, identities.select(list(IDENTITIES))

    def _kinds(self, heads: Heads) -> pl.Series:
        """What each receipt is called, and counted."""
        names = (*KINDS, DPC)
        place = np.where(heads.dpc & (heads.kind == KINDS.index(MEDICAL)), names.index(DPC), heads.kind)
        for called, count in zip(names, np.bincount(place, minlength=len(names)).tolist(), strict=True):
            if count:
                self.found.kinds[called] = self.found.kinds.get(called, 0) + count
        return pl.Series(names).gather(pl.Series(place))

    def _prescriber(self, lines: Lines, frame: Frame, heads: Heads) -> pl.Series:
        """The ten digits of the 処方元 on a 調剤, null elsewhere."""
        pharmacies = heads.kind == KINDS.index(PHARMACY)
        if not pharmacies.any():
            return pl.Series([None], dtype=pl.String()).new_from_index(0, len(heads.ids))
        places = layouts()[PHARMACY].records["RE"]
        parts = [ascii_texts(lines, frame.heads, places[name]) for name in ("prefecture", "table", "prescriber")]
        joined = pl.select(pl.concat_str(parts))[:, 0]
        return joined.set(pl.Series(~pharmacies), None)

    def _identities(self, lines: Lines, frame: Frame, heads: Heads, payers: reconcile.Payers) -> pl.DataFrame:
        """Who each receipt is of, as it names them."""
        size = len(heads.ids)
        places = {kind: layout.records for kind, layout in self._layouts(frame)}
        text: dict[str, pl.Series] = {}
        for name, record, of in (
            ("name", "RE", frame.heads), ("kana", "RE", frame.heads),
            ("symbol", "HO", payers.insurance), ("number", "HO", payers.insurance),
        ):  # fmt: skip
            begins, widths = np.zeros(size, np.int64), np.zeros(size, np.int64)
            for kind, records in places.items():
                mine = np.flatnonzero((heads.kind == kind) & (of >= 0))
                begins[mine], widths[mine] = lines.field(of[mine], records[record][name])
            text[name], odd = kanji_texts(lines, begins, widths)
            self.findings.warn_characters(lines, of[odd])
        birth, wrong = days(lines, frame.heads, 6)
        self.findings.warn_unread(lines, frame.heads[wrong], "生年月日")
        sex, there, odd_sex = integers(lines, frame.heads, 5)
        return pl.DataFrame(
            {
                "insurer": payers.insurer_of_receipts(),
                **{name: text[name] for name in ("symbol", "number")},
                "branch": self._branches(lines, frame, size),
                **{name: text[name] for name in ("name", "kana")},
                "birth": pl.Series(birth).cast(pl.Date()),
                "sex": acts.Column(sex, there, odd_sex).series(np.int8),
            }
        )

    def _branches(self, lines: Lines, frame: Frame, size: int) -> pl.Series:
        """枝番 of the SN record of the 医療保険 (負担者種別 1); files before 2021-09 have none."""
        chosen = np.flatnonzero((frame.role == name_of("SN")) & (frame.receipt >= 0))
        begins, widths = lines.field(chosen, 1)
        chosen = chosen[(widths == 1) & (lines.data[begins] == ord("1"))]
        found = np.full(size, -1)
        found[frame.receipt[chosen][::-1]] = np.arange(len(chosen))[::-1]
        texts = pl.concat([ascii_texts(lines, chosen, 6), pl.Series([None], dtype=pl.String())])
        return texts.gather(pl.Series(np.where(found < 0, len(chosen), found)))

    def _diagnoses(self, lines: Lines, frame: Frame, heads: Heads) -> pl.DataFrame:
        parts = [
            self._named(lines, frame, heads, chosen, layout.records[record])
            for kind, layout in self._layouts(frame)
            for record in ("SY", "SB", "HS")
            if record in layout.records and len(chosen := frame.where(kind, record))
        ]
        return pl.concat([pl.DataFrame(schema=DIAGNOSES), *parts])

    def _named(
        self, lines: Lines, frame: Frame, heads: Heads, chosen: Numbers, places: Mapping[str, int]
    ) -> pl.DataFrame:
        size, away = len(chosen), 10_000
        started, wrong = days(lines, chosen, places.get("started", away))
        self.findings.warn_unread(lines, chosen[wrong], "診療開始日")
        text, odd = kanji_texts(lines, *lines.field(chosen, places.get("text", away)))
        self.findings.warn_characters(lines, chosen[odd])
        outcome = acts.Column(*integers(lines, chosen, places.get("outcome", away))).series(np.int8)
        modifiers = ascii_texts(lines, chosen, places["modifiers"])
        return pl.DataFrame(
            {
                "receipt": heads.ids[frame.receipt[chosen]],
                "line": (chosen + lines.first).astype(np.int32),
                "code": ascii_texts(lines, chosen, places["code"]),
                "text": text,
                "started": pl.Series(started).cast(pl.Date()),
                "outcome": outcome,
                "main": (ascii_texts(lines, chosen, places["main"]) == "01").fill_null(value=False)
                if "main" in places
                else pl.Series([None], dtype=pl.Boolean()).new_from_index(0, size),
                "suspected": suspected(modifiers),
                "modifiers": modifiers,
            }
        )

    def _raw(self, lines: Lines, frame: Frame, heads: Heads) -> pl.DataFrame:
        """Every line that no other table holds, as it stands."""
        kept = one_of(frame.role, *_TABLED) & (frame.receipt >= 0)
        # What a 調剤 or an unverified layout says beyond the columns stays readable too.
        kept &= ~((frame.role == name_of("SB")) | ((frame.kind == KINDS.index("歯科")) & (frame.role == name_of("TO"))))
        chosen = np.flatnonzero(~kept)
        begins = lines.begins[chosen]
        text, _ = kanji_texts(lines, begins, lines.stops[chosen] - begins)
        receipt = frame.receipt[chosen]
        known = receipt >= 0
        ids = pl.Series(heads.ids[receipt] if len(heads.ids) else np.zeros(len(chosen), np.int64))
        return pl.DataFrame(
            {
                "file": pl.Series([self.name], dtype=pl.String()).new_from_index(0, len(chosen)),
                "line": (chosen + lines.first).astype(np.int32),
                "receipt": ids if bool(known.all()) else ids.set(pl.Series(~known), None),
                "record": text.str.extract(r"(?:^|^[0-9]*,(?:[0-9]*,){0,3})([A-Z][A-Z0-9])(?:,|$)"),
                "fields": text,
            },
            schema_overrides=RAW,
        )


def suspected(modifiers: pl.Series) -> pl.Series:
    """Whether the modifier の疑い is among the four-digit codes written one behind the other."""
    code = codes().suspected
    words = modifiers.unique().drop_nulls()
    said = [code in {word[at : at + 4] for at in range(0, len(word), 4)} for word in words]
    return modifiers.is_in(words.filter(pl.Series(said, dtype=pl.Boolean())).implode()).fill_null(value=False)
