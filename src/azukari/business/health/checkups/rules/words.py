"""One step of the 階層化 at a time: whether a value is a risk, in three values, and the words that say why.

The same few values come again in row after row, so the answers about them are remembered.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from azukari.business.health.checkups.types import Limits, Sex, Values

Known = bool | None


class Judged(NamedTuple):
    """True a risk, False none, None not known; `words` say why it is one, `items` what is missing when not known."""

    known: Known
    words: str = ""
    items: tuple[str, ...] = ()


LABELS = {
    "sex": "性別",
    "age": "年齢",
    "waist": "腹囲",
    "bmi": "BMI",
    "systolic": "収縮期血圧",
    "diastolic": "拡張期血圧",
    "tg": "中性脂肪",
    "hdl": "HDLコレステロール",
    "fpg": "血糖（空腹時血糖かHbA1c）",
    "smoking": "喫煙",
    "drug_pressure": "血圧の服薬",
    "drug_lipid": "脂質の服薬",
    "drug_glucose": "血糖の服薬",
}


NO_RISK = Judged(known=False)


def either(*parts: Judged) -> Judged:
    """A risk as soon as one part is; none only when every part is known to be none."""
    if risks := [part.words for part in parts if part.known]:
        return Judged(known=True, words="、".join(risks))
    missing = [item for part in parts if part.known is None for item in part.items]
    return Judged(None, items=tuple(missing)) if missing else NO_RISK


def at_least(value: float | None, limit: float, name: str, unit: str) -> Judged:
    """A risk from `limit` on."""
    if value is None:
        return Judged(None)
    return Judged(known=True, words=f"{name} {value:g}{unit}（{limit:g}以上）") if value >= limit else NO_RISK


_remembered = lru_cache(maxsize=1 << 15)


def obese_by_waist(values: Values, limits: Limits) -> Judged:
    """腹囲, or 内臓脂肪面積 where it was measured. Without the sex only a waist between the two limits is open."""
    return _obesity(values.sex, values.waist, values.visceral_fat, limits)


@_remembered
def _obesity(sex: int | None, waist: float | None, visceral_fat: float | None, limits: Limits) -> Judged:
    fat = at_least(visceral_fat, limits.visceral_fat, "内臓脂肪面積", "cm²")
    if waist is None:
        return _or_missing(fat, "waist")
    male = at_least(waist, limits.waist_male, "腹囲", "cm")
    female = at_least(waist, limits.waist_female, "腹囲", "cm")
    if sex is None and male.known != female.known:
        return either(fat, Judged(None, items=("sex",)))
    return either(fat, female if sex == Sex.FEMALE else male)


def obese_by_bmi(values: Values, limits: Limits) -> Judged:
    """BMI."""
    return _or_missing(at_least(values.bmi, limits.bmi, "BMI", ""), "bmi")


def pressure(values: Values, limits: Limits) -> Judged:
    """血圧: either of the two."""
    return _pressure(values.systolic, values.diastolic, limits)


@_remembered
def _pressure(systolic: float | None, diastolic: float | None, limits: Limits) -> Judged:
    return either(
        _or_missing(at_least(systolic, limits.systolic, "収縮期血圧", "mmHg"), "systolic"),
        _or_missing(at_least(diastolic, limits.diastolic, "拡張期血圧", "mmHg"), "diastolic"),
    )


def lipid(values: Values, limits: Limits) -> Judged:
    """脂質: 中性脂肪 (fasting if measured, else casual) or a low HDL."""
    return _lipid(values.tg, values.tg_casual, values.hdl, limits)


@_remembered
def _lipid(tg: float | None, tg_casual: float | None, hdl: float | None, limits: Limits) -> Judged:
    fat = at_least(tg, limits.tg, "空腹時中性脂肪", "mg/dL")
    if fat.known is None:
        fat = at_least(tg_casual, limits.tg_casual, "随時中性脂肪", "mg/dL")
    low = Judged(None)
    if hdl is not None:
        low = Judged(hdl < limits.hdl, f"HDLコレステロール {hdl:g}mg/dL（{limits.hdl:g}未満）")
    return either(_or_missing(fat, "tg"), _or_missing(low, "hdl"))


def glucose(values: Values, limits: Limits, scale: str) -> Judged:
    """血糖: the first that was measured of 空腹時血糖, HbA1c on the scale of the day, 随時血糖."""
    hba1c = values.hba1c_jds if scale == "JDS" else values.hba1c
    return _glucose(values.fpg, hba1c, values.casual_glucose, limits, scale)


@_remembered
def _glucose(fpg: float | None, hba1c: float | None, casual: float | None, limits: Limits, scale: str) -> Judged:
    if fpg is not None:
        return at_least(fpg, limits.fpg, "空腹時血糖", "mg/dL")
    if hba1c is not None:
        return at_least(hba1c, limits.hba1c, f"HbA1c（{scale}）", "%")
    return _or_missing(at_least(casual, limits.casual_glucose, "随時血糖", "mg/dL"), "fpg")


def smoking(values: Values, yes: tuple[int, ...]) -> Judged:
    """喫煙: the answers that mean a smoker of today."""
    return Judged(None, items=("smoking",)) if values.smoking is None else Judged(values.smoking in yes, "喫煙あり")


def senior(values: Values, age: int) -> Judged:
    """65 and older at the end of the fiscal year."""
    return Judged(None, items=("age",)) if values.age is None else Judged(values.age >= age, f"{values.age}歳")


def taking(values: Values) -> tuple[Judged, Judged, Judged]:
    """服薬: 血圧, 脂質, 血糖, in the order of the risks."""
    return _taking(values.drug_pressure, values.drug_lipid, values.drug_glucose)


@_remembered
def _taking(pressure: Known, lipid: Known, glucose: Known) -> tuple[Judged, Judged, Judged]:
    return (
        _or_missing(Judged(pressure, "血圧の薬を服薬中"), "drug_pressure"),
        _or_missing(Judged(lipid, "脂質の薬を服薬中"), "drug_lipid"),
        _or_missing(Judged(glucose, "血糖の薬を服薬中"), "drug_glucose"),
    )


def _or_missing(judged: Judged, item: str) -> Judged:
    return Judged(None, items=(item,)) if judged.known is None else judged
