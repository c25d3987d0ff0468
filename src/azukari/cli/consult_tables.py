"""The Japanese tables `consult` prints when no JSON is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from azukari.core.policy.types import Consultation, Direction, Flow

if TYPE_CHECKING:
    from azukari.core.policy.api import Change, Finding, paper

DIRECTIONS = {
    Direction.WARD_TO_CONTRACTOR: "区 → 委託先",
    Direction.SUBJECT_TO_CONTRACTOR: "本人 → 委託先",
    Direction.THIRD_PARTY_TO_CONTRACTOR: "第三者 → 委託先",
    Direction.RECORDED: "区の電子計算機に記録",
    Direction.LINE: "回線結合",
}
_COMPUTER = {True: "使う", False: "使わない", None: "―"}
_EFFECT = {"permits": "[green]新たに許す[/]", "withdraws": "[red]許さなくなる[/]", "changes": "[yellow]変わる[/]"}


def show(console: Console, consultation: Consultation) -> None:
    """Print one consultation: its head, its flows, and what a person must look at."""
    name = f"諮問第{consultation.number}号" if consultation.number.isdigit() else "報告"
    console.print(f"\n[bold]{name}　{consultation.title}[/]")
    if consultation.matter != consultation.title:
        console.print(f"（{consultation.matter}）")
    console.print(f"{consultation.section}　審議会 {consultation.council_date or '―'}　{'・'.join(consultation.kinds)}")
    for flow in consultation.flows:
        _flow(console, flow)
    _trials(console, consultation)
    _reviews(console, consultation)


def _flow(console: Console, flow: Flow) -> None:
    table = Table(title=f"{flow.id}　{flow.business}", title_justify="left", show_header=False, expand=True)
    table.add_column(no_wrap=True, width=12)
    table.add_column(ratio=1, overflow="fold")
    items = "、".join(f"[bold]{item}[/]" if item in flow.items_new else item for item in flow.items)
    for label, value in (
        ("方向", DIRECTIONS[flow.direction]),
        ("対象者", flow.subject + (f"（{flow.row_scope}に限る）" if flow.row_scope else "")),
        (f"項目（{len(flow.items)}）", items or f"{'、'.join(flow.items_of)} と同じ"),
        ("形", "匿名化処理をして渡す" if flow.form == "pseudonymised" else "そのまま"),
        ("件数", amount(flow)),
        ("場所", "、".join(flow.places) or "―"),
        ("授受の方法", "、".join(flow.media) or "なし"),
        ("委託先の機器", _COMPUTER[flow.contractor_computer]),
        ("期間", f"{flow.start or '未定'} から" + (f" {flow.end} の前日まで" if flow.end else "")),
        ("委託先", "、".join(flow.contractors) or "未定"),
    ):
        table.add_row(label, value)
    console.print(table)


def amount(flow: Flow) -> str:
    """Return a count in words."""
    if flow.count is None:
        return "―"
    return f"{'約 ' if flow.approximate else ''}{flow.count:,} {flow.unit or ''}{ {'year': '／年', 'month': '／月', None: ''}[flow.per] }"


def _trials(console: Console, consultation: Consultation) -> None:
    if not consultation.trials:
        return
    table = Table(title="試行する所管課", title_justify="left", expand=True)
    for head in ("所管課", "業務", "個人情報の項目"):
        table.add_column(head, ratio=1, overflow="fold")
    for trial in consultation.trials:
        table.add_row(
            trial.section, "\n".join(trial.tasks), "、".join(trial.items) + ("等" if trial.items_open else "")
        )
    console.print(table)
    console.print("対策: " + "、".join(control.name for control in consultation.controls))


def _reviews(console: Console, consultation: Consultation) -> None:
    if not consultation.review:
        return
    table = Table(title=f"人が確かめること（{len(consultation.review)}件）", title_justify="left", expand=True)
    table.add_column("欄", ratio=2, overflow="fold")
    table.add_column("行", justify="right")
    table.add_column("理由", ratio=5, overflow="fold")
    for each in consultation.review:
        table.add_row(each.field, str(each.line), each.reason)
    console.print(table)


def findings(console: Console, found: Sequence[Finding]) -> None:
    """Print what `lint` found."""
    if not found:
        console.print("食い違いは見つかりませんでした。")
        return
    _listing(
        console,
        ("諮問", "行", "内容", "種類"),
        ((f.consultation, str(f.line or ""), f.sentence, f.code) for f in found),
    )
    console.print(f"{len(found)}件あります。誤りかどうかは、諮問書を作った所管課に確かめてください。")


def changes(console: Console, found: Sequence[Change], before: str, after: str) -> None:
    """Print what `diff` found."""
    if not found:
        console.print(f"{before} と {after} の許可に違いはありません。")
        return
    _listing(console, ("取扱い", "種類", "内容"), ((c.flow, _EFFECT[c.effect], c.sentence) for c in found))


def register(console: Console, drafts: Sequence[paper.FileDraft]) -> None:
    """Print the draft register."""
    for draft in drafts:
        table = Table(title=draft.name, title_justify="left", show_header=False, expand=True)
        table.add_column(no_wrap=True, width=12)
        table.add_column(ratio=1, overflow="fold")
        for label, value in (
            ("所管課", draft.section),
            ("利用目的", draft.purpose),
            ("対象者", "、".join(draft.subjects)),
            ("項目", "、".join(draft.items)),
            ("要配慮の候補", "、".join(draft.sensitive_items) or "なし"),
            ("収集元", "、".join(draft.collected_from)),
            ("渡す先", "、".join(draft.given_to) or "なし"),
            ("根拠", "、".join(draft.ground)),
            ("書き足すこと", "、".join(draft.open)),
        ):
            table.add_row(label, value)
        console.print(table)


def _listing(console: Console, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(expand=True)
    for head in heads:
        table.add_column(head, ratio=6 if head == "内容" else None, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)
