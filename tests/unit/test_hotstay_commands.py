"""`./azukari hotstay`: a rush, made-up weeks and a month in numbers, as they are typed; the advantage of counting by ages."""

from __future__ import annotations

import json
from contextlib import nullcontext
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from azukari.cli import hotstay, manage
from azukari.demo.hotstay import quotas


def typed(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Any:
    monkeypatch.setattr(manage, "ready", nullcontext)
    return CliRunner().invoke(hotstay.app, list(arguments))


def test_a_rush_oversells_nothing_and_refuses_nobody_wrongly(scratch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = typed(monkeypatch, "rush", "--clients", "24", "--json")
    found = json.loads(told.output)
    assert told.exit_code == 0
    assert (found["oversold"], found["wrong"], found["partial"], found["failed"]) == (0, 0, 0, 0)
    assert found["decided"] == found["booked"] + found["refused"] == 24
    assert found["booked"] >= 5


def test_made_up_days_are_lived_and_counted(scratch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = typed(monkeypatch, "demo", "--days", "1", "--seed", "1", "--json")
    asked = json.loads(told.stdout.splitlines()[-1])
    assert 0 < asked["booked"] <= asked["asked"] or "休み" in asked["refused"]
    report = typed(monkeypatch, "report", "--month", f"{timezone.localdate():%Y-%m}", "--json")
    stations = json.loads(report.output)["stations"]
    assert len(stations) == 5
    assert sum(one["uses"] for one in stations) > 0
    assert all(one["uses"] == sum(one["by_age"]) for one in stations)
    assert "烏山" in typed(monkeypatch, "report", "--month", f"{timezone.localdate():%Y-%m}").output


@pytest.mark.parametrize("arguments", [("report", "--month", "令和"), ("rush", "--station", "nowhere")])
def test_bad_input_is_told(scratch: str, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    told = typed(monkeypatch, *arguments)
    assert told.exit_code != 0
    assert "次に" in str(told.exception)


def test_ages_admit_more_than_fixed_quotas() -> None:
    ours, theirs = quotas.compare(Random(814), days=12)
    assert ours > theirs
    assert all(quotas.by_ages(day) <= sum(one.end - one.start for one in day) for day in quotas.demand(Random(1), 5))
