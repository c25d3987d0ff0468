"""`./azukari health receive`: receipts, checkups and 資格 into the ward's encrypted store (諮問809 §5)."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azukari.cli.bars import bars
from azukari.cli.desk import AsJson
from azukari.cli.manage import command_line, recorded
from azukari.kernel.errors import BadInput

if TYPE_CHECKING:
    from azukari.business.health.receipts.api import ReceivedFile

MOST_PROBLEMS = 40


def receive(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="レセプト (UKE)、健診 (CDA、FKAC)、資格の一覧 (CSV)、またはその zip", metavar="FILE…", dir_okay=False
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """レセプト、健診、資格の一覧を確かめて受け取ります。合わないファイルは一行も入れず、行と理由を示します。"""
    with recorded(), bars() as progress:
        from azukari.business.health.arrivals import api as arrivals

        found = arrivals.receive(files, by=command_line(), progress=progress)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
    else:
        for one in found:
            _tell(one)
    if refused := [one for one in found if one.problems]:
        raise BadInput(
            f"{len(refused)} 個のファイルを受け取れませんでした。",
            "上に示した行が合いません。そのファイルは一行も入れていません。ほかのファイルは受け取りました。",
            "正しいファイルを受け取り、もう一度 health receive を実行してください。受領済みのファイルは二度入りません。",
        )


def _tell(found: ReceivedFile) -> None:
    if found.known:
        typer.echo(f"{found.name}: 受け取っています。何も変えていません。")
        return
    if found.problems:
        typer.echo(f"{found.name}: 受け取れません。")
        _list(found.problems, found.rest)
        return
    kinds = "、".join(f"{kind} {count:,} 件" for kind, count in found.kinds.items())
    if not found.records:
        typer.echo(f"{found.name}: {kinds}を受け取りました。")
        return
    month = f"{found.month // 100}年{found.month % 100}月請求" if found.month else "返戻"
    typer.echo(f"{found.name}: {month} {kinds}、{found.points:,} 点、{found.records:,} レコードを受け取りました。")
    if found.warnings:
        typer.echo("注意")
        _list(found.warnings, found.more)


def _list(problems: tuple[object, ...], more: int) -> None:
    for problem in problems[:MOST_PROBLEMS]:
        typer.echo(f"  {problem}")
    if (rest := len(problems) + more - MOST_PROBLEMS) > 0:
        typer.echo(f"  ほか {rest:,} か所")
