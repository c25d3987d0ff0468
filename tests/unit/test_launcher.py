"""The launcher, without building an environment: when one counts as ready, and how it fails."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from azukari.config.home import ROOT


@pytest.fixture
def launcher() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "azukari"))


@pytest.fixture
def checkout(launcher: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout elsewhere with locks and an environment that was built there for tests."""
    (tmp_path / "requirements").mkdir()
    for name in ("run", "test"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"{name}==1\n")
    (tmp_path / "python").touch()
    names = launcher["is_ready"].__globals__
    monkeypatch.setitem(names, "ROOT", tmp_path)
    monkeypatch.setitem(names, "REQUIREMENTS", tmp_path / "requirements")
    monkeypatch.setitem(names, "PYTHON", tmp_path / "python")
    monkeypatch.setitem(names, "MARK", tmp_path / "mark")
    (tmp_path / "mark").write_text(launcher["mark"](tmp_path / "requirements" / "test.txt"))
    return tmp_path


def test_the_environment_for_tests_serves_every_command(launcher: dict[str, Any], checkout: Path) -> None:
    assert launcher["is_ready"](launcher["lock_file"]("up"))
    assert launcher["is_ready"](launcher["lock_file"]("test"))


def test_a_changed_lock_is_noticed(launcher: dict[str, Any], checkout: Path) -> None:
    (checkout / "requirements" / "test.txt").write_text("test==2\n")
    assert not launcher["is_ready"](checkout / "requirements" / "run.txt")


def test_an_environment_copied_from_elsewhere_is_not_ours(
    launcher: dict[str, Any], checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(launcher["is_ready"].__globals__, "ROOT", checkout / "moved")
    assert not launcher["is_ready"](checkout / "requirements" / "run.txt")


def test_an_old_python_is_told_so(
    launcher: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))
    with pytest.raises(SystemExit) as left:
        launcher["main"]()
    assert left.value.code == 69
    assert "Python 3.11 以上" in capsys.readouterr().err


def test_a_step_says_the_last_words_of_what_failed(
    launcher: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        launcher["step"]("部品を導入", (sys.executable, "-c", "raise SystemExit('no index here')"))
    told = capsys.readouterr().err
    assert "no index here" in told
    assert "次に:" in told


def test_the_second_way_is_tried_when_the_first_fails(launcher: dict[str, Any]) -> None:
    launcher["step"]("二つの方法", (sys.executable, "-c", "raise SystemExit(1)"), (sys.executable, "-c", ""))
