"""`./azukari consult apply` and `consult coverage`: the paper becomes the database's walls; approved beside actual."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from azukari.cli.manage import command_line, ready
from azukari.kernel.errors import Refused


def apply(
    yes: Annotated[bool, typer.Option("--yes", help="確かめずに適用する")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="違いを示すだけで、何も変えない")] = False,
) -> None:
    """諮問と業務の登録をデータベースの壁(役割・窓・行の壁)に適用する。違いを示してから、一度に行う。"""
    with ready():
        from django.db import connections

        from azukari.core.policy import api

        steps = api.plan(connections["owner"])
        for step in steps:
            typer.echo(step)
        if not steps:
            typer.echo("データベースは諮問のとおりです。変えることはありません。")
            return
        typer.echo(f"\n違いは{len(steps)}件です。")
        if not plan and (yes or typer.confirm("適用しますか")):
            typer.echo(f"{_applied(steps)}件を適用しました。")


def _applied(shown: list[str]) -> int:
    """Apply, and write it in the ledger in the same transaction; refuse when it is no longer what was shown."""
    from django.db import connections, transaction

    from azukari.core.audit.api import record
    from azukari.core.policy import api

    with transaction.atomic(using="owner"):
        done = api.apply(connections["owner"])
        if done != shown:
            raise Refused(
                "示した違いと、適用しようとした違いが異なります。",
                "その間にほかの人がデータベースか諮問を変えました。何も変えていません。",
                "もう一度 ./azukari consult apply を実行し、違いを確かめてください。",
            )
        record("policy.apply", actor=command_line(), detail={"steps": len(done)}, using="owner")
    return len(done)


def coverage(as_json: Annotated[bool, typer.Option("--json", help="JSON で出力する")] = False) -> None:
    """諮問の件数・項目と、今年度の実際を並べる。件数を超えても止めず、変更の諮問を促す。"""
    with ready():
        from django.utils import timezone

        from azukari.core.policy import api

        lines = api.coverage(*periods(timezone.localdate()))
    if as_json:
        typer.echo(json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=2))
        return
    Console().print(_table(lines))
    for line in lines:
        if line.warning:
            typer.echo(f"注意 {line.flow}: {line.warning.reason}")


def periods(today: date) -> tuple[tuple[date, date], tuple[date, date]]:
    """The fiscal year (年度, from April 1) and the month that `today` lies in, half-open."""
    year = today.year if today.month >= 4 else today.year - 1
    after = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    return (date(year, 4, 1), date(year + 1, 4, 1)), (today.replace(day=1), after)


def _table(lines: list[Any]) -> Table:
    table = Table("取扱い", "業務", "諮問の件数", "実際", "使った項目 / 諮問の項目")
    for line in lines:
        used = "—" if line.items_used is None else str(len(line.items_used))
        share = f" ({line.actual * 100 // line.approved}%)" if line.approved and line.actual is not None else ""
        table.add_row(
            line.flow,
            line.title,
            "—" if line.approved is None else f"{line.approved:,}{line.unit}",
            "—" if line.actual is None else f"{line.actual:,}{share}",
            f"{used} / {len(line.items)}",
        )
    return table
