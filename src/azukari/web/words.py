"""The Japanese words of the screen for the values of the policy. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from azukari.core.policy.types import (
    Consultation,
    Direction,
    Flow,
    Form,
    LifeEvent,
    Stage,
)
from azukari.web.types import Tone

DIRECTIONS = {
    Direction.WARD_TO_CONTRACTOR: "区から委託先へ提供するもの",
    Direction.SUBJECT_TO_CONTRACTOR: "委託先が本人から収集するもの",
    Direction.THIRD_PARTY_TO_CONTRACTOR: "区及び本人以外から委託先へ提供するもの",
    Direction.RECORDED: "区の電子計算機に記録するもの",
    Direction.LINE: "回線結合するもの",
}
DIRECTIONS_SHORT = {
    Direction.WARD_TO_CONTRACTOR: "区 → 委託先",
    Direction.SUBJECT_TO_CONTRACTOR: "本人 → 委託先",
    Direction.THIRD_PARTY_TO_CONTRACTOR: "第三者 → 委託先",
    Direction.RECORDED: "区の電算記録",
    Direction.LINE: "区 ⇔ 回線の相手方",
}
STAGES: dict[Stage, tuple[str, Tone]] = {
    Stage.DRAFTED: ("起案", "plain"),
    Stage.CONSULTED: ("諮問中", "info"),
    Stage.ANSWERED: ("答申済", "ok"),
    Stage.CHANGED: ("変更済", "warn"),
    Stage.ENDED: ("終了", "plain"),
}
FORMS = {Form.PLAIN: "そのまま", Form.PSEUDONYMISED: "匿名化（鍵は区責任者のみ）"}
PER = {"year": "年", "month": "月"}
ERAS = (
    (date(2019, 5, 1), 2018, "令和"),
    (date(1989, 1, 8), 1988, "平成"),
    (date(1926, 12, 25), 1925, "昭和"),
)


def era_date(day: date) -> str:
    """A date as officers write it: 平成31年4月1日, 令和元年5月1日."""
    since, base, name = next((era for era in ERAS if day >= era[0]), (day, 0, "西暦"))
    year = day.year - base
    return f"{name}{'元' if year == 1 and base else year}年{day.month}月{day.day}日"


def called(number: str) -> str:
    """諮問第815号, or the report's own word."""
    return f"諮問第{number}号" if number.isdigit() else "報告"


def stage_of(life: Iterable[LifeEvent]) -> Stage:
    """The stage a consultation has reached: its last event; a paper without events is a draft."""
    return max(
        life,
        key=lambda event: event.on,
        default=LifeEvent(stage=Stage.DRAFTED, on=date.min),
    ).stage


def amount(
    count: int, unit: str | None, per: str | None, approximate: bool = False
) -> str:
    """約13,300件／年."""
    return f"{'約' if approximate else ''}{count:,}{unit or '件'}{f'／{PER[per]}' if per else ''}"


def amount_of(flow: Flow) -> str:
    """The number the council was told of a flow, in its own unit."""
    return (
        "記載なし"
        if flow.count is None
        else amount(flow.count, flow.unit, flow.per, flow.approximate)
    )


def computer_of(flow: Flow) -> str:
    """Section 9 of the paper."""
    return {True: "あり", False: "なし", None: "記載なし"}[flow.contractor_computer]


def listed(values: Sequence[str], nothing: str = "記載なし") -> str:
    return "、".join(values) or nothing


def term_of(flow: Flow) -> str:
    """平成31年6月1日から継続, or with an end; half-open, so the last day is the one before `end`."""
    if flow.start is None:
        return "開始時期の記載なし（この間は何も許可されません）"
    end = (
        f"{era_date(date.fromordinal(flow.end.toordinal() - 1))}まで"
        if flow.end
        else "継続"
    )
    return f"{era_date(flow.start)}から{end}"


def short_name(consultation: Consultation) -> str:
    """The matter without its brackets: what people call the paper."""
    return consultation.matter.strip("()（）") or consultation.title
