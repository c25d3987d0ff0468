"""`./azukari health who`: the records of the store to persons, and what an officer has to look at."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from azukari.cli.bars import bars
from azukari.cli.desk import AsJson
from azukari.cli.manage import command_line, recorded


def who(as_json: AsJson = False) -> None:
    """受け取った記録の名寄せをします。一人と決められない組は、画面「同じ人かどうかの確認」に出ます。"""
    with recorded(), bars() as progress:
        from django.utils import timezone

        from azukari.business.health.persons import api

        progress("名寄せ", 0, 1)
        found = api.settle(at=timezone.now(), by=command_line())
        progress("名寄せ", 1, 1)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        return
    typer.echo(
        f"記録の名前 {found.identities:,} 件は、{found.persons:,} 人です。うち {found.known:,} 人は資格の一覧にあります。"
    )
    if found.new_doubts:
        typer.echo(f"次に: 画面「同じ人かどうかの確認」で、新しい {found.new_doubts:,} 組を確かめてください。")
