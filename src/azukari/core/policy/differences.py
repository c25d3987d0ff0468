"""What a changed consultation would newly permit, and what it would no longer permit, flow by flow."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from azukari.core.policy.library import load
from azukari.core.policy.reading import read_file
from azukari.core.policy.types import Consultation, Flow
from azukari.kernel.errors import BadInput, NotFound

Effect = Literal["permits", "withdraws", "changes"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `permits`: B allows what A did not; `withdraws`: the other way round; `changes`: neither more nor less."""

    flow: str
    field: str
    effect: Effect
    before: str | None
    after: str | None
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """Return the change as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: its flows, each with the items it takes from others."""

    name: str
    flows: Mapping[str, Flow]


def open_side(side: str, folder: Path) -> Side:
    """Open a side by number, by a TOML file, by a folder of them, or by the text of a paper."""
    path = Path(side)
    if path.is_dir():
        return _side(side, load(path, demonstration=True).consultations.values())
    if path.suffix == ".toml" and path.exists():
        return _side(side, [_toml(path)])
    if path.exists():
        return _side(side, read_file(path))
    if not folder.is_dir() and "." in side:
        raise NotFound(
            f"{side} がありません", "比べる諮問が必要です", "番号か、TOML・諮問書のファイルを指定してください"
        )
    return _side(side, [load(folder, demonstration=True).consultation(side)])


def _toml(path: Path) -> Consultation:
    try:
        return Consultation.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        first = str(error).splitlines()[0]
        raise BadInput(
            f"{path} を諮問として読めません（{first}）",
            "比べる内容がわかりません",
            "consult read で作った TOML か確かめてください",
        ) from error


def _side(name: str, consultations: Iterable[Consultation]) -> Side:
    flows = {flow.id: flow for each in consultations for flow in each.flows}
    return Side(
        name, {flow_id: flow.model_copy(update={"items": _items(flow, flows)}) for flow_id, flow in flows.items()}
    )


def _items(flow: Flow, flows: Mapping[str, Flow]) -> tuple[str, ...]:
    borrowed = [item for other in flow.items_of if other in flows for item in flows[other].items]
    return tuple(dict.fromkeys([*flow.items, *borrowed]))


def between(before: Side, after: Side) -> list[Change]:
    """Return every difference, in the order of B's flows, then of the flows that only A has.

    Flows are matched by id; where the numbers differ (a later consultation about the same business), by business,
    direction and data subject.
    """
    pairs = _pairs(before, after)
    changes: list[Change] = []
    matched: set[str] = set()
    for flow_id, flow in after.flows.items():
        old = pairs.get(flow_id)
        if old is None:
            changes.append(
                Change(
                    flow_id,
                    "flow",
                    "permits",
                    None,
                    flow.business,
                    f"「{flow.business}」の取扱いを新たに許します（項目{len(flow.items)}）",
                )
            )
            continue
        matched.add(old.id)
        changes.extend(_flow(old, flow))
    for flow_id, flow in before.flows.items():
        if flow_id not in matched:
            changes.append(
                Change(
                    flow_id, "flow", "withdraws", flow.business, None, f"「{flow.business}」の取扱いを許さなくなります"
                )
            )
    return changes


def _pairs(before: Side, after: Side) -> dict[str, Flow]:
    def likeness(flow: Flow) -> tuple[str, str, str]:
        return flow.business, flow.direction, flow.subject

    by_likeness = {likeness(flow): flow for flow in before.flows.values()}
    by_business = {(flow.business, flow.direction): flow for flow in before.flows.values()}
    pairs: dict[str, Flow] = {}
    for flow_id, flow in after.flows.items():
        same = (
            before.flows.get(flow_id)
            or by_likeness.get(likeness(flow))
            or by_business.get((flow.business, flow.direction))
        )
        if same is not None and same.id not in {each.id for each in pairs.values()}:
            pairs[flow_id] = same
    return pairs


_LISTS = (("items", "項目"), ("places", "場所"), ("media", "媒体"), ("contractors", "委託先"))


def _flow(old: Flow, new: Flow) -> list[Change]:
    changes: list[Change] = []
    for name, label in _LISTS:
        changes += _list(new.id, name, label, getattr(old, name), getattr(new, name))
    single = (
        _form(old, new),
        _scope(old, new),
        _computer(old, new),
        *_dates(old, new),
        _count(old, new),
        *_words(old, new),
    )
    return changes + [change for change in single if change]


def _list(flow: str, field: str, label: str, old: Sequence[str], new: Sequence[str]) -> list[Change]:
    permits = [
        Change(flow, field, "permits", None, value, f"{label}「{value}」を新たに許します")
        for value in new
        if value not in old
    ]
    withdraws = [
        Change(flow, field, "withdraws", value, None, f"{label}「{value}」を許さなくなります")
        for value in old
        if value not in new
    ]
    return permits + withdraws


def _form(old: Flow, new: Flow) -> Change | None:
    if old.form == new.form:
        return None
    effect: Effect = "permits" if new.form == "plain" else "withdraws"
    sentence = "名前の分かる形で渡せるようになります" if effect == "permits" else "仮名にした形でしか渡せなくなります"
    return Change(new.id, "form", effect, old.form, new.form, sentence)


def _scope(old: Flow, new: Flow) -> Change | None:
    if old.row_scope == new.row_scope:
        return None
    effect: Effect = "permits" if new.row_scope is None else "withdraws" if old.row_scope is None else "changes"
    return Change(
        new.id,
        "row_scope",
        effect,
        old.row_scope,
        new.row_scope,
        f"対象の範囲が「{old.row_scope or '限定なし'}」から「{new.row_scope or '限定なし'}」になります",
    )


def _computer(old: Flow, new: Flow) -> Change | None:
    if old.contractor_computer == new.contractor_computer:
        return None
    effect: Effect = "permits" if new.contractor_computer else "withdraws" if old.contractor_computer else "changes"
    words = {True: "使う", False: "使わない", None: "決まっていない"}
    sentence = (
        f"委託先の電子計算機を「{words[old.contractor_computer]}」から「{words[new.contractor_computer]}」になります"
    )
    return Change(
        new.id, "contractor_computer", effect, str(old.contractor_computer), str(new.contractor_computer), sentence
    )


def _dates(old: Flow, new: Flow) -> list[Change]:
    found: list[Change] = []
    if old.start != new.start:
        opens = new.start is not None and (old.start is None or new.start < old.start)
        sentence = f"開始が {_day(old.start) or '未定'} から {_day(new.start) or '未定'} になります"
        found.append(
            Change(new.id, "start", "permits" if opens else "withdraws", _day(old.start), _day(new.start), sentence)
        )
    if old.end != new.end:
        longer = new.end is None or (old.end is not None and new.end > old.end)
        sentence = (
            f"終わり（この日からは不可）が {_day(old.end) or '定めなし'} から {_day(new.end) or '定めなし'} になります"
        )
        found.append(
            Change(new.id, "end", "permits" if longer else "withdraws", _day(old.end), _day(new.end), sentence)
        )
    return found


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _yearly(flow: Flow) -> int | None:
    return flow.count * (12 if flow.per == "month" else 1) if flow.count is not None else None


def _count(old: Flow, new: Flow) -> Change | None:
    was, now = _yearly(old), _yearly(new)
    if (old.count, old.unit, old.per) == (new.count, new.unit, new.per):
        return None
    effect: Effect = "changes"
    if was is not None and now is not None and old.unit == new.unit and was != now:
        effect = "permits" if now > was else "withdraws"
    return Change(
        new.id,
        "count",
        effect,
        _amount(old),
        _amount(new),
        f"件数が {_amount(old) or '記載なし'} から {_amount(new) or '記載なし'} になります",
    )


def _amount(flow: Flow) -> str | None:
    if flow.count is None:
        return None
    per = {"year": "/年", "month": "/月", None: ""}[flow.per]
    return f"{'約' if flow.approximate else ''}{flow.count:,}{flow.unit or ''}{per}"


def _words(old: Flow, new: Flow) -> list[Change]:
    named = (("business", "業務"), ("direction", "方向"), ("subject", "対象者"), ("clause", "特記事項"))
    return [
        Change(
            new.id,
            name,
            "changes",
            getattr(old, name),
            getattr(new, name),
            f"{label}が「{getattr(old, name)}」から「{getattr(new, name)}」に変わります",
        )
        for name, label in named
        if getattr(old, name) != getattr(new, name)
    ]
