"""`./azukari donations`: ふるさと納税 from the files of the portals to batches of letters, and the year (諮問813)."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from azukari.cli.bars import bars
from azukari.cli.desk import AsJson, day
from azukari.cli.manage import command_line, prepare_django, recorded
from azukari.kernel.errors import BadInput
from azukari.kernel.money import yen

if TYPE_CHECKING:
    from azukari.business.donations.api import Against, Received, Year

app = typer.Typer(no_args_is_help=True, help="ふるさと納税 (諮問813): 寄附の受領、手紙の束、年度のまとめ")
OWNER = "owner"
MOST_PROBLEMS = 40
Layout = Annotated[str | None, typer.Option(help="様式 (付けなければ見出しから選ぶ)", metavar="NAME")]
Day = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD")]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV か Excel", metavar="FILE", dir_okay=False)],
    layout: Layout = None,
    as_json: AsJson = False,
) -> None:
    """寄附のファイルを受け取ります。一行でも読めなければ、何も入れずに行と理由を示します。"""
    with recorded():
        from django.utils import timezone

        from azukari.business.donations import api

        found = api.receive(file, by=command_line(), on=timezone.localdate(), layout=layout)
    typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2, default=str)) if as_json else _tell(found)
    if found.problems:
        raise BadInput(
            f"{found.name} を受け取れませんでした。",
            f"上に示した {len(found.problems) + found.rest:,} か所が読めません。一行も入れていません。",
            "直したファイルで、もう一度 donations import を実行してください。",
        )


def _tell(found: Received) -> None:
    if found.arrived_before:
        typer.echo(f"このファイルは {found.arrived_before:%Y-%m-%d} に受け取っています。何も変えていません。")
        return
    for problem in found.problems[:MOST_PROBLEMS]:
        typer.echo(f"  {problem}")
    if (rest := len(found.problems) + found.rest - MOST_PROBLEMS) > 0:
        typer.echo(f"  ほか {rest:,} か所")
    if found.problems:
        return
    typer.echo(
        f"{found.layout}: 申込み {found.intentions:,} 件、寄附 {found.donations:,} 件 {yen(found.amount)} を受け取りました。"
    )
    if found.known:
        typer.echo(f"受領済み {found.known:,} 件 (うち、入金確認日だけ新しいもの {found.settled:,} 件)")
    if found.held:
        typer.echo(
            f"印刷できない文字などで手紙を出せないもの {found.held:,} 件。区の画面「ふるさと納税」で直してください。"
        )
    for note in found.notes[:MOST_PROBLEMS]:
        typer.echo(f"注意 {note}")


@app.command()
def batch(
    kind: Annotated[str, typer.Option(help="納付書、礼状、再発行 のどれか", metavar="KIND")],
    since: Day = None,
    until: Day = None,
    contractor: Annotated[str | None, typer.Option(help="発送を委託する先の名称", metavar="NAME")] = None,
    as_json: AsJson = False,
) -> None:
    """出すべき手紙を一つの束にまとめます。期間は申込日 (納付書) か入金確認日 (礼状) で、until の日は入りません。"""
    with recorded():
        from django.utils import timezone

        from azukari.business.donations import api
        from azukari.business.donations.types import BatchKind
        from azukari.core.policy import api as policy

        if kind not in list(BatchKind):
            raise BadInput(
                f"束の種類「{kind}」はありません。",
                f"あるのは {'、'.join(BatchKind)} です。",
                "--kind を直してください。",
            )
        chosen, on = BatchKind(kind), timezone.localdate()
        key = api.make(
            chosen,
            contractor=contractor or policy.only_contractor(chosen.flow, on, using=OWNER),
            on=on,
            by=command_line(),
            since=day(since) if since else None,
            until=day(until) if until else None,
            using=OWNER,
        )
        card = api.card(key, using=OWNER)
    if as_json:
        typer.echo(json.dumps(asdict(card), ensure_ascii=False, indent=2, default=str))
        return
    typer.echo(f"束 {card.key} ({card.kind}): {card.rows:,} 件、封筒 {card.envelopes:,} 通、{card.contractor} へ")


@app.command()
def letters(
    batch: Annotated[int, typer.Option(help="束の番号", metavar="KEY")],
    out: Annotated[Path, typer.Option(help="書き出す場所", metavar="DIR", file_okay=False)],
    envelope: Annotated[list[int] | None, typer.Option(help="刷り直す封筒の番号 (何度でも)", metavar="N")] = None,
    as_json: AsJson = False,
) -> None:
    """束の手紙を印刷用の PDF にします。途中で止まっても、同じ命令で続きから進みます。"""
    with recorded(), bars() as told:
        from django.utils import timezone

        from azukari.business.donations import api

        chosen = frozenset(envelope) if envelope else None
        made = api.print_batch(
            batch,
            out,
            on=timezone.localdate(),
            by=command_line(),
            envelopes=chosen,
            progress=partial(told, "手紙を作成"),
        )
    if as_json:
        typer.echo(json.dumps(asdict(made), ensure_ascii=False, indent=2, default=str))
        return
    typer.echo(f"発送 {made.job:04d}: {made.rows:,} 件の手紙を {len(made.files):,} つのファイルにしました。")
    for folder in sorted({path.parent for path in made.files}):
        typer.echo(f"  {folder}")


@app.command("test-sheet")
def window_sheet(
    out: Annotated[Path, typer.Option(help="書き出す PDF", metavar="FILE", dir_okay=False)],
    envelope: Annotated[str, typer.Option(help="封筒: naga3、kaku2、label12", metavar="NAME")] = "naga3",
) -> None:
    """封筒の窓を確かめる紙を作ります。印刷して折り、封筒に入れて、囲みの中が見えるかを確かめてください。"""
    from datetime import datetime

    from azukari.core.documents import api as documents

    out.write_bytes(documents.window_test(envelope, created=datetime.now().astimezone()))
    typer.echo(f"{out} を作りました。")


@app.command()
def report(
    year: Annotated[
        int | None, typer.Option(help="年度 (例 2019。付けなければ最も新しい年度)", min=2008, max=2099)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """年度のまとめ: 申込みと寄附の件数を、諮問した件数 (900件、1,500件) と並べて示します。"""
    with recorded():
        from django.utils import timezone

        from azukari.business.donations import api
        from azukari.kernel.fiscal import FiscalYear

        latest = next(iter(api.years(using=OWNER)), FiscalYear.of(timezone.localdate()))
        chosen = FiscalYear(year) if year else latest
        found, entrusted = api.year(chosen, using=OWNER), api.against(chosen, using=OWNER)
        states = api.states(chosen, using=OWNER)
    if as_json:
        typer.echo(json.dumps(found.as_json(entrusted, states), ensure_ascii=False, indent=2, default=str))
        return
    _tell_year(found, entrusted)
    for letter, name in (("M", "申込み"), ("K", "寄附")):
        typer.echo(f"{name}の状態: {'、'.join(f'{state} {count:,}' for state, count in states[letter].items())}")


def _tell_year(found: Year, entrusted: tuple[Against, Against]) -> None:
    wished, gave = found.intentions, found.donations
    typer.echo(
        f"{found.year.label}\n申込み {wished.all:,} 件: 納付済み {wished.paid:,}、未納付 {wished.unpaid:,}、取消 {wished.cancelled:,}\n"
        f"寄附 {gave.all:,} 件 {yen(gave.amount)}: 入金確認待ち {gave.unsettled:,}、取消 {gave.cancelled:,}、"
        f"還付 {gave.refunded:,} ({yen(gave.refunded_amount)})\n"
        f"ワンストップ特例の希望 {gave.one_stop:,} 件 ({gave.one_stop_share}%)、申請書 {gave.forms:,}、みなし無効 {gave.void:,}\n"
        f"印刷できない文字: 申込み {wished.held:,} 件、寄附 {gave.held:,} 件"
    )
    table = Table("取扱い", "諮問した件数", "委託した件数", "")
    for one in entrusted:
        table.add_row(one.flow, f"{one.approved:,}", f"{one.entrusted:,}", one.warning)
    Console().print(table)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="書き出す場所", metavar="DIR", file_okay=False)],
    rows: Annotated[int, typer.Option(help="行の数", min=10, max=100_000)] = 300,
    seed: Annotated[int, typer.Option(help="同じ種からは同じファイルができる")] = 813,
) -> None:
    """見本の寄附のファイルを、様式ごとに、正しいものと誤りを仕込んだものと、答えの表つきで書き出します。"""
    prepare_django()
    from azukari.demo import donations

    made = donations.write_files(out, rows=rows, seed=seed)
    for path in made:
        typer.echo(f"  {path}")
    typer.echo(f"次に: ./azukari donations import {made[0]}")
