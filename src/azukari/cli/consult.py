"""`./azukari consult …`: the paper side. Reads council papers, checks them, compares them, shows them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import django
import typer
from rich.console import Console

from azukari.cli import consult_tables as tables
from azukari.cli.consult_apply import apply, coverage
from azukari.config.home import ROOT

if TYPE_CHECKING:
    from azukari.core.policy.api import Library

app = typer.Typer(no_args_is_help=True, help="諮問書を読み取り、確かめ、比べる。")
app.command("apply")(apply)
app.command("coverage")(coverage)

DIRECTORY = ROOT / "consultations"
Folder = Annotated[
    Path, typer.Option("--consultations", help="諮問のファイルがあるフォルダ", show_default="consultations/")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON で出力する")]


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _console() -> Console:
    return Console(highlight=False, soft_wrap=False)


def _policy() -> ModuleType:
    """The policy's public face. It needs Django's settings, but no database and no installation."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "azukari.config.settings")
    django.setup()
    from azukari.core.policy import api

    return api


def _library(folder: Path) -> Library:
    loaded: Library = _policy().load(folder, demonstration=True)
    return loaded


@app.command("read")
def read_command(
    paper: Annotated[Path, typer.Argument(help="諮問書のテキスト（UTF-8）", metavar="PAPER.txt")],
    out: Annotated[
        Path | None, typer.Option("--out", help="書き出すフォルダ。付けなければ書き出さない", metavar="DIR")
    ] = None,
    as_json_: AsJson = False,
    keep: Annotated[bool, typer.Option("--keep", help="人が決めた欄（resolved）を残して読み直す")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="人が決めた欄があっても、すべて読み直した内容にする")
    ] = False,
) -> None:
    """諮問書を読み取る。読み取れなかった欄は空けておき、確認事項（review）に理由を書く。"""
    side = _policy().paper
    read = side.read_file(paper)
    if out is not None:
        mode = side.Mode.REPLACE if replace else side.Mode.KEEP if keep else side.Mode.REFUSE
        side.write_all(side.plan_files(read, out, mode))
    if as_json_:
        _print_json([side.as_json(each) for each in read])
        return
    console = _console()
    for each in read:
        tables.show(console, each)
    if out is not None:
        console.print(f"{len(read)}件を {out} に書き出しました。")


@app.command("show")
def show_command(
    number: Annotated[str, typer.Argument(help="諮問の番号（例: 812）", metavar="N")],
    as_json_: AsJson = False,
    folder: Folder = DIRECTORY,
) -> None:
    """読み込んである諮問を一つ表示する。"""
    found = _library(folder).consultation(number)
    if as_json_:
        _print_json([_policy().paper.as_json(found)])
        return
    tables.show(_console(), found)


@app.command("lint")
def lint_command(
    papers: Annotated[
        list[Path] | None,
        typer.Argument(help="諮問書のテキスト。省けば consultations/ の諮問を確かめる", metavar="[PAPER.txt]..."),
    ] = None,
    as_json_: AsJson = False,
    folder: Folder = DIRECTORY,
) -> None:
    """諮問書の中で食い違っているところを挙げる。食い違いは誤りとは限らず、人が見て決める。"""
    side = _policy().paper
    if papers:
        findings = [finding for paper in papers for finding in side.lint_paper(paper)]
    else:
        findings = side.lint_library(_library(folder), folder / "papers")
    if as_json_:
        _print_json([finding.as_dict() for finding in findings])
        return
    tables.findings(_console(), findings)


@app.command("diff")
def diff_command(
    before: Annotated[str, typer.Argument(help="前の諮問（番号、TOML、または諮問書のテキスト）", metavar="A")],
    after: Annotated[str, typer.Argument(help="後の諮問（番号、TOML、または諮問書のテキスト）", metavar="B")],
    as_json_: AsJson = False,
    folder: Folder = DIRECTORY,
) -> None:
    """B が A に比べて新たに許すこと、許さなくなることを挙げる。"""
    side = _policy().paper
    changes = side.between(side.open_side(before, folder), side.open_side(after, folder))
    if as_json_:
        _print_json([change.as_dict() for change in changes])
        return
    tables.changes(_console(), changes, before, after)


@app.command("register")
def register_command(as_json_: AsJson = False, folder: Folder = DIRECTORY) -> None:
    """個人情報ファイル簿の案を、業務ごとに作る。"""
    drafts = _policy().paper.draft_register(_library(folder))
    if as_json_:
        _print_json([draft.as_dict() for draft in drafts])
        return
    tables.register(_console(), drafts)
