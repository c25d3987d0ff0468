"""A store of the test's own, made-up insured, and files made wrong in one place."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from azukari.business.health.columns import TABLES
from azukari.demo.health import checkups as demo
from azukari.demo.health import checkups_cda

YEAR = 2024


class Kept:
    """What the health store does, in memory: parts by table, columns as they must be."""

    def __init__(self) -> None:
        self.parts: dict[tuple[str, str], pl.DataFrame] = {}
        self.writes: list[tuple[str, str]] = []
        self.stop_at: int | None = None

    def write(self, table: str, part: str, frame: pl.DataFrame) -> Path:
        if self.stop_at is not None and len(self.writes) == self.stop_at:
            raise KeyboardInterrupt
        assert dict(frame.schema) == TABLES[table], (table, frame.schema)
        self.writes.append((table, part))
        self.parts[table, part] = frame
        return Path(part)

    def read(self, table: str, *, part: str | None = None) -> pl.DataFrame:
        found = [frame for (name, where), frame in self.parts.items() if name == table and part in {None, where}]
        return pl.concat(found) if found else pl.DataFrame(schema=TABLES[table])


def people(count: int = 12) -> pl.DataFrame:
    """Made-up insured, all of an age for the checkup and all of whom attend."""
    return pl.DataFrame(
        {
            "person": list(range(1, count + 1)),
            "kana": [f"ミホン　タロウ{chr(0x30A2 + place)}" for place in range(count)],
            "birth": [date(1955 + place % 25, 1 + place % 12, 10) for place in range(count)],
            "sex": [1 + place % 2 for place in range(count)],
            "symbol": ["１３－２"] * count,
            "number": [f"{place:07d}" for place in range(count)],
            "branch": ["01"] * count,
            "attends": [True] * count,
        }
    )


def row(**changes: object) -> dict[str, object]:
    """One person's made-up checkup, as `checkups_cda.document` takes it."""
    return {**demo.results(people(1), year=YEAR, seed=1).row(0, named=True), **changes}


def cda(**changes: object) -> bytes:
    return checkups_cda.document(row(**changes))


def csv_167(edit: Callable[[list[str]], list[str]] = lambda lines: lines, count: int = 4) -> bytes:
    """An FKAC167, its lines (without line ends) changed by `edit`."""
    data = demo._csv("FKAC167", demo.TITLES_167, demo.results(people(count), year=YEAR, seed=1))
    return "".join(f"{line}\r\n" for line in edit(data.decode("cp932").split("\r\n")[:-1])).encode("cp932")


def csv_165(edit: Callable[[list[str]], list[str]] = lambda lines: lines, count: int = 60) -> bytes:
    """An FKAC165, its lines changed by `edit`."""
    rows = demo.guidance(demo.results(people(count), year=YEAR, seed=1), seed=1)
    data = demo._csv("FKAC165", demo.TITLES_165, rows)
    return "".join(f"{line}\r\n" for line in edit(data.decode("cp932").split("\r\n")[:-1])).encode("cp932")


def cell(title: str, value: str, line: int = 3) -> Callable[[list[str]], list[str]]:
    """Write a value into a column of one line (counted from 1)."""

    def edit(lines: list[str]) -> list[str]:
        cells = lines[line - 1].split(",")
        cells[lines[1].split(",").index(title)] = value
        return [*lines[: line - 1], ",".join(cells), *lines[line:]]

    return edit


def zipped(path: Path, **files: bytes) -> Path:
    """A zip; `__` in a name stands for a dot."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name.replace("__", "."), data)
    return path
