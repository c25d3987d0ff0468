"""The Japanese words of the screen for the values of the policy. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from azukari.core.policy.types import (
    Consultation,
    Direction,
    Flow,
    Form,
    Kind,
    LifeEvent,
    Stage,
)
from azukari.kernel import era
from azukari.kernel.fiscal import FiscalYear
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


def called(number: str) -> str:
    """諮問第815号, or the report's own word."""
    return f"諮問第{number}号" if number.isdigit() else "報告"


def stage_of(life: Iterable[LifeEvent]) -> Stage:
    """The stage a consultation has reached: its last event, of two on one day the later stage; without any, a draft."""
    order = list(Stage)
    last = max(life, key=lambda event: (event.on, order.index(event.stage)), default=None)
    return last.stage if last else Stage.DRAFTED


def stage_words(paper: Consultation, life: Iterable[LifeEvent]) -> tuple[str, Tone]:
    """The stage in words. A report is only told to the council, so having been told is all there is to reach."""
    stage = stage_of(life)
    if is_report(paper) and stage in {Stage.CONSULTED, Stage.ANSWERED}:
        return "報告済", "ok"
    return STAGES[stage]


def is_report(paper: Consultation) -> bool:
    """Told to the council, not asked of it."""
    return paper.kinds == (Kind.REPORT,)


def amount(count: int, unit: str | None, per: str | None, approximate: bool = False) -> str:
    """約13,300件／年."""
    return f"{'約' if approximate else ''}{count:,}{unit or '件'}{f'／{PER[per]}' if per else ''}"


def amount_of(flow: Flow) -> str:
    """The number the council was told of a flow, in its own unit."""
    return "記載なし" if flow.count is None else amount(flow.count, flow.unit, flow.per, flow.approximate)


def computer_of(flow: Flow) -> str:
    """Section 9 of the paper."""
    return {True: "あり", False: "なし", None: "記載なし"}[flow.contractor_computer]


def listed(values: Sequence[str], nothing: str = "記載なし") -> str:
    """Several words of the paper in one line."""
    return "、".join(values) or nothing


def term_of(flow: Flow) -> str:
    """平成31年6月1日から継続, or with an end; half-open, so the last day is the one before `end`."""
    if flow.start is None:
        return "開始時期の記載なし（この間は何も許可されません）"
    end = f"{era.long(date.fromordinal(flow.end.toordinal() - 1))}まで" if flow.end else "継続"
    return f"{era.long(flow.start)}から{end}"


FIELDS = {
    "life": "答申", "business": "業務", "direction": "提供の向き", "subject": "対象となる個人", "subjects": "対象となる個人の範囲",
    "items": "個人情報の項目", "items_new": "新たな項目", "items_of": "項目の参照先", "form": "項目の渡し方", "row_scope": "対象の限定",
    "count": "件数", "unit": "件数の単位", "per": "件数の期間", "places": "取り扱う場所", "media": "授受の方法",
    "contractor_computer": "委託先の電子計算機", "start": "開始時期", "end": "終了時期", "contractors": "委託先", "clause": "委託の条件",
    "section": "所管課", "title": "件名", "matter": "件名", "basis": "根拠", "submitted": "諮問日", "council_date": "審議会の日",
    "flows": "取扱い", "trials": "試行", "controls": "安全対策", "tasks": "業務",
}  # fmt: skip


def field_name(path: str) -> str:
    """A path of the typed file in the words of the form: flows.812-1.start → 812-1 の開始時期."""
    head, *rest = path.split(".")
    if not rest:
        return FIELDS.get(head, head)
    named = f"の{FIELDS.get(rest[-1], rest[-1])}" if len(rest) > 1 else ""
    return f"{rest[0]}{named}"


def short_name(consultation: Consultation) -> str:
    """The matter without its brackets: what people call the paper."""
    return consultation.matter.strip("()（）") or consultation.title


def fiscal_year(on: date) -> tuple[date, date]:
    """The 年度 of a day, half-open."""
    year = FiscalYear.of(on)
    return year.start, year.end


def month(on: date) -> tuple[date, date]:
    """The calendar month of a day, half-open."""
    first = on.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)
