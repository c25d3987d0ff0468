"""One consultation as an officer reads it: its life, its flows one by one, what was approved and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from azukari.core.policy.api import Terms
from azukari.core.policy.types import Consultation, Flow, Form, LifeEvent, Stage
from azukari.kernel import era
from azukari.web import words
from azukari.web.types import Fact, Tone

NEAR = 0.9
REPORT_STEPS = {Stage.CONSULTED: "報告", Stage.ANSWERED: "了承"}
STEPS = {
    Stage.DRAFTED: "起案",
    Stage.CONSULTED: "諮問",
    Stage.ANSWERED: "答申",
    Stage.CHANGED: "変更の諮問",
    Stage.ENDED: "終了",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the life. `done`: it has happened; `about`: who, which flows, under which conditions."""

    title: str
    on: date | None
    done: bool
    by: str = ""
    about: tuple[str, ...] = ()
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of the list of consultations."""

    number: str
    called: str
    short: str
    kinds: str
    section: str
    stage: str
    tone: Tone
    flows: int
    in_force: int
    reviews: int
    findings: int


@dataclass(frozen=True, slots=True)
class FlowSheet:
    """One flow with every fact the council was told of it, each with its line of the paper."""

    id: str
    business: str
    direction: str
    in_force: bool
    masked: bool
    items: tuple[str, ...]
    new: frozenset[str]
    facts: tuple[Fact, ...]
    items_cite: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Amount:
    """Approved against actual of one flow. `width`: percent of the bar that is filled; `limit`: where 100 % stands."""

    id: str
    business: str
    approved: str
    actual: str
    share: str
    tone: Tone
    word: str
    width: str
    limit: str


def title(paper: Consultation, *, demonstration: bool) -> dict[str, Any]:
    """What heads a page about a consultation: its name, matter, stage and kinds."""
    counted = [event for event in paper.life if demonstration or not event.demonstration]
    stage, tone = words.stage_words(paper, counted)
    return {
        "called": words.called(paper.number),
        "short": words.short_name(paper),
        "kinds": "" if words.is_report(paper) else "・".join(paper.kinds),
        "stage": f"{stage}（実演）" if any(event.demonstration for event in counted) else stage,
        "tone": tone,
    }


def gap(paper: Consultation, terms: Mapping[str, Terms]) -> str:
    """Why the paper grants nothing at all; empty when some flow of it may, and for a report, which never does."""
    gaps = [terms[flow.id].gap for flow in paper.flows]
    return gaps[0] or "" if gaps and all(gaps) else ""


def list_row(
    paper: Consultation, terms: Mapping[str, Terms], on: date, findings: int, *, demonstration: bool
) -> ListRow:
    """A consultation in one line. `terms`: of every flow, by id; `findings`: how many the check of the paper found."""
    return ListRow(
        number=paper.number,
        section=paper.section,
        flows=len(paper.flows),
        in_force=sum(in_force(terms[flow.id], on) for flow in paper.flows),
        reviews=len(paper.review),
        findings=findings,
        **title(paper, demonstration=demonstration),
    )


def summary(paper: Consultation, on: date) -> tuple[Fact, ...]:
    """The head of the paper: section, dates, legal basis, each with its line."""
    days = (("諮問日", paper.submitted, "submitted"), ("審議会", paper.council_date, "council_date"))
    rows = [
        ("所管課", paper.section, "section"),
        *((term, era.long(day), key) for term, day, key in days if day),
        ("諮問の根拠", _basis(paper, paper.council_date or on), "basis"),
        ("現在の根拠", _basis(paper, on), ""),
        ("対象となる個人の範囲", "、".join(paper.subjects), "subjects"),
    ]
    return tuple(Fact(term, value, tuple(paper.cite.get(key, ()))) for term, value, key in rows if value)


def _basis(paper: Consultation, on: date) -> str:
    """The articles in force on a day; one known from memory only says so."""
    rows = (
        basis
        for basis in paper.basis
        if (basis.valid_from is None or basis.valid_from <= on)
        and (basis.valid_until is None or on < basis.valid_until)
    )
    named = (f"{basis.law}{basis.article}{'（未確認）' if basis.mark == 'M' else ''}" for basis in rows)
    return "、".join(dict.fromkeys(named))


def life(consultation: Consultation, on: date) -> tuple[Step, ...]:
    """The steps taken, in order, then the starts of the flows; a step that every paper must still take stands open."""
    names = STEPS | (REPORT_STEPS if words.is_report(consultation) else {})
    taken = [_step(names[event.stage], event, on) for event in sorted(consultation.life, key=lambda event: event.on)]
    stages = {event.stage for event in consultation.life}
    open_steps = [Step(names[stage], None, False) for stage in (Stage.CONSULTED, Stage.ANSWERED) if stage not in stages]
    return (
        *taken,
        *open_steps,
        *_starts(consultation.flows, on, answered=Stage.ANSWERED in stages),
    )


def _step(name: str, event: LifeEvent, on: date) -> Step:
    conditions = tuple(f"条件：{condition}" for condition in event.conditions)
    return Step(
        name,
        event.on,
        event.on <= on,
        event.by or "",
        conditions,
        event.demonstration,
    )


def _starts(flows: Iterable[Flow], on: date, *, answered: bool) -> list[Step]:
    starts: dict[date, list[str]] = {}
    for flow in flows:
        if flow.start:
            starts.setdefault(flow.start, []).append(flow.id)
    return [
        Step("取扱いの開始", day, answered and day <= on, about=("、".join(ids),))
        for day, ids in sorted(starts.items())
    ]


def in_force(terms: Terms, on: date) -> bool:
    """Whether a flow grants on a day: answered, begun, not ended."""
    return terms.since <= on < terms.until


def sheet(flow: Flow, items: tuple[str, ...], new: frozenset[str], *, in_force: bool) -> FlowSheet:
    """Everything about one flow. `items`, `new`: as `show.matrix` reads them, references followed."""
    return FlowSheet(
        id=flow.id,
        business=flow.business,
        direction=words.DIRECTIONS[flow.direction],
        in_force=in_force,
        masked=flow.form is Form.PSEUDONYMISED,
        items=items,
        new=new,
        facts=_facts(flow),
        items_cite=tuple(flow.cite.get("items", flow.cite.get("items_of", ()))),
    )


def resolved(paper: Consultation) -> tuple[tuple[str, str], ...]:
    """What people settled, and why; fields settled for one reason stand together."""
    fields: dict[str, list[str]] = {}
    for one in paper.resolved:
        fields.setdefault(one.reason, []).append(words.field_name(one.field))
    return tuple(("、".join(names), reason) for reason, names in fields.items())


def _facts(flow: Flow) -> tuple[Fact, ...]:
    rows = (
        ("対象となる個人", flow.subject, "subject"),
        ("対象の限定", flow.row_scope or "", "row_scope"),
        ("項目の渡し方", words.FORMS[flow.form], "form"),
        ("件数", words.amount_of(flow), "count"),
        ("取り扱う場所", words.listed(flow.places), "places"),
        ("授受の方法", words.listed(flow.media), "media"),
        ("委託先の電子計算機", words.computer_of(flow), "contractor_computer"),
        ("開始時期及び期間", words.term_of(flow), "start"),
        ("委託先", words.listed(flow.contractors, "未定"), "contractors"),
        ("委託の条件", flow.clause or "記載なし", "clause"),
    )
    return tuple(Fact(term, value, tuple(flow.cite.get(key, ()))) for term, value, key in rows if value)


def amounts(flows: Sequence[Flow], actual: Mapping[str, int | None]) -> tuple[Amount, ...]:
    """Approved against actual, flow by flow. `actual`: in each flow's own unit and period; None where nobody counts."""
    return tuple(_amount(flow, actual.get(flow.id)) for flow in flows)


def _amount(flow: Flow, actual: int | None) -> Amount:
    if actual is None:
        return Amount(
            flow.id, flow.business, words.amount_of(flow), "—", "—", "plain", "まだ集計していません", "0", "100"
        )
    told = words.amount(actual, flow.unit, flow.per)
    if not flow.count:
        return Amount(
            flow.id,
            flow.business,
            "記載なし",
            told,
            "—",
            "plain",
            "比べられません",
            "0",
            "100",
        )
    share = actual / flow.count
    tone, word = _judged(share, actual)
    scale = max(share, 1.0)
    return Amount(
        flow.id, flow.business, words.amount_of(flow), told, f"{share:.1%}", tone, word,
        f"{100 * share / scale:.2f}", f"{100 / scale:.2f}",
    )  # fmt: skip


def _judged(share: float, actual: int) -> tuple[Tone, str]:
    if share > 1:
        return "stop", "超過：変更の諮問が必要です"
    if share >= NEAR:
        return "warn", "承認件数に近づいています"
    return ("ok", "承認の範囲内") if actual else ("plain", "実績なし")
