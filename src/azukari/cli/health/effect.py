"""`./azukari health effect`: the effect of a programme, honestly (諮問809 §2(2), (5) 効果検証・効果分析)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from azukari.cli.desk import AsJson
from azukari.config.home import home
from azukari.kernel.errors import BadInput

if TYPE_CHECKING:
    from azukari.business.health.effect.api import Report

JAPAN = timezone(timedelta(hours=9))


def effect(
    programme: Annotated[str, typer.Argument(help="checkup, guidance, kidney, visits, drugs", metavar="PROGRAMME")],
    data: Annotated[
        Path | None, typer.Option(help="一人一行の CSV (person, treated, before, after, 年齢など)", metavar="FILE")
    ] = None,
    outcome: Annotated[str | None, typer.Option(help="結果の列の名", metavar="COLUMN")] = None,
    pdf: Annotated[Path | None, typer.Option(help="報告書 (PDF/A) を書き出す先", metavar="FILE")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="画面に示すために保管する")] = False,
    as_json: AsJson = False,
) -> None:
    """事業の効果を、届かなかった対象者と比べて見積もります。言えないときは、言えない理由を示します。"""
    from azukari.business.health.effect import api

    if programme not in api.PROGRAMMES:
        raise BadInput(
            f"事業「{programme}」はありません。",
            f"{'、'.join(api.PROGRAMMES)} のどれかです。",
            "事業の名を確かめてください。",
        )
    if data is None:
        raise BadInput(
            "分析する表がありません。",
            "--data がありません。",
            "一人一行の CSV を --data で指定してください。",
        )
    report = api.measure(api.study(api.read(data), programme, outcome=outcome))
    now = datetime.now(JAPAN)
    if keep:
        api.keep(report, now.date(), home())
    if pdf is not None:
        from azukari.business.health.effect.printing import paper

        pdf.write_bytes(paper(report, now))
    typer.echo(json.dumps(api.told(report), ensure_ascii=False, indent=2)) if as_json else _tell(report)


def _tell(report: Report) -> None:
    from azukari.business.health.effect.types import DESIGNS
    from azukari.business.health.effect.verdicts import signed

    for line in (report.verdict.title, *report.verdict.reasons, *report.verdict.cautions):
        typer.echo(line)
    if not report.designs:
        return
    table = Table("計算の方法", "差", "95%信頼区間", "届いた人", "届かなかった人")
    for one in report.designs:
        number = one.estimate
        span = f"{signed(number.low, report.binary)} 〜 {signed(number.high, report.binary)}"
        people = (f"{n:,}" if n is not None else "非公表" for n in (one.n_treated, one.n_control))
        table.add_row(DESIGNS[one.design], signed(number.estimate, report.binary), span, *people)
    Console(width=110).print(table)
