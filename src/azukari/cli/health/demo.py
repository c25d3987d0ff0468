"""`./azukari health demo`: a made-up year of receipt files of one made-up insured population. No ward, no database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from azukari.cli.bars import bars

RECEIPTS = 200_000


def demo(
    out: Annotated[Path, typer.Option(help="書き出す場所", metavar="DIR", file_okay=False)],
    receipts: Annotated[int, typer.Option(help="一月のレセプトの件数", min=100, max=1_000_000)] = RECEIPTS,
    months: Annotated[int, typer.Option(help="月数", min=1, max=120)] = 12,
    seed: Annotated[int, typer.Option(help="同じ種からは同じファイルができる")] = 809,
) -> None:
    """見本のレセプト (医科、DPC、調剤、歯科の UKE) と被保険者の一覧を書き出します。実在の人はいません。"""
    from azukari.demo.health.receipts import write_year

    with bars() as progress:
        made = write_year(
            out,
            receipts=receipts,
            months=months,
            seed=seed,
            progress=lambda done, total: progress("見本のレセプトを作成", done, total),
        )
    typer.echo(
        f"{out} に、被保険者 {made.persons:,} 人のレセプト {made.receipts:,} 件 ({len(made.files)} ファイル) を書き出しました。"
    )
    typer.echo(f"次に: ./azukari health receive {out / 'uke'}/*.uke")
