"""The two commands of the contractor's side: a key of its own, and opening a container. No database, no network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from azukari.cli.desk import day, today
from azukari.kernel import era
from azukari.kernel.errors import NotFound

app = typer.Typer(no_args_is_help=True, help="授受: 委託先の側の命令")
PassphraseFile = Annotated[
    str | None, typer.Option(help="合言葉のファイル (- は標準入力)。省くと、たずねます", metavar="FILE")
]


@app.command()
def keygen(
    out: Annotated[Path, typer.Option(help="鍵のファイル", metavar="FILE", dir_okay=False)],
    passphrase_file: PassphraseFile = None,
) -> None:
    """委託先で: 媒体を開く鍵を作ります。区に渡すのは、公開鍵 (.pub) だけです。"""
    from azukari.kernel import container

    passphrase = passphrase_of(passphrase_file, confirm=True)
    recipient = container.make_identity(out, passphrase)
    typer.echo(f"鍵を {out} に作りました。合言葉がないと開けません。だれにも渡さないでください。")
    typer.echo(f"区に渡す公開鍵 ({out}.pub): {recipient}")


@app.command("open")
def open_(
    container: Annotated[Path, typer.Argument(help="媒体の容器のファイル (.azukari.age)", metavar="CONTAINER")],
    identity: Annotated[Path, typer.Option(help="開く鍵のファイル", metavar="KEY")],
    ward_key: Annotated[Path, typer.Option(help="区から受け取った公開鍵", metavar="PUB")],
    out: Annotated[Path, typer.Option(help="書き出す新しいフォルダー", metavar="DIR")],
    on: Annotated[str | None, typer.Option(help="開く日 (省くと、きょう)", metavar="YYYY-MM-DD")] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """委託先で: 媒体の容器を確かめて開きます。通信もデータベースも要りません。"""
    from azukari.kernel import container as box

    if not container.is_file():
        raise NotFound(f"{container} がありません。", "開く容器のファイルです。", "名前と場所を確かめてください。")
    ward = box.read_ward_key(ward_key)
    passphrase = passphrase_of(passphrase_file) if box.is_locked(identity) else None
    when = day(on) if on else today()
    opened = box.open_container(container, box.read_identity(identity, passphrase), ward, out, when)
    manifest = opened.manifest
    typer.echo(f"授受 {manifest.handover}　{manifest.title}")
    typer.echo(f"根拠: {manifest.ground}　取扱い {manifest.flow}")
    typer.echo(f"媒体: {manifest.medium} {manifest.serial}　件数: {manifest.rows:,} 件")
    typer.echo(f"項目: {'、'.join(manifest.items)}")
    for step, who in (("提案", manifest.proposed), ("承認", manifest.approved), ("書込み", manifest.written)):
        typer.echo(f"{step}: {f'{who.name}（{who.login}）' if who.name else who.login} {who.at}")
    typer.echo(
        f"取り扱えるのは {era.long(manifest.valid_until)} までです。使い終えたら複製を消し、媒体を返してください。"
    )
    for one in manifest.files:
        typer.echo(f"  {opened.folder / one.name}　{one.size:,} バイト")
    typer.echo(f"受領番号: {manifest.receipt}　({opened.receipt} を区に渡すか、この番号を知らせてください)")


def passphrase_of(file: str | None, *, confirm: bool = False) -> str:
    """A passphrase out of a file, from the standard input (-), or asked for. Raises NotFound."""
    if file is None:
        return str(typer.prompt("合言葉", hide_input=True, confirmation_prompt=confirm))
    if file == "-":
        return typer.get_text_stream("stdin").readline().rstrip("\r\n")
    path = Path(file)
    if not path.is_file():
        raise NotFound(f"{path} がありません。", "合言葉のファイルです。", "名前と場所を確かめてください。")
    return path.read_text(encoding="utf-8").rstrip("\r\n")
