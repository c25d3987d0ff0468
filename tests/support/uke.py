"""Receipt files for tests, and a second, slow reader of the same rules: one line after the other, as text."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256

import polars as pl

from azukari.business.health.receipts.api import Reader

KEY = "ab" * 32
BURDENS = {"1": (0,), "5": (1,), "6": (2,), "2": (0, 1), "3": (0, 2), "4": (0, 1, 2), "7": (1, 2)}


def days(*chosen: int, each: int = 1) -> str:
    return ",".join(str(each) if day in chosen else "" for day in range(1, 32))


def act(
    record: str,
    category: str,
    code: str,
    points: int | str,
    times: int,
    on: str,
    *,
    burden: str = "1",
    amount: str = "",
) -> str:
    return f"{record},{category},{burden},{code},{amount},{points},{times},,,,,,,{on}"


def receipt(
    *acts: str, total: int, name: str = "見本　太郎", birth: str = "19500401", month: str = "202404"
) -> list[str]:
    return [
        f"RE,1,1112,{month},{name},1,{birth},,,,,,,,,,,,,,,,,,,,,,,,,,,,,,ミホンタロウ,",
        f"HO,  138123,１３－１,0001234,1,{total},,,,,,,,,",
        "SN,1,01,,,,01,,",
        "SY,2500015,20200401,1,,,01,",
        *acts,
    ]


def block(
    *receipts: list[str], payers: int | None = None, points: int | None = None, billed: str = "202405"
) -> list[str]:
    lines = [line for one in receipts for line in one]
    found = sum(line[:2] in {"HO", "KO"} for line in lines)
    total = sum(int(line.split(",")[5]) for line in lines if line[:2] == "HO")
    return [
        f"IR,2,13,1,1234567,,見本医院,{billed},00,",
        *lines,
        f"GO,{found if payers is None else payers},{total if points is None else points},99",
    ]


def uke(*blocks: list[str], end: str = "\r\n\x1a") -> bytes:
    return ("\r\n".join(line for one in blocks for line in one) + end).encode("cp932")


PLAIN = block(
    receipt(
        act("SI", "12", "112007410", 73, 2, days(3, 17)),
        act("SI", "60", "160017410", "", 1, days(3)),
        act("SI", "", "160010010", 49, 1, days(3)),
        act("IY", "21", "620000237", "", 14, days(3, each=14), amount="1.5"),
        act("IY", "", "620008965", 8, 14, days(3, each=14), amount="3"),
        "CO,99,1,810000001,表示能力の予定　ソ十",
        total=73 * 2 + 49 + 8 * 14,
    )
)


@dataclass
class Read:
    """A whole file as the reader under test found it."""

    reader: Reader
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def problems(self) -> list[tuple[int | None, str]]:
        return [(one.line, one.column) for one in self.reader.findings.refused.in_order()]

    @property
    def warnings(self) -> list[tuple[int | None, str]]:
        return [(one.line, one.column) for one in self.reader.findings.told.in_order()]


def read(content: bytes, size: int = 1 << 20, step: int = 1 << 20) -> Read:
    found = Read(Reader("sample.uke", sha256(content).hexdigest()))
    pieces = (content[at : at + step] for at in range(0, len(content), step))
    for tables in found.reader.read(pieces, size):
        for name, frame in tables.items():
            found.tables[name] = pl.concat([found.tables[name], frame]) if name in found.tables else frame
    return found


@dataclass
class Told:
    """What the slow reader says: refusing (line, column), and acts as (line, unit, category, code, points, days)."""

    problems: list[tuple[int, str]] = field(default_factory=list)
    acts: list[tuple[int, int, int, str, int | None, int]] = field(default_factory=list)
    receipts: int = 0


@dataclass
class Open:
    """The receipt being read."""

    payers: list[tuple[int, int, int]] = field(default_factory=list)
    sums: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    unit: int = 0
    category: int = 0
    ended: bool = True


def slowly(content: bytes) -> Told:
    """A medical file with well-formed fields, judged line by line."""
    told, now = Told(), Open()
    payers = points = 0
    for number, line in enumerate(content.rstrip(b"\x1a\r\n").decode("cp932").split("\r\n"), 1):
        fields = line.split(",")
        match fields[0]:
            case "RE" | "GO" as record:
                _close(told, now)
                points += now.payers[0][2] if now.payers else 0
                now = Open()
                told.receipts += record == "RE"
                if record == "GO":
                    if int(fields[1]) != payers:
                        told.problems.append((number, "GO 総件数"))
                    if int(fields[2]) != points:
                        told.problems.append((number, "GO 総合計点数"))
                    payers = points = 0
            case "HO" | "KO":
                position = 0 if fields[0] == "HO" else 1 + sum(one[1] > 0 for one in now.payers)
                now.payers.append((number, position, int(fields[5])))
                payers += 1
            case "SI" | "IY" | "CO":
                _act(told, now, number, fields)
    return told


def _act(told: Told, now: Open, number: int, fields: list[str]) -> None:
    if fields[1] or now.ended:
        now.unit += 1
    now.category = int(fields[1]) if fields[1] else now.category
    now.ended = fields[0] != "CO" and bool(fields[5])
    if fields[0] == "CO":
        return
    on = [int(one or 0) for one in fields[13:44]]
    if any(fields[13:44]) and sum(on) != int(fields[6]):
        told.problems.append((number, "算定日"))
    if fields[5] and now.category != 97:
        for position in BURDENS[fields[2]]:
            now.sums[position] += int(fields[5]) * int(fields[6])
    bits = sum(1 << place for place, one in enumerate(on) if one)
    told.acts.append((number, now.unit, now.category, fields[3], int(fields[5]) if fields[5] else None, bits))


def _close(told: Told, now: Open) -> None:
    who = ("医療保険", "第一公費", "第二公費", "第三公費", "第四公費")
    for line, position, total in now.payers:
        if now.sums[position] != total:
            told.problems.append((line, f"合計点数（{who[position]}）"))
