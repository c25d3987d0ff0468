"""`./azukari health original`: a file of health as it arrived, out of the encrypted store of originals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from azukari.cli.manage import command_line, recorded


def original(
    sha256: Annotated[
        str, typer.Argument(help="受け取ったファイルのハッシュ (SHA-256、16進の64文字)", metavar="SHA256")
    ],
    out: Annotated[Path, typer.Option(help="書き出すファイル (まだない名前)", metavar="FILE", dir_okay=False)],
) -> None:
    """受け取ったファイルの原本を、受け取ったときのバイトのまま取り出します。求めたことは台帳に残ります。"""
    with recorded():
        from azukari.business.health.arrivals import api as arrivals

        size = arrivals.bring_back(sha256, out, by=command_line())
    typer.echo(f"{out} に、原本 {size:,} バイトを書き出しました。ハッシュは受け取ったときと同じです。")
    typer.echo("次に: 平文です。使い終わったら消してください。")
