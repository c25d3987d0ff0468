"""Making a document: a template of ours, filled with data, as PDF/A-2b.

What people wrote goes in as data only. A template reads it as strings (`json("data.json")`), so nothing in it can
become a form or a command; a template sees the files it was given and nothing else of the disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final

import typst

from azukari.core.documents.glyphs import BOLD, FONTS, REGULAR, missing_glyphs
from azukari.kernel.errors import BadInput

__all__ = ["BOLD", "REGULAR", "missing_glyphs", "render"]

STANDARD: Final = "a-2b"
NO_FILES: Final[Mapping[str, bytes]] = MappingProxyType({})


def render(
    template: Path, data: Mapping[str, Any], *, files: Mapping[str, bytes] = NO_FILES, created: datetime | None
) -> bytes:
    """The document as PDF/A-2b (ISO 19005-2).

    `data` holds what JSON can hold and is read in the template as `json("data.json")`; `files` are pictures by plain
    name, read as `image(name)`. `created` (with its zone) stands in the file; None is now. The same input and `created`
    give the same bytes. Raises BadInput for a text with a character the fonts do not have, naming both.
    """
    _check_glyphs(data)
    moment = created or datetime.now(UTC)
    with TemporaryDirectory(prefix="azukari-") as name:
        folder = Path(name)
        (folder / "main.typ").write_bytes(template.read_bytes())
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        for file, content in files.items():
            (folder / Path(file).name).write_bytes(content)
        return typst.compile(
            folder / "main.typ",
            root=folder,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=STANDARD,
            timestamp=int(moment.timestamp()),
        )


@cache
def _fonts() -> typst.Fonts:
    """The fonts, read once a process: no machine's own, so that a paper looks the same everywhere."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _check_glyphs(data: Mapping[str, Any]) -> None:
    missing = missing_glyphs(_strings(data))
    if missing:
        named = "、".join(f"「{text}」の「{character}」（{_codes(character)}）" for text, character in missing)
        raise BadInput(
            f"{named}を印刷できません。",
            "この文字が印刷用の書体にありません。",
            "手書きにするか、本人に確かめて別の字で登録してください。",
        )


def _codes(character: str) -> str:
    return " ".join(f"U+{ord(one):04X}" for one in character)


def _strings(value: Any) -> Iterator[str]:
    """Every string in it, at any depth, once for each place. Keys are ours."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)
