"""What the commands that keep accounts, places and the roll share: days as they are typed, and lists."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from azukari.kernel import era
from azukari.kernel.errors import BadInput
from azukari.kernel.period import Period

WIDTH = 132
JAPAN = timezone(timedelta(hours=9))
AsJson = Annotated[bool, typer.Option("--json", help="JSON で出力")]
Contractor = Annotated[
    str | None, typer.Option(help="委託先の名称 (利用者と取扱場所で同じ書き方にする)", metavar="NAME")
]


def today() -> date:
    """The day it is in Japan, whatever the machine's own clock is set to: terms of papers are Japanese days."""
    return datetime.now(JAPAN).date()


def day(text: str) -> date:
    """A day as typed. Raises BadInput."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(
            f"日付 {text!r} が読めません。", "年月日を西暦で書きます。", "2026-04-01 のように書いてください。"
        ) from error


def term(since: date | None, until: date | None) -> str:
    """A half-open period in words, by its last day."""
    last = Period(since, until).last
    return f"{era.long(since) if since else ''}から{f'{era.long(last)}まで' if last else ''}"


def show(rows: Sequence[Mapping[str, Any]], headings: Mapping[str, str], *, as_json: bool, none: str) -> None:
    """Print rows as JSON, or the fields that have a heading as a table; `none` when there are none."""
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    if not rows:
        typer.echo(none)
        return
    table = Table(*headings.values())
    for row in rows:
        table.add_row(*(_cell(row[name]) for name in headings))
    console = Console() if Console().is_terminal else Console(width=WIDTH)
    console.print(table)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return "\n".join(value) if isinstance(value, list) else str(value or "")
