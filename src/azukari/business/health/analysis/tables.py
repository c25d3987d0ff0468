"""The tables that go: what the flow's items allow, `token` in the place of who it is, and nothing that names anybody.

Never: names, addresses, 記号番号, identities, receipt numbers of ours, file names, tickets, free text, households, days of
birth, numbers of insurers and of 公費負担者 (whose 法別番号 stays). Days of care stay, because 頻回受診 counts them, 重複服薬 lays the days of
drugs over each other, and 中断 measures the time between them; a checkup and the start of a disease keep their month.
Rows lie in the order of their tokens, which is no order of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from azukari.business.health.analysis.rules import BAND, TOP
from azukari.business.health.analysis.types import (
    BIRTH_ITEM,
    CHECKUP_ITEM,
    INTERVIEW_ITEM,
    LEVEL_ITEM,
    NEVER,
    RECEIPT_ITEM,
    SEX_ITEM,
    TOKEN_ITEM,
    Left,
    Wanted,
)
from azukari.kernel.errors import BadInput, Refused
from azukari.kernel.fiscal import FiscalYear
from azukari.kernel.pseudonyms import Pseudonyms

MEASURED = (
    "facility", "height", "weight", "bmi", "waist", "visceral_fat", "systolic", "diastolic", "triglyceride_fasting",
    "triglyceride_casual", "hdl", "ldl", "ast", "alt", "ggt", "glucose_fasting", "glucose_casual", "hba1c",
    "urine_glucose", "urine_protein", "creatinine", "egfr", "metabolic",
)  # fmt: skip
ASKED = ("drug_pressure", "drug_glucose", "drug_lipid", "smoking")
# What a member's and a checkup's columns are, in the words of the consultation.
MEMBER_COLUMNS = {"sex": SEX_ITEM, "age_band": BIRTH_ITEM}
CHECKUP_COLUMNS = dict.fromkeys(MEASURED, CHECKUP_ITEM) | dict.fromkeys(ASKED, INTERVIEW_ITEM) | {"level": LEVEL_ITEM}
KNOWN = frozenset({TOKEN_ITEM, SEX_ITEM, BIRTH_ITEM, LEVEL_ITEM, CHECKUP_ITEM, INTERVIEW_ITEM, RECEIPT_ITEM, *NEVER})

# Persons insured at some time of the period and under 75 on the day; of two spans the later says sex and birth.
CHOSEN = """
CREATE OR REPLACE TEMP TABLE chosen AS
SELECT person, arg_max(birth, since) AS birth, arg_max(sex, since) AS sex FROM members
WHERE since < $before AND (until IS NULL OR until > $since) AND person IS NOT NULL
GROUP BY person HAVING coalesce(arg_max(birth, since) + INTERVAL 75 YEAR > $on, true)
"""
RECEIPTS_OF_MONTH = """
CREATE OR REPLACE TEMP TABLE month_receipts AS
SELECT l.person, r.* FROM receipts r JOIN links l USING (identity) JOIN chosen USING (person) WHERE r.month = $month
"""
RARE = """
CREATE OR REPLACE TEMP TABLE rare AS
SELECT d.code FROM diagnoses d JOIN receipts r USING (receipt) JOIN links l USING (identity) JOIN chosen USING (person)
WHERE r.month BETWEEN $first AND $last AND d.code IS NOT NULL
GROUP BY d.code HAVING count(DISTINCT l.person) < $rare
"""
MONTHLY = {
    "receipts": """
SELECT person, receipt, kind, facility, billed, month, receipt_type, inpatient, days, points, prescriber
FROM month_receipts""",
    "payers": """
SELECT m.receipt, p.position, CASE WHEN p.position > 0 THEN left(trim(p.insurer), 2) END AS law, p.days, p.points, p.copay
FROM payers p JOIN month_receipts m USING (receipt)""",
    "diagnoses": """
SELECT m.receipt, d.line - m.line AS line, CASE WHEN r.code IS NULL THEN d.code END AS code,
  CAST(year(d.started) * 100 + month(d.started) AS INTEGER) AS started, d.outcome, d.main, d.suspected,
  CASE WHEN r.code IS NULL THEN d.modifiers END AS modifiers
FROM diagnoses d JOIN month_receipts m USING (receipt) LEFT JOIN rare r ON r.code = d.code""",
    "acts": """
SELECT m.receipt, a.line - m.line AS line, a.unit, a.record, a.category, a.burden, a.code, a.amount, a.points, a.times,
  a.days, a.drug_days, a.dispensed, a.prescribed
FROM acts a JOIN month_receipts m USING (receipt)""",
}


def refuse_unknown(items: Sequence[str]) -> None:
    """Raise Refused for an item of which nobody has said what may be given for it, or where there is no token."""
    if strangers := [item for item in items if item not in KNOWN]:
        raise Refused(
            f"「{strangers[0]}」を仮名でどう渡すか、決まっていません。",
            "諮問の項目が変わっています。決めずに渡しません。",
            "仮名にする項目の決まりを直すよう、システムの担当に知らせてください。",
        )
    if TOKEN_ITEM not in items:
        raise Refused(
            f"「{TOKEN_ITEM}」がない取扱いです。", "仮名を渡す項目がありません。", "取扱いを確かめてください。"
        )


def choose(connection: duckdb.DuckDBPyConnection, wanted: Wanted) -> None:
    """Say of whom and which disease codes are rare, in temporary tables. Raises BadInput when there is nobody."""
    values = {"since": wanted.since, "before": wanted.before, "on": wanted.on}
    connection.execute(CHOSEN, values)
    first, last = span(wanted)
    connection.execute(RARE, {"first": first, "last": last, "rare": wanted.rare})
    if not _count(connection, "SELECT count(*) FROM chosen"):
        raise BadInput(
            "渡す人が一人もいません。",
            f"{wanted.since} から {wanted.before} の前までに加入していた75歳未満の人がいません。",
            "期間と、被保険者の記録を受け取っているかを確かめてください。",
        )


def persons(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Whose records they are, after `choose`."""
    return [row[0] for row in connection.sql("SELECT person FROM chosen ORDER BY person").fetchall()]


def left_out(connection: duckdb.DuckDBPyConnection, wanted: Wanted) -> Left:
    """What was left out, after `choose`."""
    first, last = span(wanted)
    lines = (
        "SELECT count(*) FROM diagnoses d JOIN rare USING (code) JOIN receipts r USING (receipt)"
        " JOIN links l USING (identity) JOIN chosen USING (person) WHERE r.month BETWEEN $first AND $last"
    )
    return Left(
        codes=_count(connection, "SELECT count(*) FROM rare"),
        lines=_count(connection, lines, first=first, last=last),
    )


def members(
    connection: duckdb.DuckDBPyConnection, items: Sequence[str], wanted: Wanted, tokens: Pseudonyms
) -> pl.DataFrame:
    """Everybody chosen: token, and as far as the items go sex (1 男 2 女) and the five-year band of age."""
    frame = frame_of(connection, "SELECT person, birth, sex FROM chosen")
    frame = frame.with_columns(band(pl.col("birth"), wanted.on).alias("age_band"))
    kept = [name for name, item in MEMBER_COLUMNS.items() if item in items]
    return _masked(frame, tokens).select("token", *kept).sort("token")


def checkups(
    connection: duckdb.DuckDBPyConnection, items: Sequence[str], wanted: Wanted, tokens: Pseudonyms
) -> pl.DataFrame | None:
    """Their checkups, by month; None where no item of the flow is one of theirs."""
    kept = [name for name, item in CHECKUP_COLUMNS.items() if item in items]
    if not kept:
        return None
    columns = ", ".join(f"c.{name}" for name in kept)
    query = f"""
SELECT l.person, CAST(year(c.date) * 100 + month(c.date) AS INTEGER) AS month, c.fiscal_year, {columns}
FROM checkups c JOIN links l USING (identity) JOIN chosen USING (person) WHERE c.date >= $since AND c.date < $before
"""
    found = _masked(frame_of(connection, query, {"since": wanted.since, "before": wanted.before}), tokens)
    return found.select("token", "month", "fiscal_year", *kept).sort("token", "month")


def write(
    connection: duckdb.DuckDBPyConnection, items: Sequence[str], wanted: Wanted, tokens: Pseudonyms, folder: Path
) -> list[tuple[Path, int]]:
    """All tables of the flow as plain Parquet, a file a table, of receipts a file a table and month; each with its 行.

    Needs `choose` before it. One month is in memory at a time.
    """
    found = [
        ("members", members(connection, items, wanted, tokens)),
        ("checkups", checkups(connection, items, wanted, tokens)),
    ]
    made = [_written(frame, folder / f"{name}.parquet") for name, frame in found if frame is not None]
    if RECEIPT_ITEM in items:
        for month in months_of(wanted):
            made += [
                _written(frame, folder / f"{name}-{month}.parquet")
                for name, frame in of_month(connection, month, tokens)
            ]
    return made


def of_month(
    connection: duckdb.DuckDBPyConnection, month: int, tokens: Pseudonyms
) -> Iterator[tuple[str, pl.DataFrame]]:
    """The four receipt tables of one month (YYYYMM), those without rows too."""
    connection.execute(RECEIPTS_OF_MONTH, {"month": month})
    for name, query in MONTHLY.items():
        frame = _masked(frame_of(connection, query), tokens)
        yield name, frame.sort(*(column for column in ("receipt_token", "line", "position") if column in frame.columns))


def frame_of(
    connection: duckdb.DuckDBPyConnection, query: str, values: Mapping[str, object] | None = None
) -> pl.DataFrame:
    """What a query finds, in columns."""
    found = pl.from_arrow(connection.sql(query, params=dict(values) if values else None).to_arrow_table())
    assert isinstance(found, pl.DataFrame)  # noqa: S101 (a table is a frame)
    return found


def _masked(frame: pl.DataFrame, tokens: Pseudonyms) -> pl.DataFrame:
    """Tokens in the place of persons and receipts, first of all columns."""
    front = []
    if "person" in frame.columns:
        front.append(tokens.persons.tokens(frame["person"]).alias("token"))
    if "receipt" in frame.columns:
        front.append(tokens.receipts.tokens(frame["receipt"]).alias("receipt_token"))
    rest = frame.drop("person", "receipt", strict=False)
    return pl.DataFrame([*front, *rest.get_columns()])


def band(birth: pl.Expr, on: date) -> pl.Expr:
    """As rules.band, in columns: the years at 31 March, one less for who is born after 1 April of their year."""
    years = FiscalYear.of(on).end.year - birth.dt.year()
    later = (birth.dt.month() > 4) | ((birth.dt.month() == 4) & (birth.dt.day() > 1))
    return ((years - later.cast(pl.Int32)) // BAND * BAND).clip(upper_bound=TOP).cast(pl.Int16)


def _written(frame: pl.DataFrame, path: Path) -> tuple[Path, int]:
    frame.write_parquet(path, compression="zstd")
    return path, frame.height


def months_of(wanted: Wanted) -> list[int]:
    """Every month of the period (YYYYMM)."""
    first, last = (one.year * 12 + one.month - 1 for one in (wanted.since, _day_before(wanted.before)))
    return [at // 12 * 100 + at % 12 + 1 for at in range(first, last + 1)]


def span(wanted: Wanted) -> tuple[int, int]:
    """The first and the last month of the period."""
    every = months_of(wanted)
    return every[0], every[-1]


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _count(connection: duckdb.DuckDBPyConnection, query: str, **values: object) -> int:
    return int(connection.sql(query, params=values or None).fetchall()[0][0])
