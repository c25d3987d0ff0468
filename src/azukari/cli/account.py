"""`./azukari account`: who may sign in. Made here, given new secrets, ended; listed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlencode

import segno
import typer

from azukari.cli.desk import AsJson, Contractor, show
from azukari.cli.manage import command_line, recorded
from azukari.core.accounts.types import AccountCard, Kind
from azukari.kernel.errors import BadInput, NotFound

app = typer.Typer(no_args_is_help=True, help="利用者: 登録、パスワードの再発行、終了、一覧")
OWNER = "owner"
ISSUER = "Azukari"
Login = Annotated[str, typer.Argument(help="利用者番号 (半角の英小文字と数字)", metavar="LOGIN")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(help="パスワードの入ったファイル。- は標準入力。省くと二度たずねる", metavar="FILE", allow_dash=True),
]


@app.command()
def add(
    login: Login,
    kind: Annotated[Kind, typer.Option(help="立場")],
    name: Annotated[str, typer.Option(help="氏名 (区民には付けない)")] = "",
    section: Annotated[str | None, typer.Option(help="所管課 (業務の登録にある書き方で)")] = None,
    contractor: Contractor = None,
    atena: Annotated[str | None, typer.Option(help="区民の宛名番号 (10桁)")] = None,
    password_file: PasswordFile = None,
) -> None:
    """利用者を登録し、認証アプリに登録するものを一度だけ表示します。"""
    with recorded():
        from django.utils import timezone

        from azukari.cli.audit import person_key
        from azukari.core.accounts import api

        new = api.NewAccount(
            login=login,
            name=name.strip(),
            kind=kind,
            password="",
            since=timezone.localdate(),
            section=section,
            contractor=contractor,
            person_id=person_key(atena) if atena else None,
        )
        api.refuse_impossible(new, using=OWNER)
        new = replace(new, password=_password(password_file))
        card, secret = api.create(new, by=command_line(), using=OWNER)
        typer.echo(f"利用者 {login} ({api.KIND_NAMES[card.kind]}) を登録しました。")
    _hand_over(card, secret)


@app.command()
def reset(login: Login, password_file: PasswordFile = None) -> None:
    """パスワードと確認番号の元を新しくします。前のものは使えなくなり、サインインは終わります。"""
    with recorded():
        from azukari.core.accounts import api

        api.find(login, using=OWNER)
        card, secret = api.reset(login, _password(password_file), by=command_line(), using=OWNER)
        typer.echo(f"利用者 {login} のパスワードと確認番号の元を新しくしました。")
    _hand_over(card, secret)


@app.command()
def end(login: Login) -> None:
    """きょうから使えなくし、名簿からも外します。利用者番号は、ほかの人には使えません。"""
    with recorded():
        from django.utils import timezone

        from azukari.core.accounts import api

        flows = api.leave(login, timezone.localdate(), by=command_line(), using=OWNER)
    typer.echo(f"利用者 {login} を終わりにしました。" + (f"名簿から外しました: {'、'.join(flows)}" if flows else ""))


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """登録されている利用者の一覧です。終わった利用者も含みます。"""
    with recorded():
        from django.utils import timezone

        from azukari.core.accounts import api

        today = timezone.localdate()
        rows = [
            {
                "login": one.card.login,
                "name": one.card.name,
                "kind": one.card.kind,
                "kind_name": api.KIND_NAMES[one.card.kind],
                "section": one.card.section,
                "contractor": one.card.contractor,
                "belongs": one.card.section or one.card.contractor,
                "since": one.since,
                "until": one.until,
                "usable": one.since <= today and (one.until is None or today < one.until),
            }
            for one in api.listing(using=OWNER)
        ]
    headings = {"login": "利用者番号", "kind_name": "立場", "name": "氏名", "belongs": "所属", "since": "開始"}
    show(rows, headings | {"until": "終了", "usable": "使える"}, as_json=as_json, none="利用者はまだいません。")


def _password(file: Path | None) -> str:
    """What the file holds but for the end of its line, or what is typed twice without being shown. Raises BadInput."""
    if file is not None:
        return _read(file).rstrip("\r\n")
    first = typer.prompt("パスワード (12文字以上)", hide_input=True)
    if typer.prompt("もう一度", hide_input=True) != first:
        raise BadInput("二度のパスワードが違います。", "打ち間違いがあります。", "もう一度実行してください。")
    return str(first)


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"{file} を読めません。", str(error), "ファイルの場所と権限を確かめてください。") from error


def _hand_over(card: AccountCard, secret: str) -> None:
    """The TOTP secret in words an authenticator takes, and as the same in a QR code. Shown once, kept nowhere."""
    values = {"secret": secret, "issuer": ISSUER, "algorithm": "SHA1", "digits": 6, "period": 30}
    address = f"otpauth://totp/{ISSUER}:{quote(card.login)}?{urlencode(values)}"
    typer.echo("認証アプリで次の図を読み取ってください。表示はこの一度だけです。終わったら画面を消してください。")
    segno.make(address, error="m").terminal(sys.stdout, compact=True)
    typer.echo(address)
