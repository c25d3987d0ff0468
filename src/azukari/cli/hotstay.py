"""`./azukari hotstay`: made-up weeks of ほっとステイ, an opening rush, and a month in numbers (諮問814)."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress as Bars
from rich.table import Column, Table

from azukari.cli.desk import AsJson
from azukari.cli.manage import recorded
from azukari.kernel.errors import BadInput, Broken
from azukari.kernel.money import yen

if TYPE_CHECKING:
    from azukari.business.hotstay.types import Report
    from azukari.demo.hotstay.rush import Rushed

app = typer.Typer(no_args_is_help=True, help="ほっとステイ (諮問814): 見本の予約、予約開始の混み合い、月の件数")
OWNER = "owner"
say = Console(stderr=True, highlight=False)
Station = Annotated[str, typer.Option(help="施設の符号 (例 karasuyama)", metavar="CODE")]


@app.command()
def demo(
    days: Annotated[int, typer.Option(help="日数 (三分の二は過ぎた日)", min=1, max=90)] = 90,
    seed: Annotated[int, typer.Option(help="同じ種からは同じ予約ができる")] = 814,
    as_json: AsJson = False,
) -> None:
    """見本の区の五つの施設に、予約、取消、不参加、来所とお迎えを、実際の決まりを通して入れます。"""
    with recorded(), Bars(console=say, transient=True) as bars:
        from django.conf import settings
        from django.utils import timezone

        from azukari.demo import hotstay

        _only_in_demonstration(settings.DEMONSTRATION)
        now, task = timezone.now(), bars.add_task("予約を作成", total=days)
        first = timezone.localdate(now) - timedelta(days=days * 2 // 3)
        span = [first + timedelta(days=one) for one in range(days)]
        found = hotstay.fill(
            span, now, seed, using=OWNER, progress=lambda done, _all: bars.update(task, completed=done)
        )
    refused = {str(rule): count for rule, count in sorted(found.refused.items())}
    if as_json:
        typer.echo(json.dumps({"asked": found.asked, "booked": found.booked, "refused": refused}, ensure_ascii=False))
        return
    words = "、".join(f"{rule} {count:,}" for rule, count in refused.items()) or "ありません"
    typer.echo(f"{days} 日に {found.asked:,} 件の申込みがあり、{found.booked:,} 件を予約しました。断ったのは {words}。")


def _only_in_demonstration(demonstration: bool) -> None:
    if not demonstration:
        raise BadInput(
            "ここは見本の区ではありません。",
            "架空の家庭と予約を、実際の名簿に入れることはできません。",
            "見本の区で実行してください。",
        )


@app.command()
def rush(
    station: Station = "karasuyama",
    day: Annotated[str | None, typer.Option(help="予約する日 (例 2026-12-01)", metavar="YYYY-MM-DD")] = None,
    clients: Annotated[int, typer.Option(help="同時に申し込む家庭の数", min=2, max=2_000)] = 200,
    address: Annotated[
        str | None, typer.Option(help="動いている区民の画面 (例 http://127.0.0.1:8001)", metavar="URL")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """予約開始の混み合いを再現し、定員を超えた数と、入れるのに断った数を数えます。どちらも 0 になるはずです。"""
    with recorded():
        from django.conf import settings

        _only_in_demonstration(settings.DEMONSTRATION)
        found = _rush(station, _day(day), clients, address)
    if as_json:
        typer.echo(json.dumps(asdict(found) | {"per_second": found.per_second}))
    else:
        _tell_rush(found)
    if found.oversold or found.wrong or found.partial:
        raise Broken(
            "予約の守りが破れています。",
            f"定員を超えた30分 {found.oversold}、誤って断った申込み {found.wrong}、一部だけの予約 {found.partial}。",
            "予約の受付を止め、開発者へ知らせてください。",
        )


def _rush(code: str, day: date | None, clients: int, address: str | None) -> Rushed:
    from django.utils import timezone

    from azukari.business.hotstay import api
    from azukari.demo.hotstay import browsers as made_browsers
    from azukari.demo.hotstay import rush as made

    card, now = api.by_code(code, using=OWNER), timezone.now()
    today = timezone.localdate(now)
    chosen = day or _weekday(today + timedelta(days=14))
    children = made.settle(card, today, clients, 1, now, using=OWNER)
    submits = made.asks(children, [chosen], clients, clients)
    if address is None:
        return made.run(card, submits, now, using=OWNER)
    browsers = made_browsers.signed_in(address, card, [child for (child,) in children], using=OWNER)
    seconds, answers = made_browsers.press(browsers, submits)
    return made.judge(card, answers, seconds, now, using=OWNER)


def _weekday(day: date) -> date:
    return day + timedelta(days=day.weekday() == 6)


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise BadInput(
            f"日「{written}」が読めません。", "西暦の年月日で書きます。", "2026-12-01 のように書いてください。"
        ) from error


def _tell_rush(found: Rushed) -> None:
    typer.echo(
        f"{found.clients:,} 家庭の申込みを {found.seconds:.2f} 秒で判断しました（毎秒 {found.per_second:,.0f} 件、"
        f"95% が {found.p95:.2f} 秒以内）。予約 {found.booked:,}、お断り {found.refused:,}、混み合い {found.failed:,}。"
    )
    typer.echo(
        f"定員を超えた30分 {found.oversold}、入れるのに断った申込み {found.wrong}、一部だけの予約 {found.partial}"
    )


@app.command()
def report(
    month: Annotated[str, typer.Option(help="月 (例 2026-11)", metavar="YYYY-MM")],
    as_json: AsJson = False,
) -> None:
    """月の件数を、施設ごとに示します。個人の項目はありません。"""
    first = _day(f"{month}-01")
    with recorded():
        from azukari.business.hotstay import api

        found = api.report(first or date.min, using=OWNER)
    typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2, default=str)) if as_json else _tell(found)


def _tell(found: Report) -> None:
    headings = ("利用", "延べ時間", "0・1・2・3・4歳〜", "取消", "不参加", "遅刻", "料金")
    table = Table(Column("施設", no_wrap=True), *(Column(heading, justify="right") for heading in headings))
    for one in found.stations:
        ages = "・".join(map(str, one.by_age))
        counts = (f"{one.half_hours / 2:,.1f}", ages, str(one.cancelled), str(one.no_shows), str(one.late))
        table.add_row(one.station.removeprefix("ほっとステイ"), f"{one.uses:,}", *counts, yen(one.fees))
    Console().print(table)
