"""A definition as it is written in a pack: what each part may say, and that its parts fit together.

`[[lines]]` choose record lines; `[[latest]]` the newest checkup or guidance of some fiscal years; `[[repeat]]` something
that comes again month after month; `[[condition]]` and `[[group]]` put them together for one person. Expressions are
read once, when the pack is (`language`); what does not fit is refused with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt

from azukari.business.health.columns import CHECKUPS, GUIDANCE
from azukari.business.health.targets.rules.language import (
    Node,
    Type,
    Unreadable,
    flag,
    folded,
    lists_in,
    names_in,
    type_of,
)
from azukari.business.health.targets.types import Mark
from azukari.core.policy.types import Strict, Text

Number = StrictBool | StrictInt | StrictFloat
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Months = Annotated[StrictInt, Field(ge=1, le=120)] | Id
Table = Literal["receipts", "diagnoses", "acts"]
Key = Literal["disease", "drug", "facility"]

# What an expression over lines can read. `facility` is who prescribed on a 調剤, else who claimed; `visit_days` is 診療実日数.
RECEIPT: Mapping[str, Type] = {
    "kind": "text", "receipt_type": "text", "inpatient": "flag", "facility": "text", "visit_days": "number",
}  # fmt: skip
ROWS: Mapping[str, Mapping[str, Type]] = {
    "receipts": RECEIPT,
    "diagnoses": {**RECEIPT, "code": "text", "text": "text", "started": "day", "main": "flag", "suspected": "flag"},
    "acts": {**RECEIPT, "record": "text", "category": "number", "code": "text", "drug_days": "number"},
}
# What an expression over one person can read. `seen_until` is the day after the newest month of receipts.
PERSON: Mapping[str, Type] = {
    "age": "number", "sex": "number", "insured": "flag", "as_of": "day", "seen_until": "day",
}  # fmt: skip
MEASURES: Mapping[str, Type] = {
    "receipts": "number", "facilities": "number", "days": "number", "drug_days": "number", "drugs": "number",
}  # fmt: skip
HOLE = re.compile(r"\{([a-z0-9_.]+)\}")  # a name in a sentence
NOT_OF_LATEST = {"identity", "ticket", "opinion", "facility"}


def latest_columns(table: str) -> dict[str, Type]:
    """What can be read of the newest checkup or guidance, besides `found` and `age` (on its day)."""
    columns = CHECKUPS if table == "checkups" else GUIDANCE
    days = {"date", "first", "middle", "last"}
    return {name: "day" if name in days else "number" for name in columns if name not in NOT_OF_LATEST}


class Parameter(Strict):
    """A value that a ward may set. What nobody has confirmed is marked M or NOT FOUND."""

    id: Id
    value: Number
    words: Text
    source: Text
    mark: Mark


class Lines(Strict):
    """Record lines of the last `months` months for which `where` holds; `words` tell a resident what stands there."""

    id: Id
    table: Table
    where: Text
    months: Months
    words: Text


class Latest(Strict):
    """The newest row of a person in the fiscal years counted from that of the day (0 this one, -1 the last)."""

    id: Id
    table: Literal["checkups", "guidance"]
    years: Annotated[tuple[Annotated[StrictInt, Field(ge=-10, le=0)], ...], Field(min_length=1)]


class Repeat(Strict):
    """Lines that, put together by month and `per`, meet `having` in `run` months one after another."""

    id: Id
    of: Id
    per: tuple[Key, ...] = ()
    digits: Annotated[StrictInt, Field(ge=3, le=12)] | Id = 9
    having: Text
    run: Months


class Condition(Strict):
    """A flag with a name, and the sentences for a person to whom it applies, does not, or perhaps does."""

    id: Id
    when: Text
    yes: str = ""
    no: str = ""
    unknown: str = ""


class Group(Strict):
    """A group of targets; a person belongs to the first whose `when` is true."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")]
    title: Text
    when: Text


class PatientReceipt(Strict):
    """The same receipt in each of `months` (YYYYMM): diagnoses by code, drugs with their days, procedures by code."""

    months: Annotated[tuple[StrictInt, ...], Field(min_length=1)]
    facility: Text = "a"
    kind: Literal["医科", "DPC", "調剤", "歯科"] = "医科"
    inpatient: StrictBool = False
    prescriber: str | None = None
    days: StrictInt | None = 1
    diagnoses: tuple[str, ...] = ()
    suspected: tuple[str, ...] = ()
    uncoded: tuple[str, ...] = ()
    drugs: dict[str, StrictInt] = {}
    procedures: tuple[str, ...] = ()


class Patient(Strict):
    """An invented person, and the group they must fall into (`none`: in no group; `unknown`: nobody can say)."""

    name: Text
    expect: Text
    born: date | None = date(1960, 5, 1)
    sex: Literal[1, 2] | None = 1
    insured: StrictBool = True
    receipts: tuple[PatientReceipt, ...] = ()
    checkups: tuple[dict[str, date | StrictInt | StrictFloat], ...] = ()
    guidance: tuple[dict[str, date | StrictInt], ...] = ()


class Pack(Strict):
    """A whole definition. In force from `valid_from` to before `valid_until`.

    Its invented patients are seen on the day `on`, with `drugs` (薬価基準コード by code) for a master.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    programme: Literal["checkup", "guidance", "kidney", "visits", "drugs"]
    title: Text
    version: Annotated[str, Field(pattern=r"^[0-9A-Za-z._-]{1,20}$")]
    source: Text
    mark: Mark
    usual: StrictBool = False
    valid_from: date | None = None
    valid_until: date | None = None
    on: date
    drugs: dict[str, str] = {}
    parameter: tuple[Parameter, ...] = ()
    lines: tuple[Lines, ...] = ()
    latest: tuple[Latest, ...] = ()
    repeat: tuple[Repeat, ...] = ()
    condition: tuple[Condition, ...] = ()
    group: Annotated[tuple[Group, ...], Field(min_length=1)]
    patient: tuple[Patient, ...] = ()

    def in_force(self, on: date) -> bool:
        """Whether it holds on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on < self.valid_until
        )


@dataclass(frozen=True, slots=True)
class ReadLines:
    """Lines with their expression read."""

    id: str
    table: str
    where: Node
    months: int
    words: str


@dataclass(frozen=True, slots=True)
class ReadRepeat:
    """A repeat with its expression read; `months` are those of its lines."""

    id: str
    of: ReadLines
    per: tuple[str, ...]
    digits: int
    having: Node
    run: int

    @property
    def asks_drugs(self) -> bool:
        """Whether it needs to know which drug a line is."""
        return "drug" in self.per or "drugs" in set(names_in(self.having))


@dataclass(frozen=True, slots=True)
class ReadCondition:
    """A condition with its expression read."""

    id: str
    when: Node
    yes: str
    no: str
    unknown: str


@dataclass(frozen=True, slots=True)
class ReadGroup:
    """A group with its expression read."""

    code: str
    title: str
    when: Node


@dataclass(frozen=True, slots=True)
class Definition:
    """A pack whose expressions have been read with its parameters put in."""

    pack: Pack
    parameters: Mapping[str, bool | int | float]
    lines: Mapping[str, ReadLines]
    latest: Mapping[str, Latest]
    repeats: Mapping[str, ReadRepeat]
    conditions: Mapping[str, ReadCondition]
    groups: tuple[ReadGroup, ...]
    types: Mapping[str, Type]

    def nodes(self) -> Iterator[Node]:
        """Every expression over a person."""
        yield from (each.when for each in self.conditions.values())
        yield from (each.when for each in self.groups)

    def read(self) -> frozenset[str]:
        """The sources that decide something with the parameters as they are: lines, newest rows, repeats."""
        return frozenset(name.partition(".")[0] for node in self.nodes() for name in names_in(node))

    def lists(self) -> frozenset[str]:
        """The lists of codes that those sources ask."""
        read = self.read()
        lines = [each for each in self.lines.values() if each.id in read]
        lines += [each.of for each in self.repeats.values() if each.id in read]
        return frozenset(name for each in lines for name in lists_in(each.where))

    def told(self) -> frozenset[str]:
        """The names that its sentences speak of."""
        sentences = (f"{each.yes}{each.no}{each.unknown}" for each in self.conditions.values())
        return frozenset(name for each in sentences for name in HOLE.findall(each))


def define(pack: Pack, given: Mapping[str, bool | int | float], lists: frozenset[str]) -> Definition:
    """Read the expressions of a pack. `given` replaces parameters; `lists` are the codes at hand. Raises Unreadable."""
    parameters = _parameters(pack, given)
    _distinct(pack)
    kinds: dict[str, Type] = {name: type_of(value) for name, value in parameters.items()}
    codes: dict[str, Type] = dict.fromkeys(sorted(lists), "list")
    lines = {each.id: _lines(each, parameters, {**kinds, **codes}) for each in pack.lines}
    repeats = {each.id: _repeat(each, lines, parameters, kinds) for each in pack.repeat}
    types = {**PERSON, **kinds, **dict(_names(pack))}
    settled = {name: value for name, value in parameters.items() if isinstance(value, bool)}
    conditions = {}
    for each in pack.condition:
        when = folded(flag(each.when, types), settled)
        conditions[each.id] = ReadCondition(each.id, when, each.yes, each.no, each.unknown)
        types[each.id] = "flag"
    groups = tuple(ReadGroup(each.code, each.title, folded(flag(each.when, types), settled)) for each in pack.group)
    latest = {each.id: each for each in pack.latest}
    return Definition(pack, parameters, lines, latest, repeats, conditions, groups, types)


def _parameters(pack: Pack, given: Mapping[str, bool | int | float]) -> dict[str, bool | int | float]:
    known = {each.id: each.value for each in pack.parameter}
    for name, value in given.items():
        if name not in known:
            raise Unreadable(f"「{name}」という値はありません。あるのは {'、'.join(known) or 'なし'} です")
        if type_of(value) != type_of(known[name]):
            raise Unreadable(f"「{name}」は {'true か false' if isinstance(known[name], bool) else '数'} で書きます")
    return {**known, **given}


def _distinct(pack: Pack) -> None:
    ids = [each.id for part in (pack.parameter, pack.lines, pack.latest, pack.repeat, pack.condition) for each in part]
    codes = [each.code for each in pack.group]
    twice = [name for name in ids if ids.count(name) > 1 or name in PERSON]
    twice += [code for code in codes if codes.count(code) > 1 or code in {"all", "none", "unknown"}]
    if twice:
        raise Unreadable(f"「{twice[0]}」という名前が二度使われています")


def _names(pack: Pack) -> Iterator[tuple[str, Type]]:
    for lines in pack.lines:
        yield f"{lines.id}.found", "flag"
        yield f"{lines.id}.last", "day"
        if lines.table == "acts":
            yield f"{lines.id}.supplied", "day"
    for latest in pack.latest:
        yield f"{latest.id}.found", "flag"
        if latest.table == "checkups":
            yield f"{latest.id}.age", "number"
        yield from ((f"{latest.id}.{name}", kind) for name, kind in latest_columns(latest.table).items())
    yield from ((each.id, "flag") for each in pack.repeat)


def _count(written: int | str, parameters: Mapping[str, bool | int | float]) -> int:
    value = parameters.get(written) if isinstance(written, str) else written
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 120:
        raise Unreadable(f"「{written}」は 1 から 120 までの整数ではありません")
    return value


def _lines(each: Lines, parameters: Mapping[str, bool | int | float], names: Mapping[str, Type]) -> ReadLines:
    where = flag(each.where, {**names, **ROWS[each.table]})
    return ReadLines(each.id, each.table, where, _count(each.months, parameters), each.words)


def _repeat(
    each: Repeat,
    lines: Mapping[str, ReadLines],
    parameters: Mapping[str, bool | int | float],
    names: Mapping[str, Type],
) -> ReadRepeat:
    of = lines.get(each.of)
    if of is None:
        raise Unreadable(f"「{each.of}」という行はありません")
    if ("disease" in each.per and of.table != "diagnoses") or ("drug" in each.per and of.table != "acts"):
        raise Unreadable(f"「{each.id}」: {of.table} の行は、その並べ方ができません")
    digits, run = _count(each.digits, parameters), _count(each.run, parameters)
    return ReadRepeat(each.id, of, each.per, digits, flag(each.having, {**names, **MEASURES}), run)
