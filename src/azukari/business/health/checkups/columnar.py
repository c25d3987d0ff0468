"""The 階層化 of a whole column at once, by another way than `rules.levels`: from the mildest and the gravest completion.

No answer of a step makes a level graver by being no risk, so all completions agree exactly when the mildest (every
unknown is none) and the gravest one (every unknown is a risk) do. A property test compares the two ways.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from azukari.business.health.checkups import criteria
from azukari.business.health.checkups.types import Criteria, Level, Limits, Metabolic, Sex, Values

FIELDS = tuple(Values.__dataclass_fields__)
# In the order of the risks. 1 服薬あり, 2 なし in columns.CHECKUPS.
_DRUGS = ("drug_pressure", "drug_lipid", "drug_glucose")


def classify_frame(frame: pl.DataFrame, on: date) -> pl.DataFrame:
    """The frame with `level` and `metabolic` (Int8, codes of types.Level and types.Metabolic) of checkups of one period.

    Columns are the fields of types.Values; those that are absent count as not measured. An age outside the criteria
    gives null: that person is not a subject of 特定健診.
    """
    wanted = criteria.on(on)
    absent = [pl.lit(None, _type_of(name)).alias(name) for name in FIELDS if name not in frame.columns]
    whole = frame.with_columns(absent)
    subject = pl.col("age").is_between(wanted.first_age, wanted.last_age) | pl.col("age").is_null()
    return frame.with_columns(
        whole.select(pl.when(subject).then(_level(wanted)).cast(pl.Int8()).alias("level"))["level"],
        whole.select(pl.when(subject).then(_metabolic(wanted)).cast(pl.Int8()).alias("metabolic"))["metabolic"],
    )


def _type_of(name: str) -> pl.DataType:
    if name in _DRUGS:
        return pl.Boolean()
    return pl.Int64() if name in {"sex", "age", "smoking"} else pl.Float64()


def _waist(limits: Limits) -> pl.Expr:
    waist = pl.col("waist")
    male, female = waist >= limits.waist_male, waist >= limits.waist_female
    unknown_sex = pl.when(male == female).then(male)
    by_sex = pl.when(pl.col("sex") == Sex.MALE).then(male).when(pl.col("sex") == Sex.FEMALE).then(female)
    by_waist = by_sex.otherwise(unknown_sex)
    fat = pl.col("visceral_fat") >= limits.visceral_fat
    return pl.when(waist.is_null()).then(fat).when(fat.is_null()).then(by_waist).otherwise(fat | by_waist)


def _risks(limits: Limits, scale: str) -> list[pl.Expr]:
    """血圧, 脂質, 血糖. In polars, as in SQL, true OR unknown is true and false OR unknown is unknown."""
    hba1c = pl.col("hba1c_jds" if scale == "JDS" else "hba1c") >= limits.hba1c
    return [
        (pl.col("systolic") >= limits.systolic) | (pl.col("diastolic") >= limits.diastolic),
        pl.coalesce(pl.col("tg") >= limits.tg, pl.col("tg_casual") >= limits.tg_casual) | (pl.col("hdl") < limits.hdl),
        pl.coalesce(pl.col("fpg") >= limits.fpg, hba1c, pl.col("casual_glucose") >= limits.casual_glucose),
    ]


def _level(wanted: Criteria) -> pl.Expr:
    gravest, mildest = (_severity(wanted, unknown=unknown) for unknown in (True, False))
    level = pl.lit(int(Level.NONE)) - gravest
    return pl.when(gravest == mildest).then(level).otherwise(pl.lit(int(Level.UNDECIDED)))


def _severity(wanted: Criteria, *, unknown: bool) -> pl.Expr:
    """0 なし, 1 動機付け支援, 2 積極的支援, with every unknown answer taken for a risk, or for none."""

    def settled(one: pl.Expr) -> pl.Expr:
        return one.fill_null(value=unknown)

    count = sum((settled(one).cast(pl.Int8()) for one in _risks(wanted.guidance, wanted.hba1c_scale)), pl.lit(0))
    smokes = settled(pl.col("smoking").is_in(wanted.smoking_yes)).cast(pl.Int8())
    counted = pl.when(count > 0).then(count + smokes).otherwise(0)
    waist, bmi = settled(_waist(wanted.guidance)), settled(pl.col("bmi") >= wanted.guidance.bmi)
    by_waist = counted.clip(0, 2)
    by_bmi = (counted > 0).cast(pl.Int8()) + (counted > 2).cast(pl.Int8())
    level = pl.when(waist).then(by_waist).when(bmi).then(by_bmi).otherwise(0)
    # Being younger makes a level graver, and so does taking no drugs.
    young = (pl.col("age") < wanted.senior_age).fill_null(value=unknown)
    level = pl.when(young).then(level).otherwise(level.clip(0, 1))
    taking = pl.any_horizontal(pl.col(name).fill_null(value=not unknown) for name in _DRUGS)
    return pl.when(taking).then(0).otherwise(level)


def _metabolic(wanted: Criteria) -> pl.Expr:
    gravest, mildest = (_metabolic_severity(wanted, unknown=unknown) for unknown in (True, False))
    found = pl.lit(int(Metabolic.NOT)) - gravest
    return pl.when(gravest == mildest).then(found).otherwise(pl.lit(int(Metabolic.UNDECIDED)))


def _metabolic_severity(wanted: Criteria, *, unknown: bool) -> pl.Expr:
    risks = _risks(wanted.metabolic, wanted.hba1c_scale)
    with_drugs = [one | pl.col(drug) for one, drug in zip(risks, _DRUGS, strict=True)]
    count = sum((one.fill_null(value=unknown).cast(pl.Int8()) for one in with_drugs), pl.lit(0))
    waist = _waist(wanted.metabolic).fill_null(value=unknown)
    return pl.when(waist).then(count.clip(0, 2)).otherwise(0)
