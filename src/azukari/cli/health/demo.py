"""`./azukari health demo`: a made-up year as it arrives, of people of its own or of the made-up ward."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from azukari.cli.bars import bars
from azukari.cli.manage import recorded

RECEIPTS = 200_000


def demo(
    out: Annotated[Path, typer.Option(help="書き出す場所", metavar="DIR", file_okay=False)],
    receipts: Annotated[int, typer.Option(help="一月のレセプトの件数", min=100, max=1_000_000)] = RECEIPTS,
    months: Annotated[int, typer.Option(help="月数", min=1, max=120)] = 12,
    seed: Annotated[int, typer.Option(help="同じ種からは同じファイルができる")] = 809,
    *,
    ward: Annotated[bool, typer.Option("--ward", help="見本の区の住民から作る (名簿が住民の台帳につながる)")] = False,
) -> None:
    """見本のレセプト (医科、DPC、調剤、歯科の UKE)、健診、資格の一覧を書き出します。実在の人はいません。"""
    with recorded() if ward else nullcontext(), bars() as progress:
        from azukari.demo.health import year

        made = year.write(
            out,
            size=receipts,
            months=months,
            seed=seed,
            ward=ward,
            progress=lambda done, total: progress("見本のレセプトを作成", done, total),
        )
    typer.echo(
        f"{out} に、被保険者 {made.persons:,} 人のレセプト {made.receipts:,} 件 ({len(made.files)} ファイル) と、"
        "健診、資格の一覧を書き出しました。"
    )
    typer.echo(f"次に: ./azukari health receive {out}/members.csv {out}/uke/*.uke {out}/checkups/*.zip")
