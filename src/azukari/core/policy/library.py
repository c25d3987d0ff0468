"""Loads a folder of consultations and the ward's register. Everything wrong with the folder is told at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from azukari.core.policy.types import Consultation, Flow, RegisterEntry, Stage
from azukari.kernel.errors import BadInput, NotFound

REGISTER_FILE = "ward-register.toml"
T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one file. `where` is a line or a field."""

    file: str
    where: str
    what: str
    next_step: str

    def __str__(self) -> str:
        place = f"{self.file} の {self.where}" if self.where else self.file
        return f"{place}: {self.what} → {self.next_step}"


class BrokenLibrary(BadInput):
    """The folder cannot be used. `faults` lists everything found, so that it can be repaired in one go."""

    def __init__(self, directory: Path, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        listed = "\n".join(f"  ・{fault}" for fault in self.faults)
        super().__init__(
            f"{directory} の諮問のファイルに{len(self.faults)}件の誤りがあります\n{listed}",
            "一つでも誤りがあると、何が許可されているかを決められないため、どの諮問も読み込みません",
            "上の箇所を直してから、もう一度実行してください",
        )


@dataclass(frozen=True)
class Library:
    """The consultations of a folder by number, their flows and the register entries by id.

    `files` says which file a consultation came from. `demonstration` tells whether made-up steps of a life count.
    """

    consultations: Mapping[str, Consultation]
    flows: Mapping[str, Flow]
    entries: Mapping[str, RegisterEntry]
    demonstration: bool
    files: Mapping[str, str]
    homes: Mapping[str, str]

    def consultation(self, number: str) -> Consultation:
        """Return a consultation by its number. Raises `NotFound`."""
        if number in self.consultations:
            return self.consultations[number]
        known = "、".join(self.consultations) or "なし"
        raise NotFound(
            f"諮問 {number} はありません",
            f"ここにあるのは {known} です",
            "番号を確かめるか、consult read で諮問書を読み取ってください",
        )

    def consultation_of(self, flow_id: str) -> Consultation:
        """Return the consultation a flow stands in."""
        return self.consultations[self.homes[flow_id]]

    def items_of(self, flow_id: str) -> tuple[str, ...]:
        """Return the items of a flow, with those it takes from others (items_of), each once."""
        flow = self.flows[flow_id]
        borrowed = (item for other in flow.items_of for item in self.items_of(other))
        return tuple(dict.fromkeys([*flow.items, *borrowed]))


def load(directory: Path, demonstration: bool) -> Library:
    """Load every `*.toml` of a folder.

    Outside a demonstration the steps of a demonstration (a made-up answer) are left out of each consultation's life.
    Raises `NotFound` for a missing folder and `BrokenLibrary` listing every fault.
    """
    if not directory.is_dir():
        raise NotFound(
            f"{directory} がありません",
            "諮問のファイルがないと、何も許可できません",
            "consult read 諮問書.txt --out で作るか、場所を確かめてください",
        )
    faults: list[Fault] = []
    read: dict[str, Consultation] = {}
    entries: dict[str, list[RegisterEntry]] = {}
    for path in sorted(directory.glob("*.toml")):
        raw = _parse(path, faults)
        if raw is None:
            continue
        if path.name == REGISTER_FILE or "entries" in raw:
            entries[path.name] = _entries(path.name, raw, faults)
        elif (made := _typed(Consultation, path.name, raw, "", faults)) is not None:
            read[path.name] = made
    faults += _between(read, entries)
    if faults:
        raise BrokenLibrary(directory, faults)
    kept = {name: each if demonstration else _without_demonstration(each) for name, each in read.items()}
    return _library(kept, entries, demonstration)


def _library(
    read: Mapping[str, Consultation], entries: Mapping[str, list[RegisterEntry]], demonstration: bool
) -> Library:
    return Library(
        consultations=MappingProxyType({each.number: each for each in read.values()}),
        flows=MappingProxyType({flow.id: flow for each in read.values() for flow in each.flows}),
        entries=MappingProxyType({entry.id: entry for many in entries.values() for entry in many}),
        demonstration=demonstration,
        files=MappingProxyType({each.number: name for name, each in read.items()}),
        homes=MappingProxyType({flow.id: each.number for each in read.values() for flow in each.flows}),
    )


def _without_demonstration(consultation: Consultation) -> Consultation:
    life = tuple(step for step in consultation.life if not step.demonstration)
    return consultation.model_copy(update={"life": life})


def is_answered(consultation: Consultation) -> bool:
    """Whether the council has answered: only then do flows grant anything."""
    return any(step.stage is Stage.ANSWERED for step in consultation.life)


# --- one file -------------------------------------------------------------------


def _parse(path: Path, faults: list[Fault]) -> dict[str, Any] | None:
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        faults.append(Fault(path.name, "", f"開けません（{error.strerror}）", "ファイルの権限を確かめてください"))
        return None
    except UnicodeDecodeError as error:
        faults.append(
            Fault(path.name, f"{error.start + 1}バイト目", "UTF-8 で書かれていません", "UTF-8 で保存し直してください")
        )
        return None
    if not text.strip():
        faults.append(Fault(path.name, "", "空のファイルです", "書きかけなら消すか、consult read で作り直してください"))
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        faults.append(_toml_fault(path.name, text, str(error)))
        return None


_AT = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")


def _toml_fault(name: str, text: str, message: str) -> Fault:
    match = _AT.search(message)
    line = int(match.group(1)) if match and match.group(1) else text.count("\n") + 1
    cut = match is not None and match.group(1) is None
    what = (
        "途中で終わっています（書きかけのようです）"
        if cut
        else f"TOML として読めません（{_AT.sub('', message).strip()}）"
    )
    return Fault(name, f"{line}行目", what, "引用符・かっこの閉じ忘れや書きかけの行がないか見てください")


def _entries(name: str, raw: Mapping[str, Any], faults: list[Fault]) -> list[RegisterEntry]:
    faults += [
        Fault(name, key, "知らない欄です", "[[entries]] だけを書いてください") for key in raw if key != "entries"
    ]
    rows = raw.get("entries", [])
    if not isinstance(rows, list):
        faults.append(Fault(name, "entries", "表の並びではありません", "[[entries]] の形で書いてください"))
        return []
    made = [_typed(RegisterEntry, name, row, f"entries.{at}.", faults) for at, row in enumerate(rows, start=1)]
    return [entry for entry in made if entry is not None]


def _typed(kind: type[T], name: str, raw: Any, prefix: str, faults: list[Fault]) -> T | None:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        faults.extend(Fault(name, prefix + _where(one["loc"], raw), *_explain(one)) for one in error.errors())
        return None


def _where(loc: tuple[int | str, ...], raw: Any) -> str:
    """Return a path a person finds again: flows.812-1.start rather than flows.0.start."""
    parts: list[str] = []
    for step in loc:
        if isinstance(raw, dict):
            raw = raw.get(step)
            parts.append(str(step))
        elif isinstance(raw, list) and isinstance(step, int) and step < len(raw):
            raw = raw[step]
            parts.append(str(raw["id"]) if isinstance(raw, dict) and "id" in raw else str(step + 1))
        else:
            parts.append(str(step))
    return ".".join(parts)


def _explain(detail: Any) -> tuple[str, str]:
    """Return what is wrong and what to do, in Japanese, for one error of pydantic."""
    kind, shown = detail["type"], repr(detail.get("input"))[:40]
    texts: dict[str, tuple[str, str]] = {
        "extra_forbidden": ("知らない欄です", "欄の名前のつづりを確かめてください"),
        "missing": ("必要な欄がありません", "この欄を書き足してください"),
        "string_pattern_mismatch": (f"形が違います（{shown}）", "英小文字・数字・ハイフンの決まった形で書いてください"),
        "string_too_short": ("空です", "内容を書くか、欄ごと消してください"),
        "enum": (
            f"決められた値ではありません（{shown}）",
            f"次のどれかにしてください: {detail.get('ctx', {}).get('expected', '')}",
        ),
        "literal_error": (
            f"決められた値ではありません（{shown}）",
            f"次のどれかにしてください: {detail.get('ctx', {}).get('expected', '')}",
        ),
        "value_error": (str(detail.get("ctx", {}).get("error", detail["msg"])), "諮問書と見比べて直してください"),
    }
    if kind in texts:
        return texts[kind]
    if kind.startswith(("date", "datetime")):
        return f"日付ではありません（{shown}）", "2019-04-01 の形で、引用符なしで書いてください"
    return f"値の種類が違います（{shown}）", "ほかの諮問のファイルの同じ欄と見比べてください"


# --- between files ---------------------------------------------------------------


def _between(read: Mapping[str, Consultation], entries: Mapping[str, list[RegisterEntry]]) -> list[Fault]:
    faults: list[Fault] = []
    flows = [(name, flow.id) for name, each in read.items() for flow in each.flows]
    faults += _twice(flows, "flows", "取扱い")
    faults += _twice([(name, each.number) for name, each in read.items()], "number", "諮問番号")
    faults += _twice([(name, entry.id) for name, many in entries.items() for entry in many], "entries", "登録")
    known = {flow_id for _, flow_id in flows}
    for name, each in read.items():
        for flow in each.flows:
            faults += _references(name, flow, known)
        faults += _paths(name, each)
    for name, many in entries.items():
        faults += [
            Fault(name, entry.id, f"終了 {entry.end} が開始 {entry.start} より後ではありません", "日付を直してください")
            for entry in many
            if entry.end and entry.end <= entry.start
        ]
    return faults + _circles(read)


def _twice(named: Iterable[tuple[str, str]], field: str, what: str) -> list[Fault]:
    seen: dict[str, str] = {}
    faults = []
    for name, key in named:
        if key in seen:
            faults.append(
                Fault(
                    name,
                    f"{field}.{key}",
                    f"{what} {key} は {seen[key]} にもあります",
                    "どちらかの名前を変えるか、片方を消してください",
                )
            )
        seen.setdefault(key, name)
    return faults


def _references(name: str, flow: Flow, known: set[str]) -> list[Fault]:
    faults = [
        Fault(
            name,
            f"flows.{flow.id}.items_of",
            f"取扱い {other} はどのファイルにもありません",
            "参照先の番号を直してください",
        )
        for other in flow.items_of
        if other not in known
    ]
    faults += [
        Fault(name, f"flows.{flow.id}.cite", f"知らない欄 {field} の出典です", "欄の名前を直してください")
        for field in flow.cite
        if field not in Flow.model_fields
    ]
    for field, values in (("places", flow.places), ("media", flow.media)):
        if len(set(values)) != len(values):
            faults.append(Fault(name, f"flows.{flow.id}.{field}", "同じ値が二度書かれています", "片方を消してください"))
    return faults


def _paths(name: str, consultation: Consultation) -> list[Fault]:
    """A resolution must name a field that exists: a typing error there would hide a question from everybody."""
    ids = {flow.id for flow in consultation.flows} | {trial.id for trial in consultation.trials}
    faults = []
    for entry in consultation.resolved:
        head, *rest = entry.field.split(".")
        fits = head in Consultation.model_fields and (head not in ("flows", "trials") or not rest or rest[0] in ids)
        if not fits:
            faults.append(
                Fault(
                    name,
                    f"resolved.{entry.field}",
                    "そのような欄はありません",
                    "flows.812-1.start のように書いてください",
                )
            )
    return faults


def _circles(read: Mapping[str, Consultation]) -> list[Fault]:
    """items_of that leads back to itself would never end."""
    links = {flow.id: flow.items_of for each in read.values() for flow in each.flows}
    home = {flow.id: name for name, each in read.items() for flow in each.flows}

    def reaches(start: str) -> bool:
        seen: set[str] = set()
        todo = list(links.get(start, ()))
        while todo:
            at = todo.pop()
            if at == start:
                return True
            if at not in seen:
                seen.add(at)
                todo.extend(links.get(at, ()))
        return False

    find: Callable[[str], bool] = reaches
    return [
        Fault(home[flow], f"flows.{flow}.items_of", "参照が一周して自分に戻ります", "どれか一つの参照を外してください")
        for flow in links
        if find(flow)
    ]
