"""`./azukari taxi`: a month of 福祉タクシー券, from the claims that arrive to the transfer file (諮問815)."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from azukari.cli.bars import bars
from azukari.cli.desk import AsJson, day
from azukari.cli.manage import bring_up_to_date, command_line, prepare_django, recorded, running_database
from azukari.config.home import Installation, install, installation
from azukari.kernel.errors import BadInput
from azukari.kernel.money import yen

if TYPE_CHECKING:
    from azukari.business.taxi.api import Checked, Received, Report, Settled

app = typer.Typer(no_args_is_help=True, help="福祉タクシー券 (諮問815): 請求の受領、確認、支払")
DEMO_WARD = 28_000
DEMO_VOUCHERS = 100_000
MOST_PROBLEMS = 40
MOST_QUESTIONS = 5
say = Console(stderr=True, highlight=False)
Month = Annotated[str, typer.Option(help="利用された月 (例 2019-06)", metavar="YYYY-MM")]
Out = Annotated[Path, typer.Option(help="書き出す場所", metavar="DIR", file_okay=False)]


@app.command()
def demo(
    month: Month,
    out: Out,
    vouchers: Annotated[int, typer.Option(help="券の枚数", min=1, max=2_000_000)] = DEMO_VOUCHERS,
    seed: Annotated[int, typer.Option(help="同じ種からは同じ月ができる")] = 815,
    pages: Annotated[int, typer.Option(help="読み取った画像で届く券の枚数 (約)", min=0, max=20_000)] = 300,
    error: Annotated[
        list[str] | None, typer.Option(help="誤りの割合 (例 DUPLICATE=0.02)", metavar="CODE=SHARE")
    ] = None,
) -> None:
    """見本の一か月の請求を、誤りと答え合わせの表つきで書き出します。区が無ければ、見本の区を先に作ります。"""
    _ensure_demonstration()
    with recorded(), bars() as progress:
        from azukari.demo import taxi

        made = taxi.write_month(
            out,
            month=_month(month),
            vouchers=vouchers,
            seed=seed,
            mix=_mix(error or []),
            pages=pages,
            progress=lambda done, total: progress("見本の月を作成", done, total),
        )
    typer.echo(f"{out} に、{made.claims:,} 件の請求、{made.vouchers:,} 枚の券を書き出しました。")
    typer.echo(f"次に: ./azukari taxi receive {out / 'claims'}")


def _ensure_demonstration() -> None:
    """A fresh clone has no ward yet: make the demonstration's, as `up` would."""
    if installation() is not None:
        return
    ward = install(Installation(True, DEMO_WARD))
    prepare_django()
    with running_database(), bars() as progress:
        bring_up_to_date(ward, progress)


def _mix(written: list[str]) -> dict[str, float]:
    shares = {}
    for one in written:
        code, _, share = one.partition("=")
        try:
            shares[code.strip()] = float(share)
        except ValueError as error:
            raise BadInput(
                f"誤りの割合「{one}」が読めません。",
                "CODE=SHARE の形ではありません。",
                "DUPLICATE=0.02 のように書いてください。",
            ) from error
    return shares


@app.command()
def receive(
    paths: Annotated[list[Path], typer.Argument(help="請求の入ったフォルダーか zip", metavar="PATH…")],
    contractor: Annotated[str | None, typer.Option(help="確認を委託する先の名称", metavar="NAME")] = None,
    as_json: AsJson = False,
) -> None:
    """事業者の請求 (請求書と券) を受領します。読めない請求は一つも入れず、行と理由を示します。"""
    with recorded(), bars() as progress:
        from django.utils import timezone

        from azukari.business.taxi import api
        from azukari.business.taxi.types import CONTRACTOR_FLOW
        from azukari.core.policy import api as policy

        chosen = contractor or policy.only_contractor(CONTRACTOR_FLOW, timezone.localdate(), using="owner")
        found = api.receive(paths, contractor=chosen, by=command_line(), progress=progress)
    typer.echo(_json(found)) if as_json else _tell_received(found)
    if found.rejected:
        raise BadInput(
            f"{len(found.rejected)} 件の請求を受領できませんでした。",
            "上に示した行が読めません。その請求は一行も入れていません。ほかの請求は受領しました。",
            "直した請求を受け取り、もう一度 taxi receive を実行してください。受領済みの請求は二度入りません。",
        )


def _tell_received(found: Received) -> None:
    typer.echo(f"受領 {len(found.taken):,} 件、券 {found.vouchers:,} 枚")
    if found.known:
        typer.echo(f"受領済み {len(found.known):,} 件 (何も変えていません)")
    for one in found.taken:
        if one.hold:
            typer.echo(
                f"保留 {one.name}: {one.hold.value}。券 {one.vouchers:,} 枚は預かっています。区の職員が決めるまで確認に進みません。"
            )
        for note in one.notes:
            typer.echo(f"注意 {one.name}: {note}")
    for refused in found.rejected:
        typer.echo(f"受領できません {refused.name}")
        for problem in refused.problems[:MOST_PROBLEMS]:
            typer.echo(f"  {problem}")
        if (rest := len(refused.problems) + refused.rest - MOST_PROBLEMS) > 0:
            typer.echo(f"  ほか {rest:,} 件")


@app.command()
def check(month: Month, as_json: AsJson = False) -> None:
    """受領した券を台帳と突き合わせます。支払の確定した券は変えません。何度実行しても同じ結果になります。"""
    with recorded(), bars() as progress:
        from azukari.business.taxi import api

        found = api.check(_month(month), by=command_line(), progress=progress)
    typer.echo(_json(found)) if as_json else _tell_checked(found)


def _tell_checked(found: Checked) -> None:
    typer.echo(f"券 {found.vouchers:,} 枚: 支払 {found.accepted:,}、保留 {found.held:,}、不支給 {found.refused:,}")
    table = Table("理由", "扱い", "枚数", "金額")
    for line in found.grounds:
        table.add_row(line.title, line.outcome, f"{line.count:,}", yen(line.amount))
    if found.grounds:
        Console().print(table)
    for question in found.questions[:MOST_QUESTIONS]:
        typer.echo(f"確かめてください: {question}")
    if (rest := len(found.questions) - MOST_QUESTIONS) > 0:
        typer.echo(f"確かめることは、ほかに {rest:,} 件あります。区の画面「福祉タクシー券」に並んでいます。")


@app.command()
def settle(
    month: Month,
    out: Out,
    pay_on: Annotated[str | None, typer.Option(help="振込の日", metavar="YYYY-MM-DD")] = None,
    as_json: AsJson = False,
) -> None:
    """確認の済んだ請求の支払を確定し、総合振込のファイル、支出内訳、差異通知を書き出します。

    確定は一度だけです。もう一度実行すると、同じファイルを書き出します。
    """
    with recorded(), bars() as progress:
        from azukari.business.taxi import api

        found = api.settle(
            _month(month), out, pay_on=day(pay_on) if pay_on else None, by=command_line(), progress=progress
        )
    typer.echo(_json(found)) if as_json else _tell_settled(found)


def _tell_settled(found: Settled) -> None:
    for run in found.runs:
        typer.echo(
            f"{run.number} 回目 ({'いま確定' if run.new else '確定済み'}): 請求 {yen(run.claimed)} ＝ "
            f"支払 {yen(run.paid)} − 過不足 {yen(run.corrected)} ＋ 支払わない {yen(run.unpaid)}。"
            f"振込 {run.transfers:,} 件、振込ファイルの合計 {yen(run.trailer)}"
        )
    for path in found.files:
        typer.echo(f"  {path}")


@app.command()
def report(month: Month, as_json: AsJson = False) -> None:
    """月のまとめ: 受領、確認、保留、支払を、事業者と理由ごとに示します。"""
    with recorded():
        from azukari.business.taxi import api

        found = api.report(_month(month))
    typer.echo(_json(found)) if as_json else _tell_report(found)


def _tell_report(found: Report) -> None:
    typer.echo(
        f"{found.month:%Y-%m} 請求 {found.claims:,} 件、受領 {found.vouchers:,} 枚: 支払 {found.accepted:,}、"
        f"保留 {found.held:,}、不支給 {found.refused:,}、未判定 {found.waiting:,}。確定した支払 {yen(found.paid)}"
    )
    table = Table("事業者", "受領", "請求額", "支払", "保留", "不支給", "未判定")
    for line in found.companies:
        numbers = (line.vouchers, line.claimed, line.accepted, line.held, line.refused, line.waiting)
        table.add_row(f"{line.code} {line.name}", *(f"{number:,}" for number in numbers))
    Console().print(table)


@app.command("print")
def print_(
    fiscal_year: Annotated[int, typer.Option(help="年度 (例 2019)", min=2000, max=2099)],
    out: Out,
    number: Annotated[str | None, typer.Option(help="認定番号 (指定すると一人分だけ)")] = None,
) -> None:
    """券の冊を、A4 に4枚ずつ PDF/A で印刷します。途中で止めても、もう一度実行すれば続きから作ります。"""
    with recorded(), bars() as progress:
        from azukari.business.taxi import api

        vouchers, files = api.print_year(fiscal_year, out, number=number, by=command_line(), progress=progress)
    typer.echo(f"{vouchers:,} 枚の券を、{len(files):,} 個のファイルに書き出しました: {out}")


def _month(text: str) -> date:
    """The first day of a month as typed. Raises BadInput."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise BadInput(
            f"月 {text!r} が読めません。", "西暦の年と月で書きます。", "2019-06 のように書いてください。"
        ) from error


def _json(found: Any) -> str:
    return json.dumps(asdict(found), ensure_ascii=False, indent=2, default=str)
