"""What is decided about a call, a household and a number to be shown. Plain Python: time comes in as an argument."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from azukari.business.health.programmes.types import Turn
from azukari.kernel import era

T = TypeVar("T")
BANDS = ((40, 45), (45, 50), (50, 55), (55, 60), (60, 65), (65, 70), (70, 75))
CHECKUP_WORDS: tuple[tuple[str, str, str], ...] = (
    ("height", "身長", "cm"),
    ("weight", "体重", "kg"),
    ("bmi", "BMI", ""),
    ("waist", "腹囲", "cm"),
    ("systolic", "収縮期血圧", "mmHg"),
    ("diastolic", "拡張期血圧", "mmHg"),
    ("triglyceride_fasting", "空腹時中性脂肪", "mg/dL"),
    ("triglyceride_casual", "随時中性脂肪", "mg/dL"),
    ("hdl", "HDL", "mg/dL"),
    ("ldl", "LDL", "mg/dL"),
    ("glucose_fasting", "空腹時血糖", "mg/dL"),
    ("glucose_casual", "随時血糖", "mg/dL"),
    ("hba1c", "HbA1c", "%"),
    ("egfr", "eGFR", ""),
)
URINE = {1: "-", 2: "±", 3: "+", 4: "++", 5: "+++"}
YES_NO = {1: "はい", 2: "いいえ", 3: "いいえ"}
SMOKING = {1: "はい", 2: "以前は吸っていたが最近1か月は吸わない", 3: "いいえ"}
LEVELS = {1: "積極的支援", 2: "動機付け支援", 3: "情報提供", 4: "判定不能"}


def household_to_call(
    turns: Iterable[Turn], *, caller: str, now: datetime, lease: timedelta, rest: timedelta
) -> int | None:
    """The household whose turn it is: fewest calls first, then the longest waiting, then by key. None when nobody's is.

    One whom another caller has open for less than `lease` is theirs; one called less than `rest` ago waits.
    """
    free: dict[int, list[Turn]] = {}
    for turn in turns:
        if not turn.closed:
            free.setdefault(turn.household, []).append(turn)
    mine = {key: some for key, some in free.items() if all(_may(one, caller, now, lease, rest) for one in some)}
    order = sorted(mine, key=lambda key: (_calls(mine[key]), _last(mine[key]), key))
    return order[0] if order else None


def _may(turn: Turn, caller: str, now: datetime, lease: timedelta, rest: timedelta) -> bool:
    theirs = turn.taken_at is not None and turn.taken_by != caller and now < turn.taken_at + lease
    return not theirs and (turn.last_called is None or turn.last_called + rest <= now)


def _calls(some: Sequence[Turn]) -> int:
    return min(turn.calls for turn in some)


def _last(some: Sequence[Turn]) -> float:
    return min(turn.last_called.timestamp() if turn.last_called else 0 for turn in some)


def same_household(households: Sequence[int]) -> list[str]:
    """同一世帯フラグ of each row: 1 where another of the rows is of the household, else 0.

    Told from the rows that are there and from nothing else, so that somebody who was left out leaves no 1 behind.
    """
    counted = Counter(households)
    return ["1" if counted[key] > 1 else "0" for key in households]


def shown(count: int, smallest: int) -> int | None:
    """A number of persons as it may be shown: None for a small cell (1 to `smallest` - 1). Nobody is nobody."""
    return None if 0 < count < smallest else count


def share(part: int, whole: int, smallest: int) -> float | None:
    """Per cent of `whole`, None where either side of it is a small cell: it would give the number away."""
    if not whole or shown(part, smallest) is None or shown(whole - part, smallest) is None:
        return None
    return 100 * part / whole


def protect(cells: Mapping[T, int], smallest: int) -> dict[T, int | None]:
    """Cells of a row whose sum is shown beside it. One small cell alone could be worked out: the next larger goes too."""
    found = {key: shown(count, smallest) for key, count in cells.items()}
    hidden = [key for key, count in found.items() if count is None]
    if len(hidden) == 1 and (rest := [key for key, count in found.items() if count]):
        found[min(rest, key=lambda key: cells[key])] = None
    return found


def age_in(born: date, fiscal_year: int) -> int:
    """Age at the end of the fiscal year, as 特定健診 counts it (高齢者の医療の確保に関する法律20条, 実施基準1条)."""
    return fiscal_year + 1 - born.year - ((born.month, born.day) > (3, 31))


def result_words(row: Mapping[str, object]) -> str:
    """受診結果 of a checkup in one line: what was measured, with its unit. Nothing that was not measured."""
    words = [
        f"{label} {row[name]:g}{unit}" if isinstance(row[name], float) else f"{label} {row[name]}{unit}"
        for name, label, unit in CHECKUP_WORDS
        if row.get(name) is not None
    ]
    urine = [
        f"{label} {URINE[value]}"
        for name, label in (("urine_glucose", "尿糖"), ("urine_protein", "尿蛋白"))
        if isinstance(value := row.get(name), int) and value in URINE
    ]
    return "、".join((*words, *urine))


def answer_words(row: Mapping[str, object]) -> str:
    """問診結果 in one line: the three medications and smoking, as far as they were answered."""
    asked = (("drug_pressure", "血圧の薬"), ("drug_glucose", "血糖の薬"), ("drug_lipid", "脂質の薬"))
    words = [
        f"{label} {YES_NO[value]}"
        for name, label in asked
        if isinstance(value := row.get(name), int) and value in YES_NO
    ]
    if isinstance(value := row.get("smoking"), int) and value in SMOKING:
        words.append(f"喫煙 {SMOKING[value]}")
    return "、".join(words)


def day_words(day: date | None) -> str:
    """A day as a paper writes it; "" for none."""
    return era.long(day) if day else ""
