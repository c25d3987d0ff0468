"""特定保健指導の階層化 and メタボリックシンドローム判定, three-valued: what was not measured is not normal.

A level is given only when every way the unknown items could turn out gives the same level; otherwise it is 判定不能, and
the items that could change it are named. Criteria are dated (data/criteria.toml); the steps are those of
標準的な健診・保健指導プログラム (令和6年度版) 第2章 and 平成19年厚生労働省令第157号 第4条. The columnar twin is `checkups.columnar`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product

from azukari.business.health.checkups.rules.words import (
    LABELS,
    Judged,
    Known,
    glucose,
    lipid,
    obese_by_bmi,
    obese_by_waist,
    pressure,
    senior,
    smoking,
    taking,
)
from azukari.business.health.checkups.types import Classified, Criteria, Level, Metabolic, Values

# The order of the ten answers that make a level; the three drugs follow.
_WAIST, _BMI, _PRESSURE, _LIPID, _GLUCOSE, _SMOKING, _SENIOR = range(7)
_DRUGS = slice(7, 10)


def level_of(answers: tuple[bool, ...]) -> Level:
    """The level when everything is known. `answers`: waist, BMI, pressure, lipid, glucose, smoking, 65+, three drugs."""
    risks = sum(answers[_PRESSURE : _GLUCOSE + 1])
    if any(answers[_DRUGS]) or not risks:
        return Level.NONE
    risks += answers[_SMOKING]
    if answers[_WAIST]:
        level = Level.ACTIVE if risks >= 2 else Level.MOTIVATIONAL
    elif answers[_BMI]:
        level = Level.ACTIVE if risks >= 3 else Level.MOTIVATIONAL
    else:
        return Level.NONE
    return Level.MOTIVATIONAL if answers[_SENIOR] else level


def metabolic_of(answers: tuple[bool, ...]) -> Metabolic:
    """メタボ判定 when everything is known. `answers`: waist, pressure, lipid, glucose, and their three drugs."""
    waist, *rest = answers
    met = sum(value or drug for value, drug in zip(rest[:3], rest[3:], strict=True))
    if not waist or not met:
        return Metabolic.NOT
    return Metabolic.MET if met >= 2 else Metabolic.NEAR


def classify(values: Values, criteria: Criteria) -> Classified:
    """The level of one person. Ages outside the criteria are the caller's affair (`reading.checked`)."""
    limits = criteria.guidance
    judged = (
        obese_by_waist(values, limits),
        obese_by_bmi(values, limits),
        pressure(values, limits),
        lipid(values, limits),
        glucose(values, limits, criteria.hba1c_scale),
        smoking(values, criteria.smoking_yes),
        senior(values, criteria.senior_age),
        *taking(values),
    )
    code, deciding = _settled(level_of, tuple(one.known for one in judged))
    level = Level(code)
    missing = tuple(item for place in deciding for item in judged[place].items)
    return Classified(level, _reasons(level, judged, missing), missing)


def metabolic(values: Values, criteria: Criteria) -> tuple[Metabolic, tuple[str, ...]]:
    """メタボ判定 of one person, and the items whose value could still change it."""
    limits = criteria.metabolic
    judged = (
        obese_by_waist(values, limits),
        pressure(values, limits),
        lipid(values, limits),
        glucose(values, limits, criteria.hba1c_scale),
        *taking(values),
    )
    code, deciding = _settled(metabolic_of, tuple(one.known for one in judged))
    return Metabolic(code), tuple(item for place in deciding for item in judged[place].items)


_UNDECIDED = 4


@cache
def _settled(rule: Callable[[tuple[bool, ...]], int], states: tuple[Known, ...]) -> tuple[int, tuple[int, ...]]:
    """What the rule gives for every completion of the unknown states, or 4; and the places that could change it."""
    unknown = [place for place, known in enumerate(states) if known is None]
    found: dict[tuple[bool, ...], int] = {}
    for way in product((False, True), repeat=len(unknown)):
        guessed = dict(zip(unknown, way, strict=True))
        found[way] = int(rule(tuple(guessed.get(place, bool(known)) for place, known in enumerate(states))))
    if len(set(found.values())) == 1:
        return next(iter(found.values())), ()
    deciding = [
        place
        for at, place in enumerate(unknown)
        if any(found[way] != found[(*way[:at], not way[at], *way[at + 1 :])] for way in found)
    ]
    return _UNDECIDED, tuple(deciding)


def _reasons(level: Level, judged: tuple[Judged, ...], missing: tuple[str, ...]) -> tuple[str, ...]:
    drugs = [one.words for one in judged[_DRUGS] if one.known]
    if drugs:
        return (f"{'、'.join(drugs)}のため、特定保健指導の対象になりません",)
    told = [_obesity(judged)]
    told += [one.words for one in judged[_PRESSURE : _GLUCOSE + 1] if one.known]
    risks = any(one.known for one in judged[_PRESSURE : _GLUCOSE + 1])
    if not risks and all(one.known is False for one in judged[_PRESSURE : _GLUCOSE + 1]):
        told.append("血圧・脂質・血糖に追加リスクなし")
    if risks and judged[_SMOKING].known:
        told.append(judged[_SMOKING].words)
    if level is Level.MOTIVATIONAL and judged[_SENIOR].known:
        told.append(f"{judged[_SENIOR].words}（65歳以上は動機付け支援まで）")
    if missing:
        told.append(f"{'、'.join(LABELS[item] for item in missing)}が分からないため、決まりません")
    return tuple(one for one in told if one)


def _obesity(judged: tuple[Judged, ...]) -> str:
    waist, bmi = judged[_WAIST], judged[_BMI]
    if waist.known:
        return waist.words
    if bmi.known:
        return f"{bmi.words}、腹囲は基準未満" if waist.known is False else bmi.words
    return "腹囲もBMIも基準未満" if waist.known is False and bmi.known is False else ""
