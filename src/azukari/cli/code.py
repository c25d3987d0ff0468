"""`./azukari code LOGIN`: the six digits that somebody of a made-up ward would read from their telephone."""

from __future__ import annotations

from typing import Annotated

import typer

from azukari.cli.manage import ready


def code(login: Annotated[str, typer.Argument(help="利用者番号 (例: operator)")]) -> None:
    """見本の区の人の、いま使える確認番号 (6桁) を表示します。"""
    with ready():
        from django.utils import timezone

        from azukari.core.accounts.api import current_code

        typer.echo(current_code(login, timezone.now()))
