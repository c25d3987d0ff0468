"""Addresses leave by one door (`core.people.addresses`), so that one to be concealed can be stopped there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from azukari.config.home import ROOT

SOURCE = ROOT / "src" / "azukari"
PEOPLE = SOURCE / "core" / "people"
TABLE = re.compile(r"(?:v_)?people_address\b")
# The service itself, the table's definition, and what fills a made-up ward's tables.
ALLOWED = {PEOPLE / "addresses.py", PEOPLE / "models.py", SOURCE / "demo" / "ward.py"}


def modules() -> Iterator[Path]:
    return (path for path in [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")] if "migrations" not in path.parts)


def readers(path: Path) -> Iterator[str]:
    """Ways in which a file reaches the address tables: by name, by the model, or past the package's public face."""
    text = path.read_text(encoding="utf-8")
    if TABLE.search(text):
        yield "names the table"
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module == "azukari.core.people.models":
                yield from (f"imports {name.name}" for name in node.names if name.name in {"Address", "*"})
            if isinstance(node, ast.Attribute) and node.attr in {"addresses", "address_set"}:
                yield f"follows .{node.attr}"


def test_no_other_module_reads_the_address_tables() -> None:
    found = {str(path.relative_to(ROOT)): list(readers(path)) for path in modules() if path not in ALLOWED}
    assert not {name: ways for name, ways in found.items() if ways}, (
        "住所は core.people の address_for から受け取ってください。"
    )


@pytest.mark.parametrize(
    "source",
    [
        "QUERY = 'SELECT town FROM v_people_address'",
        "from azukari.core.people.models import Address",
        "from azukari.core.people.models import *",
        "person.addresses.first()",
    ],
)
def test_a_seeded_reader_is_caught(tmp_path: Path, source: str) -> None:
    path = tmp_path / "page.py"
    path.write_text(source, encoding="utf-8")
    assert list(readers(path))
