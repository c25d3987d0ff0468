"""`./azukari health classify`: 特定保健指導の階層化 of rows on the standard input. No ward, no database."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from azukari.cli.desk import AsJson, day, today

app = typer.Typer(no_args_is_help=True, help="国保データヘルス (諮問809): 区の外でも動く命令")


@app.callback()
def _group() -> None:
    """A group of one command is still a group: the name of the command stays part of the line."""


@app.command()
def classify(
    on: Annotated[
        str | None, typer.Option(help="date の列がない行の健診の日 (省くと、きょう)", metavar="YYYY-MM-DD")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """健診の値の行 (標準入力の CSV か JSON) を特定保健指導の階層化で判定し、一行に一つ答えます。"""
    from azukari.business.health.grading.api import grade

    when = day(on) if on else today()
    unread = 0
    out = typer.get_binary_stream("stdout")
    for answer in grade(map(_text, typer.get_binary_stream("stdin")), when):
        unread += "error" in answer
        out.write(
            (json.dumps(answer, ensure_ascii=False) if as_json else _told(answer)).encode(errors="replace") + b"\n"
        )
    out.flush()
    if unread:
        sys.stderr.write(f"azukari: {unread:,} 行を読めませんでした。ほかの行は判定しました。\n")


def _text(line: bytes) -> str:
    """UTF-8, or Shift_JIS as Excel writes it: a line of the one with Japanese in it is never the other."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp932", errors="replace")


def _told(answer: dict[str, Any]) -> str:
    if "error" in answer:
        error = answer["error"]
        return f"{answer['line']}行目: {error['what']} {error['why']} {error['next']}"
    return f"{answer['line']}行目: {answer['name']}　{'、'.join(answer['reasons'])}"
