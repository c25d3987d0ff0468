"""`./azukari health ceremony`: pseudonymised before both responsible persons, and restored before both (諮問809)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from azukari.cli.desk import AsJson, day, show
from azukari.cli.handover import Number, Secrets, proved
from azukari.cli.handover_offline import PassphraseFile, passphrase_of
from azukari.cli.manage import recorded
from azukari.kernel import era
from azukari.kernel.errors import BadInput, NotFound

if TYPE_CHECKING:
    from azukari.core.handover.api import ceremony
    from azukari.core.policy.types import Actor, Place

app = typer.Typer(no_args_is_help=True, help="仮名化の立会い: 提案、立会い、鍵、仮名化、書込み、署名、納品、復元、廃棄")
OWNER = "owner"
Person = Annotated[str, typer.Option("--login", help="行う人の利用者番号", metavar="LOGIN")]
At = Annotated[
    str | None,
    typer.Option("--place", help="いまいる取扱場所の符号 (place list)。省くと、立会いを記録した場所", metavar="CODE"),
]
Key = Annotated[Path, typer.Option(help="鍵のファイル (区の責任者が保管)", metavar="FILE", dir_okay=False)]
Signing = Annotated[Path | None, typer.Option(help="署名の鍵のファイル", metavar="FILE", dir_okay=False)]
Signature = Annotated[str | None, typer.Option(help="別の機械で作った署名 (128文字)", metavar="HEX")]


@app.command("signing-key")
def signing_key(
    out: Annotated[Path, typer.Option(help="署名の鍵のファイル", metavar="FILE", dir_okay=False)],
    passphrase_file: PassphraseFile = None,
) -> None:
    """責任者が一人ずつ、自分の署名の鍵を作ります。区にも委託先にも渡さず、公開鍵だけを立会いで示します。"""
    from azukari.kernel import signatures

    public = signatures.make(out, passphrase_of(passphrase_file, confirm=True))
    typer.echo(f"署名の鍵を {out} に作りました。合言葉がないと開けません。")
    typer.echo(f"公開鍵: {public}")
    typer.echo(f"照合番号: {signatures.short(public)}")


@app.command()
def signature(
    key: Annotated[Path, typer.Option(help="署名の鍵のファイル", metavar="FILE", dir_okay=False)],
    record: Annotated[Path, typer.Option(help="署名する文のファイル (text で書き出したもの)", metavar="FILE")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """自分の機械で、立会いの記録の文に署名します。通信もデータベースも要りません。"""
    from azukari.kernel import signatures

    if not record.is_file():
        raise NotFound(f"{record} がありません。", "署名する文のファイルです。", "名前と場所を確かめてください。")
    typer.echo(signatures.sign(signatures.load(key, passphrase_of(passphrase_file)), record.read_bytes()))


@app.command()
def propose(  # noqa: PLR0913, PLR0917 (each is a fact of the ceremony)
    flow: Annotated[str, typer.Option(help="取扱い (809-2-1、809-2-3、809-5)", metavar="FLOW")],
    contractor: Annotated[str, typer.Option(help="諮問に書かれた委託先の名称", metavar="NAME")],
    medium: Annotated[str, typer.Option(help="登録した媒体の番号", metavar="SERIAL")],
    until: Annotated[str, typer.Option(help="取り扱える最後の日 (返却の期限)", metavar="YYYY-MM-DD")],
    since: Annotated[str, typer.Option("--from", help="渡す記録の最初の日", metavar="YYYY-MM-DD")],
    to: Annotated[str, typer.Option(help="渡す記録の最後の日", metavar="YYYY-MM-DD")],
    place: Annotated[str, typer.Option(help="立ち会う区の場所の符号 (place list)", metavar="CODE")],
    login: Person,
    series: Annotated[
        str, typer.Option(help="系列。前の立会いと同じにすると、同じ鍵の仮名がつながる", metavar="NAME")
    ] = "",
    smallest: Annotated[int, typer.Option(help="小さい数の境 (これより少ない組を知らせる)", metavar="N")] = 10,
    rare: Annotated[int, typer.Option(help="これより少ない人の病名を空欄にする (0 は空欄にしない)", metavar="N")] = 10,
    reason: Annotated[str, typer.Option(help="諮問した件数を超えるときの理由", metavar="TEXT")] = "",
    secrets: Secrets = None,
) -> None:
    """仮名化の立会いを提案します。まだ何も作りません。提案した人は、区の責任者として立ち会えません。"""
    with recorded():
        from datetime import timedelta

        from django.utils import timezone

        from azukari.core.handover.api import ceremony

        card = ceremony.propose(
            "analysis", flow, contractor=contractor, serial=medium, until=day(until), since=day(since),
            before=day(to) + timedelta(days=1), place=_place(place), by=_actor(login, secrets), now=timezone.now(),
            series=series, smallest=smallest, rare=rare, over_reason=reason, using=OWNER,
        )  # fmt: skip
    typer.echo(f"立会い {card.id} を提案しました。系列 {card.series}、期限 {era.long(card.until)}")
    typer.echo(f"項目 (諮問書のとおり): {'、'.join(ceremony.items_of(card.flow))}")
    typer.echo(f"次に: 両責任者が{card.place_words}で health ceremony attend {card.id} --login … --place {card.place}")


@app.command()
def attend(
    number: Number,
    login: Person,
    place: Annotated[str, typer.Option(help="いまいる取扱場所の符号 (place list)", metavar="CODE")],
    public: Annotated[str | None, typer.Option(help="署名の公開鍵 (64文字)", metavar="HEX")] = None,
    key: Signing = None,
    passphrase_file: PassphraseFile = None,
    secrets: Secrets = None,
) -> None:
    """立会いを記録します。両責任者が、それぞれサインインの二つの秘密を入力し、署名の公開鍵を示します。納品の後は、復元の立会いです。"""
    shown = public or (_public(key, passphrase_file) if key else "")
    with recorded():
        from django.utils import timezone

        from azukari.core.handover.api import ceremony

        card = ceremony.attend(
            number, by=_actor(login, secrets), place=_place(place), now=timezone.now(), public=shown, using=OWNER
        )
    typer.echo(f"{card.steps[-1].step.label}を記録しました。公開鍵の照合番号: {ceremony.short(card.steps[-1].public)}")


@app.command("key")
def key_(
    number: Number,
    login: Person,
    keystore: Key,
    backup: Annotated[Path, typer.Option(help="紙の控え (PDF) の書き出し先", metavar="FILE", dir_okay=False)],
    passphrase_file: PassphraseFile = None,
    place: At = None,
    secrets: Secrets = None,
) -> None:
    """鍵を用意します。なければ作り、あればその鍵を使います。紙の控えを印刷し、PDF を消して、紙を施錠して保管してください。"""
    passphrase = passphrase_of(passphrase_file, confirm=not keystore.exists())
    with recorded():
        from azukari.core.handover.api import ceremony

        card = ceremony.use_key(number, keystore, passphrase, backup=backup, **_here(number, login, secrets, place))
    typer.echo(f"鍵を用意しました。照合の言葉: {card.steps[-1].detail['words']}")
    typer.echo(f"紙の控え: {backup} (印刷して言葉を見比べ、PDF は消してください)")


@app.command("key-restore")
def key_restore(
    keystore: Key,
    paper: Annotated[
        Path | None, typer.Option(help="控えの鍵を入力したファイル。省くと、たずねます", metavar="FILE")
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """紙の控えから、鍵のファイルを作り直します。"""
    from azukari.kernel import keystore as keys

    text = paper.read_text(encoding="utf-8") if paper else typer.prompt("控えの鍵", hide_input=True)
    key = keys.keep(keystore, passphrase_of(passphrase_file, confirm=True), keys.from_paper(text))
    typer.echo(f"鍵を {keystore} に戻しました。照合の言葉: {keys.words(key)}")


@app.command()
def make(
    number: Number, login: Person, keystore: Key, passphrase_file: PassphraseFile = None, place: At = None,
    secrets: Secrets = None,
) -> None:  # fmt: skip
    """健診とレセプトを仮名にし、渡す前の点検の結果を示します。媒体にはまだ書きません。"""
    passphrase = passphrase_of(passphrase_file)
    with recorded():
        from azukari.core.handover.api import ceremony

        card = ceremony.make(number, keystore, passphrase, **_here(number, login, secrets, place))
    detail = card.steps[-1].detail
    typer.echo(f"{detail['persons']:,} 人分を仮名にしました。仮名のままでも個人情報です。")
    for one in detail["files"]:
        typer.echo(f"  {one['name']}　{one['rows']:,} 行")
    typer.echo("点検:")
    for line in detail["report"]["lines"]:
        typer.echo(f"  {line}")
    typer.echo(f"次に: 区の責任者が読み、よければ health ceremony accept {number} --login {login}")


@app.command()
def accept(number: Number, login: Person, place: At = None, secrets: Secrets = None) -> None:
    """点検の結果を読んだ区の責任者が、渡してよいと承認します。"""
    with recorded():
        from django.utils import timezone

        from azukari.core.handover.api import ceremony

        proposal = ceremony.proposal_of(ceremony.find(number, using=OWNER), timezone.localdate())
        card = ceremony.accept(number, proposal, **_here(number, login, secrets, place))
    typer.echo(f"点検を承認しました。授受 {card.handover}、{proposal.rows:,} 件")
    typer.echo(f"次に: health ceremony write {number} --login {login} --to 媒体の場所")


@app.command()
def write(
    number: Number,
    login: Person,
    to: Annotated[Path, typer.Option(help="媒体がつながっている場所", metavar="DIR", file_okay=False)],
    place: At = None,
    secrets: Secrets = None,
) -> None:
    """仮名にしたものを媒体に書き、読み返して確かめます。途中で止まっても、同じ命令で続きから行います。"""
    with recorded():
        from azukari.core.handover.api import ceremony

        _, written = ceremony.write(number, to, **_here(number, login, secrets, place))
    typer.echo(f"媒体に書きました。読み返して確かめてあります。\n  容器 {written.container}\n  授受票 {written.slip}")
    typer.echo(f"次に: 両責任者が health ceremony sign {number} --login … --key 自分の署名の鍵")


@app.command()
def text(
    number: Number,
    login: Person,
    out: Annotated[Path, typer.Option(help="書き出すファイル", metavar="FILE", dir_okay=False)],
    report: Annotated[str, typer.Option(help="廃棄の報告 (委託先が廃棄に署名するとき)", metavar="TEXT")] = "",
    secrets: Secrets = None,
) -> None:
    """いま署名する文を書き出します。自分の機械で signature により署名するときに使います。"""
    with recorded():
        from azukari.core.handover.api import ceremony

        card = ceremony.find(number, using=OWNER)
        content = ceremony.text_of(card, _signing_step(card, _actor(login, secrets)), " ".join(report.split()))
    out.write_bytes(content)
    typer.echo(f"署名する文を {out} に書きました。読んでから署名してください。")


@app.command()
def sign(
    number: Number, login: Person, key: Signing = None, signature: Signature = None,
    passphrase_file: PassphraseFile = None, place: At = None, secrets: Secrets = None,
) -> None:  # fmt: skip
    """媒体を渡した記録に、責任者が自分の鍵で署名します。委託先の署名は、仮名の鍵の一部ではありません。"""
    _sign(number, login, key, signature, passphrase_file, place, secrets)


@app.command()
def receive(
    number: Number,
    files: Annotated[list[Path], typer.Argument(help="納品のファイル (CSV か Parquet)", metavar="FILE…")],
    login: Person,
    secrets: Secrets = None,
) -> None:
    """委託先の納品を、仮名のまま受け取ります。列 token のあるファイルだけを受け取り、元のまま保管します。"""
    with recorded():
        from django.utils import timezone

        from azukari.core.handover.api import ceremony

        card = ceremony.deliver(number, files, by=_actor(login, secrets), place=None, now=timezone.now(), using=OWNER)
    for one in card.steps[-1].detail["files"]:
        typer.echo(f"  {one['name']}　{one['rows']:,} 行　{one['sha256']}")
    typer.echo(f"次に: 復元の日に、両責任者が health ceremony attend {number} --login … --place {card.place}")


@app.command()
def restore(
    number: Number,
    login: Person,
    keystore: Key,
    to: Annotated[Path, typer.Option(help="復元したものを書く新しいフォルダー", metavar="DIR")],
    passphrase_file: PassphraseFile = None,
    place: At = None,
    secrets: Secrets = None,
) -> None:
    """両責任者の立会いで、納品を仮名から復元します。一行でも復元できなければ、何も書きません。"""
    passphrase = passphrase_of(passphrase_file)
    with recorded():
        from azukari.core.handover.api import ceremony

        _, made = ceremony.restore(number, keystore, passphrase, to, **_here(number, login, secrets, place))
    for path in made:
        typer.echo(f"復元しました: {path}")
    typer.echo(f"次に: 委託先が手元の写しを廃棄し、health ceremony destroy {number} --login … --how 方法")


@app.command()
def destroy(
    number: Number,
    login: Person,
    how: Annotated[str, typer.Option(help="廃棄の方法と、写しが残っていないこと", metavar="TEXT")],
    key: Signing = None,
    signature: Signature = None,
    passphrase_file: PassphraseFile = None,
    place: At = None,
    secrets: Secrets = None,
) -> None:
    """委託先の責任者が、復元したデータの写しをその場で廃棄したことを報告し、署名します。"""
    _sign(number, login, key, signature, passphrase_file, place, secrets, how)


@app.command()
def close(
    number: Number, login: Person, key: Signing = None, signature: Signature = None,
    passphrase_file: PassphraseFile = None, place: At = None, secrets: Secrets = None,
) -> None:  # fmt: skip
    """媒体が返ったことを確かめ、区の責任者が終わりの署名をします。"""
    _sign(number, login, key, signature, passphrase_file, place, secrets)


@app.command()
def cancel(number: Number, login: Person, secrets: Secrets = None) -> None:
    """媒体に書く前の立会いを取り消します。仮名にしたものは消えます。"""
    with recorded():
        from django.utils import timezone

        from azukari.core.handover.api import ceremony

        ceremony.cancel(number, by=_actor(login, secrets), place=None, now=timezone.now(), using=OWNER)
    typer.echo(f"立会い {number} を取り消しました。")


@app.command()
def paper(
    number: Number,
    out: Annotated[Path, typer.Option(help="書き出すファイル (PDF)", metavar="FILE", dir_okay=False)],
) -> None:
    """立会いの記録を PDF/A で書き出します。"""
    with recorded():
        from azukari.core.handover.api import ceremony

        out.write_bytes(ceremony.paper(ceremony.find(number, using=OWNER)))
    typer.echo(f"立会いの記録: {out}")


@app.command("show")
def show_(number: Number, as_json: AsJson = False) -> None:
    """一つの立会いの経過です。"""
    with recorded():
        from azukari.core.handover.api import ceremony

        card = ceremony.find(number, using=OWNER)
    rows = [{"step": "提案", "by": card.proposed_by, "at": card.proposed_at, "place": ""}]
    rows += [{"step": one.step.label, "by": one.by, "at": one.at, "place": one.place} for one in card.steps]
    if as_json:
        show([asdict(card)], {}, as_json=True, none="")
        return
    show(rows, {"step": "段階", "by": "行った人", "at": "日時", "place": "場所"}, as_json=False, none="")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """立会いの一覧です。"""
    with recorded():
        from azukari.core.handover.api import ceremony

        rows = [
            {
                "id": card.id, "flow": card.flow, "contractor": card.contractor, "serial": card.serial,
                "until": card.until, "step": card.steps[-1].step.label if card.steps else "提案",
            }
            for card in ceremony.listing(using=OWNER)
        ]  # fmt: skip
    headings = {
        "id": "番号", "step": "最後の段階", "flow": "取扱い", "contractor": "委託先", "serial": "媒体", "until": "期限",
    }  # fmt: skip
    show(rows, headings, as_json=as_json, none="立会いはまだありません。")


def _sign(
    number: int, login: str, key: Path | None, signature: str | None, passphrase_file: str | None,
    place: str | None, secrets: str | None, said: str = "",
) -> None:  # fmt: skip
    if (key is None) is (signature is None):
        raise BadInput(
            "署名がありません。",
            "署名の鍵 (--key) か、別の機械で作った署名 (--signature) の、どちらか一つが要ります。",
            "どちらかを指定してください。",
        )
    private = _private(key, passphrase_file) if key else None
    with recorded():
        from azukari.core.handover.api import ceremony

        here = _here(number, login, secrets, place)
        card = ceremony.find(number, using=OWNER)
        step = _signing_step(card, here["by"])
        report = " ".join(said.split())
        made = ceremony.signature_of(private, ceremony.text_of(card, step, report)) if private else str(signature)
        card = ceremony.sign(number, step, signature=made, said=report, **here)
    typer.echo(f"{card.steps[-1].step.label}を記録しました。")


def _signing_step(card: ceremony.CeremonyCard, by: Actor) -> ceremony.Step:
    """What that person signs next: the record of the hand-over, or, after the restoration, its end."""
    from azukari.core.handover.api import ceremony

    theirs = ceremony.who(card, by).side is ceremony.Side.THEIRS
    if card.last(ceremony.Step.RESTORED):
        return ceremony.Step.DESTROYED if theirs else ceremony.Step.CLOSED
    return ceremony.Step.THEIRS_SIGNED if theirs else ceremony.Step.WARD_SIGNED


def _here(number: int, login: str, secrets: str | None, place: str | None) -> dict[str, Any]:
    """Who acts now where: the place named, or the one where they attended."""
    from django.utils import timezone

    from azukari.core.handover.api import ceremony

    card = ceremony.find(number, using=OWNER)
    attended = [one.place for one in card.steps if one.by == login and one.public]
    code = place or (attended[-1] if attended else card.place)
    return {"by": _actor(login, secrets), "place": _place(code), "now": timezone.now(), "using": OWNER}


def _actor(login: str, secrets: str | None) -> Actor:
    from django.utils import timezone

    from azukari.core.accounts import api as accounts

    return accounts.actor_of(proved(login, secrets), timezone.localdate())


def _place(code: str) -> Place:
    from azukari.core.policy import api as policy

    found = policy.places().get(code)
    if found is None:
        raise NotFound(
            f"取扱場所 {code!r} はありません。", "登録されていません。", "./azukari place list で確かめてください。"
        )
    return found


def _public(key: Path, passphrase_file: str | None) -> str:
    from azukari.kernel import signatures

    return signatures.public_of(_private(key, passphrase_file))


def _private(key: Path, passphrase_file: str | None) -> Any:
    from azukari.kernel import signatures

    return signatures.load(key, passphrase_of(passphrase_file))
