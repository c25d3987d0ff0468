"""`./azukari handover medium` and `recipient`: the register of media, and the contractors' public keys."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from azukari.cli.desk import AsJson, day, show
from azukari.cli.manage import command_line, recorded

media = typer.Typer(no_args_is_help=True, help="媒体の登録")
keys = typer.Typer(no_args_is_help=True, help="委託先の公開鍵の登録")
OWNER = "owner"
Serial = Annotated[str, typer.Argument(help="媒体に貼った番号 (半角の英数字と「-」)", metavar="SERIAL")]
Key = Annotated[str, typer.Argument(help="公開鍵 (age1…) か、それが入ったファイル (.pub)", metavar="KEY|FILE")]
Contractor = Annotated[str, typer.Option(help="諮問に書かれた委託先の名称", metavar="NAME")]
Day = Annotated[str | None, typer.Option(help="その日 (省くと、きょう)", metavar="YYYY-MM-DD")]


@media.command("add")
def add_medium(
    serial: Serial,
    contractor: Contractor,
    kind: Annotated[str, typer.Option(help="USBメモリ か CD-R", metavar="KIND")] = "USBメモリ",
) -> None:
    """媒体を、一つの委託先に渡すためのものとして登録します。"""
    with recorded():
        from django.utils import timezone

        from azukari.cli.handover import _kind
        from azukari.core.handover import api

        api.add_medium(serial, _kind(kind), contractor, since=timezone.localdate(), by=command_line(), using=OWNER)
    typer.echo(f"{kind} {serial} を{contractor}に渡す媒体として登録しました。")


@media.command("end")
def end_medium(
    serial: Serial, why: Annotated[str, typer.Option(help="廃棄 か 紛失", metavar="WHY")], on: Day = None
) -> None:
    """媒体の廃棄か紛失を記録します。もう使えません。"""
    with recorded():
        from django.utils import timezone

        from azukari.core.handover import api

        api.end_medium(serial, why, on=day(on) if on else timezone.localdate(), by=command_line(), using=OWNER)
    typer.echo(f"媒体 {serial} の{why}を記録しました。")
    if why == "紛失":
        typer.echo(
            "次に: 個人情報保護の担当へ直ちに知らせてください (漏えい等の報告)。中身は暗号化され、開く鍵は媒体にありません。"
        )


@media.command("list")
def list_media(as_json: AsJson = False) -> None:
    """媒体の一覧です。"""
    with recorded():
        from azukari.core.handover import api

        rows = [asdict(one) for one in api.media(using=OWNER)]
    headings = {
        "serial": "番号",
        "kind": "種類",
        "contractor": "委託先",
        "held_by": "使っている授受",
        "ended_why": "終わり",
    }
    show(rows, headings, as_json=as_json, none="媒体はまだ登録されていません。")


@keys.command("add")
def add_key(
    key: Key,
    contractor: Contractor,
    since: Day = None,
    until: Annotated[str | None, typer.Option(help="この日から使わない", metavar="YYYY-MM-DD")] = None,
) -> None:
    """委託先の公開鍵を登録します。開く鍵 (秘密の鍵) は受け取らないでください。"""
    with recorded():
        from django.utils import timezone

        from azukari.core.handover import api

        found = api.add_recipient(
            _text(key), contractor, since=day(since) if since else timezone.localdate(),
            until=day(until) if until else None, by=command_line(), using=OWNER,
        )  # fmt: skip
    typer.echo(f"{contractor}の公開鍵を登録しました: {found.key}")


@keys.command("end")
def end_key(key: Key, on: Annotated[str, typer.Option(help="この日から使わない", metavar="YYYY-MM-DD")]) -> None:
    """公開鍵を、その日から使わないようにします。"""
    with recorded():
        from azukari.core.handover import api

        api.end_recipient(_text(key), on=day(on), by=command_line(), using=OWNER)
    typer.echo(f"公開鍵は {on} から使いません。")


@keys.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """公開鍵の一覧です。"""
    with recorded():
        from azukari.core.handover import api

        rows = [asdict(one) for one in api.recipients(using=OWNER)]
    headings = {"key": "公開鍵", "contractor": "委託先", "since": "使い始め", "until": "この日から使わない"}
    show(rows, headings, as_json=as_json, none="公開鍵はまだ登録されていません。")


def _text(key: str) -> str:
    """The key itself, or the one line of its file; the secret one is sent back unread."""
    path = Path(key)
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else key
    return text.strip()
