"""Papers of a ceremony, as PDF/A: its record, and the paper of the key, which goes to the ward person and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from azukari.core.accounts.api import AccountCard, workers
from azukari.core.documents import api as documents
from azukari.core.handover.ceremony import record
from azukari.core.handover.ceremony.types import CeremonyCard, Step, Taken
from azukari.core.policy import api as policy
from azukari.kernel import era, keystore, signatures
from azukari.kernel.container.keys import write_new
from azukari.kernel.errors import BadInput

TEMPLATES = Path(__file__).parent / "templates" / "typst"
WARD = "世田谷区"
QR_WIDTH = 46.0
_GROUPS_A_LINE = 4


def backup(card: CeremonyCard, key: bytes, now: datetime) -> bytes:
    """The paper of the key: its groups, the same as a QR code, and its four words. Whoever has it has the key."""
    text = keystore.on_paper(key)
    head, *groups = text.split("-")
    lines = [" ".join(groups[at : at + _GROUPS_A_LINE]) for at in range(0, len(groups), _GROUPS_A_LINE)]
    data = {
        "ward": WARD,
        "number": card.id,
        "flow": policy.flow_title(card.flow),
        "contractor": card.contractor,
        "series": card.series,
        "on": era.long(now.date()),
        "head": head,
        "lines": lines,
        "words": keystore.words(key),
        "qr": _drawing(text),
    }
    return documents.render(TEMPLATES / "key.typ", data, created=now)


def paper(card: CeremonyCard) -> bytes:
    """The record of the ceremony as far as it went, with the words that were signed and the signatures."""
    people = workers()
    made = card.last(Step.MADE)
    data = {
        "ward": WARD,
        "number": card.id,
        "section": policy.library().consultation(card.consultation).section,
        "flow": f"{policy.flow_title(card.flow)}（取扱い {card.flow}）",
        "contractor": card.contractor,
        "place": card.place_words,
        "medium": card.serial,
        "series": card.series,
        "until": era.long(card.until),
        "items": list(policy.library().items_of(card.flow)),
        "steps": [
            ["提案", era.minute(card.proposed_at), _name(card.proposed_by, people)],
            *([one.step.label, era.minute(one.at), _name(one.by, people)] for one in card.steps),
        ],
        "facts": [list(fact) for fact in _facts(card)],
        "files": [[one["name"], f"{one['rows']:,} 行", one["sha256"]] for one in _files(made)],
        "report": list(made.detail["report"].get("lines", ())) if made else [],
        "signatures": list(_signatures(card, people)),
        "said": record.card_said(card),
    }
    return documents.render(
        TEMPLATES / "record.typ", data, created=card.steps[-1].at if card.steps else card.proposed_at
    )


def write_private(path: Path, content: bytes) -> None:
    """A new file of mode 0600. Raises BadInput when there is one, and Unavailable."""
    try:
        write_new(path, content)
    except FileExistsError as error:
        raise BadInput(
            f"{path} は、もうあります。", "前の鍵の控えかもしれません。", "別の名前を指定してください。"
        ) from error


def _drawing(text: str) -> dict[str, object]:
    code = documents.qr(text, QR_WIDTH)
    return {"path": code.path, "box": f"0 0 {code.columns} {code.rows}", "width": code.width}


def _facts(card: CeremonyCard) -> Iterator[tuple[str, str]]:
    keyed, written = card.last(Step.KEYED), card.last(Step.WRITTEN)
    if keyed:
        yield "鍵の照合の言葉", str(keyed.detail["words"])
    if written:
        yield "授受番号", str(written.detail["handover"])
        yield "容器の SHA-256", str(written.detail["container"])
    for step, title in ((Step.DELIVERED, "納品"), (Step.RESTORED, "復元")):
        for one in _files(card.last(step)):
            yield f"{title} {one['name']}", f"{one['rows']:,} 行　{one['sha256']}"


def _files(taken: Taken | None) -> list[dict[str, object]]:
    return list(taken.detail.get("files", ())) if taken else []


def _signatures(card: CeremonyCard, people: dict[str, AccountCard]) -> Iterator[list[str]]:
    for one in card.steps:
        if one.signature:
            public = [
                shown.public for shown in card.steps if shown.public and shown.by == one.by and shown.at <= one.at
            ]
            mark = signatures.short(public[-1]) if public else ""
            yield [one.step.label, _name(one.by, people), mark, one.signature]


def _name(login: str, people: dict[str, AccountCard]) -> str:
    known = people.get(login)
    return f"{known.name}（{login}）" if known else login
