"""The papers as PDF/A-2b files of many, as one, and as pictures for a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final

from azukari.business.donations.letters.filling import fill
from azukari.business.donations.letters.form import form
from azukari.business.donations.letters.issuer import issuer
from azukari.business.donations.letters.pages import PAGES
from azukari.business.donations.letters.papers import PAPERS, granted, narrowed
from azukari.business.donations.letters.types import Checked, Kind, Letter, Note
from azukari.core.documents import api as documents
from azukari.core.documents.types import Progress, silent
from azukari.kernel.errors import BadInput

TEMPLATES: Final = Path(__file__).parent / "templates" / "typst"
FILES: Final = MappingProxyType(
    {
        Kind.APPLICATION: "application",
        Kind.PAYMENT_SLIP: "slip",
        Kind.THANKS: "thanks",
        Kind.CERTIFICATE: "certificate",
        Kind.ONE_STOP: "onestop",
        Kind.ADDRESS: "cover",
    }
)
A_FILE: Final = 100  # letters, so that a killed run loses a second
ENVELOPE: Final = "naga3"
TOLD: Final = 10  # faults named in one message


def render(
    kind: Kind,
    letters: Sequence[Letter],
    out: Path,
    *,
    created: datetime,
    envelope: str = ENVELOPE,
    processes: int | None = None,
    progress: Progress = silent,
) -> list[Path]:
    """Print letters of one kind into files of `A_FILE` each, in their order; the paths.

    The day of `created` is the papers' date. Given again after a kill it goes on where it was; see
    `documents.render_many`. Raises Refused when the kind says an item outside its flow, and BadInput, before anything is
    printed, naming the letters that `check` finds at fault; ValueError without a letter.
    """
    if not letters:
        raise ValueError("印刷する書類がありません。")
    progress(0, len(letters))
    items, checked = _laid_out(kind, letters, created.date(), envelope)
    _require_whole(checked, len(letters))
    return documents.render_many(
        template_of(kind),
        items,
        fill,
        out,
        chunk=A_FILE - A_FILE % len(items[0]["places"]),
        created=created,
        processes=processes,
        tagged=False,
        progress=progress,
    )


def sheet(kind: Kind, letter: Letter, *, created: datetime, envelope: str = ENVELOPE) -> bytes:
    """One paper as PDF/A-2b. Raises what `render` raises."""
    data = fill([item_of(kind, letter, created.date(), envelope)])
    return documents.render(template_of(kind), data, created=created, tagged=False)


def pictures(kind: Kind, letter: Letter, *, issued: date, envelope: str = ENVELOPE, dpi: int = 96) -> list[bytes]:
    """The same as PNG for a screen, a picture a page. Raises what `render` raises."""
    return documents.preview(template_of(kind), fill([item_of(kind, letter, issued, envelope)]), dpi=dpi)


def check(kind: Kind, letters: Sequence[Letter], *, issued: date, envelope: str = ENVELOPE) -> Checked:
    """Lay out every letter: those that cannot be printed with the reason, and those that get no カスタマバーコード.

    Raises Refused when the kind says an item outside its flow.
    """
    return _laid_out(kind, letters, issued, envelope)[1]


def unconfirmed(envelope: str = ENVELOPE) -> tuple[str, ...]:
    """What the papers rest on that nobody has looked up yet, in words, for the screen from which they are printed."""
    profile = documents.envelope(envelope)
    window = () if profile.confirmed else (f"封筒「{profile.name}」の寸法（{profile.source}）",)
    return (*issuer().unconfirmed, *form().unconfirmed, *window)


def item_of(kind: Kind, letter: Letter, issued: date, envelope: str) -> dict[str, Any]:
    """A letter laid out as one paper: plain values, its codes not drawn yet. Raises BadInput for what does not fit."""
    told = narrowed(granted(PAPERS[kind]), letter)
    if len(letter.sheets) != 1:
        raise BadInput(
            f"紙のコードが{len(letter.sheets)}個あります。",
            f"{kind}は1枚です。",
            "紙一枚に一つのコードを付けてください。",
        )
    _require_sound(told)
    page = PAGES[kind](SimpleNamespace(**told, issued=issued, envelope=envelope))
    documents.require_glyphs(dict.fromkeys(word.text for word in page.words))
    return documents.item_of(kind.value, page)


def _require_sound(told: Mapping[str, Any]) -> None:
    """What is wrong on any paper."""
    for field, text in told.items():
        if isinstance(text, str):
            documents.require_visible(text, lines=field == "address")
    if told.get("amount", 1) < 1:
        raise BadInput(
            f"寄附金額が{told['amount']}円です。", "1円に満たない寄附はありません。", "金額を確かめてください。"
        )


def template_of(kind: Kind) -> tuple[Path, ...]:
    """The files a kind is set with."""
    return documents.PARTS, TEMPLATES / f"{FILES[kind]}.typ", documents.PAGES


def _laid_out(
    kind: Kind, letters: Sequence[Letter], issued: date, envelope: str
) -> tuple[list[dict[str, Any]], Checked]:
    """The letters that can be printed, and what there is to say of the others and of these."""
    granted(PAPERS[kind])
    items, faults, notes = [], [], []
    for letter in letters:
        try:
            item = item_of(kind, letter, issued, envelope)
        except BadInput as error:
            faults.append(Note(letter.reference, error.what, error.why, error.next_step))
            continue
        items.append(item)
        if note := item.pop("note"):
            notes.append(
                Note(letter.reference, note, "カスタマバーコードなしで印刷します。", "住所を確かめてください。")
            )
    return items, Checked(tuple(faults), tuple(notes))


def _require_whole(checked: Checked, total: int) -> None:
    """Nothing is printed while a letter of the batch cannot be."""
    if checked.faults:
        named = "\n".join(f"  ・{one.reference}: {one.what}{one.why}" for one in checked.faults[:TOLD])
        more = f"\n  ほか{len(checked.faults) - TOLD}件" if len(checked.faults) > TOLD else ""
        raise BadInput(
            f"{total}件のうち{len(checked.faults)}件を印刷できません。\n{named}{more}",
            "一件でも印刷できないと、枚数が合わなくなるため、何も印刷していません。",
            "直すか、その件を別にしてから、もう一度印刷してください。",
        )
