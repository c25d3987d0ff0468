"""`./azukari health targets PROGRAMME`: the list of a programme on a day, and why (諮問809 1(1), 1(3)–(5))."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from azukari.cli.bars import bars
from azukari.cli.desk import AsJson, day
from azukari.cli.manage import command_line, recorded
from azukari.kernel.errors import BadInput

if TYPE_CHECKING:
    from azukari.business.health.targets.types import Explanation, Extraction

CHECK = "check"
MOST_PERSONS = 20
MARKS = {True: "○", False: "×", None: "?"}
Value = bool | int | float
Masters = Annotated[
    Path | None,
    typer.Option(
        help="基本マスター (b_*.csv、y_*.csv) の入ったフォルダー", metavar="DIR", exists=True, file_okay=False
    ),
]


def targets(
    programme: Annotated[
        str,
        typer.Argument(
            help="checkup、guidance、kidney、visits、drugs。check は、定義に添えた見本の人で定義を確かめる",
            metavar="PROGRAMME",
        ),
    ],
    as_of: Annotated[str | None, typer.Option(help="いつの時点か", metavar="YYYY-MM-DD")] = None,
    pack: Annotated[
        str | None, typer.Option(help="使う定義の名前か .toml。書かなければ、その日の普通の定義", metavar="NAME")
    ] = None,
    explain: Annotated[bool, typer.Option(help="一人ずつ、理由と記録の行を示す")] = False,
    person: Annotated[
        int | None, typer.Option(help="この人だけを、載っていなくても条件ごとに示す", min=1, max=(1 << 63) - 1)
    ] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", help="定義の値を置き換える (例 care_months=3)", metavar="NAME=VALUE")
    ] = None,
    masters: Masters = None,
    as_json: AsJson = False,
) -> None:
    """事業の対象者を抽出します。人は番号だけで示し、氏名は出しません。何も変えず、何度でも実行できます。"""
    if programme == CHECK:
        _check(as_json=as_json)
        return
    if as_of is None:
        raise BadInput(
            "いつの時点かが書かれていません。",
            "年齢も、加入も、受診の間隔も、日によって変わります。",
            "--as-of 2026-03-31 のように書いてください。",
        )
    on, given = day(as_of), _values(values or [])
    with recorded(), bars() as progress:
        from azukari.business.health.looking import api as looking
        from azukari.business.health.targets import api

        codes = api.codes_from(masters)
        if person is not None:
            shown: Any = looking.explain(programme, person, on, pack, parameters=given, codes=codes, by=command_line())
        else:
            shown = looking.extract(
                programme, on, pack, parameters=given, codes=codes, by=command_line(), progress=progress
            )
    if as_json:
        typer.echo(
            json.dumps(_plain(shown, explain=explain or person is not None), ensure_ascii=False, indent=2, default=str)
        )
    elif person is not None:
        _tell_person(shown)
    else:
        _tell(shown, explain=explain)


def _values(written: list[str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for one in written:
        name, _, value = one.partition("=")
        try:
            read = json.loads(value.strip())
        except ValueError:
            read = None
        if not isinstance(read, bool | int | float):
            raise BadInput(
                f"「{one}」が読めません。",
                "NAME=VALUE の形で、値は数か true・false です。",
                "--set care_months=3 のように書いてください。",
            )
        found[name.strip()] = read
    return found


def _plain(shown: Any, *, explain: bool) -> dict[str, Any]:
    """What is written as JSON: a list without `--explain` is the persons alone."""
    if explain:
        return asdict(shown)
    plain = asdict(shown)
    plain["targets"] = [{"person": each.person, "group": each.group} for each in shown.targets]
    return plain


def _tell(found: Extraction, *, explain: bool) -> None:
    typer.echo(f"{found.title}（定義 {found.definition}）、{found.as_of} 時点")
    table = Table("区分", "人数")
    for group in found.groups:
        table.add_row(f"{group.code} {group.title}", f"{found.counts[group.code]:,}")
    table.add_row("分からない（確かめてください）", f"{found.counts['unknown']:,}")
    table.add_row("当てはまらない", f"{found.counts['none']:,}")
    Console().print(table)
    for note in found.notes:
        typer.echo(f"注意: {note}")
    for each in found.unconfirmed:
        typer.echo(f"未確認: {each.words}　[{each.source}]")
    if explain:
        _tell_targets(found)


def _tell_targets(found: Extraction) -> None:
    for target in found.targets[:MOST_PERSONS]:
        typer.echo(f"\n{target.person}  {target.group}")
        for reason in target.reasons:
            place = f"  [{reason.table} {reason.receipt}:{reason.line}]" if reason.receipt is not None else ""
            typer.echo(f"  {reason.words}{place}")
    if (rest := len(found.targets) - MOST_PERSONS) > 0:
        typer.echo(f"\nほか {rest:,} 人。すべては --json で書き出せます。")


def _tell_person(found: Explanation) -> None:
    if not found.known:
        raise BadInput(
            f"{found.person} という人はいません。",
            "加入の記録にも、レセプトにもありません。",
            "番号を確かめてください。",
        )
    typer.echo(
        f"{found.person}: {found.group or '載っていません'}（定義 {found.pack} {found.version}、{found.as_of} 時点）"
    )
    for group in found.groups:
        typer.echo(f"{MARKS[group.truth]} {group.code} {group.title}")
        for each in group.because:
            typer.echo(f"    {MARKS[each.truth]} {each.words}")


def _check(*, as_json: bool) -> None:
    from azukari.business.health.targets import api

    found = [each for pack in api.packs_of() for each in api.check(pack)]
    wrong = [each for each in found if not each.right]
    if as_json:
        typer.echo(json.dumps([{**asdict(each), "right": each.right} for each in found], ensure_ascii=False, indent=2))
    else:
        typer.echo(f"見本の人 {len(found)} 人のうち、定義のとおりになったのは {len(found) - len(wrong)} 人です。")
    if wrong:
        told = "、".join(f"{each.pack}「{each.patient}」は {each.expected} のはずが {each.found}" for each in wrong)
        raise BadInput("定義のとおりにならない見本の人がいます。", told, "定義か、見本の人を直してください。")
