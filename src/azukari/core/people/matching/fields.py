"""The fields that are compared, read from a table by the titles of its columns, and folded.

Every field is text, null where it is missing or says nothing: `name` (surname and given name together), `surname`,
`given`, `kana`, `kana_surname`, `kana_given`, `birth` (YYYYMMDD), `sex` (1 男, 2 女), `issuer` (whose number it is),
`number`, `branch`, `postcode`, `address`, `town`, `phone`; and `row`, its place in the table.
"""

from __future__ import annotations

import polars as pl

from azukari.core.people.matching.folding import folded, unvoiced
from azukari.kernel import era
from azukari.kernel.errors import AzukariError, BadInput
from azukari.kernel.text import fold

# Field → the titles it is known by, the first found being taken.
TITLES: dict[str, tuple[str, ...]] = {
    "name": ("name", "full_name", "氏名", "名前"),
    "surname": ("surname", "family_name", "last_name", "姓", "氏"),
    "given": ("given_name", "first_name", "forename", "given", "名"),
    "kana": (
        "kana",
        "name_kana",
        "kana_name",
        "氏名のフリガナ",
        "氏名フリガナ",
        "氏名カナ",
        "カナ氏名",
        "フリガナ",
        "カナ",
    ),
    "kana_surname": ("kana_surname", "surname_kana", "family_name_kana", "セイ"),
    "kana_given": ("kana_given", "given_name_kana", "first_name_kana", "メイ"),
    "birth": ("birth", "birth_date", "birthdate", "date_of_birth", "dob", "birthday", "生年月日"),
    "sex": ("sex", "gender", "性別"),
    "issuer": ("insurer", "issuer", "保険者番号"),
    "number": ("number", "soc_sec_id", "被保険者証記号番号", "被保険者識別番号", "番号"),
    "branch": ("branch", "枝番"),
    "postcode": ("postcode", "postal_code", "zip", "zipcode", "郵便番号"),
    "address": ("address", "住所"),
    "town": ("town", "suburb", "city", "町丁"),
    "phone": ("phone", "tel", "telephone", "phone_number", "電話番号"),
}
# Written in parts: joined into one field where the field itself has no column.
PARTS: dict[str, tuple[str, ...]] = {
    "number": ("symbol", "number"),
    "address": ("street_number", "address_1", "address_2"),
}
_SEXES = {
    "1": "1",
    "男": "1",
    "男性": "1",
    "m": "1",
    "male": "1",
    "2": "2",
    "女": "2",
    "女性": "2",
    "f": "2",
    "female": "2",
}
_GAP = r"^\s*(\S+)[\s\u3000]+(\S.*)$"
_DIGITAL = r"^\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?$"
_FIGURES = r"^\s*\d{8}\s*$"


def fields_of(frame: pl.DataFrame) -> pl.DataFrame:
    """The fields of every row, in its order. Raises BadInput where no column names a person."""
    found = {field: column for field in TITLES if (column := _column(frame, field)) is not None}
    if not {"name", "surname", "kana", "kana_surname"} & set(found):
        raise BadInput(
            "氏名の欄がありません。",
            "氏名かフリガナがないと、同じ人かどうかを比べられません。",
            "1行目に name（または surname と given_name）か kana の見出しを付けてください。",
        )
    texts = frame.select(*(column.cast(pl.String()).alias(field) for field, column in found.items()))
    whole = texts.with_columns(*(_both(texts, *names) for names in _parted() if names[0] not in texts.columns))
    parted = whole.with_columns(*_parts(whole))
    return parted.select(pl.row_index("row"), *(_folded(parted, field) for field in TITLES))


def _column(frame: pl.DataFrame, field: str) -> pl.Expr | None:
    titles = {title.strip().lower(): title for title in frame.columns}
    parts = [titles[part] for part in PARTS.get(field, ()) if part in titles]
    if len(parts) > 1:
        return pl.concat_str([pl.col(part).cast(pl.String()) for part in parts], separator=" ", ignore_nulls=True)
    known = next((titles[title] for title in TITLES[field] if title in titles), None)
    name = known or next(iter(parts), None)
    return pl.col(name) if name else None


def _parted() -> tuple[tuple[str, str, str], ...]:
    return ("name", "surname", "given"), ("kana", "kana_surname", "kana_given")


def _both(texts: pl.DataFrame, whole: str, surname: str, given: str) -> pl.Expr:
    """Surname and given name together, parted by a blank."""
    parts = [pl.col(part) for part in (surname, given) if part in texts.columns]
    if not parts:
        return pl.lit(None, pl.String()).alias(whole)
    return pl.concat_str(parts, separator=" ", ignore_nulls=True).alias(whole)


def _parts(texts: pl.DataFrame) -> list[pl.Expr]:
    """Surname and given name apart, where a blank parts them."""
    return [
        pl.col(whole).str.extract(_GAP, group).alias(part)
        for whole, *parts in _parted()
        for group, part in enumerate(parts, start=1)
        if part not in texts.columns
    ]


def _folded(texts: pl.DataFrame, field: str) -> pl.Expr:
    if field not in texts.columns:
        return pl.lit(None, pl.String()).alias(field)
    text = pl.col(field)
    if field == "birth":
        return _birth(texts["birth"]).alias(field)
    key = folded(text)
    if field == "sex":
        return key.replace_strict(_SEXES, default=None).alias(field)
    if field.startswith("kana"):
        key = unvoiced(key)
    if field in {"issuer", "number", "branch"}:
        key = key.str.strip_chars_start("0")
    return pl.when(key != "").then(key).alias(field)


def _birth(texts: pl.Series) -> pl.Expr:
    """YYYYMMDD of what is written with figures, then of 和暦; what names no day is compared as it stands."""
    column = pl.col("birth")
    year, month, day = (column.str.extract(_DIGITAL, group) for group in (1, 2, 3))
    figures = pl.when(column.str.contains(_FIGURES)).then(column.str.strip_chars())
    written = figures.otherwise(pl.concat_str(year, month.str.zfill(2), day.str.zfill(2)))
    odd = texts.filter(~texts.str.contains(f"{_DIGITAL}|{_FIGURES}")).drop_nulls().unique()
    if odd.is_empty():
        return written
    return written.fill_null(column.replace_strict({text: _odd_day(text) for text in odd}, default=None))


def _odd_day(text: str) -> str | None:
    try:
        return f"{era.parse(text).date:%Y%m%d}"
    except (AzukariError, ValueError):
        key = fold(text)
        return key if sum(letter.isdigit() for letter in key) >= 6 else None
