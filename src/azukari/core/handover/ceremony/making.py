"""Key, tokens, medium: the three steps for which the key's file or the medium is at the machine. Commands only.

Killed at any moment, the same command goes on: files get their folder's name before the step is recorded, and a step
that is not recorded is made anew. What was made lies in clear no longer than until it is on the medium or cancelled: each
of these commands first takes away what a killed one left.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from azukari.core.handover import service as handovers
from azukari.core.handover import writing
from azukari.core.handover.ceremony import papers, registry, rules, staging, words
from azukari.core.handover.ceremony.models import Witnessed
from azukari.core.handover.ceremony.service import find, items_of, refuse, take
from azukari.core.handover.ceremony.types import CeremonyCard, Order, Step
from azukari.core.handover.types import Written
from azukari.core.policy.api import Actor, Place
from azukari.kernel import keystore
from azukari.kernel.errors import BadInput, Refused


def use_key(
    key: int, path: Path, passphrase: str, *, backup: Path, by: Actor, place: Place, now: datetime, using: str
) -> CeremonyCard:
    """The key of the ceremony: a new one into the file, or the one that is there. `backup` gets its paper (PDF/A).

    The record has the four words of the key and nothing else of it. Raises Refused, BadInput, NotFound.
    """
    card = find(key, using=using)
    refuse(card, Step.KEYED, by, place, now)
    if backup.exists():
        raise BadInput(f"{backup} は、もうあります。", "前の鍵の控えかもしれません。", "別の名前を指定してください。")
    secret = keystore.read(path, passphrase) if path.exists() else keystore.make(path, passphrase)
    papers.write_private(backup, papers.backup(card, secret, now))
    return take(key, Step.KEYED, by=by, place=place, now=now, detail={"words": keystore.words(secret)}, using=using)


def opened_key(card: CeremonyCard, path: Path, passphrase: str) -> bytes:
    """The ceremony's key out of its file. Raises Refused for another key, before anything is made with it."""
    secret = keystore.read(path, passphrase)
    refuse_other_key(card, secret)
    return secret


def refuse_other_key(card: CeremonyCard, secret: bytes) -> None:
    """Raise Refused unless it is the key of the ceremony, by its words."""
    keyed = card.last(Step.KEYED)
    expected = str(keyed.detail.get("words")) if keyed else ""
    if keyed and keystore.words(secret) != expected:
        raise Refused(
            "この立会いの鍵ではありません。",
            f"この鍵の照合の言葉は「{keystore.words(secret)}」、立会い {card.id} の鍵は「{expected}」です。",
            "言葉が同じ鍵のファイルか、紙の控えを使ってください。",
        )


def make(key: int, path: Path, passphrase: str, *, by: Actor, place: Place, now: datetime, using: str) -> CeremonyCard:
    """Pseudonymise: files into the ward's private folder, rows under the flow, the disclosure report into the record.

    Raises Refused, and what the business raises; then nothing was recorded.
    """
    from azukari.kernel.pseudonyms import pseudonyms  # Polars and its like: not where a page starts

    _sweep(using)
    card = find(key, using=using)
    refuse(card, Step.MADE, by, place, now)
    secret = opened_key(card, path, passphrase)
    maker = registry.maker_for(card.source, card.flow)
    with staging.fresh(key, staging.MADE) as folder:
        made = maker.make(
            Order(
                ceremony=key,
                contractor=card.contractor,
                items=items_of(card.flow),
                tokens=pseudonyms(secret, card.contractor, card.series),
                smallest=card.smallest,
                rare=card.rare,
                on=timezone.localdate(now),
                since=card.since,
                before=card.before,
                folder=folder,
            )
        )
        detail: dict[str, Any] = {
            "flow": card.flow, "files": staging.listed(made.files), "report": dict(made.report), "persons": len(made.subjects),
        }  # fmt: skip
    with words.in_words(Step.MADE, using):
        made.keep(using)
        return take(key, Step.MADE, by=by, place=place, now=now, detail=detail, subjects=made.subjects, using=using)


def write(key: int, to: Path, *, by: Actor, place: Place, now: datetime, using: str) -> tuple[CeremonyCard, Written]:
    """The container onto the medium at `to`, through the hand-over's own road; then the step. Raises what that raises.

    What was made stands in the ward's private folder and under the flow until here, and no longer.
    """
    _sweep(using)
    card = find(key, using=using)
    refuse(card, Step.WRITTEN, by, place, now)
    if card.handover is None:
        raise words.refused(rules.Why.NOT_HANDED, Step.WRITTEN)
    written = writing.write(card.handover, to, by=by, now=now, using=using)
    sent = handovers.find(card.handover, using=using)
    detail = {
        "handover": sent.id, "container": sent.container_sha256, "manifest": sent.manifest_sha256,
        "medium": f"{sent.kind} {sent.serial}",
    }  # fmt: skip
    with words.in_words(Step.WRITTEN, using):
        done = take(key, Step.WRITTEN, by=by, place=place, now=now, detail=detail, using=using)
        registry.maker(card.source).drop(key, using)
    staging.remove(key, staging.MADE)
    return done, written


def cancel(key: int, *, by: Actor, place: Place | None, now: datetime, using: str) -> CeremonyCard:
    """End it before anything left: its hand-over ends too, and what was made is gone. Raises Refused."""
    _sweep(using)
    with words.in_words(Step.CANCELLED, using):
        card = take(key, Step.CANCELLED, by=by, place=place, now=now, using=using)
        if card.handover is not None:
            handovers.cancel(card.handover, by=by, now=now, place=place, using=using)
        registry.maker(card.source).drop(key, using)
    staging.remove(key, staging.MADE)
    return find(key, using=using)


def _sweep(using: str) -> None:
    """Take away the tables of ceremonies that need them no longer, should a killed run have left them."""
    over = Witnessed.objects.using(using).filter(step__in=(Step.WRITTEN.value, Step.CANCELLED.value))
    for key in over.values_list("ceremony_id", flat=True):
        staging.remove(key, staging.MADE)
