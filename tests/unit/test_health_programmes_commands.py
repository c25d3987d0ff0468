"""`./azukari health programmes …` as it is typed: an extraction into a list, its letters, and how far everything came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pytest_django import Settings
from typer.testing import CliRunner, Result

from azukari.business.health.columns import CHECKUPS, LINKS
from azukari.business.health.store import open_store
from azukari.cli.health import app
from azukari.core.audit import api as audit
from azukari.kernel.errors import AzukariError
from support.handover import without_starting
from support.linkage import identities
from support.programmes import AS_OF, alone, entrusted, households, listed, numbers, protect, rows

pytestmark = pytest.mark.usefixtures("scratch")


@pytest.fixture(autouse=True)
def _started(monkeypatch: pytest.MonkeyPatch) -> None:
    without_starting(monkeypatch)


def typed(*arguments: str, answers: str = "") -> Result:
    return CliRunner().invoke(app, ["programmes", *arguments], input=answers)


def extraction(persons: list[int], **changes: Any) -> str:
    reason = {"table": "checkups", "receipt": None, "line": None, "words": "受診がありません"}
    targets = [{"person": person, "group": "untested", "reasons": [reason]} for person in persons]
    groups = [{"code": "untested", "title": "未受診"}]
    told = {"programme": "checkup", "title": "試験", "version": "1", "as_of": "2026-06-01", "groups": groups}
    return json.dumps(told | {"targets": targets} | changes)


def test_from_an_extraction_to_letters(tmp_path: Path) -> None:
    query = "SELECT person_id FROM health_issued WHERE NOT health_is_protected(person_id, health_today()) ORDER BY 1 DESC LIMIT 3"
    persons = numbers(query)
    hidden = next(one[0] for one in households(2, 9) if set(one).isdisjoint(persons))
    protect(hidden)
    taken = typed("take", "-", "--fiscal-year", "2026", "--json", answers=extraction([*persons, hidden]))
    assert taken.exit_code == 0, taken.output
    card = json.loads(taken.stdout)
    assert (card["people"], card["groups"]) == (3, [["未受診", 3]])
    made = entrusted(card["key"], "r-health")
    for _ in range(2):
        printed = typed("letters", "--handing", str(made), "--out", str(tmp_path / "out"), "--json")
        assert printed.exit_code == 0, printed.output
        assert [Path(one).suffix for one in json.loads(printed.stdout)["files"]] == [".pdf"]
    told = typed("progress", "--fiscal-year", "2026", "--json")
    mine = next(one for one in json.loads(told.stdout)["lists"] if one["key"] == card["key"])
    assert mine["funnel"] == {
        "targets": 3, "reached": 3, "joined": 0, "finished": 0, "notified": 3, "connected": 0,
    }  # fmt: skip
    assert "約70,000件" in typed("progress", "--fiscal-year", "2026").stdout
    again = typed("take", "-", "--fiscal-year", "2026", answers=extraction([*persons, hidden]))
    assert isinstance(again.exception, AzukariError)
    assert "もう取り込んでいます" in str(again.exception)


def test_who_was_examined_since_is_told_by_the_records(tmp_path: Path, settings: Settings) -> None:
    """The store is linked, and the list knows; the second time there is nothing to tell."""
    settings.HEALTH_STORE = tmp_path / "store"
    person = alone(1)[0]
    key, paper = listed([person]), identities({})
    link = {"identity": paper["identity"][0], "person": person, "how": "exact", "probability": 1.0}
    store = open_store()
    store.write("identities", "members", paper)
    store.write("links", "members", pl.DataFrame([link], schema=LINKS))
    store.write("checkups", "one", pl.DataFrame([{"identity": link["identity"], "date": AS_OF}], schema=CHECKUPS))
    for _ in range(2):
        told = CliRunner().invoke(app, ["who"])
        assert told.exit_code == 0, told.output
    told = typed("progress", "--fiscal-year", "2026", "--json")
    [funnel] = [one["funnel"] for one in json.loads(told.stdout)["lists"] if one["key"] == key]
    assert (funnel["joined"], funnel["finished"]) == (1, 1)
    assert len(audit.search(action="health.followed", subject=person, using="owner").lines) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"programme": "x"}, "事業「x」はありません"),
        ({"as_of": "6月"}, "日付"),
        ({"targets": {}}, "対象者を読めません"),
        ({"targets": []}, "取り込む対象者がいません"),
    ],
)
def test_an_odd_extraction_leaves_nothing_behind(changes: dict[str, Any], words: str) -> None:
    before = rows("SELECT count(*) FROM health_list")
    result = typed("take", "-", "--fiscal-year", "2026", answers=extraction(alone(1), **changes))
    assert isinstance(result.exception, AzukariError), result.output
    assert words in str(result.exception)
    assert rows("SELECT count(*) FROM health_list") == before


def test_only_the_ward_s_own_letters_are_printed_here(tmp_path: Path) -> None:
    [(calls,)] = rows("SELECT max(id) FROM health_handing WHERE flow = '809-1'")
    result = typed("letters", "--handing", str(calls), "--out", str(tmp_path / "out"))
    assert "区で印刷するものではありません" in str(result.exception)
    assert "引渡し 99999 はありません" in str(typed("letters", "--handing", "99999", "--out", str(tmp_path)).exception)
