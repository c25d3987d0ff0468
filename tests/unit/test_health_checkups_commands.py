"""`./azukari health deemed` as it is typed, over the real store; checkups received into it and read back by SQL."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from pytest_django import Settings
from typer.testing import CliRunner

from azukari.business.health import columns, models
from azukari.business.health.checkups import api, service
from azukari.business.health.checkups.types import Received
from azukari.business.health.originals import where
from azukari.business.health.store import Store, open_store
from azukari.cli import health as commands
from azukari.demo.health import checkups as demo
from azukari.kernel.errors import BadInput
from support.desk import without_starting
from support.donations import one as ledger
from support.health_checkups import people

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
TESTS = ("160020910", "160023410", "160022510", "160022610", "160020410", "160010010")


@pytest.fixture
def store(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    without_starting(monkeypatch)
    settings.HEALTH_STORE = tmp_path / "health"
    return open_store()


def put(store: Store, table: str, *rows: dict[str, object]) -> None:
    wanted = columns.TABLES[table]
    store.write(table, "t", pl.DataFrame([{key: row.get(key) for key in wanted} for row in rows], schema=wanted))


def insured(store: Store, identity: int) -> None:
    """Person 5 had six tests on 10 July 2024, in lines 10 to 15 of receipt 3."""
    put(store, "members", {"person": 5, "birth": date(1965, 5, 5), "since": date(2020, 4, 1)})
    put(store, "links", {"identity": identity, "person": 5})
    put(store, "receipts", {"receipt": 3, "identity": identity, "month": 202407})
    put(
        store,
        "acts",
        *({"receipt": 3, "line": 10 + at, "code": code, "days": 1 << 9} for at, code in enumerate(TESTS)),
    )


def typed(*arguments: str) -> str:
    result = CliRunner().invoke(commands.app, ["deemed", *arguments])
    assert result.exception is None, result.exc_info
    return result.stdout


def test_candidates_are_told_with_their_lines_and_without_names(store: Store) -> None:
    insured(store, 77)
    told = json.loads(typed("--fiscal-year", "2024", "--json"))
    [one] = told["candidates"]
    assert (one["person"], one["age"], one["first"]) == (5, 59, "2024-07-10")
    shown = {need["item"]: (need["receipt"], need["line"]) for need in one["needs"] if need["state"] == "present"}
    assert shown["triglyceride"] == (3, 10)
    assert shown["glucose"] == (3, 15)
    assert told["unconfirmed"]
    assert json.loads(typed("--fiscal-year", "2023", "--json"))["candidates"] == []


def test_without_json_only_numbers_are_told(store: Store) -> None:
    insured(store, 77)
    told = typed("--fiscal-year", "2024")
    assert "みなし健診の候補: 1 人" in told
    assert "本人の書面の同意: ない 1 人" in told
    assert "問診（服薬歴・喫煙歴）: 分からない 1 人" in told
    assert "未確認" in told


def test_a_received_checkup_ends_the_candidacy(store: Store, tmp_path: Path) -> None:
    """A checkup received into the encrypted store is there for SQL, and whoever had it is no candidate."""
    paths = demo.write(tmp_path / "files", people(6), year=2024, seed=1, documents=2)
    for path in paths:
        api.receive(path, store)
    identity = int(store.read("checkups")["identity"][0])
    insured(store, identity)
    assert json.loads(typed("--fiscal-year", "2024", "--json"))["candidates"] == []
    assert json.loads(typed("--fiscal-year", "2023", "--json"))["candidates"] == []
    with store.connect() as connection:
        rows = connection.execute(
            "SELECT count(*), count(DISTINCT identity), min(fiscal_year) FROM checkups"
        ).fetchone()
    assert rows == (6, 6, 2024)


def test_a_file_is_taken_with_its_original_its_row_and_the_ledger(
    store: Store, settings: Settings, tmp_path: Path
) -> None:
    """Whole: the tables, the original under its hash, a row, a line in the ledger; once only. Refused: none of them."""
    settings.ORIGINALS = tmp_path / "originals"
    paths = demo.write(tmp_path / "files", people(8), year=2024, seed=1, documents=3)
    bad = tmp_path / "bad.zip"
    bad.write_bytes(paths[0].read_bytes()[:-50])
    *found, error = service.take([*paths, bad], by="cli:test")
    assert isinstance(error, BadInput)
    assert [one.kind for one in found if isinstance(one, Received)] == ["fkac", "fkac", "cda"]
    rows = models.ReceivedFile.objects.using("owner").filter(kind__in=("fkac", "cda")).order_by("id")
    assert [(row.name, row.size) for row in rows] == [(path.name, path.stat().st_size) for path in paths]
    kept = sorted(path for path in settings.ORIGINALS.rglob("*") if path.is_file())
    assert kept == sorted(where(hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths)
    told = ledger("SELECT count(*) FROM audit_entry WHERE action = 'health.received' AND actor = 'cli:test'")
    assert told == 3
    [again] = service.take(paths[:1], by="cli:test")
    assert isinstance(again, Received)
    assert (again.known, again.counts) == (True, found[0].counts)  # type: ignore[union-attr]
    assert rows.count() == 3


def test_killed_before_its_row_a_file_is_finished_by_giving_it_again(
    store: Store, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ORIGINALS = tmp_path / "originals"
    [path, *_] = demo.write(tmp_path / "files", people(8), year=2024, seed=1, documents=3)

    def killed(**_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(service, "note", killed)
        with pytest.raises(KeyboardInterrupt):
            service.take([path], by="cli:test")
    before = store.read("checkups")
    [found] = service.take([path], by="cli:test")
    assert isinstance(found, Received)
    assert (found.known, found.notes) == (False, ())
    assert store.read("checkups").sort("identity").equals(before.sort("identity"))
