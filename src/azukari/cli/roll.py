"""`./azukari roll`: 名簿, who handles items under which flow, from when, until when."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from azukari.cli.desk import AsJson, day, show, term
from azukari.cli.manage import command_line, recorded

app = typer.Typer(no_args_is_help=True, help="名簿: どの取扱いにだれが従事するか。載せる、外す、一覧")
OWNER = "owner"
Login = Annotated[str, typer.Argument(help="利用者番号", metavar="LOGIN")]
Flow = Annotated[str, typer.Argument(help="諮問の取扱い (例: 815-1) か業務の登録 (例: r-taxi)", metavar="FLOW")]


@app.command()
def add(
    login: Login,
    flow: Flow,
    since: Annotated[date, typer.Option(parser=day, help="この日から", metavar="DATE")],
    until: Annotated[
        date | None, typer.Option(parser=day, help="この日の前日まで。省くと定めなし", metavar="DATE")
    ] = None,
) -> None:
    """名簿に載せます。許されるのは、諮問が答申を受け、その取扱場所にいるときだけです。"""
    with recorded():
        from azukari.core.accounts import api

        api.put_on_roll(login, flow, since=since, until=until, by=command_line(), using=OWNER)
        typer.echo(f"{login} を {flow} の名簿に載せました。{term(since, until)}")
        for note in _notes(login, flow, since):
            typer.echo(f"注意: {note}")


@app.command()
def end(
    login: Login,
    flow: Flow,
    on: Annotated[date, typer.Option(parser=day, help="この日から外す (前日まで従事する)", metavar="DATE")],
) -> None:
    """名簿から外します。"""
    with recorded():
        from azukari.core.accounts import api

        api.take_off_roll(login, flow, on=on, by=command_line(), using=OWNER)
    typer.echo(f"{login} を {flow} の名簿から {on} に外しました。")


@app.command("list")
def list_(
    flow: Annotated[str | None, typer.Argument(help="この取扱いか登録だけ", metavar="FLOW")] = None,
    as_json: AsJson = False,
) -> None:
    """きょう載っている人と、これから載る人の一覧です。"""
    with recorded():
        from django.utils import timezone

        from azukari.core.accounts.api import listing
        from azukari.core.policy import api as policy

        cards = {one.card.login: one.card for one in listing(using=OWNER)}
        rows = [
            {
                "flow": one.flow,
                "title": policy.flow_title(one.flow),
                "login": one.actor,
                "name": card.name if (card := cards.get(one.actor)) else "",
                "belongs": (card.section or card.contractor) if card else None,
                "since": one.since,
                "until": one.until,
                "term": term(one.since, one.until),
            }
            for one in policy.roll(timezone.localdate(), later=True, using=OWNER)
            if flow in {None, one.flow}
        ]
    headings = {
        "flow": "取扱い",
        "title": "業務",
        "login": "利用者番号",
        "name": "氏名",
        "belongs": "所属",
        "term": "期間",
    }
    show(rows, headings, as_json=as_json, none="名簿に載っている人はいません。")


def _notes(login: str, flow: str, since: date) -> list[str]:
    """What somebody in charge should still know: that nothing is granted yet, or that the paper names others."""
    from django.utils import timezone

    from azukari.core.accounts import api
    from azukari.core.policy.api import library

    card = api.find(login, using=OWNER)
    notes = []
    paper, entry = library().flows.get(flow), library().entries.get(flow)
    if paper and paper.contractors and card.contractor and card.contractor not in paper.contractors:
        named = "、".join(paper.contractors)
        notes.append(f"諮問書にある委託先は{named}です。{card.contractor}でよいか確かめてください。")
    if entry and not entry.confirmed:
        notes.append("この業務の登録は見本です。区の登録簿と照らし合わせ、ward-register.toml を改めてください。")
    hindered = api.hindrance(login, flow, max(since, timezone.localdate()))
    return [*notes, *([f"まだ取り扱えません。{hindered}"] if hindered else [])]
