"""One document from one template, in memory; with pictures, in a folder nobody else can read that is gone at once.

What people wrote goes in as data only. A template reads it as strings (`json("data.json")`), so nothing in it can
become a form or a command; a template that could run a text, or fetch another from a network, is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final

import typst

from azukari.core.documents.glyphs import FONTS, require_glyphs
from azukari.core.documents.types import Data, Template
from azukari.kernel.errors import BadInput

STANDARD: Final = "a-2b"
NO_FILES: Final[Mapping[str, bytes]] = MappingProxyType({})
OWN_NAMES: Final = frozenset({"main.typ", "data.json"})
# `import` and `include` fetch packages from a network; `eval` makes code of a text.
_NOT_ALLOWED: Final = re.compile(r"\b(?:import|include|eval)\b")


def render(
    template: Template,
    data: Data,
    *,
    created: datetime,
    files: Mapping[str, bytes] = NO_FILES,
    tagged: bool = True,
) -> bytes:
    """The document as PDF/A-2b (ISO 19005-2). Of several templates each reads on where the one before it ends.

    `data` is read in the template as `json("data.json")`; `files` are pictures, read as `image(name)`, and the template
    sees no other file. `created` (with its zone) stands in the document; the same input gives the same bytes. `tagged`
    adds the structure that screen readers need; forms that are only printed are made twice as fast without it.

    Raises BadInput for a text with a character the fonts do not have, naming both, and for what Typst cannot set, such
    as a damaged picture; ValueError for a template that imports, includes or evaluates.
    """
    with _inputs(template, data, files) as (main, root):
        return typst.compile(
            main,
            root=root,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=STANDARD,
            timestamp=int(created.timestamp()),
            pdf_tags=tagged,
        )


def preview(template: Template, data: Data, *, dpi: int, files: Mapping[str, bytes] = NO_FILES) -> list[bytes]:
    """The pages of the document that `render` makes of the same, each as a PNG of so many dots per inch, for a screen.

    Raises what `render` raises.
    """
    with _inputs(template, data, files) as (main, root):
        # One page comes as it is, several as a list.
        made: Any = typst.compile(
            main, root=root, font_paths=_fonts(), ignore_system_fonts=True, format="png", ppi=float(dpi)
        )
        return made if isinstance(made, list) else [made]


def sources(template: Template) -> list[Path]:
    """The files of a template."""
    return [template] if isinstance(template, Path) else list(template)


@contextmanager
def _inputs(template: Template, data: Data, files: Mapping[str, bytes]) -> Iterator[tuple[Any, Path]]:
    """What Typst reads, after it was looked through; and what Typst says of it, in words."""
    require_glyphs(_strings(data))
    if not OWN_NAMES.isdisjoint(files):
        raise ValueError(f"{', '.join(sorted(OWN_NAMES))} という名前の画像は使えません。")
    text = b"".join(_source(file) for file in sources(template))
    texts = {"main.typ": text, "data.json": json.dumps(data, ensure_ascii=False).encode()}
    try:
        with _files(texts, files) as found:
            yield found
    except typst.TypstError as error:
        raise BadInput(
            f"書類を作れませんでした（{sources(template)[-1].name}）。",
            error.message,
            "入れた画像を確かめてください。画像のない書類なら、この表示を添えてシステムの担当者に知らせてください。",
        ) from error


@contextmanager
def _files(texts: Mapping[str, bytes], pictures: Mapping[str, bytes]) -> Iterator[tuple[Any, Path]]:
    """What Typst starts from, and the only folder it sees. It takes texts from memory, but pictures only from a disk."""
    if not pictures:
        yield dict(texts), FONTS
        return
    with TemporaryDirectory(prefix="azukari-") as name:
        folder = Path(name)
        for file, content in {**texts, **pictures}.items():
            (folder / Path(file).name).write_bytes(content)
        yield folder / "main.typ", folder


@cache
def _fonts() -> typst.Fonts:
    """The fonts, read once a process: no machine's own, so that a paper looks the same everywhere."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _source(template: Path) -> bytes:
    """The text of a template that has been looked through."""
    source = template.read_bytes()
    if found := _NOT_ALLOWED.search(source.decode("utf-8")):
        raise ValueError(f"{template.name}: 書式に {found[0]} は使えません。")
    return source


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
