"""`./azukari audit`: verify the ledger, seal it, and print what left about one person."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from azukari.cli.manage import command_line, recorded
from azukari.core.audit.types import Checkpoint, LedgerLine, Proof, Report
from azukari.kernel.errors import BadInput, Broken, NotFound

app = typer.Typer(no_args_is_help=True, help="台帳: 検証、封印、開示請求のための一覧")
AsJson = Annotated[bool, typer.Option("--json", help="JSON で出力")]
COMMAND = "./azukari audit"
ATENA_DIGITS = 10
PERSON_BY_ATENA = "SELECT id FROM public.people_person WHERE atena = %(value)s"
KNOWN_KEY = """
SELECT %(value)s WHERE EXISTS (SELECT FROM public.people_person WHERE id = %(value)s)
    OR EXISTS (SELECT FROM public.audit_entry WHERE subjects @> ARRAY[%(value)s::bigint])
"""
WIDTH = 132


@app.command()
def verify(
    kept: Annotated[Path | None, typer.Option(help="別に保管していた検証点 (控えの行) のファイル", exists=True)] = None,
    as_json: AsJson = False,
) -> None:
    """台帳のすべての記録と署名を確かめます。合わないところがあれば、場所を示して 78 で終わります。"""
    with recorded():
        from azukari.core.audit import api

        report = api.verify(kept=_lines(kept), using="owner")
    typer.echo(json.dumps(asdict(report) | {"ok": report.ok}, ensure_ascii=False) if as_json else _words(report))
    if not report.ok:
        raise Broken(
            f"台帳に合わないところが {len(report.findings)} 件あります。",
            "記録か署名が、封印のあとで変えられています。",
            "この出力を保存し、個人情報保護担当へ知らせてください。台帳には手を加えないでください。",
        )


@app.command()
def seal(as_json: AsJson = False) -> None:
    """まだ封印していない記録を、いま封印します。"""
    with recorded():
        from azukari.core.audit import api

        checkpoint = api.seal()
    _tell(checkpoint, as_json=as_json)


@app.command("rotate-key")
def rotate_key(as_json: AsJson = False) -> None:
    """署名の鍵を新しくします。新しい鍵は、いまの鍵の署名で引き継ぎます。"""
    with recorded():
        from azukari.core.audit import api

        api.record("ledger.key", actor=command_line(), using="owner")
        checkpoint = api.rotate()
    _tell(checkpoint, as_json=as_json)


@app.command()
def prove(entry: Annotated[int, typer.Argument(help="記録の番号", min=1)]) -> None:
    """ひとつの記録が台帳にあることの証明を、JSON で出力します。公開鍵だけで、だれでも確かめられます。"""
    with recorded():
        from azukari.core.audit import api

        proof = api.prove(entry, using="owner")
    typer.echo(json.dumps(_proof(proof), ensure_ascii=False, indent=2))


@app.command()
def person(
    number: Annotated[str, typer.Argument(metavar="ID", help="宛名番号 (10桁)、または内部の番号")],
    as_json: AsJson = False,
) -> None:
    """ひとりの情報が、いつ、だれに、どの諮問によって渡ったかを表示します (開示請求のための一覧)。"""
    with recorded():
        from azukari.core.audit import api
        from azukari.core.policy.api import places

        key = person_key(number)
        names = {code: place.name for code, place in places(using="owner").items()}
        shown = [_line(line, names) for line in api.of_person(key, using="owner")]
        api.record("ledger.person", actor=command_line(), subjects=[key], using="owner")
    if as_json:
        typer.echo(json.dumps(_sheet(number, shown), ensure_ascii=False, indent=2))
    else:
        _print_sheet(number, shown)


def _lines(kept: Path | None) -> list[bytes]:
    if kept is None:
        return []
    lines = [text + b"\n" for text in kept.read_bytes().splitlines() if text.strip()]
    if not lines:
        raise BadInput(
            f"{kept} に検証点がありません。",
            "中身が空です。",
            "控えのファイルの行をそのまま保管したものを指定してください。",
        )
    return lines


def _words(report: Report) -> str:
    state = "正しく保たれています。" if report.ok else "合わないところがあります。"
    head = f"台帳は{state}  記録 {report.entries:,} 件  封印 {report.epochs:,} 期  鍵 {report.key or 'なし'}  {report.seconds:.1f} 秒"
    waiting = [f"  封印を待っている記録: {report.unsealed:,} 件"] if report.unsealed else []
    places = [f"  × {finding.what}" for finding in report.findings]
    return "\n".join([head, *waiting, *(f"  ・{note}" for note in report.notes), *places])


def _tell(checkpoint: Checkpoint | None, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_checkpoint(checkpoint) if checkpoint else None))
    elif checkpoint:
        typer.echo(f"第{checkpoint.number}期を封印しました。記録は全部で {checkpoint.size:,} 件です。")
    else:
        typer.echo("封印を待っている記録はありません。")


def _checkpoint(checkpoint: Checkpoint) -> dict[str, Any]:
    """The fields of the signed body by name, with hashes in hexadecimal; `signed` is the very text that is signed."""
    from azukari.core.audit.api import signed_text

    fields = {name: _plain(value) for name, value in asdict(checkpoint).items()}
    return {**fields, "signed": signed_text(checkpoint)}


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, datetime) else value


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "how": (
            "leaf = SHA-256(00 || leaf_input). Fold leaf with path as in RFC 9162 2.1.3.2 (index, checkpoint.size): "
            "the result is checkpoint.root, which stands in checkpoint.signed; checkpoint.signature is Ed25519 over "
            "the UTF-8 bytes of checkpoint.signed by checkpoint.key."
        ),
        "entry": dict(proof.entry),
        "leaf_input": proof.leaf_input.hex(),
        "index": proof.index,
        "path": [sibling.hex() for sibling in proof.path],
        "checkpoint": _checkpoint(proof.checkpoint),
    }


def person_key(number: str) -> int:
    """The surrogate key behind what was typed. Raises BadInput and NotFound."""
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise BadInput(
            f"{number!r} は番号ではありません。",
            "宛名番号は10桁の数字です。",
            f"{COMMAND} person 0000000001 のように指定してください。",
        )
    is_atena = len(number) == ATENA_DIGITS
    found = _one(PERSON_BY_ATENA, number) if is_atena else _one(KNOWN_KEY, int(number))
    if found is None:
        raise NotFound(
            f"{number} の人はいません。", "この番号の登録も記録もありません。", "宛名番号を確かめてください。"
        )
    return found


def _one(query: str, value: int | str) -> int | None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(query, {"value": value})
        row = cursor.fetchone()
    return int(row[0]) if row else None


def _line(line: LedgerLine, places: Mapping[str, str]) -> dict[str, Any]:
    """What the person may be told: nothing about the others an entry may be about."""
    from azukari.core.audit import api
    from azukari.core.policy.api import flow_title

    return {
        "at": line.at.astimezone().isoformat(timespec="seconds"),
        "entry": line.id,
        "left": line.left,
        "action": line.action,
        "name": api.action_name(line.action),
        "to": line.contractor or line.section or "",
        "actor": line.actor,
        "kind": line.kind,
        "consultation": line.consultation,
        "flow": line.flow,
        "ground": flow_title(line.flow) if line.flow else "",
        "items": list(line.items),
        "medium": line.medium,
        "place": places.get(line.place or "", line.place),
        "sealed": line.epoch is not None,
    }


def _sheet(number: str, lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    left = [line for line in lines if line["left"]]
    return {"person": number, "left": left, "inside": [line for line in lines if not line["left"]]}


def _print_sheet(number: str, lines: Sequence[dict[str, Any]]) -> None:
    sheet = _sheet(number, lines)
    console = Console() if Console().is_terminal else Console(width=WIDTH)
    console.print(f"番号 {number} の人について、台帳にある記録")
    console.print(_table("区の外へ渡ったもの", sheet["left"]))
    console.print(_table("区の中での取扱い", sheet["inside"]))


def _table(title: str, lines: Sequence[dict[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left", caption=None if lines else "記録はありません。")
    for heading in ("日時", "取扱い", "相手", "根拠", "項目", "媒体", "場所"):
        table.add_column(heading, overflow="fold")
    for line in lines:
        to = f"{line['to']} {line['actor']}".strip()
        cells = (line["at"][:16].replace("T", " "), line["name"], to, line["ground"], "、".join(line["items"]))
        table.add_row(*cells, line["medium"] or "", line["place"] or "")
    return table
