"""`./azukari handover`: what leaves for a contractor, on which medium, and that it came back (諮問の授受)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from azukari.cli.desk import AsJson, day, show
from azukari.cli.handover_keys import keys, media
from azukari.cli.handover_offline import keygen, open_
from azukari.cli.manage import command_line, recorded
from azukari.kernel import era
from azukari.kernel.errors import BadInput, Refused

if TYPE_CHECKING:
    from azukari.core.accounts.types import AccountCard
    from azukari.core.handover.types import Card, Proposal
    from azukari.core.policy.types import Actor

app = typer.Typer(no_args_is_help=True, help="授受: 提案、承認、媒体への書込み、受領、返却、消去")
app.add_typer(media, name="medium")
app.add_typer(keys, name="recipient")
app.command()(keygen)
app.command("open")(open_)
OWNER = "owner"
Number = Annotated[int, typer.Argument(help="授受番号", metavar="NUMBER", min=1)]
Login = Annotated[
    str | None, typer.Option(help="行う人の利用者番号。省くと、この機械にサインインしている人", metavar="LOGIN")
]
Secrets = Annotated[
    str | None,
    typer.Option(
        help="その人のパスワードと確認番号を、二行で書いたファイル (- は標準入力)。省くと、たずねます", metavar="FILE"
    ),
]
On = Annotated[str | None, typer.Option("--on", help="その日 (省くと、きょう)", metavar="YYYY-MM-DD")]
Pages = Annotated[int | None, typer.Option(help="数えた枚数 (紙とファクシミリ)", min=0)]


@contextmanager
def acting(login: str | None, secrets: str | None) -> Iterator[Actor | str]:
    """The database, and who acts: an account that proved itself with both secrets, or the machine's own user."""
    with recorded():
        yield _person(login, secrets) if login else command_line()


def _person(login: str, file: str | None) -> Actor:
    """An account of the ward's own that is named under the register entry. Raises Refused, NotFound."""
    from django.utils import timezone

    from azukari.core.accounts import api as accounts
    from azukari.core.handover.api import ENTRY

    actor = accounts.actor_of(proved(login, file), timezone.localdate())
    if ENTRY not in actor.enrolled or actor.contractor is not None:
        raise Refused(
            f"{login} は授受を扱えません。",
            f"「委託先との授受の管理」({ENTRY}) の名簿に載っていません。",
            f"責任者の届出を受け、./azukari roll add {login} {ENTRY} で名簿に載せてください。",
        )
    return actor


def proved(login: str, file: str | None) -> AccountCard:
    """By password and code, as given or asked for; in a made-up ward everybody's are printed on a page."""
    from django.conf import settings
    from django.utils import timezone

    from azukari.core.accounts import api as accounts

    if file is not None:
        text = typer.get_text_stream("stdin").read() if file == "-" else Path(file).read_text(encoding="utf-8")
        password, _, code = text.partition("\n")
    elif settings.DEMONSTRATION:
        return accounts.find(login)
    else:
        password, code = typer.prompt("パスワード", hide_input=True), typer.prompt("確認番号")
    return accounts.prove(login, password.strip(), code.strip(), timezone.now())


@app.command()
def propose(
    source: Annotated[str, typer.Option(help="渡すもの (handover sources で一覧)", metavar="NAME")],
    batch: Annotated[str, typer.Option(help="束の番号", metavar="KEY")],
    contractor: Annotated[str, typer.Option(help="諮問に書かれた委託先の名称", metavar="NAME")],
    until: Annotated[str, typer.Option(help="取り扱える最後の日 (返却の期限)", metavar="YYYY-MM-DD")],
    medium: Annotated[str | None, typer.Option(help="登録した媒体の番号", metavar="SERIAL")] = None,
    kind: Annotated[str | None, typer.Option(help="紙で渡すとき: 文書 か ファクシミリ", metavar="KIND")] = None,
    reason: Annotated[str, typer.Option(help="諮問した件数を超えるときの理由", metavar="TEXT")] = "",
    login: Login = None,
    secrets: Secrets = None,
    as_json: AsJson = False,
) -> None:
    """渡すことを提案します。諮問の取扱いにある項目・行・期間・媒体・件数だけを、その場で数えます。"""
    with acting(login, secrets) as by:
        from django.utils import timezone

        from azukari.core.handover import api

        now = timezone.now()
        proposal = api.prepare(
            source,
            batch,
            contractor=contractor,
            until=day(until),
            on=timezone.localdate(now),
            serial=medium,
            kind=_kind(kind),
        )
        card = api.propose(proposal, over_reason=reason, by=by, now=now, using=OWNER)
    typer.echo(_json(_plain(card))) if as_json else _tell_proposed(card, proposal)


def _kind(text: str | None) -> Any:
    from azukari.core.handover.api import Kind

    if text is not None and text not in [*Kind]:
        raise BadInput(f"「{text}」では渡せません。", f"選べるのは{'、'.join(Kind)}です。", "種類を確かめてください。")
    return None if text is None else Kind(text)


def _tell_proposed(card: Card, proposal: Proposal) -> None:
    typer.echo(
        f"授受 {card.id} を提案しました: {proposal.title} {card.batch}、{card.rows:,} 件、{card.kind} {card.serial or ''}"
    )
    typer.echo(f"項目 (諮問書のとおり): {'、'.join(card.items)}")
    count = proposal.count
    if count.approved is not None:
        typer.echo(
            f"件数: この{'月' if count.per == 'month' else '年度'} {count.after:,} 件 (諮問 {count.approved:,} 件)"
        )
    if count.over:
        typer.echo(f"注意: {count.reason}")
    typer.echo(f"次に: 別の人が承認します。画面か、./azukari handover approve {card.id} --login 利用者番号")


@app.command()
def approve(number: Number, login: Login = None, secrets: Secrets = None) -> None:
    """提案を承認します。提案した人にはできません。利用者番号を持つ人だけができます。"""
    with acting(login, secrets) as by:
        from django.utils import timezone

        from azukari.core.handover import api

        card = api.approve(number, by=by, now=timezone.now(), using=OWNER)
    step = "--to 媒体の場所" if card.kind.sealed else "--pages 枚数"
    typer.echo(f"授受 {number} を承認しました。次に: ./azukari handover write {number} {step}")


@app.command()
def cancel(number: Number, login: Login = None, secrets: Secrets = None) -> None:
    """まだ渡していない授受を取り消します。"""
    with acting(login, secrets) as by:
        from django.utils import timezone

        from azukari.core.handover import api

        api.cancel(number, by=by, now=timezone.now(), using=OWNER)
    typer.echo(f"授受 {number} を取り消しました。")


@app.command()
def write(
    number: Number,
    to: Annotated[Path | None, typer.Option(help="媒体がつながっている場所", metavar="DIR", file_okay=False)] = None,
    pages: Pages = None,
    login: Login = None,
    secrets: Secrets = None,
) -> None:
    """承認された授受を媒体に書き、読み返して確かめます。紙なら、渡した枚数を記録します。

    途中で止まっても、同じ命令をもう一度実行すれば続きから行います。
    """
    with acting(login, secrets) as by:
        from django.utils import timezone

        from azukari.core.handover import api

        if to is None:
            now = timezone.now()
            batch = api.batch_of(api.find(number, using=OWNER), timezone.localdate(now))
            card = api.give(number, pages or 0, batch, by=by, now=now, using=OWNER)
            typer.echo(f"授受 {number} を{card.kind} {card.pages_out:,} 枚で渡したことを記録しました。")
            return
        done = api.write(number, to, by=by, now=timezone.now(), using=OWNER)
    typer.echo(
        f"授受 {number} は{'書き込み済みです' if done.again else '書き込みました'}。読み返して確かめてあります。"
    )
    typer.echo(f"  容器 {done.container}\n  SHA-256 {done.card.container_sha256}\n  授受票 {done.slip}")
    typer.echo(f"返却の期限: {era.long(done.card.until)}")


@app.command()
def receipt(
    target: Annotated[str, typer.Argument(help="receipt.json か、授受番号", metavar="FILE|NUMBER")],
    number: Annotated[str | None, typer.Option(help="受領番号", metavar="XXXX-XXXX-XXXX-XXXX")] = None,
    pages: Pages = None,
    login: Login = None,
    secrets: Secrets = None,
) -> None:
    """委託先が受け取ったことを記録します。容器なら、開いた人だけが知る受領番号が要ります。"""
    told: dict[str, Any] = {"handover": int(target), "receipt": number} if target.isdigit() else _receipt(target)
    with acting(login, secrets) as by:
        from django.utils import timezone

        from azukari.core.handover import api

        card = api.find(told["handover"], using=OWNER)
        for name in ("manifest_sha256", "container_sha256"):
            if told.get(name, getattr(card, name)) != getattr(card, name):
                raise Refused(
                    "別の容器の受領です。",
                    "渡した容器と、開いた容器のハッシュが違います。",
                    "媒体を取り違えていないか確かめてください。",
                )
        api.opened(
            card.id, by=by, now=timezone.now(), receipt=told["receipt"], pages=pages,
            subjects=api.subjects_of(card.ledger), using=OWNER,
        )  # fmt: skip
    typer.echo(f"授受 {card.id} の受領を記録しました。")


def _receipt(path: str) -> dict[str, Any]:
    try:
        told = json.loads(Path(path).read_text(encoding="utf-8"))
        return {**told, "handover": int(told["handover"]), "receipt": str(told["receipt"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{path} が読めません。",
            "handover open が書く receipt.json ではありません。",
            "ファイルか、授受番号を指定してください。",
        ) from error


@app.command()
def used(number: Number, on: On = None, login: Login = None, secrets: Secrets = None) -> None:
    """委託先が使い終え、手元の複製を消したという報告を記録します。"""
    with acting(login, secrets) as by:
        from azukari.core.handover import api

        api.used(number, by=by, on=_day(on), using=OWNER)
    typer.echo(f"授受 {number} の使用終了を記録しました。")


@app.command("return")
def return_(
    number: Number,
    on: On = None,
    pages: Pages = None,
    note: Annotated[str, typer.Option(help="枚数が違うときの理由など", metavar="TEXT")] = "",
    login: Login = None,
    secrets: Secrets = None,
) -> None:
    """媒体か紙が区に返ったことを記録します。"""
    with acting(login, secrets) as by:
        from azukari.core.handover import api

        card = api.find(number, using=OWNER)
        api.returned(
            number, by=by, on=_day(on), pages=pages, remark=note, subjects=api.subjects_of(card.ledger), using=OWNER
        )
    typer.echo(f"授受 {number} の返却を記録しました。次に: ./azukari handover erase {number} --how 方法")


@app.command()
def erase(
    number: Number,
    how: Annotated[str, typer.Option(help="消去の方法 (上書き消去、裁断など)", metavar="TEXT")],
    on: On = None,
    certificate: Annotated[Path | None, typer.Option(help="消去証明書 (PDF) の書き出し先", metavar="FILE")] = None,
    login: Login = None,
    secrets: Secrets = None,
) -> None:
    """消去したことを記録し、消去証明書を作ります。"""
    with acting(login, secrets) as by:
        from azukari.core.handover import api

        card = api.find(number, using=OWNER)
        card = api.erased(number, by=by, on=_day(on), how=how, subjects=api.subjects_of(card.ledger), using=OWNER)
        if certificate:
            certificate.write_bytes(api.erasure(card))
    typer.echo(f"授受 {number} の消去を記録しました。{f'証明書: {certificate}' if certificate else ''}")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """授受の一覧です。返却の期限を過ぎたものを先に並べます。"""
    with recorded():
        from django.utils import timezone

        from azukari.core.handover import api

        today = timezone.localdate()
        cards = sorted(api.listing(using=OWNER), key=lambda card: (-card.overdue(today), not card.is_out(), -card.id))
        rows = [_plain(card) | {"overdue": card.overdue(today), "state": _state(card, today)} for card in cards]
    headings = {
        "id": "番号",
        "state": "段階",
        "flow": "取扱い",
        "kind": "媒体",
        "serial": "番号 (媒体)",
        "contractor": "委託先",
    }
    headings |= {"rows": "件数", "until": "返却の期限"}
    show(rows, headings, as_json=as_json, none="授受はまだありません。")


@app.command()
def sources(as_json: AsJson = False) -> None:
    """渡せるもの (業務が登録したもの) の一覧です。"""
    with recorded():
        from azukari.core.handover import api

        rows = [{"name": one.name, "title": one.title} for one in api.sources()]
    show(rows, {"name": "名前", "title": "渡すもの"}, as_json=as_json, none="渡せるものはまだ登録されていません。")


@app.command("ward-key")
def ward_key(
    out: Annotated[Path, typer.Option(help="書き出すファイル", metavar="FILE", dir_okay=False)],
) -> None:
    """区の署名を確かめる公開鍵を書き出します。委託先に渡し、照合番号は紙でも渡してください。"""
    with recorded():
        from azukari.core.handover import api
        from azukari.kernel.container import fingerprint, read_ward_key

        out.write_bytes(api.ward_key().public_text())
        typer.echo(f"区の公開鍵を {out} に書き出しました。照合番号: {fingerprint(read_ward_key(out))}")


def _state(card: Card, today: date) -> str:
    late = card.overdue(today)
    if card.recalled_on and card.is_out():
        return f"{card.stage} 許可が終わり、至急返却"
    return f"{card.stage} 期限を {late:,} 日過ぎています" if late else str(card.stage)


def _plain(card: Card) -> dict[str, Any]:
    return asdict(card) | {"items": list(card.items)}


def _day(text: str | None) -> date:
    from django.utils import timezone

    if text is None:
        return timezone.localdate()
    chosen = day(text)
    if chosen > timezone.localdate():
        raise BadInput(f"{text} は先の日です。", "済んだことを記録します。", "きょうまでの日を指定してください。")
    return chosen


def _json(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2, default=str)
