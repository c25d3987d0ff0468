"""`./azukari health programmes …`: targets into lists, letters out of them, and how far each came (諮問809 §2)."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from azukari.business.health.targets.types import Reason, Target
from azukari.cli.bars import bars
from azukari.cli.desk import AsJson, day
from azukari.cli.manage import command_line, recorded
from azukari.kernel.errors import BadInput

if TYPE_CHECKING:
    from azukari.business.health.programmes import api as programmes

app = typer.Typer(no_args_is_help=True, help="保健事業: 名簿の取り込み、通知の印刷、進み具合")
OWNER = "owner"
NEEDED = ("programme", "title", "version", "as_of", "groups", "targets")
Year = Annotated[int, typer.Option("--fiscal-year", help="年度 (西暦)", metavar="YYYY")]


@app.command()
def take(
    file: Annotated[str, typer.Argument(help="health targets … --json の出力。- は標準入力", metavar="FILE")],
    fiscal_year: Year,
    as_json: AsJson = False,
) -> None:
    """抽出した対象者を、年度の事業の名簿に取り込みます。受診結果やレセプトは、区の保存場所から加えます。"""
    told = _read(file)
    with recorded():
        from django.utils import timezone

        from azukari.business.health.api import open_store
        from azukari.business.health.programmes import api

        programme = _one_of(api.Programme, told["programme"])
        targets, as_of = _targets(told["targets"], _titles(told["groups"])), day(str(told["as_of"]))
        members = programme.channel in {api.Channel.GUIDANCE, api.Channel.VISITS}
        facts = api.facts_of(open_store().connect(), [one.person for one in targets], on=as_of, receipts=members)
        key = api.take(
            programme, targets, facts, fiscal_year=fiscal_year, as_of=as_of, definition=f"{told['title']} 第{told['version']}版",
            on=timezone.localdate(), by=command_line(), using=OWNER,
        )  # fmt: skip
        card = api.card(key, using=OWNER)
    if as_json:
        typer.echo(json.dumps(asdict(card), ensure_ascii=False, indent=2, default=str))
    else:
        typer.echo(f"名簿 {card.key} ({card.programme.label}、{card.as_of}): {card.people:,} 人")


def _read(file: str) -> dict[str, Any]:
    """The JSON of an extraction. Raises BadInput."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        told = json.loads(text)
        missing = [name for name in NEEDED if name not in told]
    except (OSError, UnicodeDecodeError, ValueError, TypeError) as error:
        raise BadInput(
            f"抽出の結果 {file} を読めません。",
            f"{type(error).__name__}。JSON ではありません。",
            "./azukari health targets … --json の出力を、そのまま渡してください。",
        ) from error
    if not isinstance(told, dict) or missing:
        raise BadInput(
            f"抽出の結果 {file} に足りないものがあります。",
            f"{'、'.join(missing) or '形'} がありません。",
            "./azukari health targets … --json の出力を、そのまま渡してください。",
        )
    return told


def _titles(groups: Any) -> dict[str, str]:
    """What the extraction calls each group."""
    return {str(one["code"]): str(one["title"]) for one in groups}


def _targets(rows: Any, titles: Mapping[str, str]) -> list[Target]:
    """Each row of the JSON. Raises BadInput with the number of the row that cannot be read."""
    if not isinstance(rows, list):
        raise BadInput("対象者を読めません。", "targets が並びではありません。", "抽出をやり直してください。")
    return [_target(number, row, titles) for number, row in enumerate(rows, 1)]


def _target(number: int, row: Any, titles: Mapping[str, str]) -> Target:
    try:
        reasons = tuple(
            Reason(str(one["table"]), one.get("receipt"), one.get("line"), str(one["words"])) for one in row["reasons"]
        )
        person, group = row["person"], row["group"]
        if isinstance(person, bool) or not isinstance(person, int) or not isinstance(group, str):
            raise TypeError
    except (KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"{number} 番目の対象者を読めません。",
            "person (数)、group (文字)、reasons のどれかがないか、形が違います。",
            "抽出をやり直してください。一人も取り込んでいません。",
        ) from error
    return Target(person, titles.get(group, group), reasons)


def _one_of(kind: Any, word: object) -> Any:
    if word not in list(kind):
        raise BadInput(
            f"事業「{word}」はありません。", f"あるのは {'、'.join(kind)} です。", "抽出の事業を確かめてください。"
        )
    return kind(word)


@app.command()
def letters(
    handing: Annotated[int, typer.Option(help="引渡しの番号", metavar="KEY")],
    out: Annotated[Path, typer.Option(help="書き出す場所", metavar="DIR", file_okay=False)],
    as_json: AsJson = False,
) -> None:
    """「区で印刷する通知」に預けた方の通知を PDF で作ります。途中で止まっても、同じ命令で続きから作ります。"""
    with recorded(), bars() as shown:
        from azukari.business.health.programmes import api as programmes

        job, files = programmes.print_letters(handing, out, by=command_line(), told=partial(shown, "通知を印刷"))
    if as_json:
        typer.echo(json.dumps({"job": job, "files": [str(path) for path in files]}, ensure_ascii=False, indent=2))
    else:
        typer.echo(f"発送 {job:04d}: {len(files)} 個のファイルを {out} に作りました。")


@app.command()
def progress(fiscal_year: Year, as_json: AsJson = False) -> None:
    """年度の名簿ごとの進み具合 (対象、通知・電話、受診・参加、完了) と、諮問した件数に対する実績を示します。"""
    with recorded():
        from azukari.business.health.programmes import api
        from azukari.kernel.fiscal import FiscalYear

        year = FiscalYear(fiscal_year)
        cards = api.lists(fiscal_year=fiscal_year, using=OWNER)
        funnels = [(card, api.funnel([card.key], using=OWNER)) for card in cards]
        against = api.against(year.start, year.end)
    if as_json:
        told = {
            "lists": [{**asdict(card), "funnel": asdict(funnel)} for card, funnel in funnels],
            "against": [asdict(one) for one in against],
        }
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2, default=_plain))
        return
    for card, funnel in funnels:
        typer.echo(_line(card, funnel))
    for one in against:
        typer.echo(
            f"{one.flow} {one.business}: {one.entrusted:,} 件 / 約{one.approved or 0:,}件 {one.warning or one.gap}"
        )


def _line(card: programmes.ListCard, funnel: programmes.Funnel) -> str:
    names = ("対象", *card.programme.steps)
    counts = (funnel.targets, funnel.reached, funnel.joined, funnel.finished)
    told = "、".join(f"{name} {count:,}" for name, count in zip(names, counts, strict=True))
    return f"名簿 {card.key} {card.programme.label} ({card.as_of}): {told}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
