"""The documents speak of what is there: the manual is current, and every test that a promise names exists."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_manual_is_current() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "manual.py"))["manual"]()
    assert (ROOT / "docs" / "manual.md").read_text(encoding="utf-8") == made, (
        "python tools/manual.py を実行してください"
    )


def test_every_promised_test_exists() -> None:
    promised = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text(encoding="utf-8")))
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    assert promised
    assert promised <= written


def test_every_link_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
