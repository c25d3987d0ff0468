"""What no import linter sees: references by string, sizes, machine names, locks, and things nobody uses."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.template import engines
from django.urls import URLPattern, URLResolver, get_resolver

from azukari.cli.__main__ import COMMANDS, GROUPS
from azukari.config.home import ROOT
from azukari.core.policy.types import Holds

SOURCE = ROOT / "src" / "azukari"
LONGEST_FILE = 600
LONGEST_FUNCTION = 75
MEDIAN_FUNCTION = 9
# One foreign key upwards by name is allowed: rows of any package belong to a person or are made by an account.
REFERENCED_BY_ALL = {"people", "accounts", "policy"}
# Facts about somebody's machine, or an index that a mirror would replace.
MACHINE = re.compile(
    r"(?<![\w.])/(?:home|root|work|Users)/\w|files\.pythonhosted\.org|pypi\.org/simple|registry\.npmjs\.org/\S*-"
)
NAMES_A_MACHINE = {"tests/architecture/test_repository.py"}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def python_files() -> list[Path]:
    return [path for path in tracked("src/*.py", "azukari", "bench/*.py") if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_files_are_short() -> None:
    sizes = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in python_files()}
    assert not {name: size for name, size in sizes.items() if size > LONGEST_FILE}


def test_functions_are_short() -> None:
    sizes = dict(size for path in python_files() for size in functions(path))
    assert not {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION}
    assert median(sizes.values()) <= MEDIAN_FUNCTION


def test_no_package_reaches_another_by_a_string() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if re.search(r"\bget_model\(|\bapps\.get_models\(|\bimport_string\(", path.read_text(encoding="utf-8"))
        and "core/policy/" not in str(path)
    ]
    assert not found, "apps.get_model や import_string は、検査に見えない依存を作ります。"


def test_foreign_keys_point_to_their_own_package_or_the_core() -> None:
    strangers = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model.__module__.startswith("azukari.")
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model._meta.app_label not in {model._meta.app_label, *REFERENCED_BY_ALL}
    ]
    assert not strangers


def test_the_core_is_not_given_names_by_those_who_point_to_it() -> None:
    given = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model._meta.app_label != model._meta.app_label
        and field.remote_field.related_name != "+"
    ]
    assert not given, 'related_name="+" を付けてください。'


def test_every_model_says_what_it_holds() -> None:
    silent = [
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("azukari.") and not isinstance(getattr(model, "holds", None), Holds)
    ]
    assert not silent


def test_no_file_names_a_machine_or_an_index() -> None:
    found = []
    for path in tracked():
        if str(path.relative_to(ROOT)) in NAMES_A_MACHINE or path.suffix in {".png", ".woff2"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if MACHINE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not found


@pytest.mark.parametrize("name", ["run", "test", "uv"])
def test_locks_pin_every_package_by_hash_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    packages = re.split(r"\n(?=\S)", text.strip())
    unpinned = [
        package.split("\n", 1)[0] for package in packages if "==" not in package or "--hash=sha256:" not in package
    ]
    assert not unpinned


def test_migrations_are_current() -> None:
    """Compared in memory: the web role may not even read which migrations were applied."""
    loader = MigrationLoader(None)
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    assert {label: [str(one) for one in found] for label, found in changes.items()} == {}


def templates() -> list[str]:
    return [str(path.relative_to(folder)) for folder in SOURCE.rglob("templates") for path in folder.rglob("*.html")]


def test_every_template_compiles() -> None:
    assert [name for name in templates() if not engines["django"].get_template(name)] == []


def test_every_template_is_used() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")])
    unused = [name for name in templates() if name not in text and Path(name).name not in {"404.html", "500.html"}]
    assert not unused


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route, pattern


def test_every_address_has_a_name() -> None:
    assert [route for route, pattern in routes(get_resolver().url_patterns) if not pattern.name] == []


def test_no_two_addresses_have_one_name() -> None:
    names = sorted(f"{pattern.name}" for _, pattern in routes(get_resolver().url_patterns))
    assert [first for first, second in pairwise(names) if first == second] == []


def documentation() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])


@pytest.mark.parametrize("name", sorted(GROUPS | COMMANDS))
def test_every_command_is_documented(name: str) -> None:
    assert f"./azukari {name}" in documentation()


def test_every_setting_is_documented() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in tracked("src/*.py", "azukari"))
    names = set(re.findall(r"\b(AZUKARI_[A-Z_]+|DATABASE_URL)\b", text))
    assert [name for name in sorted(names) if name not in documentation()] == []
