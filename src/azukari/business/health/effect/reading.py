"""A CSV of persons as a frame of texts, and a table with a row a person and time made into one with a row a person.

Nothing is guessed from a few rows: every cell comes in as text, and a column is a number only when all of it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from azukari.business.health.effect import naming
from azukari.kernel.errors import BadInput

if TYPE_CHECKING:
    from _csv import Reader as Rows

LARGEST = 1_000_000_000
MISSING = ("", "na", "n/a", "nan", "null", "none", "-", "*", ".", "欠損", "不明")


def read(path: Path) -> pl.DataFrame:
    """The table of a file (CSV or TSV; UTF-8 or cp932), all columns text, missing cells null, one row a person.

    Raises BadInput with file, line and reason.
    """
    text = _text(path)
    rows = _rows(text)
    header = [name.strip() for name in next(rows, [])]
    if len(header) < 2 or not all(header):
        raise BadInput(
            f"{path.name} の1行目に、列の名がありません。",
            f"1行目は {','.join(header)[:80]!r} です。",
            "1行目に列の名を書き、2行目から一人一行で書いてください。",
        )
    return wide(_frame(header, _body(path, rows, header)))


def people_in(path: Path) -> frozenset[int]:
    """The persons a file names: its column `person`, or its only column. Raises BadInput."""
    text = _text(path)
    rows = _rows(text)
    header = next(rows, [])
    at = header.index("person") if "person" in header else 0
    try:
        return frozenset(int(row[at]) for row in rows if row)
    except (ValueError, IndexError, csv.Error) as error:
        raise BadInput(
            f"{path.name} の {rows.line_num} 行目の person が読めません。",
            str(error),
            "保管庫の個人の番号を一行に一つ書いてください。",
        ) from error


def wide(frame: pl.DataFrame) -> pl.DataFrame:
    """One row a person: of a table with a row a person and time, the last time is after, the one before it before.

    Raises BadInput when a person stands there twice and nothing says when.
    """
    person = naming.person(frame.columns)
    if person is None or not frame[person].drop_nulls().is_duplicated().any():
        return frame
    period = naming.period(frame.columns)
    if period is None or frame.select(person, period).is_duplicated().any():
        raise BadInput(
            "同じ人が二行以上あります。",
            f"{person} に同じ値が二度あり、いつの値かを分ける列もありません。",
            "一人一行にするか、period の列に時点の番号を入れてください。",
        )
    return _joined(frame, person, period)


def _joined(frame: pl.DataFrame, person: str, period: str) -> pl.DataFrame:
    times = sorted(frame[period].drop_nulls().unique().to_list(), key=_moment)
    if len(times) < 2:
        raise BadInput("時点が一つしかありません。", f"{period} が一種類です。", "前と後の時点を入れてください。")
    other = [name for name in frame.columns if name not in {person, period}]
    value = naming.parts(other, two_valued(frame.select(other))).after
    slices = {time: frame.filter(pl.col(period) == time) for time in times[-3:]}
    base = slices[times[-2]].drop(period).rename({value: "before"})
    base = base.join(slices[times[-1]].select(person, after=value), on=person, how="left")
    if len(times) > 2:
        base = base.join(slices[times[-3]].select(person, earlier=value), on=person, how="left")
    return _reached_once(base, frame, person)


def _reached_once(base: pl.DataFrame, frame: pl.DataFrame, person: str) -> pl.DataFrame:
    """Who was reached at any time was reached: the column may say so only for the times after it."""
    [treated] = [naming.parts(base.columns, two_valued(base)).treated]
    ever = frame.group_by(person).agg(pl.col(treated).max())
    return base.drop(treated).join(ever, on=person, how="left")


def two_valued(frame: pl.DataFrame) -> Sequence[str]:
    """The columns with at most two values."""
    return [name for name in frame.columns if frame[name].drop_nulls().n_unique() <= 2]


def _moment(text: str) -> tuple[int, float, str]:
    """Numbers in their order, then words: 前 before 後, and pre before post."""
    try:
        return (0, float(text), "")
    except ValueError:
        early = text.strip().lower().startswith(("pre", "before", "base", "前"))
        return (1, 0.0 if early else 1.0, text)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(f"{path.name} が大きすぎます。", "1 GB を超えています。", "分析に使う列だけにしてください。")
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} が読めません。", str(error), "ファイルの名前と場所を確かめてください。") from error
    if b"\0" in data:
        raise BadInput(f"{path.name} は CSV ではありません。", "NUL が入っています。", "CSV で書き出してください。")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(
        f"{path.name} の文字コードが分かりません。", "UTF-8 でも cp932 でもありません。", "UTF-8 で書き出してください。"
    )


def _rows(text: str) -> Rows:
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _body(path: Path, rows: Rows, header: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = []
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                raise BadInput(
                    f"{path.name} の {rows.line_num} 行目の列の数が違います。",
                    f"1行目は {len(header)} 列、この行は {len(row)} 列です。",
                    "途中で切れていないか、値の中に区切りの文字がないかを確かめてください。",
                )
            found.append(row)
    except csv.Error as error:
        raise BadInput(
            f"{path.name} の {rows.line_num} 行目が読めません。", str(error), "引用符の閉じ忘れを確かめてください。"
        ) from error
    if not found:
        raise BadInput(f"{path.name} に人の行がありません。", "1行目しかありません。", "一人一行で書いてください。")
    return found


def _frame(header: Sequence[str], body: Sequence[Sequence[str]]) -> pl.DataFrame:
    if len(set(header)) != len(header):
        naming.period(header)  # says which two columns have one name
    columns = {name: [row[at].strip() for row in body] for at, name in enumerate(header)}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(header, pl.String))
    text = pl.all()
    return frame.select(pl.when(text.str.to_lowercase().is_in(MISSING)).then(None).otherwise(text).name.keep())
