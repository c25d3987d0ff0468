"""Made-up checkups: the files a 国保連 and a checkup facility would send of the made-up insured (FKAC167, FKAC165, CDA).

Everything follows from the seed and from the truths of the population: a diabetic has a high HbA1c, a low eGFR a high
creatinine. Shares are rounded guesses, not statistics.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from azukari.business.health.checkups import api
from azukari.demo.health import checkups_cda

INSURER = "00138123"
FACILITIES = ("1312345670", "1312345688", "1312345696")
_WRITTEN = (1980, 1, 1, 0, 0, 0)  # of every file in a zip, so that the same seed gives the same bytes
# The titles of FKAC167 in their order, and the column of `results` each is written from (none: blank).
TITLES_167: dict[str, str] = {
    "保険者番号": "insurer", "広域連合番号": "", "被保険者証記号": "symbol", "被保険者証番号": "number", "被保険者証枝番": "branch",
    "生年月日元号": "", "生年月日": "birth", "性別": "sex", "データ管理番号１": "", "受診券整理番号": "ticket", "健診実施年月日": "date",
    "健診機関コード": "facility", "身長": "height", "体重": "weight", "ＢＭＩ": "bmi", "内臓脂肪面積": "", "腹囲": "waist",
    "既往歴": "", "収縮期血圧": "systolic", "拡張期血圧": "diastolic", "採血時間（食後）": "blood_timing",
    "中性脂肪（トリグリセリド）": "tg", "随時中性脂肪（トリグリセリド）": "tg_casual", "ＨＤＬコレステロール": "hdl", "ＬＤＬコレステロール": "ldl",
    "GOT（ＡＳＴ）": "ast", "GPT（ＡＬＴ）": "alt", "γ-GT(γ-GTP)": "ggt", "空腹時血糖（電位差法）": "fpg",
    "随時血糖（電位差法）": "casual_glucose", "ＨｂＡ１ｃ（NGSP値）": "hba1c", "ＨｂＡ１ｃ（JDS値）": "", "尿糖": "urine_glucose",
    "尿蛋白": "urine_protein", "血清クレアチニン値": "creatinine", "eGFR": "egfr", "メタボリックシンドローム判定": "metabolic",
    "保健指導レベル": "level", "医師の診断（判定）": "opinion", "服薬１（血圧）": "drug_pressure", "服薬２（血糖）": "drug_glucose",
    "服薬３（脂質）": "drug_lipid", "喫煙": "smoking", "ＨＬ中性脂肪（トリグリセリド）": "",
}  # fmt: skip
TITLES_165: dict[str, str] = {
    "保険者番号": "insurer", "被保険者証記号": "symbol", "被保険者証番号": "number", "被保険者証枝番": "branch", "生年月日元号": "",
    "生年月日": "birth", "性別": "sex", "年度": "year", "利用券整理番号": "guidance_ticket", "保健指導機関番号": "facility",
    "支援レベル": "level", "初回面接の実施日付": "first", "中間評価の実施日付": "middle", "６ヶ月後の評価の実施日付": "last",
}  # fmt: skip


def write(folder: Path, people: pl.DataFrame, *, year: int, seed: int, documents: int = 20) -> list[Path]:
    """Write the checkups of one fiscal year: FKAC167 and FKAC165 in a zip each, and a CDA delivery of some persons.

    `people` has person, kana, birth, sex, symbol, number, branch, and what it has of the truths of `population`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = results(people, year=year, seed=seed)
    by_cda = found.head(documents)
    stamp = f"{year + 1}0630120000"
    return [
        _zipped(folder, f"{INSURER}_FKAC167_{stamp}_1", _csv("FKAC167", TITLES_167, found.slice(documents))),
        _zipped(folder, f"{INSURER}_FKAC165_{stamp}_1", _csv("FKAC165", TITLES_165, guidance(found, seed=seed))),
        _delivery(folder, by_cda, year),
    ]


def results(people: pl.DataFrame, *, year: int, seed: int) -> pl.DataFrame:
    """The checkups of a fiscal year, one row a person of 40–74 who attended; values as types.Values and the files have them."""
    rng = np.random.default_rng([809, seed, year])
    age = _ages(people, year)
    comes = _truth(people, "attends", rng.random(people.height) < 0.4)
    # Everybody's numbers are drawn before anybody is left out: a larger ward keeps its persons.
    values = people.with_columns(_values(people, age, year, rng).get_columns())
    there = _numbered(values.filter(pl.Series(comes & (age >= 40) & (age < 75))).filter(_insured(people)))
    judged = there.with_columns(pl.col(name) == 1 for name in ("drug_pressure", "drug_glucose", "drug_lipid"))
    names = ("sex", "age", "waist", "bmi", "systolic", "diastolic", "tg", "tg_casual", "hdl", "fpg", "hba1c", "smoking")
    wanted = judged.select(*names, "drug_pressure", "drug_glucose", "drug_lipid")
    levels = api.classify_frame(wanted, date(year, 6, 1)).select("level", "metabolic")
    return pl.concat([there, levels], how="horizontal")


def guidance(found: pl.DataFrame, *, seed: int) -> pl.DataFrame:
    """The uses of 特定保健指導: about a quarter of those it was offered to, most of whom stay to the end."""
    rng = np.random.default_rng([809, seed, 165])
    draws = rng.random((found.height, 2))
    day = pl.col("date") + pl.duration(days=60)
    offered = found.with_columns(
        pl.Series("takes", draws[:, 0] < 0.25),
        pl.Series("stays", draws[:, 1] < 0.8),
        (pl.col("ticket").str.slice(0, 2) + "1" + pl.col("ticket").str.slice(3)).alias("guidance_ticket"),
        pl.lit(str(found["fiscal_year"][0]) if found.height else "").alias("year"),
        day.alias("first"),
    ).filter(pl.col("takes") & pl.col("level").is_in([1, 2]))
    return offered.with_columns(
        pl.when("stays").then(day + pl.duration(days=90)).alias("middle"),
        pl.when("stays").then(day + pl.duration(days=180)).alias("last"),
    )


def _ages(people: pl.DataFrame, year: int) -> np.ndarray[Any, Any]:
    born = people["birth"]
    later = born.dt.strftime("%m%d") > "0401"
    return (year + 1 - born.dt.year() - later.cast(pl.Int32())).to_numpy()


def _truth(people: pl.DataFrame, name: str, otherwise: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return people[name].to_numpy() if name in people.columns else otherwise


def _insured(people: pl.DataFrame) -> pl.Expr:
    """Insured on the day of the checkup, where the population says from when until when."""
    if "since" not in people.columns:
        return pl.lit(value=True)
    day = pl.col("date")
    return (pl.col("since") <= day) & (pl.col("until").is_null() | (day < pl.col("until")))


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """The symbol and number of the day of the checkup, where the population says when they changed."""
    if "moved" not in rows.columns:
        return rows
    before = pl.col("date") < pl.col("moved")
    return rows.with_columns(
        pl.when(before).then(f"former_{name}").otherwise(name).alias(name) for name in ("symbol", "number")
    )


def _values(people: pl.DataFrame, age: np.ndarray[Any, Any], year: int, rng: np.random.Generator) -> pl.DataFrame:
    count, male = people.height, (people["sex"] == 1).to_numpy()
    bmi = _truth(people, "bmi", np.round(rng.normal(23, 3, count).clip(15, 45), 1))
    hba1c = _truth(people, "hba1c", np.round(rng.normal(5.6, 0.5, count).clip(4.2, 12), 1))
    filtration = _truth(people, "egfr", np.round(rng.normal(75, 15, count).clip(8, 140), 1))
    pressure = _truth(people, "hypertensive", rng.random(count) < 0.35)
    lipid, treated = _truth(people, "lipid", rng.random(count) < 0.3), _truth(people, "treated", hba1c > 6.9)
    height = np.round(np.where(male, rng.normal(168, 6, count), rng.normal(155, 6, count)), 1)
    systolic = np.round(rng.normal(122, 12, count) + 18 * pressure).clip(85, 230)
    timing = np.where(rng.random(count) < 0.9, 2, 3)
    fat = np.round(rng.lognormal(4.6, 0.4, count) + 60 * lipid).clip(30, 900)
    sugar = np.round((28.7 * hba1c - 46.7 + rng.normal(0, 6, count) - 15).clip(65, 400))
    fasting = timing == 2
    stage = _truth(people, "kidney", np.zeros(count, np.int8))
    days = [date(year, 5, 20) + timedelta(days=int(one)) for one in rng.integers(0, 200, count)]
    return pl.DataFrame(
        {
            "age": age, "insurer": [INSURER] * count, "date": days,
            "facility": np.array(FACILITIES, object)[rng.integers(0, len(FACILITIES), count)].tolist(),
            "ticket": [f"{year % 100:02d}0{one:08d}" for one in people["person"]],
            "fiscal_year": [year] * count,
            "height": height, "weight": np.round(bmi * (height / 100) ** 2, 1), "bmi": bmi,
            "waist": np.round(np.where(male, 83, 79) + (bmi - 23) * 2.4 + rng.normal(0, 4, count), 1),
            "systolic": systolic, "diastolic": np.round(systolic * 0.62 + rng.normal(0, 5, count)),
            "blood_timing": timing, "tg": _only(fat, fasting), "tg_casual": _only(fat, ~fasting),
            "hdl": np.round(rng.normal(62, 14, count) - 8 * lipid).clip(20, 130),
            "ldl": np.round(rng.normal(118, 28, count) + 20 * lipid).clip(30, 300),
            "ast": np.round(rng.lognormal(3.1, 0.3, count)), "alt": np.round(rng.lognormal(3.0, 0.4, count)),
            "ggt": np.round(rng.lognormal(3.3, 0.6, count)),
            "fpg": _only(sugar, fasting), "casual_glucose": _only(sugar + 25, ~fasting), "hba1c": np.round(hba1c, 1),
            "urine_glucose": np.where(sugar > 180, 4, 1), "urine_protein": np.where(stage >= 3, 4, np.where(stage == 2, 2, 1)),
            "creatinine": _creatinine(filtration, age, male), "egfr": filtration,
            "drug_pressure": np.where(pressure & (rng.random(count) < 0.6), 1, 2),
            "drug_glucose": np.where(treated, 1, 2),
            "drug_lipid": np.where(lipid & (rng.random(count) < 0.4), 1, 2),
            "smoking": _smoking(people, year, rng),
            "opinion": np.where(hba1c >= 6.5, "要受診", "特記なし").tolist(),
        }
    )  # fmt: skip


def _only(values: np.ndarray[Any, Any], where: np.ndarray[Any, Any]) -> pl.Series:
    return pl.Series(np.where(where, values, np.nan)).fill_nan(None)


def _creatinine(filtration: np.ndarray[Any, Any], age: np.ndarray[Any, Any], male: np.ndarray[Any, Any]) -> Any:
    """The creatinine that has this eGFR, mg/dL."""
    base = 194 * np.maximum(age, 1) ** -0.287 * np.where(male, 1, 0.739)
    return np.round((filtration / base) ** (-1 / 1.094), 2)


def _smoking(people: pl.DataFrame, year: int, rng: np.random.Generator) -> Any:
    """1 はい, 2 いいえ; from 令和6年度 2 is who stopped and 3 is いいえ."""
    smokes = _truth(people, "smoker", rng.random(people.height) < 0.2)
    no = np.where(rng.random(people.height) < 0.2, 2, 3) if year >= 2024 else 2
    return np.where(smokes, 1, no)


def _csv(kind: str, titles: Mapping[str, str], rows: pl.DataFrame) -> bytes:
    """The bytes of such a file: its head, the titles, the rows, and a last line with their number."""
    cells = rows.select(
        (_written(rows, column) if column else pl.lit("")).alias(name) for name, column in titles.items()
    )
    lines = [f"{INSURER},{kind},{rows.height}", ",".join(titles), *(",".join(row) for row in cells.iter_rows())]
    return "".join(f"{line}\r\n" for line in [*lines, str(rows.height)]).encode("cp932")


def _written(rows: pl.DataFrame, name: str) -> pl.Expr:
    column = pl.col(name)
    if rows.schema[name] == pl.Date():
        return column.dt.strftime("%Y%m%d").fill_null("")
    if rows.schema[name].is_float():
        whole = column == column.floor()
        return (
            pl.when(whole)
            .then(column.cast(pl.Int64()).cast(pl.String()))
            .otherwise(column.cast(pl.String()))
            .fill_null("")
        )
    return column.cast(pl.String()).fill_null("")


def _zipped(folder: Path, stem: str, data: bytes) -> Path:
    path = folder / f"{stem}.zip"
    _zip(path, [(f"{stem}.csv", data)])
    return path


def _delivery(folder: Path, rows: pl.DataFrame, year: int) -> Path:
    """One facility's delivery: an index and the documents."""
    stem = f"{FACILITIES[0]}_00000000_{year + 1}04100_1"
    documents = [
        (f"{stem}/DATA/h{FACILITIES[0]}{year + 1}0410{place:07d}.xml", checkups_cda.document(row))
        for place, row in enumerate(rows.iter_rows(named=True), 1)
    ]
    index = checkups_cda.index(sender=FACILITIES[0], insurer=INSURER, day=date(year + 1, 4, 10), count=len(documents))
    path = folder / f"{stem}.zip"
    _zip(path, [(f"{stem}/ix08_V08.xml", index), *documents])
    return path


def _zip(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files:
            made.writestr(zipfile.ZipInfo(name, _WRITTEN), data, zipfile.ZIP_DEFLATED)
