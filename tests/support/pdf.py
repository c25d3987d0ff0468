"""What a PDF made by Typst holds: its pages, its text, and the same document as a picture."""

from __future__ import annotations

import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typst
from PIL import Image

from azukari.core.documents.api import REGULAR

ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
# A string may hold brackets in pairs; so deep they never lie in ours.
BRACKETS = rb"[^\\()]|\\."
for _ in range(5):
    BRACKETS = rb"[^\\()]|\\.|\((?:" + BRACKETS + rb")*\)"
STRING = re.compile(rb"<([0-9A-Fa-f]*)>|\(((?:" + BRACKETS + rb")*)\)", re.DOTALL)
ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)


def page_count(pdf: bytes) -> int:
    return sum(len(re.findall(rb"/Type\s*/Page\b", part)) for part in (pdf, *_streams(pdf)))


def says(pdf: bytes, text: str) -> bool:
    """Whether a page says this in one weight of the fonts; whoever copies it from there gets it."""
    return any(text in page for page in readings(pdf))


def readings(pdf: bytes) -> list[str]:
    """The text of every page, as each of the fonts would read it; what is of another font is nonsense."""
    streams = list(_streams(pdf))
    fonts = [_characters(one) for one in streams if b"beginbfchar" in one]
    pages = [b"".join(re.findall(rb"\bBT\b(.*?)\bET\b", one, re.DOTALL)) for one in streams if b" Tf " in one]
    codes = [b"".join(map(_bytes, STRING.finditer(page))) for page in pages]
    return [_read(code, font) for font in fonts for code in codes]


def picture(template: Path, data: Mapping[str, Any], dpi: int) -> list[Image.Image]:
    """The pages as grey pictures, set by the same Typst with the same fonts."""
    inputs: Any = {"main.typ": template.read_bytes(), "data.json": json.dumps(data, ensure_ascii=False).encode()}
    made = typst.compile(inputs, font_paths=[REGULAR.parent], ignore_system_fonts=True, format="png", ppi=float(dpi))
    return [Image.open(io.BytesIO(page)).convert("L") for page in (made if isinstance(made, list) else [made])]


def _streams(pdf: bytes) -> Iterator[bytes]:
    for start in re.finditer(rb"stream\r?\n", pdf):
        try:
            yield zlib.decompressobj().decompress(pdf[start.end() :])
        except zlib.error:
            continue


def _characters(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", cmap.split(b"endcodespacerange")[1])
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def _bytes(string: re.Match[bytes]) -> bytes:
    if string[1] is not None:
        return bytes.fromhex(string[1].decode())
    return ESCAPED.sub(_unescaped, string[2])


def _unescaped(one: re.Match[bytes]) -> bytes:
    return bytes([int(one[1], 8)]) if one[1].isdigit() else ESCAPES.get(one[1], one[1])


def _read(codes: bytes, font: Mapping[int, str]) -> str:
    return "".join(font.get(int.from_bytes(codes[at : at + 2]), "\ufffd") for at in range(0, len(codes), 2))
