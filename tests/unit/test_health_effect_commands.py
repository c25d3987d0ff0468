"""`./azukari health effect` over the ward's own store: targets of the day, who was reached, what came of it."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from azukari.business.health.columns import TABLES
from azukari.business.health.effect import api
from azukari.business.health.store import open_store
from azukari.business.health.targets import api as targets
from azukari.business.health.targets.types import Extraction, Target
from azukari.cli import manage
from azukari.cli.__main__ import build
from azukari.kernel.errors import BadInput
from support.taxi import rows

SIZE, EFFECT = 900, -0.3
BEFORE, AFTER = date(2023, 10, 1), date(2024, 10, 1)


def everybody(programme: str, on: date, count: int = SIZE) -> Extraction:
    """A list with all of them: what makes a target is tested with the definitions."""
    people = [Target(person, "A", ()) for person in range(1, count + 1)]
    return Extraction(programme, on, "made-up", "1", "", (), people, {}, ("レセプトがありません。",))


def command(*arguments: str) -> Result:
    return CliRunner().invoke(build(["health"]), ["health", "effect", *arguments])


def table(name: str, **columns: Any) -> pl.DataFrame:
    """A table of the store with these columns; the others are null."""
    frame = pl.DataFrame(columns)
    given = [pl.col(c).cast(t) if c in columns else pl.lit(None, dtype=t).alias(c) for c, t in TABLES[name].items()]
    return frame.select(given)


@pytest.fixture
def reached(settings: Any, tmp_path: Path, scratch: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of people with diabetes and protein in the urine, the worse off more often reached; and who was."""
    monkeypatch.setattr(manage, "ready", nullcontext)
    monkeypatch.setattr(targets, "extract", lambda programme, _store, on, *_rest, **_more: everybody(programme, on))
    settings.HEALTH_STORE = tmp_path / "store"
    chance, people = np.random.default_rng(1), np.arange(1, SIZE + 1)
    lasting = 7.2 + 0.6 * chance.normal(size=SIZE)
    before, after = (lasting + 0.3 * chance.normal(size=SIZE) for _ in range(2))
    before = np.maximum(before, 6.6)
    reached = chance.random(SIZE) < 1 / (1 + np.exp(-(before - 7.2)))
    values = {"urine_protein": [3] * SIZE, "egfr": [60.0] * SIZE}
    store = open_store()
    person = {"birth": [date(1960, 1, 2)] * SIZE, "sex": [1] * SIZE}
    store.write("identities", "p", table("identities", identity=people + 5000, **person))
    store.write("links", "p", table("links", identity=people + 5000, person=people))
    store.write("members", "p", table("members", person=people, since=[date(2020, 1, 1)] * SIZE, **person))
    for part, on, hba1c in (("a", BEFORE, before), ("b", AFTER, after + EFFECT * reached)):
        year = [on.year] * SIZE
        found = table("checkups", identity=people + 5000, date=[on] * SIZE, fiscal_year=year, hba1c=hba1c, **values)
        store.write("checkups", part, found)
    path = tmp_path / "reached.csv"
    pl.DataFrame({"person": people[reached]}).write_csv(path)
    return path


def test_the_store_gives_the_truth_back_and_the_ledger_knows(reached: Path) -> None:
    done = command("kidney", "--as-of", "2024-04-01", "--reached", str(reached), "--json")
    assert done.exit_code == 0, done.output + repr(done.exception)
    told = json.loads(done.stdout)
    assert told["outcome"] == api.outcome("kidney").name
    assert told["headline"]["low"] < EFFECT < told["headline"]["high"]
    assert told["n_treated"] + told["n_control"] > 0.9 * SIZE
    assert rows("SELECT count(*) FROM audit_entry WHERE action = 'health.measured'") == [(1,)]


def test_a_day_without_targets_says_why(reached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "extract", lambda programme, _store, on, *_rest, **_more: everybody(programme, on, 0))
    with pytest.raises(BadInput, match="対象者が一人もいません") as refused:
        raise command("kidney", "--as-of", "2024-04-01", "--reached", str(reached)).exception or AssertionError
    assert "レセプトがありません" in refused.value.why


def test_without_a_table_the_command_says_what_it_needs() -> None:
    with pytest.raises(BadInput, match="分析する表がありません"):
        raise command("kidney").exception or AssertionError


def test_an_unknown_programme_is_named() -> None:
    with pytest.raises(BadInput, match="事業「kidneys」はありません"):
        raise command("kidneys").exception or AssertionError


def test_a_list_of_people_must_be_numbers(tmp_path: Path) -> None:
    (tmp_path / "reached.csv").write_text("person\n12\nだれか\n")
    with pytest.raises(BadInput, match="3 行目"):
        raise (
            command("kidney", "--as-of", "2024-04-01", "--reached", str(tmp_path / "reached.csv")).exception
            or AssertionError
        )
