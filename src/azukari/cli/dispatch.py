"""`./azukari dispatch`: letters on their way, from the command line (諮問813)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from azukari.cli.desk import WIDTH, AsJson, day, show
from azukari.cli.manage import command_line, recorded

if TYPE_CHECKING:
    from azukari.core.dispatch.api import Balance

app = typer.Typer(no_args_is_help=True, help="発送: 一覧、数の確かめ、差出し、締め、送ったかの照会")
OWNER = "owner"
Job = Annotated[int, typer.Argument(help="発送の番号", metavar="JOB", min=1)]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """発送の一覧です。"""
    with recorded():
        from azukari.core.dispatch import api

        rows = [asdict(one) | {"number": one.number} for one in api.jobs(using=OWNER)]
    headings = {"number": "番号", "title": "題", "contractor": "委託先", "made_on": "作成", "closed_on": "締め"}
    show(rows, headings, as_json=as_json, none="発送はまだありません。")


@app.command()
def balance(job: Job, as_json: AsJson = False) -> None:
    """合わなければならない数の左右と、まだ終わっていない組を示します。"""
    with recorded():
        from azukari.core.dispatch import api

        found = api.balance(job, using=OWNER)
    typer.echo(json.dumps(_plain(found), ensure_ascii=False, indent=2)) if as_json else _tell(found)


def _plain(found: Balance) -> dict[str, object]:
    identities = [
        {"title": one.title, "paper": one.paper, "left": one.left, "right": dict(one.right), "holds": one.holds}
        for one in found.identities
    ]
    missing = [{"set": one.words, "reference": one.reference, "why": one.why} for one in found.missing]
    states = {state.value: count for state, count in found.funnel}
    return {"holds": found.holds, "states": states, "identities": identities, "open": found.open, "missing": missing}


def _tell(found: Balance) -> None:
    table = Table("式", "左", "右", "結果")
    for one in found.identities:
        paper = f" ({one.paper})" if one.paper else ""
        parts = " + ".join(f"{name} {count:,}" for name, count in one.right)
        table.add_row(f"{one.title}{paper}", f"{one.left:,} {one.unit}", parts, "合う" if one.holds else "合わない")
    Console(width=WIDTH).print(table)
    for line in found.missing:
        typer.echo(f"{line.words} {line.reference}: {line.why}")
    if found.open > len(found.missing):
        typer.echo(f"ほか {found.open - len(found.missing):,} 組")


@app.command("hand-over")
def hand_over(
    job: Job,
    number: Annotated[str, typer.Option(help="差出票の番号")],
    office: Annotated[str, typer.Option(help="郵便局")],
    on: Annotated[str, typer.Option(help="差出しの日", metavar="YYYY-MM-DD")],
    count: Annotated[int, typer.Option(help="差出票の通数", min=1)],
    only: Annotated[list[str] | None, typer.Option(help="この番号の組だけ (何度でも指定できる)")] = None,
) -> None:
    """封をした組を郵便局に差し出したことを記録します。通数が合わなければ、何も変えません。"""
    with recorded():
        from azukari.core.dispatch import api

        sent = api.hand_over(
            job, number=number, office=office, on=day(on), count=count, references=only, by=command_line(), using=OWNER
        )
    typer.echo(f"発送 {job:04d}: {sent:,} 通の差出しを記録しました。")


@app.command()
def close(job: Job) -> None:
    """数の合う発送を締めます。合わなければ、合わない式と足りない組を示し、何も変えません。"""
    with recorded():
        from azukari.core.dispatch import api

        api.close(job, by=command_line(), using=OWNER)
    typer.echo(f"発送 {job:04d} を締めました。すべての数が合いました。")


@app.command()
def find(reference: Annotated[str, typer.Argument(help="業務の番号", metavar="REFERENCE")]) -> None:
    """その番号の手紙を送ったかを答えます。"""
    with recorded():
        from azukari.core.dispatch import api

        letters = api.lines_of(reference, using=OWNER)
    if not letters:
        typer.echo("この番号の手紙は、発送に入っていません。")
    for letter in letters:
        typer.echo(f"{letter.words} {letter.answer}")
        for line in letter.lines:
            typer.echo(f"  {line.at:%Y-%m-%d %H:%M} {line.text}（{line.by}）")
