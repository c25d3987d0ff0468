"""Taking in one file: recognised by its content, read whole or refused, merged into the fiscal years it is of."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Protocol

import polars as pl

from azukari.business.health.checkups import delivery, fkac, frames
from azukari.business.health.checkups.frames import Frames
from azukari.business.health.checkups.types import Received
from azukari.core.intake.api import digest
from azukari.core.intake.types import LIMITS, Problem, Problems, shown
from azukari.kernel.errors import BadInput

_HEAD = 8192
_TOLD = 20


class Keeps(Protocol):
    """What is needed of health.store.Store. A table of a part is replaced as a whole, or not at all."""

    def write(self, table: str, part: str, frame: pl.DataFrame) -> Path:
        """Put one table of a part in place of what it was."""

    def read(self, table: str, *, part: str) -> pl.DataFrame:
        """One table of a part; empty where it is not there."""


class Unreadable(BadInput):
    """A file of which nothing was kept; `problems` say what is wrong where, `rest` how many more there are."""

    def __init__(self, name: str, problems: Problems) -> None:
        listed = problems.in_order()
        told = "\n        ".join(str(one) for one in listed[:_TOLD])
        count = len(listed) + problems.rest
        more = f"\n        ほか {count - _TOLD:,} か所" if count > _TOLD else ""
        super().__init__(
            f"{name} を受け取れませんでした。何も入れていません。",
            f"{count:,} か所が読めません。\n        {told}{more}",
            "直したファイルで、もう一度受け取ってください。",
        )
        self.problems: tuple[Problem, ...] = listed
        self.rest = problems.rest


def recognises(path: Path) -> bool:
    """The file is a checkup delivery: CDA documents or an FKAC CSV, alone or in a zip. Nothing is unpacked."""
    return _kind(path) is not None


def receive(path: Path, store: Keeps) -> Received:
    """Read one file and put it into the store. The same file again changes nothing.

    A checkup of the same person and day, and a 利用券 of the same year, replace what an earlier file said of them.
    Raises Unreadable with every problem, and BadInput for a file that is none of these; then nothing is kept.
    """
    kind = _kind(path)
    if kind is None:
        raise BadInput(
            f"{shown(path.name)} は特定健診のファイルではありません。",
            "CDA の文書か FKAC の CSV、またはその zip を受け取ります。",
            "ファイルを確かめてください。",
        )
    problems = Problems(LIMITS.problems)
    found, notes = _cda(path, problems) if kind == "cda" else _fkac(path, problems)
    if problems:
        raise Unreadable(shown(path.name), problems)
    original = digest(path)
    parts, replaced = _keep(found, store)
    if replaced:
        notes = [*notes, f"前に受け取っていた {replaced:,} 件を、このファイルの内容に置き換えました。"]
    return Received(path.name, kind, original.sha256, original.size, parts, found.counts, tuple(notes))


def _kind(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PK\3\4"):
        return _kind_of_zip(path)
    if fkac.is_fkac(head):
        return "fkac"
    return "cda" if b"ClinicalDocument" in head.replace(b"\0", b"") else None


def _kind_of_zip(path: Path) -> str | None:
    """By the names in it: FKAC…csv, or the folders and files of a CDA delivery."""
    try:
        with zipfile.ZipFile(path) as opened:
            names = [name.replace("\\", "/").casefold() for name in opened.namelist()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    leaves = [name.rpartition("/")[2] for name in names]
    if any("fkac" in name and name.endswith(".csv") for name in leaves):
        return "fkac"
    ours = any("/data/h" in f"/{name}" for name in names) or any(leaf.startswith(("ix", "h")) for leaf in leaves)
    return "cda" if ours and any(leaf.endswith(".xml") for leaf in leaves) else None


def _cda(path: Path, problems: Problems) -> tuple[Frames, list[str]]:
    found = delivery.read(path, problems)
    if not problems and not found.documents:
        raise BadInput("健診の文書がありません。", "受け取る結果が一つもありません。", "送付物を確かめてください。")
    tables = Frames({}) if problems else frames.from_documents(found.documents)
    if not problems:
        _once(tables.tables["checkups"], found, path.name, problems)
    return tables, found.notes


def _once(checkups: pl.DataFrame, found: delivery.Delivery, name: str, problems: Problems) -> None:
    for place in (~checkups.select(pl.struct("identity", "date").is_first_distinct())[:, 0]).arg_true():
        error = BadInput(
            "同じ人の同じ日の健診が二つあります。", "どちらが正しいか決まりません。", "健診機関に確かめてください。"
        )
        problems.add(Problem.of(error, found.documents[int(place)].file or name))


def _fkac(path: Path, problems: Problems) -> tuple[Frames, list[str]]:
    return fkac.read_file(path, problems)


def _keep(found: Frames, store: Keeps) -> tuple[tuple[str, ...], int]:
    """Write a part a fiscal year, merged with what it held; what the rows point to goes first. Parts, and rows replaced.

    Killed in between, the same file given again does what is left: every step may be repeated.
    """
    main = "checkups" if "checkups" in found.tables else "guidance"
    rows = found.tables[main]
    parts, replaced = [], 0
    for year in sorted(rows["fiscal_year"].unique()):
        part = f"{main}-{year}"
        new, old = rows.filter(pl.col("fiscal_year") == year), store.read(main, part=part)
        whole = frames.merged(old, new, frames.KEYS[main])
        replaced += old.height + new.height - whole.height - _same(old, new)
        _keep_people(found, store, part, whole["identity"])
        if main == "checkups":
            _keep_items(found, store, part, new)
        store.write(main, part, whole)
        parts.append(part)
    return tuple(parts), replaced


def _same(old: pl.DataFrame, new: pl.DataFrame) -> int:
    """How many rows say again what was there."""
    return new.join(old, on=old.columns, how="semi", nulls_equal=True).height


def _keep_people(found: Frames, store: Keeps, part: str, wanted: pl.Series) -> None:
    known = pl.concat([found.tables["identities"], store.read("identities", part=part)])
    # A CSV gives no name and a document does: what one of them says is kept.
    people = known.group_by("identity", maintain_order=True).agg(pl.all().drop_nulls().first())
    store.write("identities", part, people.filter(pl.col("identity").is_in(wanted.implode())))


def _keep_items(found: Frames, store: Keeps, part: str, checkups: pl.DataFrame) -> None:
    keys = checkups.select(frames.KEYS["checkups"])
    new = found.tables["checkup_items"].join(keys, on=frames.KEYS["checkups"], how="semi")
    old = store.read("checkup_items", part=part)
    left = old.join(keys, on=frames.KEYS["checkups"], how="anti")
    store.write("checkup_items", part, pl.concat([left, new]))
