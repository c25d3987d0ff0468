"""The deliverable comes back with tokens and is restored at the ward, both being there (諮問809 補足資料 2(2)).

A deliverable is one or more CSV (UTF-8) or Parquet files with a column `token`; a column `receipt_token` is restored too.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azukari.core.handover.ceremony import staging, words
from azukari.core.handover.ceremony.making import opened_key
from azukari.core.handover.ceremony.service import find, refuse, take
from azukari.core.handover.ceremony.types import CeremonyCard, Step
from azukari.core.policy.api import Actor, Place
from azukari.kernel import container
from azukari.kernel.errors import BadInput, NotFound, Unavailable

if TYPE_CHECKING:
    # Neither is loaded where a page starts.
    import polars as pl

    from azukari.kernel.pseudonyms import Pseudonyms

TOKEN, RECEIPT_TOKEN = "token", "receipt_token"
MOST_FILES = 100


def deliver(
    key: int, files: Sequence[Path], *, by: Actor, place: Place | None, now: datetime, using: str
) -> CeremonyCard:
    """Take the deliverable in: the bytes as they came, kept and hashed. Raises BadInput, NotFound, Refused."""
    card = find(key, using=using)
    refuse(card, Step.DELIVERED, by, place, now)
    names = [path.name for path in files]
    if not 0 < len(names) <= MOST_FILES or len(set(names)) != len(names):
        raise BadInput(
            "納品を受け取れません。", "ファイルがないか、同じ名前が二つあります。", "ファイルを確かめてください。"
        )
    with staging.fresh(key, staging.DELIVERED) as folder:
        counted = [(kept, _read(kept).height) for kept in [_kept(path, folder) for path in files]]
        detail = {"files": staging.listed(counted)}
    return take(key, Step.DELIVERED, by=by, place=place, now=now, detail=detail, using=using)


def restore(
    key: int, path: Path, passphrase: str, to: Path, *, by: Actor, place: Place, now: datetime, using: str
) -> tuple[CeremonyCard, list[Path]]:
    """Turn the tokens back into the ward's numbers, into files of mode 0600 in the new folder `to`.

    `token` becomes `person`, `receipt_token` becomes `receipt` (Int64). All files or none: Raises BadInput at the first
    row that is no token of this ceremony, Refused for another key, Broken for a deliverable that has changed.
    """
    from azukari.kernel.pseudonyms import pseudonyms

    card = find(key, using=using)
    refuse(card, Step.RESTORED, by, place, now)
    secret = opened_key(card, path, passphrase)
    tokens = pseudonyms(secret, card.contractor, card.series)
    delivered = card.last(Step.DELIVERED)
    sources = staging.checked(key, staging.DELIVERED, delivered.detail["files"] if delivered else ())
    part = to.with_name(f".{to.name}.azukari-part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(mode=0o700)
        made = [_restored(source, part, tokens) for source in sources]
        staging.to_disk(part)
        files = staging.listed(made)
        _refuse_others(to, files)
        with words.in_words(Step.RESTORED, using):
            done = take(key, Step.RESTORED, by=by, place=place, now=now, detail={"files": files}, using=using)
            _named(part, to)
    except OSError as error:
        raise Unavailable(
            f"{to} に書けません。", f"{error.strerror}。", "書き込める場所を指定してください。"
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return done, [to / one.name for one, _ in made]


def _refuse_others(to: Path, files: Sequence[Mapping[str, Any]]) -> None:
    """What stands there may only be what a killed run of this very command left."""
    if to.exists() and any(staging.sha_of(to / str(one["name"])) != one["sha256"] for one in files):
        raise BadInput(f"{to} は、もうあります。", "中身が違うので、上書きしません。", "新しい場所を指定してください。")


def _named(part: Path, to: Path) -> None:
    if not to.exists():
        part.rename(to)
        container.sync_folder(to.parent)


def _restored(source: Path, folder: Path, tokens: Pseudonyms) -> tuple[Path, int]:
    import polars as pl

    frame = _read(source)
    columns = [tokens.persons.numbers(frame[TOKEN]).alias("person")]
    if RECEIPT_TOKEN in frame.columns:
        columns.append(tokens.receipts.numbers(frame[RECEIPT_TOKEN]).alias("receipt"))
    found = frame.drop(TOKEN, RECEIPT_TOKEN, strict=False)
    out = folder / source.name
    os.close(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    whole = pl.DataFrame([*columns, *found.get_columns()])
    whole.write_parquet(out) if out.suffix == ".parquet" else whole.write_csv(out)
    return out, whole.height


def _kept(path: Path, folder: Path) -> Path:
    """A copy under the same name, which may hold no folder and no control character. Raises NotFound and BadInput."""
    if not container.NAME.fullmatch(path.name):
        raise BadInput(
            f"「{path.name[:60]}」という名前では受け取れません。",
            "半角の英数字と「.」「_」「-」の、99文字までの名前で受け取ります。",
            "名前を付け直してください。",
        )
    if not path.is_file():
        raise NotFound(f"{path} がありません。", "納品のファイルです。", "名前と場所を確かめてください。")
    shutil.copyfile(path, folder / path.name)
    return folder / path.name


def _read(path: Path) -> pl.DataFrame:
    """A deliverable's rows, everything but Parquet's own types as text. Raises BadInput."""
    import polars as pl

    try:
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
        else:
            frame = pl.read_csv(path, infer_schema=False, encoding="utf8")
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, "CSV (UTF-8) か Parquet のファイルとして読めません。") from error
    wrong = [name for name in (TOKEN, RECEIPT_TOKEN) if frame.schema.get(name, pl.String) != pl.String]
    if TOKEN not in frame.columns or wrong:
        raise _unreadable(
            path, "仮名の列 token がありません。" if TOKEN not in frame.columns else "仮名が文字ではありません。"
        )
    if taken := {"person", "receipt"} & set(frame.columns):
        raise _unreadable(path, f"復元で作る列 {min(taken)} が、もうあります。")
    return frame


def _unreadable(path: Path, why: str) -> BadInput:
    return BadInput(f"{path.name} を受け取れません。", why, "委託先に、形式を直した納品を求めてください。")
