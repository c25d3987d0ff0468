"""Lists of codes: what counts as diabetes, a drug for it, 透析; and which masters they were taken from.

A list that needs a master nobody has given is not empty but unknown. So is a drug the master does not have, and a
diagnosis without a code (0000999) whose text has a word of the list.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from azukari.business.health.targets.rules.language import Value
from azukari.business.health.targets.types import Mark, Truth
from azukari.core.policy.types import Strict, Text
from azukari.kernel.errors import BadInput

UNCODED = "0000999"
DRUG = "IY"
# Places in the 基本マスター (支払基金): code, name, and ICD-10 (2013) or 薬価基準コード.
CODE, DISEASE_NAME, ICD, DRUG_NAME, PRICE_CODE = 2, 5, (15, 16), 4, 31
DATA = files(__package__) / "data"
Kind = Literal["diagnosis", "drug", "procedure"]


class ListOfCodes(Strict):
    """A list as lists.toml writes it."""

    id: Text
    title: Text
    kind: Kind
    source: Text
    mark: Mark
    file: str = ""
    only: dict[str, str] = {}
    without: dict[str, str] = {}
    names: tuple[Text, ...] = ()
    icd: tuple[Text, ...] = ()
    drugs: tuple[Text, ...] = ()
    uncoded: tuple[Text, ...] = ()


class Lists(Strict):
    """The whole of lists.toml."""

    list: tuple[ListOfCodes, ...]


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of one list; `known` is False where the master it needs was not given."""

    id: str
    title: str
    kind: Kind
    codes: frozenset[str]
    uncoded: tuple[str, ...] = ()
    known: bool = True


@dataclass(frozen=True, slots=True)
class Masters:
    """Masters as given: ICD-10 by 傷病名コード, 薬価基準コード by 医薬品コード, names by code. Empty where none was."""

    icd: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    drugs: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Codes:
    """Every list, the 薬価基準コード of the drugs, and names to tell people."""

    lists: Mapping[str, CodeList]
    drugs: Mapping[str, str]
    names: Mapping[str, str]

    def known(self, name: str) -> bool:
        """Whether a list is at hand, with the masters it needs."""
        return self.lists[name].known

    def belongs(self, name: str, row: Mapping[str, Value], column: str) -> Truth:
        """Whether the code of a row stands in a list."""
        known, code = self.lists[name], row[column]
        if not known.known or not isinstance(code, str):
            return None
        if known.kind == "drug":
            return code in known.codes if code in self.drugs else None if row["record"] == DRUG else False
        if known.kind == "diagnosis" and code == UNCODED and known.uncoded:
            text = row["text"]
            return None if not isinstance(text, str) or any(word in text for word in known.uncoded) else False
        return code in known.codes


def read_codes(masters: Masters | None = None) -> Codes:
    """The lists of lists.toml, with what the masters given add."""
    given = masters or Masters()
    tables = [_table(name) for name in ("diabetes-202406.csv", "procedures-202406.csv")]
    names = {row["code"]: row["name"] for table in tables for row in table}
    return Codes({each.id: _list(each, given) for each in _written().list}, given.drugs, {**names, **given.names})


def written_lists() -> tuple[ListOfCodes, ...]:
    """The lists as written, with their sources."""
    return _written().list


@cache
def _written() -> Lists:
    return Lists(**tomllib.loads((DATA / "lists.toml").read_text(encoding="utf-8")))


@cache
def _table(name: str) -> tuple[dict[str, str], ...]:
    text = (DATA / "codes" / name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _list(each: ListOfCodes, masters: Masters) -> CodeList:
    codes = frozenset(row["code"] for row in _table(each.file) if _fits(each, row)) if each.file else frozenset()
    if each.drugs:
        codes |= {code for code, price in masters.drugs.items() if price.startswith(each.drugs)}
    if each.icd:
        codes |= {code for code, found in masters.icd.items() if any(one.startswith(each.icd) for one in found)}
    known = bool(each.file) or bool(masters.drugs if each.drugs else masters.icd)
    return CodeList(each.id, each.title, each.kind, codes, each.uncoded, known)


def _fits(each: ListOfCodes, row: Mapping[str, str]) -> bool:
    return (
        all(row[column] == value for column, value in each.only.items())
        and not any(row[column] == value for column, value in each.without.items())
        and (not each.names or any(name in row["name"] for name in each.names))
    )


def read_masters(folder: Path) -> Masters:
    """The newest b (傷病名) and y (医薬品) of a folder of 基本マスター (cp932 CSV as the 支払基金 gives them).

    Raises BadInput when the folder has neither, or a file is not one of them.
    """
    diseases, drugs = _newest(folder, "b"), _newest(folder, "y")
    if diseases is None and drugs is None:
        raise BadInput(
            f"{folder} に基本マスターがありません。",
            "b_ で始まる傷病名マスターと、y_ で始まる医薬品マスターを探しました。",
            "支払基金のページから得たファイルを、名前を変えずに置いてください。",
        )
    icd: dict[str, tuple[str, ...]] = {}
    price: dict[str, str] = {}
    names: dict[str, str] = {}
    for row in _rows(diseases, "B", ICD[-1]) if diseases else ():
        icd[row[CODE]], names[row[CODE]] = tuple(row[place] for place in ICD if row[place]), row[DISEASE_NAME]
    for row in _rows(drugs, "Y", PRICE_CODE) if drugs else ():
        price[row[CODE]], names[row[CODE]] = row[PRICE_CODE], row[DRUG_NAME]
    return Masters(icd, price, names)


def _newest(folder: Path, letter: str) -> Path | None:
    found = (path for path in folder.iterdir() if path.suffix.lower() == ".csv") if folder.is_dir() else iter(())
    named = sorted(path for path in found if path.name.lower().startswith((f"{letter}_", f"{letter}2")))
    return named[-1] if named else None


def _rows(path: Path, kind: str, last: int) -> Iterator[list[str]]:
    try:
        lines = path.read_bytes().decode("cp932").splitlines()
    except UnicodeDecodeError as error:
        raise _bad(path, 1, f"cp932 として読めないバイトがあります ({error.start} バイト目)") from error
    for number, row in enumerate(csv.reader(lines), 1):
        if len(row) <= last or row[1] != kind:
            raise _bad(path, number, f"{kind} の行の形をしていません")
        yield row


def _bad(path: Path, line: int, why: str) -> BadInput:
    return BadInput(
        f"{path.name} の {line} 行目が読めません。",
        why,
        "支払基金のページから得たファイルかどうかを確かめてください。",
    )
