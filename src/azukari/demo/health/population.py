"""The made-up insured of 国保データヘルス: households under one 記号番号, and what is the matter with them.

Everything follows from the seed. Shares are rounded guesses at a city's 国民健康保険 (0–74歳), not statistics. The columns
after `until` are the truth that receipts and checkups are made from and that no paper ever says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from azukari.demo import namelists
from azukari.demo.namelists import Word

Numbers = np.ndarray[Any, Any]

# The year of the demonstration: receipts of services from April 2024 on, the first fiscal year of the R6 criteria.
FIRST_MONTH = 202404
STANDS_ON = date(2024, 4, 1)
# 見本の保険者番号 (国保は都道府県番号2桁から6桁), before the move of 資格 and after it.
INSURER, FORMER_INSURER = "138123", "138999"
GAP = "\u3000"
MOVED, FOREIGN, JOINED, LEFT = 0.03, 0.02, 0.05, 0.05
_AGES = np.array([0, 20, 40, 50, 60, 65, 75])
_HEADS = np.array([0.0, 0.14, 0.12, 0.15, 0.13, 0.46])
_SIZES, _SHARES = np.array([1, 2, 3, 4, 5]), np.array([0.62, 0.25, 0.07, 0.045, 0.015])


def population(size: int, seed: int) -> pl.DataFrame:
    """`size` persons.

    person, household (from 1), name, kana, birth, sex (1 男 2 女), symbol, number, branch, since, until (half-open; null:
    still insured), moved (from this day under symbol, number; before it under former_symbol, former_number; else null).
    Then the truths: diabetic, diabetes_type (0, 1, 2), kidney (0 none, 1–4, 5 on dialysis), hypertensive, lipid, treated,
    interrupted (month YYYYMM from which a treated diabetic no longer comes, else null), drug (0 none, 1 oral, 2 insulin,
    3 GLP-1), hba1c (%), egfr (ml/min/1.73m2), bmi, smoker, attends (has the checkup), multi_visitor (one illness at
    several clinics), frequent_visitor (15 days a month and more), multi_drug (one drug from several clinics).
    """
    rng = np.random.default_rng([809, seed])
    households = _households(size, rng)
    first = np.r_[True, households[1:] != households[:-1]]
    place = np.arange(size) - np.maximum.accumulate(np.where(first, np.arange(size), 0))
    birth, sex = _births(place, first, rng), _sexes(place, rng)
    frame = pl.DataFrame(
        {
            "person": np.arange(1, size + 1),
            "household": households + 1,
            **_names(households, birth, sex, rng),
            "birth": birth.astype("datetime64[D]"),
            "sex": sex.astype(np.int8),
            "branch": [f"{one + 1:02d}" for one in place],
        }
    )
    return pl.concat([frame, _insured(households, size, rng), _truths(birth, sex, rng)], how="horizontal")


def complete(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The same of people who are there already: `people` has person, household, name, kana, birth and sex, whole households."""
    rng = np.random.default_rng([809, seed])
    frame = people.sort("household", "birth", "person").with_columns(
        pl.col("household").rank("dense").cast(pl.Int64()),
        (pl.int_range(pl.len()).over("household") + 1).cast(pl.String()).str.zfill(2).alias("branch"),
    )
    households = frame["household"].to_numpy() - 1
    birth = frame["birth"].to_numpy().astype("datetime64[D]").astype(np.int64)
    truths = _truths(birth, frame["sex"].to_numpy(), rng)
    return pl.concat([frame, _insured(households, frame.height, rng), truths], how="horizontal")


def members(frame: pl.DataFrame) -> pl.DataFrame:
    """The ward's list of the insured: one row a span, two for who moved to another 記号番号."""
    moved = frame.filter(pl.col("moved").is_not_null()).with_columns(insurer=pl.lit(FORMER_INSURER))
    before = moved.with_columns(symbol="former_symbol", number="former_number", until="moved")
    after = frame.with_columns(since=pl.coalesce("moved", "since"), insurer=pl.lit(INSURER))
    wanted = (
        *("person", "household", "name", "kana", "birth", "sex", "insurer", "symbol", "number", "branch"),
        *("since", "until"),
    )
    return pl.concat([before.select(wanted), after.select(wanted)]).sort("person", "since")


def _households(size: int, rng: np.random.Generator) -> Numbers:
    """The household of each person, from 0, in order."""
    sizes = rng.choice(_SIZES, size=size, p=_SHARES)
    return np.repeat(np.arange(size), sizes)[:size]


def _births(place: Numbers, first: Numbers, rng: np.random.Generator) -> Numbers:
    """Days since 1970. The second of a household is about as old as the first, the others are a generation younger."""
    stands = int(np.datetime64(STANDS_ON, "D").astype(np.int64))
    band = rng.choice(len(_HEADS), size=len(place), p=_HEADS)
    ages = _AGES[band] + rng.random(len(place)) * (_AGES[band + 1] - _AGES[band])
    heads = ages[np.maximum.accumulate(np.where(first, np.arange(len(place)), 0))]
    near = np.clip(heads + rng.normal(-1, 4, len(place)), 18, 74.9)
    young = np.clip(heads - 30 + rng.normal(0, 5, len(place)), 0, 45)
    return np.asarray(stands - (np.select([place == 0, place == 1], [ages, near], young) * 365.2425).astype(np.int64))


def _sexes(place: Numbers, rng: np.random.Generator) -> Numbers:
    sex = rng.integers(1, 3, len(place))
    # A pair is of two sexes.
    pair = np.flatnonzero((place == 1) & (rng.random(len(place)) < 0.97))
    sex[pair] = 3 - sex[pair - 1]
    return np.asarray(sex)


def _names(households: Numbers, birth: Numbers, sex: Numbers, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Name and kana, surname and given name apart. A household has one surname, given names are of the year of birth."""
    surnames, foreign = namelists.surnames(), namelists.foreign_names()
    drawn = rng.integers(0, len(surnames), households[-1] + 1)[households]
    given_text, given_kana = _given(birth, sex, rng)
    text = _joined(surnames, drawn, "text", given_text)
    kana = _joined(surnames, drawn, "kana", given_kana)
    for one in np.flatnonzero(rng.random(len(text)) < FOREIGN):
        group = foreign[int(rng.integers(len(foreign)))]
        family = group.surnames[int(rng.integers(len(group.surnames)))]
        pool = group.given["男" if sex[one] == 1 else "女"]
        given = pool[int(rng.integers(len(pool)))]
        text[one], kana[one] = f"{family.text}{GAP}{given.text}", f"{family.kana}{GAP}{given.kana}"
    return {"name": _text(text), "kana": _text(kana)}


def _given(birth: Numbers, sex: Numbers, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    years = birth.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970 - namelists.FIRST_YEAR
    pools = namelists.given_names()
    text, kana = np.empty(len(sex), object), np.empty(len(sex), object)
    for code, called in ((1, "男"), (2, "女")):
        for year in np.unique(years[sex == code]):
            whose = np.flatnonzero((sex == code) & (years == year))
            pool = pools[called][min(int(year), len(pools[called]) - 1)]
            drawn = rng.integers(0, len(pool), len(whose))
            text[whose], kana[whose] = [pool[one].text for one in drawn], [pool[one].kana for one in drawn]
    return text, kana


def _joined(words: Sequence[Word], drawn: Numbers, attribute: str, given: Numbers) -> Numbers:
    family = np.array([getattr(word, attribute) for word in words], object)[drawn]
    return np.asarray(family + GAP + given)


def _insured(households: Numbers, size: int, rng: np.random.Generator) -> pl.DataFrame:
    """記号番号 of the household, and from when until when. 番号 keeps its leading zeros."""
    count = int(households[-1]) + 1
    symbols = np.array([f"１３－{chr(0xFF10 + block)}" for block in range(10)], object)
    numbers = rng.permutation(10_000_000)[: 2 * count]
    moves = rng.random(count) < MOVED
    moved = np.datetime64(STANDS_ON, "D") + rng.integers(30, 330, count)
    stands = np.datetime64(STANDS_ON, "D")
    since = np.where(
        rng.random(size) < JOINED, stands + rng.integers(1, 300, size), stands - rng.integers(1, 9_000, size)
    )
    until = np.where(rng.random(size) < LEFT, stands + rng.integers(301, 365, size), np.datetime64("NaT"))
    own = moves[households] & (since < stands) & np.isnat(until)
    return pl.DataFrame(
        {
            "symbol": _text(symbols[numbers[:count] % 10][households]),
            "number": _text(_seven(numbers[:count])[households]),
            "since": since,
            "until": until,
            "moved": np.where(own, moved[households], np.datetime64("NaT")),
            "former_symbol": _text(symbols[numbers[count:] % 10][households]).set(pl.Series(~own), None),
            "former_number": _text(_seven(numbers[count:])[households]).set(pl.Series(~own), None),
        }
    )


def _text(words: Numbers) -> pl.Series:
    return pl.Series(words.tolist(), dtype=pl.String())


def _seven(numbers: Numbers) -> Numbers:
    return np.array([f"{number:07d}" for number in numbers], object)


def _truths(birth: Numbers, sex: Numbers, rng: np.random.Generator) -> pl.DataFrame:
    size = len(birth)
    age = (int(np.datetime64(STANDS_ON, "D").astype(np.int64)) - birth) / 365.2425
    bmi = np.clip(rng.normal(22.6, 3.4, size) + (sex == 1) * 0.9, 15, 45)
    risk = np.clip((age - 30) / 45, 0, 1) * np.clip((bmi - 16) / 8, 0.3, 2)
    diabetic = rng.random(size) < 0.22 * risk
    kind = np.where(diabetic, np.where(rng.random(size) < 0.03, 1, 2), 0)
    treated = diabetic & (rng.random(size) < 0.68)
    stage = np.where(diabetic, rng.choice([1, 2, 3, 4, 5], size=size, p=[0.6, 0.24, 0.1, 0.035, 0.025]), 0)
    hypertensive = rng.random(size) < 0.5 * np.clip((age - 25) / 50, 0, 1)
    lapsed = treated & (stage < 5) & (rng.random(size) < 0.08)
    months = np.array([FIRST_MONTH + offset for offset in range(3, 9)])
    usual = np.where(treated, rng.choice([0, 1, 1, 1, 1, 2, 3], size=size), 0)
    sugar = np.where(treated, rng.normal(7.0, 0.9, size), rng.normal(7.4, 1.1, size))
    return pl.DataFrame(
        {
            "diabetic": diabetic,
            "diabetes_type": kind.astype(np.int8),
            "kidney": stage.astype(np.int8),
            "hypertensive": hypertensive,
            "lipid": rng.random(size) < 0.35 * np.clip((age - 25) / 50, 0, 1),
            "treated": treated | (stage == 5),
            "interrupted": pl.Series(np.where(lapsed, rng.choice(months, size), 0)).replace(0, None).cast(pl.Int32()),
            "drug": np.where(kind == 1, 2, usual).astype(np.int8),
            "hba1c": np.round(np.clip(np.where(diabetic, sugar, rng.normal(5.5, 0.28, size)), 4.2, 14), 1),
            "egfr": np.round(_filtration(stage, age, rng), 1),
            "bmi": np.round(bmi, 1),
            "smoker": rng.random(size) < np.where(sex == 1, 0.27, 0.09) * (age >= 20),
            "attends": rng.random(size) < 0.37,
            "multi_visitor": rng.random(size) < 0.004,
            "frequent_visitor": rng.random(size) < 0.003,
            "multi_drug": rng.random(size) < 0.005,
        }
    )


def _filtration(stage: Numbers, age: Numbers, rng: np.random.Generator) -> Numbers:
    lowest, highest = np.array([58, 55, 40, 30, 15, 4])[stage], np.array([115, 110, 85, 70, 29, 12])[stage]
    return np.asarray(lowest + (highest - lowest) * rng.beta(2, 2, len(stage)) - np.where(stage < 4, age * 0.1, 0))
