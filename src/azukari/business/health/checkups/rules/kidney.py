"""eGFR of a checkup: 日本人の推算糸球体濾過量 (日本腎臓学会), as 糖尿病性腎症重症化予防プログラム uses it."""

from __future__ import annotations

from azukari.business.health.checkups.types import Sex

_FACTOR, _BY_CREATININE, _BY_AGE, _FEMALE = 194.0, -1.094, -0.287, 0.739


def egfr(creatinine: float, age: int, sex: int) -> float:
    """Ml/min/1.73 m². `creatinine` mg/dL by the enzymatic method, `age` completed years on the day of the blood.

    Raises ValueError for a creatinine or an age that is not above zero, and for an unknown sex.
    """
    if creatinine <= 0 or age <= 0:
        raise ValueError(f"クレアチニン {creatinine}、年齢 {age} では計算できません")
    found = _FACTOR * float(creatinine**_BY_CREATININE) * float(age**_BY_AGE)
    return found * _FEMALE if Sex(sex) is Sex.FEMALE else found
