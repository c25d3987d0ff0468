"""Where a reading meets the files: new files, files a person has worked on, and fields a person settled."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from azukari.core.policy.tomlfile import dumps
from azukari.core.policy.types import Consultation, Flow, Review
from azukari.kernel.errors import BadInput, Refused

NOTE = """諮問書から読み取ったもの。cite は元の文書の行番号。
review は人が確かめる欄、resolved は人が決めた欄とその理由（読み直すときは consult read --keep）。"""


class Mode(Enum):
    """What to do with a file that holds fields a person settled."""

    REFUSE = "refuse"
    KEEP = "keep"
    REPLACE = "replace"


def plan_files(read: Sequence[Consultation], out: Path, mode: Mode) -> dict[Path, str]:
    """Return the text of each file to write.

    Raises `Refused` when a file holds fields a person settled and `mode` says neither to keep nor to replace them, and
    `BadInput` when such a file cannot be read.
    """
    files: dict[Path, str] = {}
    worked_on: list[str] = []
    for each in read:
        path = out / f"{each.number}.toml"
        old = _existing(path) if mode is not Mode.REPLACE else None
        if old is not None and old.resolved and mode is Mode.REFUSE:
            worked_on.append(f"{path}（{'、'.join(entry.field for entry in old.resolved)}）")
        files[path] = dumps(keep_resolved(each, old) if old is not None and mode is Mode.KEEP else each, NOTE)
    if worked_on:
        raise Refused(
            f"人が決めた欄のあるファイルは上書きしません: {'、'.join(worked_on)}",
            "読み直した内容で上書きすると、人が確かめて決めたことが失われます",
            "決めた欄を残すなら --keep、すべて読み直した内容にするなら --replace を付けてください",
        )
    return files


def _existing(path: Path) -> Consultation | None:
    if not path.exists():
        return None
    try:
        return Consultation.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise BadInput(
            f"{path} を読めません（{str(error).splitlines()[0]}）",
            "人が決めた欄が入っているかもしれないので、そのままでは上書きしません",
            "ファイルを直すか、要らなければ --replace を付けてください",
        ) from error


def keep_resolved(read: Consultation, old: Consultation) -> Consultation:
    """Return a reading with the settled fields of the older file put back, and their questions taken off the list."""
    fields = [entry.field for entry in old.resolved]
    kept = read
    for field in fields:
        kept = _put(kept, old, field)
    review = tuple(each for each in kept.review if not settled(each, fields))
    return kept.model_copy(update={"review": review, "resolved": old.resolved})


def settled(review: Review, fields: Iterable[str]) -> bool:
    """Whether a person has settled the field a question is about."""
    return any(review.field == field or review.field.startswith(f"{field}.") for field in fields)


def without_resolved(consultation: Consultation, read: Consultation) -> Consultation:
    """Return a file's consultation as the reader alone would have given it: its settled fields from `read`, none resolved."""
    bare = consultation
    for entry in consultation.resolved:
        bare = _put(bare, read, entry.field)
    return bare.model_copy(update={"resolved": (), "review": read.review})


def _put(target: Consultation, source: Consultation, field: str) -> Consultation:
    """Copy one field from another reading: `life`, or `flows.812-1.start`."""
    head, *rest = field.split(".")
    if head == "flows" and len(rest) == 2:
        flow_id, name = rest
        theirs = next((flow for flow in source.flows if flow.id == flow_id), None)
        flows = tuple(
            _with(flow, {name: getattr(theirs, name)}) if theirs and flow.id == flow_id else flow
            for flow in target.flows
        )
        return target.model_copy(update={"flows": flows})
    if head in Consultation.model_fields and not rest:
        return target.model_copy(update={head: getattr(source, head)})
    return target


def _with(flow: Flow, values: dict[str, Any]) -> Flow:
    return Flow.model_validate({**dict(flow), **values})
