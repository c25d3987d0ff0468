"""A made-up year of receipt files (UKE) of 医科, DPC, 調剤 and 歯科, from the made-up insured. The same seed, the same bytes.

Every file balances as `health receive` asks. Written as institutions do: one writes a name with its old kanji, another
with the new; 記号 in full width or half; who moved to another 記号番号 is first under the old one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from azukari.demo.health import receipts_care as care
from azukari.demo.health.population import FIRST_MONTH, FORMER_INSURER, INSURER
from azukari.demo.health.receipts_care import Truth
from azukari.demo.health.receipts_lines import Paper
from azukari.kernel.text import fold

KINDS = {"医科": "ika", "DPC": "dpc", "調剤": "chozai", "歯科": "shika"}
_PER_CLINIC = 240
DENTAL, STAYS, DPCS = 0.1, 0.012, 0.006
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What was made: files, receipts in 件, and how many persons there are."""

    files: tuple[Path, ...]
    receipts: int
    persons: int


@dataclass(slots=True)
class Person:
    """A person as the papers of this month name them."""

    names: tuple[str, str]
    kana: str
    birth: str
    sex: int
    insurer: str
    symbol: str
    number: str
    branch: str
    truth: Truth
    row: dict[str, Any]


def write_year(
    out: Path,
    people: pl.DataFrame,
    *,
    receipts: int,
    months: int,
    seed: int,
    progress: Progress = lambda _done, _total: None,
) -> Written:
    """Write `months` months of `receipts` receipts each of a `population`; masters/ names the made-up drugs."""
    out.mkdir(parents=True, exist_ok=True)
    _masters(out / "masters")
    found: list[Path] = []
    for place, month in enumerate(month_of(FIRST_MONTH, offset) for offset in range(months)):
        progress(place, months)
        found += _Month(people, month, receipts, seed).write(out / "uke")
    progress(months, months)
    return Written(tuple(found), receipts * months, people.height)


def month_of(first: int, offset: int) -> int:
    """YYYYMM that many months later."""
    count = first // 100 * 12 + first % 100 - 1 + offset
    return count // 12 * 100 + count % 12 + 1


class _Month:
    """Everything billed for the services of one month."""

    def __init__(self, people: pl.DataFrame, month: int, receipts: int, seed: int) -> None:
        self.month, self.wanted = month, receipts
        self.rng = Random(f"receipts {seed} {month}")  # noqa: S311 (made up, the same from the same seed)
        self.draw = self.rng.random
        first = date(month // 100, month % 100, 1)
        self.people = people.filter(
            (pl.col("since") <= first) & (pl.col("until").is_null() | (pl.col("until") > first))
        )
        self.first = first
        self.clinics = max(4, receipts // _PER_CLINIC)
        self.papers: dict[str, dict[int, list[str]]] = {kind: {} for kind in KINDS}
        self.sums: dict[tuple[str, int], list[int]] = {}
        self.count = 0

    def write(self, folder: Path) -> list[Path]:
        """All four files of the month."""
        rows = self.people.to_dicts()
        self.rng.shuffle(rows)
        for row in rows:
            if self.count < self.wanted:
                self._regular(self._person(row))
        while self.count < self.wanted:
            self._now_and_then(self._person(rows[int(self.draw() * len(rows))]))
        folder.mkdir(exist_ok=True)
        return [self._file(folder, kind) for kind in KINDS if self.papers[kind]]

    def _person(self, row: dict[str, Any]) -> Person:
        before = row["moved"] is not None and row["moved"] > self.first
        truth = Truth(
            row["diabetic"] and row["treated"] and not (row["interrupted"] and row["interrupted"] <= self.month),
            row["diabetes_type"], row["kidney"], row["hypertensive"], row["lipid"], row["drug"],
            self.first.year - row["birth"].year,
        )  # fmt: skip
        return Person(
            written_names(row["name"]), row["kana"].replace("\u3000", ""), row["birth"].strftime("%Y%m%d"), row["sex"],
            FORMER_INSURER if before else INSURER,
            row["former_symbol"] if before else row["symbol"],
            row["former_number"] if before else row["number"],
            row["branch"], truth, row,
        )  # fmt: skip

    def _regular(self, person: Person) -> None:
        """Those who come every month: dialysis, chronic illness, and who goes everywhere."""
        truth, row, day = person.truth, person.row, 1 + int(self.draw() * 27)
        home = person.row["household"]
        if truth.kidney == 5:
            self._put("医科", home, person, care.dialysis(truth, self.month), days=13)
        elif truth.diabetic or ((truth.hypertensive or truth.lipid) and self.draw() < 0.45):
            days = (day,) if self.draw() < 0.8 or day > 14 else (day, day + 14)
            self._put("医科", home, person, care.chronic(truth, self.month, self.draw, days), days=len(days))
            self._pharmacy(person, home, _medicines(truth), day)
        if row["frequent_visitor"]:
            self._put("医科", home + 1, person, care.frequent(self.month, tuple(range(3, 20))), days=17)
        for away in range(4 if row["multi_visitor"] else 0):
            paper = care.acute(self.month, self.draw, 3 + away * 5)
            self._put("医科", home + 2 + away, person, paper, days=1)
        for away in range(3 if row["multi_drug"] else 0):
            self._pharmacy(person, home + away, [("sleep", 30), ("pain", 14)], 2 + away * 6)

    def _now_and_then(self, person: Person) -> None:
        chance, day = self.draw(), 1 + int(self.draw() * 27)
        anywhere = int(self.draw() * self.clinics)
        if chance < DENTAL * 2:
            self._put("歯科", anywhere, person, care.dental(self.month, self.draw, day), days=1)
        elif chance < DENTAL * 2 + STAYS:
            self._put("医科", anywhere, person, care.stay(self.month, self.draw, dpc=False), days=5, inpatient=True)
        elif chance < DENTAL * 2 + STAYS + DPCS:
            self._put("DPC", anywhere, person, care.stay(self.month, self.draw, dpc=True), days=5, inpatient=True)
        else:
            self._put("医科", anywhere, person, care.acute(self.month, self.draw, day), days=1)
            if self.draw() < 0.5:
                self._pharmacy(person, anywhere, [("cold", 5), ("stomach", 5), ("pain", 3)], day)

    def _pharmacy(self, person: Person, clinic: int, drugs: list[tuple[str, int]], day: int) -> None:
        if drugs:
            self._put("調剤", clinic, person, care.dispensed(drugs, self.month, day), days=1)

    def _put(self, kind: str, near: int, person: Person, paper: Paper, *, days: int, inpatient: bool = False) -> None:
        """The receipt with its head, among those of its institution."""
        if self.count >= self.wanted:
            return
        self.count += 1
        facility = near % self.clinics
        papers = self.papers[kind].setdefault(facility, [])
        papers += _head(kind, person, paper, facility, self.month, len(papers), days, inpatient, self.clinics)
        papers += paper.lines
        sums = self.sums.setdefault((kind, facility), [0, 0])
        sums[0] += paper.payers
        sums[1] += paper.points

    def _file(self, folder: Path, kind: str) -> Path:
        billed = month_of(self.month, 1)
        path = folder / f"{billed}-{KINDS[kind]}.uke"
        with path.open("wb") as file:
            for block in self._blocks(kind, billed):
                file.write(block)
            file.write(b"\x1a")
        return path

    def _blocks(self, kind: str, billed: int) -> Iterator[bytes]:
        for facility, papers in sorted(self.papers[kind].items()):
            payers, points = self.sums[kind, facility]
            lines = [_frame(kind, facility, billed), *papers, f"GO,{payers},{points},99", ""]
            yield "\r\n".join(lines).encode("cp932", errors="replace")


def _frame(kind: str, facility: int, billed: int) -> str:
    if kind == "調剤":
        return f"YK,2,13,4,{facility:07d},見本薬局{facility},{billed},00,"
    table = "3" if kind == "歯科" else "1"
    name = "見本歯科" if kind == "歯科" else "見本医院"
    return f"IR,2,13,{table},{facility:07d},,{name}{facility},{billed},00,"


def _head(
    kind: str,
    person: Person,
    paper: Paper,
    facility: int,
    month: int,
    place: int,
    days: int,
    inpatient: bool,
    clinics: int,
) -> list[str]:
    """RE, HO, KO and SN. Every third institution writes the old kanji, every fifth the 記号 in half width."""
    name = person.names[facility % 3 == 0]
    symbol = person.symbol if facility % 5 else fold(person.symbol.replace("－", "")).replace("13", "13-")
    first = {"医科": "1", "DPC": "1", "調剤": "4", "歯科": "3"}[kind]
    last = "1" if inpatient else "2"
    code = f"{first}1{paper.payers}{last}"
    start = f"RE,{place + 1},{code},{month},{name},{person.sex},{person.birth}"
    if kind == "調剤":
        head = f"{start},,,13,1,{facility % clinics:07d}" + "," * 30 + person.kana
        holder = f"HO,  {person.insurer},{symbol},{person.number},{days},{paper.points},,,,,,,,"
    elif kind == "歯科":
        head = f"{start}" + "," * 19 + f"{person.kana},"
        holder = f"HO,  {person.insurer},{symbol},{person.number},{days},{paper.points},,,,,,,"
    else:
        entered = f"{month}01" if inpatient else ""
        head = f"{start},,{entered}" + "," * 28 + f"{person.kana},"
        holder = f"HO,  {person.insurer},{symbol},{person.number},{days},{paper.points},,,,,,,,,"
    public = [f"KO,15136019,0000000,,{days},{paper.public},,,,,,"] if paper.payers == 2 else []
    return [head, holder, *public, f"SN,1,01,,,,{person.branch},,"]


def _medicines(truth: Truth) -> list[tuple[str, int]]:
    sugar = {1: [("oral", 28), ("oral2", 28)], 2: [("insulin", 28)], 3: [("glp1", 28), ("oral", 28)]}
    found = list(sugar.get(truth.drug, [])) if truth.diabetic else []
    found += [("pressure", 28)] if truth.hypertensive else []
    return found + ([("lipid", 28)] if truth.lipid else [])


def written_names(name: str) -> tuple[str, str]:
    """(with common kanji only, as registered) as far as シフト JIS can write either; a 〓 stands for what it cannot."""
    plain = _SELECTORS.sub("", name)
    return _writable(fold_kanji(plain)), _writable(plain)


def fold_kanji(name: str) -> str:
    """The name in common forms, with its space."""
    surname, gap, given = name.partition("\u3000")
    return f"{_common(surname)}{gap}{_common(given)}"


def _common(word: str) -> str:
    folded = fold(word)
    return folded if len(folded) == len(word) and not re.search("[ァ-ヶー]", word) else word


def _writable(name: str) -> str:
    return name.encode("cp932", errors="replace").decode("cp932").replace("?", "〓")


def _masters(folder: Path) -> None:
    """Master files (傷病名 b, 医薬品 y) in the layout of 支払基金, of the codes used here."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {
        "y": [_master(36, {1: "Y", 2: one["code"], 4: one["name"], 31: one["yj"]}) for one in care.table("drugs").values()],
        "b": [_master(44, {1: "B", 2: one["code"], 5: one["name"], 15: one["icd"]}) for one in care.table("diseases").values()],
    }  # fmt: skip
    for name, lines in rows.items():
        with (folder / f"{name}_ALL00000000.csv").open("w", encoding="cp932", newline="") as file:
            csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(lines)


def _master(size: int, values: dict[int, str]) -> list[str]:
    return [values.get(place, "0" if place == 0 else "") for place in range(size)]
