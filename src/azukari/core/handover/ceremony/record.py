"""The text that both responsible persons sign: who was there, what was done, by hashes. Nothing about anybody, no key."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from json import dumps
from typing import Any

from azukari.core.handover.ceremony.types import CeremonyCard, Step, Taken
from azukari.kernel import signatures

SIGNED_FIRST = (Step.WARD_SIGNED, Step.THEIRS_SIGNED)
SIGNED_LAST = (Step.DESTROYED, Step.CLOSED)
SIGNED = (*SIGNED_FIRST, *SIGNED_LAST)
_FIRST = (Step.WARD_PRESENT, Step.THEIRS_PRESENT, Step.KEYED, Step.MADE, Step.ACCEPTED, Step.WRITTEN)
_SECOND = (*SIGNED_FIRST, Step.DELIVERED, Step.WARD_BACK, Step.THEIRS_BACK, Step.RESTORED)


def text_of(card: CeremonyCard, step: Step, said: str = "") -> bytes:
    """What is signed at a step, in UTF-8: the same bytes from the same record.

    `said` is what the contractor reports of the destruction (廃棄の報告); it stands in the text it signs and in the text
    the ward signs afterwards.
    """
    return ("\n".join(_lines(card, step, said)) + "\n").encode()


def digest(value: Any) -> str:
    """The SHA-256 of plain data."""
    return sha256(dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _lines(card: CeremonyCard, step: Step, said: str) -> Iterator[str]:
    yield f"仮名化の立会いの記録 {card.id}"
    yield f"根拠 諮問第{card.consultation}号 取扱い {card.flow}"
    yield f"委託先 {card.contractor}"
    yield f"場所 {card.place_words} ({card.place})　媒体 {card.serial}　期限 {card.until}　系列 {card.series}"
    yield f"記録の期間 {card.since} から {card.before} の前まで　小さい数の境 {card.smallest}　まれな病名の境 {card.rare}"
    yield f"提案 {card.proposed_by} {card.proposed_at.isoformat(timespec='seconds')}"
    steps = _FIRST if step in SIGNED_FIRST else (*_FIRST, *_SECOND)
    for one in card.steps:
        if one.step in steps:
            yield from _told(one)
    if step in SIGNED_LAST:
        report = said if step is Step.DESTROYED else card_said(card)
        yield f"廃棄の報告 {report}"
    if step is Step.CLOSED:
        yield f"廃棄の報告の署名 {getattr(card.last(Step.DESTROYED), 'signature', '')}"
    yield f"署名する段階 {step.label}"


def card_said(card: CeremonyCard) -> str:
    """What the contractor reported of the destruction, once it did."""
    destroyed = card.last(Step.DESTROYED)
    return str(destroyed.detail.get("how", "")) if destroyed else ""


def _told(one: Taken) -> Iterator[str]:
    yield f"{one.step.label} {one.by} {one.at.isoformat(timespec='seconds')} {one.place}".rstrip()
    if one.public:
        yield f"  署名の公開鍵 {one.public} ({signatures.short(one.public)})"
    if one.signature:
        yield f"  署名 {one.signature}"
    for name, value in sorted(one.detail.items()):
        yield f"  {name} {value if isinstance(value, str | int) else f'sha256 {digest(value)}'}"
