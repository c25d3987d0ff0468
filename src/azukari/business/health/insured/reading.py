"""資格の一覧, a CSV or Excel file: one row a span in which somebody was insured under one 記号番号 (国民健康保険法第7条・第8条)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import polars as pl

from azukari.business.health.columns import IDENTITIES, MEMBERS
from azukari.business.health.persons.keys import identity_key
from azukari.core.intake.api import Chunk, Table, day
from azukari.core.intake.types import LIMITS, Problem, Problems
from azukari.kernel.errors import BadInput

T = TypeVar("T")
# Title → column. What stands in the second part may be blank.
WANTED = {
    "宛名番号": "atena", "世帯番号": "household", "氏名": "name", "生年月日": "birth", "性別": "sex",
    "保険者番号": "insurer", "記号": "symbol", "番号": "number", "資格取得日": "since",
}  # fmt: skip
BLANK = {"氏名カナ": "kana", "枝番": "branch", "資格喪失日": "until"}
TITLES = (*WANTED, *BLANK)
SEXES = {"男": 1, "女": 2, "1": 1, "2": 2}
ATENA = re.compile("[0-9]{1,15}")
_ASK = "住民記録・資格の担当に、書き出し直してもらってください。"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says. `rows` has atena, household (text) and the columns of IDENTITIES and MEMBERS but person."""

    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    rest: int


def recognises(data: bytes, name: str) -> bool:
    """Whether the titles are those of 資格の一覧."""
    titles = Table(name, (), LIMITS, Problems(1), Problems(1)).titles(data)
    return {"宛名番号", "資格取得日"} <= titles


def read(data: bytes, name: str) -> Reading:
    """Every row, or what is wrong by line and column. Never raises."""
    problems = Problems(LIMITS.problems)
    table = Table(name, tuple(WANTED), LIMITS, problems, Problems(1), tuple(BLANK))
    frames = [_frame(table, chunk) for chunk in table.chunks(data)]
    rows = pl.concat(frames) if frames else pl.DataFrame()
    if not problems and rows.is_empty():
        problems.add(Problem.of(BadInput("資格の行がありません。", "見出しだけです。", _ASK), name))
    if not problems:
        _refuse_overlaps(table, rows)
    return Reading(rows.drop("line", strict=False), problems.in_order(), problems.rest)


def _frame(table: Table, chunk: Chunk) -> pl.DataFrame:
    """One block of rows in the columns' types; a value that cannot be read is told and stands as null."""
    texts = {column: [text.strip() for text in _column(chunk, title)] for title, column in (WANTED | BLANK).items()}
    title_of = {column: title for title, column in (WANTED | BLANK).items()}

    def values(column: str, read: Callable[[str], T]) -> list[T | None]:
        return [
            _value(table, line, title_of[column], text, read)
            for line, text in zip(chunk.lines, texts[column], strict=True)
        ]

    frame = pl.DataFrame(
        {
            "line": chunk.lines,
            **{name: values(name, _written) for name in ("household", "name", "insurer", "symbol", "number")},
            "atena": values("atena", _atena),
            "kana": texts["kana"],
            "branch": texts["branch"],
            "birth": values("birth", day),
            "sex": values("sex", _sex),
            "since": values("since", day),
            "until": values("until", _end),
        },
        schema_overrides={
            "birth": pl.Date(),
            "since": pl.Date(),
            "until": pl.Date(),
            "sex": pl.Int8(),
            "line": pl.Int32(),
        },
    )
    _refuse_backwards(table, frame)
    return frame.with_columns(identity_key(frame))


def _column(chunk: Chunk, title: str) -> Sequence[str]:
    return chunk.columns.get(title, ("",) * len(chunk.lines))


def _value(table: Table, line: int, title: str, text: str, read: Callable[[str], T]) -> T | None:
    try:
        return read(text)
    except BadInput as error:
        table.problem(error, line, title, text)
        return None


def _written(text: str) -> str:
    if not text:
        raise BadInput("空です。", "この項目がないと、だれの資格か決まりません。", _ASK)
    return text


def _atena(text: str) -> str:
    if not ATENA.fullmatch(text):
        raise BadInput("宛名番号が読めません。", "数字だけの番号です。", _ASK)
    return text


def _sex(text: str) -> int:
    if text not in SEXES:
        raise BadInput("性別が読めません。", "書けるのは 男、女、1、2 です。", _ASK)
    return SEXES[text]


def _end(text: str) -> date | None:
    return day(text) if text else None


def _refuse_backwards(table: Table, frame: pl.DataFrame) -> None:
    wrong = frame.filter(pl.col("until") <= pl.col("since"))
    for line, until in wrong.select("line", "until").iter_rows():
        table.problem(
            BadInput("資格喪失日が、取得日より後ではありません。", "資格のない期間になります。", _ASK),
            line,
            "資格喪失日",
            str(until),
        )


def _refuse_overlaps(table: Table, rows: pl.DataFrame) -> None:
    """Nobody is insured twice at a time."""
    before = rows.sort("atena", "since").with_columns(
        pl.col("until").shift().over("atena").alias("ended"), pl.col("line").shift().over("atena").alias("other")
    )
    twice = before.filter(
        pl.col("other").is_not_null() & (pl.col("ended").is_null() | (pl.col("since") < pl.col("ended")))
    )
    for line, other, since in twice.select("line", "other", "since").iter_rows():
        table.problem(
            BadInput(f"{other} 行目の期間と重なります。", "一人の資格は、一度に一つです。", _ASK),
            line,
            "資格取得日",
            str(since),
        )


def identities(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as identities (columns IDENTITIES), each once."""
    return rows.select(IDENTITIES.keys()).unique("identity", keep="first", maintain_order=True).cast(dict(IDENTITIES))  # type: ignore[arg-type]


def members(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows as spans (columns MEMBERS); they must hold `person`. A household's number is its place in the file."""
    numbered = rows.with_columns(pl.col("household").rank("dense").cast(pl.Int64()))
    return numbered.select(MEMBERS.keys()).cast(dict(MEMBERS))  # type: ignore[arg-type]


def links(rows: pl.DataFrame) -> pl.DataFrame:
    """Whom the ward's own list names, as it says itself (columns LINKS)."""
    named = rows.select("identity", "person").unique("identity", keep="first", maintain_order=True)
    return named.with_columns(how=pl.lit("exact"), probability=pl.lit(1.0))


def register_persons(links: pl.DataFrame, register: pl.DataFrame) -> pl.DataFrame:
    """Links (columns LINKS) in which those whom the ward's list knows are the list's `person`.

    `register` has identity and person, as the list names them. A group of identities that holds one person of the list
    is that person; one that holds two leaves each to whom the list says, and the rest apart from both.
    """
    known = links.join(register.select("identity", listed="person").unique("identity"), on="identity", how="left")
    one = pl.col("listed").drop_nulls().n_unique().over("person") == 1
    whole = pl.when(one).then(pl.col("listed").max().over("person"))
    return known.with_columns(person=pl.coalesce("listed", whole, "person")).select(links.columns)
