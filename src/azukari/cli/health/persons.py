"""`./azukari health link`: who is who in tables of one's own, without the ward's installation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from azukari.cli.desk import AsJson
from azukari.kernel.errors import BadInput, NotFound, Unavailable

IDS = ("id", "rec_id", "record_id", "番号")
Table = Annotated[Path, typer.Argument(help="見出しのある CSV (UTF-8)", metavar="CSV")]


def link(
    left: Table,
    right: Annotated[
        Path | None, typer.Argument(help="くらべる相手。なければ LEFT の中の重複を探す", metavar="CSV")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="組を書くファイル (left, right, how, probability)", metavar="CSV")
    ] = None,
    doubtful: Annotated[Path | None, typer.Option(help="人が確かめる組を書くファイル", metavar="CSV")] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="生年月日か性別の違う組は、必ず人が確かめる")] = False,
    as_json: AsJson = False,
) -> None:
    """Link the rows of two tables, or find the copies within one. Columns are known by their titles (fields_of)."""
    from azukari.core.people.matching import api

    tables = [_read(path) for path in (left, right) if path]
    ids = [_ids(table, path) for table, path in zip(tables, (left, right), strict=False)]
    if right is None:
        found = api.group(tables[0], strict=strict)
        links, doubts = api.pairs_of(found.groups), found.doubtful
    else:
        matched = api.link(tables[0], tables[1], strict=strict)
        links, doubts = matched.links, matched.doubtful
    for path, pairs in ((out, links), (doubtful, doubts.with_columns(pl.col("reasons").list.join(" ")))):
        if path:
            _write(path, _named(pairs, ids))
    _tell(
        {"rows": [table.height for table in tables], "links": links.height, "doubtful": doubts.height}, as_json=as_json
    )


def _read(path: Path) -> pl.DataFrame:
    """A CSV of text, every value as it stands. Raises NotFound, BadInput."""
    if not path.is_file():
        raise NotFound(
            f"ファイル {path} がありません。", "読むものがありません。", "ファイルの場所を確かめてください。"
        )
    try:
        table = pl.read_csv(path, infer_schema=False, encoding="utf8")
    except (pl.exceptions.PolarsError, UnicodeError) as error:
        raise BadInput(
            f"{path} を CSV として読めません。",
            str(error).splitlines()[0],
            "UTF-8 の、1行目が見出しの CSV にしてください。",
        ) from error
    return table.rename({title: title.strip().removeprefix("\ufeff") for title in table.columns})


def _ids(table: pl.DataFrame, path: Path | None) -> pl.Series:
    """The column that names the rows."""
    title = next((name for name in IDS if name in table.columns), None)
    if title is None:
        raise BadInput(
            f"{path} に id の列がありません。",
            "組を書き出すときに、行を指し示せません。",
            "見出しに id を加えてください。",
        )
    if table[title].is_duplicated().any() or table[title].null_count():
        raise BadInput(
            f"{path} の {title} に、同じ値か空の行があります。",
            "どの行のことか決まりません。",
            "行ごとに違う値にしてください。",
        )
    return table[title]


def _named(pairs: pl.DataFrame, ids: list[pl.Series]) -> pl.DataFrame:
    sides = zip(("left", "right"), (ids[0], ids[-1]), strict=True)
    return pairs.with_columns(pl.lit(names).gather(pl.col(side)).alias(side) for side, names in sides)


def _write(path: Path, pairs: pl.DataFrame) -> None:
    """Aside and renamed, so that a file is whole or not there."""
    aside = path.with_name(f".{path.name}.part")
    try:
        pairs.write_csv(aside)
        aside.replace(path)
    except OSError as error:
        raise Unavailable(f"{path} に書けません。", str(error), "空きと書き込みの許可を確かめてください。") from error


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    rows = "行と".join(f"{rows:,}" for rows in found["rows"])
    typer.echo(f"{rows}行をくらべました。同じ人の組 {found['links']:,}、人が確かめる組 {found['doubtful']:,}。")
