"""The made-up year: the same from the same seed, balanced, and holding the people each programme looks for."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from azukari.demo.health.population import INSURER, population
from azukari.demo.health.receipts import write_year
from support.uke import read

SIZE, SEED = 1_500, 11


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The people, and everything read of one month."""
    people = population(SIZE, SEED)
    folder = tmp_path_factory.mktemp("year")
    written = write_year(folder, people, receipts=SIZE, months=1, seed=SEED)
    tables: dict[str, pl.DataFrame] = {}
    for file in written.files:
        found = read(file.read_bytes())
        assert not found.problems, file.name
        assert not found.warnings, file.name
        for name, frame in found.tables.items():
            tables[name] = pl.concat([tables[name], frame]) if name in tables else frame
    return people, tables


def test_the_same_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    first, again, other = (
        {file.name: file.read_bytes() for file in written.files}
        for folder, seed in (("a", SEED), ("b", SEED), ("c", SEED + 1))
        for written in [write_year(tmp_path / folder, population(200, seed), receipts=200, months=1, seed=seed)]
    )
    assert first == again
    assert first != other


def test_the_four_kinds_are_there_and_every_file_balances(
    made: tuple[pl.DataFrame, dict[str, pl.DataFrame]],
) -> None:
    tables = made[1]
    assert tables["receipts"].height == SIZE
    assert set(tables["receipts"]["kind"]) == {"医科", "DPC", "調剤", "歯科"}
    records = sum(tables[name].height for name in ("receipts", "payers", "diagnoses", "acts", "raw"))
    assert 10 <= records / SIZE <= 15


def test_everybody_named_is_one_of_the_insured(
    made: tuple[pl.DataFrame, dict[str, pl.DataFrame]],
) -> None:
    people, tables = made
    who = tables["identities"].filter(pl.col("insurer") == INSURER)
    joined = who.join(people, on=["number", "branch"], suffix="_true")
    assert joined.height == who.height
    assert joined.filter(pl.col("birth") != pl.col("birth_true")).is_empty()
    # One institution writes the old kanji, another the new, so that linking has work to do.
    assert who.group_by("number", "branch").agg(pl.col("name").n_unique()).filter(pl.col("name") > 1).height


def test_the_people_each_programme_looks_for_are_there(
    made: tuple[pl.DataFrame, dict[str, pl.DataFrame]],
) -> None:
    people, tables = made
    seen = tables["receipts"].join(tables["identities"].unique("identity"), on="identity")
    of = seen.join(people, on=["number", "branch"]).select(
        "receipt", "facility", "kind", "person", "kidney", "multi_visitor", "multi_drug", "frequent_visitor"
    )
    on_dialysis = tables["acts"].filter(pl.col("code") == "140058010").join(of, on="receipt")
    assert set(on_dialysis["kidney"]) == {5}
    many = of.filter(pl.col("multi_visitor") & (pl.col("kind") == "医科"))
    assert many.group_by("person").agg(pl.col("facility").n_unique())["facility"].max() >= 4
    drugs = of.filter(pl.col("multi_drug") & (pl.col("kind") == "調剤"))
    assert drugs.group_by("person").agg(pl.col("facility").n_unique())["facility"].max() >= 3
    often = tables["acts"].join(of.filter("frequent_visitor"), on="receipt")
    assert often.select(pl.col("days").bitwise_count_ones().max()).item() >= 15
