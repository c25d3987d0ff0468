"""The security policy of the pages is strict, so nothing may be written where the browser would refuse it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[3] / "src/azukari"
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
INLINE = re.compile(r"\sstyle=|<style\b|\son[a-z]+=\"|javascript:|<script(?![^>]*\bsrc=)", re.IGNORECASE)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_inline_style_or_script(template: Path) -> None:
    assert not INLINE.search(template.read_text())


def test_colours_come_from_the_design_tokens() -> None:
    own = {"#f7f8fa", "#000"}
    for sheet in SOURCE.glob("*/static/**/*.css"):
        if "vendor" not in sheet.parts:
            assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)])", sheet.read_text())) <= own, sheet.name
