"""The made-up checkups: the same seed the same bytes, and every file is received whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from azukari.business.health.checkups import api
from azukari.demo.health import checkups as demo
from support.health_checkups import Kept, people


def made(folder: Path, seed: int, year: int = 2024, count: int = 80) -> list[Path]:
    return demo.write(folder, people(count), year=year, seed=seed, documents=5)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, again, other = (made(tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert [path.name for path in first] == [path.name for path in again]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert first[0].read_bytes() != other[0].read_bytes()


def test_every_file_is_received_and_says_what_was_made(tmp_path: Path) -> None:
    for year in (2012, 2019, 2024):
        store = Kept()
        for path in made(tmp_path / str(year), seed=1, year=year):
            assert api.recognises(path)
            assert api.receive(path, store).notes == ()
        truth = demo.results(people(80), year=year, seed=1)
        found = store.read("checkups")
        assert found.height == truth.height > 40
        assert sorted(found["hba1c"]) == sorted(truth["hba1c"])
        assert found["fiscal_year"].unique().to_list() == [year]


def test_a_moved_household_is_numbered_by_the_day(tmp_path: Path) -> None:
    moved = people(2).with_columns(
        moved=pl.Series([date(2030, 1, 1), None], dtype=pl.Date()),
        former_symbol=pl.lit("９９"),
        former_number=pl.lit("7"),
    )
    assert demo.results(moved, year=2024, seed=1)["symbol"].to_list() == ["９９", "１３－２"]
