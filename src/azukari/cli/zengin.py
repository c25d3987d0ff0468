"""`./azukari zengin FILE`: whether a 全銀 file is as the standard has it, and where it is not. Needs no database."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from azukari.kernel.errors import BadInput, NotFound
from azukari.kernel.money import yen
from azukari.kernel.zengin import KINDS, Finding, Level, Section, Survey, survey


def zengin(
    path: Annotated[Path, typer.Argument(help="総合振込か口座振替のファイル", metavar="FILE")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON で出力")] = False,
) -> None:
    """全銀の振込・口座振替ファイルを調べ、形式に合わない所をすべて示します。"""
    if not path.is_file():
        raise NotFound(f"{path} がありません。", "調べるファイルを読みます。", "名前と場所を確かめてください。")
    found = survey(path.read_bytes())
    if as_json:
        typer.echo(json.dumps(_as_data(path, found), ensure_ascii=False, indent=2))
    else:
        _print(found)
    if not found.ok:
        wrong = sum(finding.level is Level.ERROR for finding in found.findings)
        raise BadInput(
            f"{path} は全銀の形式に合っていません ({wrong:,} か所)。",
            "このままでは、銀行で受け付けられないおそれがあります。",
            "示した所を、ファイルを作った側で直してもらってください。",
        )


def _print(found: Survey) -> None:
    for finding in found.findings:
        typer.echo(str(finding))
    if found.ok:
        kind = KINDS.get(found.kind or "", "")
        typer.echo(f"形式に合っています ({kind} {found.count:,}件、{yen(found.amount)})。")


def _as_data(path: Path, found: Survey) -> dict[str, Any]:
    return {
        "file": str(path),
        "ok": found.ok,
        "kind": found.kind,
        "headers": [_header(section) for section in found.sections],
        "count": found.count,
        "amount": found.amount,
        "findings": [_finding(finding) for finding in found.findings],
    }


def _header(section: Section) -> dict[str, Any]:
    shown = ("code", "name", "day", "bank", "bank_name", "branch", "branch_name", "deposit", "number")
    header = {key: section.header.get(key) for key in shown}
    return {"kind": section.kind} | header | {"count": section.count, "amount": section.amount}


def _finding(finding: Finding) -> dict[str, Any]:
    return asdict(finding) | {"level": "error" if finding.level is Level.ERROR else "note"}
