"""The smallest letter, and ways of filling it. A module, so that other processes can call them."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CREATED = datetime(2019, 4, 1, tzinfo=UTC)
SOURCE = """#let data = json("data.json")
#set page(width: 400mm, height: 40mm, margin: 5mm)
#set text(font: "BIZ UDGothic", lang: "ja")
#for text in data.texts { block(text) ; pagebreak(weak: true) }
"""


def template(folder: Path, source: str = SOURCE) -> Path:
    path = folder / "letter.typ"
    path.write_text(source, encoding="utf-8")
    return path


def fill(items: Sequence[str]) -> dict[str, Any]:
    return {"texts": list(items)}


def fill_or_die(items: Sequence[str]) -> dict[str, Any]:
    """Killed by the system at one item, as where memory runs out."""
    if "致命" in items:
        os.kill(os.getpid(), signal.SIGKILL)
    return fill(items)
