"""Write docs/manual.md from tests/spec: a chapter is a package, a section a module, a paragraph one test.

The titles are the docstrings, so the manual says what the tests hold and nothing else. Run
`python tools/manual.py` after changing a spec; a test fails while the committed copy is stale.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SPEC = ROOT / "tests" / "spec"
MANUAL = ROOT / "docs" / "manual.md"
HEAD = """# 手引き: 預かりがすること、しないこと

この手引きは `tests/spec` のテストから作られます。一段落が一つのテストです。書いてあることは、テストのたびに確かめられています。
作り直すには `python tools/manual.py` を実行します。
"""


def title_of(node: ast.Module | ast.FunctionDef, path: Path) -> tuple[str, str]:
    """First line and the rest of a docstring; a spec without one cannot become a paragraph."""
    text = ast.get_docstring(node)
    if not text:
        raise SystemExit(f"{path}: docstring がありません。手引きの文になるため、必ず書いてください。")
    first, _, rest = text.partition("\n")
    return first.strip(), rest.strip()


def tests_of(module: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (
                item for item in node.body if isinstance(item, ast.FunctionDef) and item.name.startswith("test_")
            )


def section(path: Path) -> str:
    module = ast.parse(path.read_text(encoding="utf-8"))
    title, lead = title_of(module, path)
    lines = [f"### {title}\n"] + ([f"{lead}\n"] if lead else [])
    for test in tests_of(module):
        sentence, detail = title_of(test, path)
        lines.append(f"- **{sentence}** (`{test.name}`)")
        lines.extend(f"  {line.strip()}" for line in detail.splitlines() if line.strip())
    return "\n".join(lines) + "\n"


def chapter(folder: Path) -> str:
    title, lead = title_of(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")), folder / "__init__.py")
    sections = [section(path) for path in sorted(folder.glob("test_*.py"))]
    return "\n".join([f"## {title}\n", *([f"{lead}\n"] if lead else []), *sections])


def manual() -> str:
    """The whole manual as Markdown."""
    chapters = [chapter(folder) for folder in sorted(SPEC.iterdir()) if (folder / "__init__.py").exists()]
    return "\n".join([HEAD, *chapters])


if __name__ == "__main__":
    MANUAL.write_text(manual(), encoding="utf-8")
