"""`./azukari health targets`: what is told, what is refused, and the line in the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from typer.testing import CliRunner

from azukari.business.health import store as storing
from azukari.business.health.looking import api as looking
from azukari.business.health.targets import api, reading
from azukari.business.health.targets.rules.records import tables_of
from azukari.cli.__main__ import build
from azukari.core.audit.api import search
from azukari.kernel.errors import BadInput, NotFound
from support.health_targets import frame

LEDGER = pytest.mark.django_db(databases=["default", "owner"])
PACK = reading.packs()["visits-takizawa"]
LINE = ["visits", "--as-of", "2026-01-31", "--pack", "visits-takizawa"]


@pytest.fixture
def store(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The invented patients of a pack, encrypted as everything else is, and no server started by the command."""
    settings.HEALTH_STORE = tmp_path / "health"
    settings.HEALTH_KEY = "a key for this test"
    kept = storing.open_store()
    for table, rows in tables_of(PACK).items():
        kept.write(table, "part", frame(table, rows))

    @contextmanager
    def recorded() -> Iterator[None]:
        yield

    monkeypatch.setattr(import_module("azukari.cli.health.targets"), "recorded", recorded)


def run(*arguments: str) -> str:
    found = CliRunner().invoke(build(["health"]), ["health", "targets", *arguments], catch_exceptions=False)
    return found.stdout


@LEDGER
@pytest.mark.usefixtures("store")
def test_a_list_in_words_and_in_json() -> None:
    told = run(*LINE)
    assert "重複・頻回受診（滝沢市 平成22年訓令第13号）" in told
    assert "未確認: さかのぼって見る月数（12）" in told
    plain: dict[str, Any] = json.loads(run(*LINE, "--json"))
    assert plain["targets"] == [{"person": 1, "group": "duplicate"}, {"person": 4, "group": "frequent"}]
    assert plain["counts"] == {"duplicate": 1, "frequent": 1, "unknown": 0, "none": 3, "all": 5}


@LEDGER
@pytest.mark.usefixtures("store")
def test_reasons_with_their_lines() -> None:
    assert "[diagnoses 3:2]" in run(*LINE, "--explain")
    full = json.loads(run(*LINE, "--explain", "--json"))
    assert {reason["table"] for reason in full["targets"][0]["reasons"]} == {"members", "diagnoses"}


@LEDGER
@pytest.mark.usefixtures("store")
def test_one_person() -> None:
    told = run(*LINE, "--person", "3")
    assert "3: 載っていません" in told
    assert "× 同じ病気で2か所以上の医療機関にかかる月が、3か月続いてはいません。" in told
    with pytest.raises(BadInput, match="99 という人はいません"):
        run(*LINE, "--person", "99")


@LEDGER
@pytest.mark.usefixtures("store")
def test_values_are_replaced() -> None:
    assert json.loads(run(*LINE, "--set", "run=2", "--json"))["counts"]["duplicate"] == 2
    with pytest.raises(BadInput, match="読めません"):
        run(*LINE, "--set", "run=two")
    with pytest.raises(BadInput, match="runs"):
        run(*LINE, "--set", "runs=2")


@LEDGER
@pytest.mark.usefixtures("store")
def test_every_look_is_in_the_ledger() -> None:
    looking.extract("visits", PACK.on, PACK.name, by="cli:test")
    looking.explain("visits", 1, PACK.on, PACK.name, by="cli:test")
    explained, extracted = search(action="health", using="owner").lines[:2]
    assert (extracted.action, extracted.flow, extracted.detail["rows"]) == ("health.extracted", "r-health", 2)
    assert (extracted.detail["pack"], extracted.detail["version"]) == ("visits-takizawa", "1")
    assert extracted.subjects == (1, 4)
    assert (explained.action, explained.subjects) == ("health.explained", (1,))
    assert "レセプトデータ" in extracted.items


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["visits"], BadInput),
        (["visits", "--as-of", "31.1.2026"], BadInput),
        (["visits", "--as-of", "9999-12-31"], BadInput),
        (["vists", "--as-of", "2026-01-31"], NotFound),
        (["drugs", "--as-of", "2026-01-31", "--pack", "visits-inami"], NotFound),
        (["visits", "--as-of", "2026-01-31", "--pack", "nowhere.toml"], BadInput),
    ],
)
@LEDGER
@pytest.mark.usefixtures("store")
def test_what_cannot_be_answered(arguments: list[str], error: type[Exception]) -> None:
    with pytest.raises(error):
        run(*arguments)


def test_the_invented_patients_are_run_without_a_ward() -> None:
    told = run("check")
    count = sum(len(pack.patient) for pack in api.packs_of())
    assert f"見本の人 {count} 人のうち、定義のとおりになったのは {count} 人です。" in told


def master(folder: Path, name: str, rows: list[list[str]]) -> None:
    text = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in rows) + "\r\n"
    (folder / name).write_bytes(text.encode("cp932"))


def row(kind: str, code: str, name: str, place: int, value: str) -> list[str]:
    cells = ["0", kind, code, "", name, name, *[""] * 26]
    cells[place] = value
    return cells


def test_masters_bring_drugs_and_diseases(tmp_path: Path) -> None:
    master(
        tmp_path,
        "y_ALL20240601.csv",
        [row("Y", "620000001", "薬", 31, "3962002F2027"), row("Y", "620000002", "薬", 31, "1124001F1022")],
    )
    master(tmp_path, "b_ALL20240601.csv", [row("B", "1509009", "胃癌", 15, "C169")])
    codes = api.codes_from(tmp_path)
    assert codes.lists["diabetes_drugs"].codes == {"620000001"}
    assert codes.lists["cancer"].codes == {"1509009"}
    assert codes.names["1509009"] == "胃癌"
    assert all(codes.known(name) for name in codes.lists)
    assert not api.codes_from(None).known("cancer")


def test_masters_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="基本マスターがありません"):
        api.codes_from(tmp_path)
    (tmp_path / "y_ALL.csv").write_bytes("\u3042,\u3044".encode())
    with pytest.raises(BadInput, match="1 行目"):
        api.codes_from(tmp_path)
    master(tmp_path, "y_ALL.csv", [row("Y", "620000001", "薬", 31, "3962002F2027"), ["0", "Y", "short"]])
    with pytest.raises(BadInput, match="2 行目"):
        api.codes_from(tmp_path)
