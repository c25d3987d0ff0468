"""`./azukari health effect`: the effect of a programme, honestly (諮問809 §2(2), (5) 効果検証・効果分析)."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from azukari.cli.bars import bars
from azukari.cli.desk import JAPAN, AsJson, day
from azukari.cli.health.targets import Masters
from azukari.cli.manage import command_line, recorded
from azukari.config.home import home
from azukari.kernel.errors import BadInput

if TYPE_CHECKING:
    from azukari.business.health.effect.api import Report, Study


def effect(
    programme: Annotated[str, typer.Argument(help="checkup, guidance, kidney, visits, drugs", metavar="PROGRAMME")],
    data: Annotated[
        Path | None, typer.Option(help="一人一行の CSV (person, treated, before, after, 年齢など)", metavar="FILE")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="対象を決めた日 (保管庫から作るとき)", metavar="YYYY-MM-DD")] = None,
    reached: Annotated[Path | None, typer.Option(help="事業が届いた人 (person の列のある CSV)", metavar="FILE")] = None,
    pack: Annotated[str | None, typer.Option(help="対象の定義の名前 (保管庫から作るとき)", metavar="NAME")] = None,
    masters: Masters = None,
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
    made = (
        api.study(api.read(data), programme, outcome=outcome)
        if data
        else _from_store(programme, as_of, reached, pack, masters)
    )
    report = api.measure(made)
    now = datetime.now(JAPAN)
    if keep or data is None:
        api.keep(report, now.date(), home())
    if pdf is not None:
        pdf.write_bytes(api.paper(report, now))
    typer.echo(json.dumps(api.told(report), ensure_ascii=False, indent=2)) if as_json else _tell(report)


def _from_store(
    programme: str, as_of: str | None, reached: Path | None, pack: str | None, masters: Path | None
) -> Study:
    """The targets of the day, those of them who were reached, and what the store knows of them before and after."""
    if as_of is None or reached is None:
        raise BadInput(
            "分析する表がありません。",
            "--data も、--as-of と --reached もありません。",
            "一人一行の CSV を --data で、または対象を決めた日と届いた人を --as-of と --reached で指定してください。",
        )
    from azukari.business.health.effect import api

    people = api.people_in(reached)
    with recorded(), bars() as progress:
        from azukari.business.health.api import open_store
        from azukari.business.health.targets import api as targets
        from azukari.business.health.types import WARD_ENTRY
        from azukari.core.audit import api as audit

        what, on, codes = api.outcome(programme), day(as_of), targets.codes_from(masters)
        with open_store().connect() as held:
            found = targets.extract(programme, held, on, pack, codes=codes, progress=progress)
            if not found.targets:
                raise BadInput(
                    f"{as_of} の対象者が一人もいません。",
                    "".join(found.notes) or "定義に当てはまる人がいません。",
                    f"./azukari health targets {programme} --as-of {as_of} で確かめてください。",
                )
            frame = api.gather(held, what, [one.person for one in found.targets], people, on)
        audit.record(
            "health.measured",
            actor=command_line(),
            flow=WARD_ENTRY,
            items=("性別", "生年月日", "受診結果", "レセプトデータ"),
            detail={"programme": programme, "rows": frame.height},
            using="owner",
        )
    return api.study(frame, programme, label=what.name)


def _tell(report: Report) -> None:
    from azukari.business.health.effect.api import signed
    from azukari.business.health.effect.types import DESIGNS

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
