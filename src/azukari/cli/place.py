"""`./azukari place`: where items may be handled, and which networks are there."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from azukari.cli.desk import AsJson, Contractor, show
from azukari.cli.manage import command_line, recorded
from azukari.core.policy.types import Place

app = typer.Typer(no_args_is_help=True, help="取扱場所: 登録、終了、一覧")
OWNER = "owner"
Code = Annotated[str, typer.Argument(help="符号 (半角の英小文字・数字・「-」)", metavar="CODE")]


@app.command()
def add(
    code: Code,
    name: Annotated[str, typer.Option(help="名称")],
    stands_for: Annotated[str, typer.Option(help="諮問書か業務の登録に書かれた場所の言葉", metavar="WORDS")],
    network: Annotated[list[str], typer.Option(help="そこの回線 (何度でも指定できる)", metavar="CIDR")],
    contractor: Contractor = None,
    ward_terminal: Annotated[bool, typer.Option(help="区の端末があり、その画面で取り扱う")] = True,
    replace: Annotated[bool, typer.Option("--replace", help="その符号の場所を、この内容に改める")] = False,
) -> None:
    """取扱場所を登録します。動いている画面にも、次の操作から効きます。"""
    with recorded():
        from azukari.core.accounts import api

        place = Place(code, name.strip(), stands_for, contractor, ward_terminal)
        api.register_place(place, network, replacing=replace, by=command_line(), using=OWNER)
    typer.echo(f"取扱場所 {code} ({name.strip()}) を「{stands_for}」として登録しました。回線: {'、'.join(network)}")


@app.command()
def end(code: Code) -> None:
    """取扱場所の回線を外します。そこからは使えなくなります。名称は台帳のために残ります。"""
    with recorded():
        from azukari.core.accounts import api

        api.end_place(code, by=command_line(), using=OWNER)
    typer.echo(f"取扱場所 {code} の回線を外しました。")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """取扱場所と、その回線の一覧です。"""
    with recorded():
        from azukari.core.accounts.api import networks
        from azukari.core.policy.api import places

        held = networks(using=OWNER)
        rows = [asdict(place) | {"networks": held.get(place.code, [])} for place in places(using=OWNER).values()]
    headings = {"code": "符号", "name": "名称", "stands_for": "諮問での書き方", "contractor": "委託先"}
    headings |= {"ward_terminal": "区の端末", "networks": "回線"}
    show(rows, headings, as_json=as_json, none="取扱場所はまだありません。")
