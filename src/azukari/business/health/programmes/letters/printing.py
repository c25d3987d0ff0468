"""The letters of a hand-over as PDF/A-2b files, each sheet with its own code of the dispatch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from azukari.business.health.programmes.letters.filling import fill
from azukari.business.health.programmes.letters.pages import GUIDE, PAGES, RECOMMENDATION, RECORD_FORM, Letter
from azukari.business.health.programmes.types import LetterKind
from azukari.core.dispatch.types import SheetCode
from azukari.core.documents import api as documents
from azukari.core.documents.types import Progress, silent
from azukari.kernel.errors import BadInput

TEMPLATES: Final = Path(__file__).parent / "templates"
FILES: Final = MappingProxyType({RECOMMENDATION: "recommendation", GUIDE: "guide", RECORD_FORM: "recordform"})
# The sheets of an envelope in their order, the address behind the window.
SHEETS: Final[Mapping[LetterKind, tuple[str, ...]]] = MappingProxyType(
    {LetterKind.RECOMMENDATION: (RECOMMENDATION,), LetterKind.RECORD_FORM: (GUIDE, RECORD_FORM)}
)
A_FILE: Final = 100
TOLD: Final = 10


def render(
    kind: LetterKind, letters: Sequence[Letter], out: Path, *, created: datetime, progress: Progress = silent
) -> list[Path]:
    """Print these letters into a folder a sheet, in files of `A_FILE` in their order; the paths.

    The day of `created` stands on the letters. Given again after a kill it goes on where it was. Raises BadInput, before
    anything is printed, naming what cannot be; ValueError without a letter.
    """
    if not letters:
        raise ValueError("印刷する通知がありません。")
    items = [(name, _laid_out(name, place, letters, created.date())) for place, name in enumerate(SHEETS[kind])]
    made: list[Path] = []
    for place, (name, laid_out) in enumerate(items, 1):
        made += documents.render_many(
            template_of(name), laid_out, fill, out / f"{place}-{FILES[name]}",
            chunk=A_FILE, created=created, tagged=False, progress=progress,
        )  # fmt: skip
    return made


def item_of(name: str, letter: Letter, code: SheetCode, issued: date) -> dict[str, Any]:
    """A sheet laid out as plain values. Raises BadInput for what cannot be seen, has no glyph, or does not fit."""
    for text in (letter.name, letter.address):
        documents.require_visible(text, lines=text is letter.address)
    page = PAGES[name](letter, code, issued)
    documents.require_glyphs(dict.fromkeys(word.text for word in page.words))
    return documents.item_of(name, page)


def template_of(name: str) -> tuple[Path, ...]:
    """The files a sheet is set with."""
    return documents.PARTS, TEMPLATES / f"{FILES[name]}.typ", documents.PAGES


def _laid_out(name: str, place: int, letters: Sequence[Letter], issued: date) -> list[dict[str, Any]]:
    items, faults = [], []
    for letter in letters:
        try:
            items.append(item_of(name, letter, letter.sheets[place], issued))
        except BadInput as error:
            faults.append(f"  ・{letter.reference}: {error.what}{error.why}")
    if faults:
        more = f"\n  ほか{len(faults) - TOLD}件" if len(faults) > TOLD else ""
        told = "\n".join(faults[:TOLD])
        raise BadInput(
            f"{len(letters)}通のうち{len(faults)}通を印刷できません。\n{told}{more}",
            "一通でも印刷できないと、枚数が合わなくなるため、何も印刷していません。",
            "直すか、その方を名簿から除いてから、もう一度印刷してください。",
        )
    return items
