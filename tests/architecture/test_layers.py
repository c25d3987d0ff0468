"""The import contracts hold, and each of them is seen to catch a violation planted in a copy of the source."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from azukari.config.home import ROOT

LINTER = Path(sys.executable).with_name("lint-imports")


@dataclass(frozen=True)
class Violation:
    contract: str
    module: str
    line: str
    contract_name: str


VIOLATIONS = (
    Violation("layers", "core/policy/planted.py", "import azukari.core.people.api", "Imports go downwards only"),
    Violation("layers", "kernel/planted.py", "import azukari.config.home", "Imports go downwards only"),
    Violation("layers", "web/planted.py", "import azukari.business.taxi.api", "Imports go downwards only"),
    Violation(
        "business", "business/other/planted.py", "import azukari.business.taxi.types", "No business knows another"
    ),
    Violation(
        "front-door",
        "business/taxi/planted.py",
        "import azukari.core.people.models",
        "A package is entered by its api and types",
    ),
    Violation("plain", "kernel/planted.py", "import django", "Kernel, rules and types are plain Python"),
    Violation(
        "plain", "business/other/rules.py", "import azukari.core.policy.api", "Kernel, rules and types are plain Python"
    ),
)


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINTER, "--config", str(ROOT / "pyproject.toml"), "--no-cache", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": f"{folder / 'src'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("planted", VIOLATIONS, ids=lambda planted: f"{planted.contract}-{planted.module}")
def test_a_planted_violation_is_caught(planted: Violation, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "static", "templates"))
    path = tmp_path / "src" / "azukari" / planted.module
    path.parent.mkdir(exist_ok=True)
    (path.parent / "__init__.py").touch()
    path.write_text(f"{planted.line}\n", encoding="utf-8")

    done = lint(tmp_path, "--contract", planted.contract)

    assert done.returncode == 1, done.stdout
    assert f"{planted.contract_name} BROKEN" in done.stdout
    dotted = "azukari." + planted.module.removesuffix(".py").replace("/", ".")
    assert dotted in done.stdout
