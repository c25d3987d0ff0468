"""A year of made-up receipts as columns: 200,000 a month, 30 million record lines, straight into an encrypted store.

Nothing is read from a file of receipts. A person keeps a few illnesses, drugs and clinics through the year; some go to several
clinics with one illness, some come every other day, some get one drug from two doctors.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from azukari.business.health.api import TABLES, Store
from azukari.business.health.targets.api import Codes, Masters, read_codes

PERSONS, MONTHLY, SEED = 200_000, 200_000, 809
FIRST, AS_OF = 202504, date(2026, 3, 31)
KINDS = ["医科", "調剤", "歯科"]
OWN = 8  # illnesses and drugs a person keeps
FACILITIES = 3_000
POOL = 1_500
Numbers = np.ndarray[Any, Any]


def codes() -> Codes:
    """The lists of codes with a made-up master: 2,000 drugs, one in forty for diabetes; every 30th illness a cancer."""
    drugs = {str(620_000_000 + n): _price(n) for n in range(2_000)}
    icd = {str(8_000_000 + n): ("C169",) if n % 30 == 0 else ("J069",) for n in range(POOL)}
    return read_codes(Masters(icd, drugs, {}))


def _price(n: int) -> str:
    group = "3962" if n % 40 == 0 else f"{1100 + n % 400}"
    return f"{group}{n % 7:03d}F{n % 9:04d}"


def write(folder: Path, *, years: int = 1, monthly: int = MONTHLY, persons: int = PERSONS) -> Store:
    """Write `years` years that end with AS_OF."""
    store = Store(folder, b"k" * 32)
    people = _people(persons)
    store.write(
        "members", "people", _whole("members", people.select("person", "birth", "sex", since=pl.lit(date(2000, 1, 1))))
    )
    store.write("links", "people", _whole("links", people.select("person", identity="person")))
    store.write("checkups", "people", _whole("checkups", _checkups(people)))
    start = (AS_OF.year - years) * 12 + 3
    for place in range(12 * years):
        number = start + place
        for table, frame in month(number // 12 * 100 + number % 12 + 1, place, monthly, persons).items():
            store.write(table, f"m{place:03d}", frame)
    return store


def _people(persons: int) -> pl.DataFrame:
    rng = np.random.default_rng(SEED)
    born = rng.integers(-14_600, 12_000, persons).astype("datetime64[D]")
    return pl.DataFrame({"person": np.arange(1, persons + 1), "birth": born, "sex": rng.integers(1, 3, persons)})


def _checkups(people: pl.DataFrame) -> pl.DataFrame:
    rng = np.random.default_rng(SEED + 1)
    tested = people.sample(fraction=0.4, seed=SEED)
    size = len(tested)
    return pl.DataFrame(
        {
            "identity": tested["person"],
            "date": (20_200 + rng.integers(0, 300, size)).astype("datetime64[D]"),
            "fiscal_year": np.full(size, AS_OF.year - 1),
            "systolic": rng.normal(128, 17, size).astype(np.int16),
            "hba1c": rng.normal(5.7, 0.7, size).round(1),
            "urine_protein": rng.choice(5, size, p=[0.85, 0.08, 0.04, 0.02, 0.01]) + 1,
            "creatinine": np.where(rng.random(size) < 0.6, rng.normal(0.8, 0.25, size).clip(0.3).round(2), np.nan),
            "level": rng.integers(1, 5, size),
        }
    ).with_columns(pl.col("creatinine").fill_nan(None))


def month(of: int, place: int, monthly: int, persons: int) -> dict[str, pl.DataFrame]:
    """Receipts, diagnoses and acts of one month (YYYYMM)."""
    rng = np.random.default_rng([SEED, place])
    person = rng.integers(0, persons, monthly)
    kind = rng.choice(3, monthly, p=[0.56, 0.36, 0.08])
    clinic = _clinic(person, rng)
    ids = np.int64(place) * 10_000_000 + np.arange(monthly)
    receipts = pl.DataFrame(
        {
            "receipt": ids, "line": np.arange(monthly) * 13, "kind": pl.Series(KINDS).gather(kind),
            "facility": _facility(np.where(kind == 1, 9_000 + clinic % 500, clinic)), "month": np.full(monthly, of),
            "inpatient": (kind == 0) & (rng.random(monthly) < 0.05), "identity": person + 1,
            "days": np.where(person % 97 == 0, rng.integers(9, 20, monthly), rng.integers(1, 5, monthly)),
            "points": rng.integers(200, 5_000, monthly), "prescriber": _facility(clinic),
        }
    ).with_columns(prescriber=pl.when(pl.col("kind") == "調剤").then("prescriber"))  # fmt: skip
    return {
        "receipts": _whole("receipts", receipts),
        "diagnoses": _diagnoses(ids[kind != 1], person[kind != 1], rng),
        "acts": _acts(ids, person, kind, rng),
    }


def _clinic(person: Numbers, rng: np.random.Generator) -> Numbers:
    """One or two clinics a person; one in fifty goes to six."""
    choices = np.where(person % 50 == 0, 6, 2)
    return (person * 7 + rng.integers(0, 6, len(person)) % choices * 131) % FACILITIES


def _facility(number: Numbers) -> pl.Series:
    return pl.Series([f"13{n:08d}" for n in range(10_000)]).gather(number)


def _diagnoses(ids: Numbers, person: Numbers, rng: np.random.Generator) -> pl.DataFrame:
    """6.5 a receipt on the average, of the person's own illnesses; one in twelve persons is diabetic."""
    count = rng.integers(3, 11, len(ids))
    receipt, owner, line = np.repeat(ids, count), np.repeat(person, count), _running(count)
    own = (owner * 31 + rng.integers(0, OWN, len(owner)) * 977) % POOL
    diabetes = sorted(codes().lists["diabetes"].codes)
    own = np.where((owner % 12 == 0) & (line == 0), POOL + owner % len(diabetes), own)
    pool = pl.Series([str(8_000_000 + n) for n in range(POOL)] + diabetes)
    return _whole(
        "diagnoses",
        pl.DataFrame(
            {
                "receipt": receipt,
                "line": line + 3,
                "code": pool.gather(own),
                "main": line == 0,
                "suspected": rng.random(len(owner)) < 0.08,
            }
        ),
    )


def _acts(ids: Numbers, person: Numbers, kind: Numbers, rng: np.random.Generator) -> pl.DataFrame:
    """Eight lines on the average: drugs on a 調剤, procedures elsewhere."""
    count = rng.integers(3, 15, len(ids))
    receipt, owner, line = np.repeat(ids, count), np.repeat(person, count), _running(count)
    drug = np.repeat(kind, count) == 1
    own = (owner * 17 + rng.integers(0, OWN, len(owner)) * 313) % 2_000
    procedure = 2_000 + rng.integers(0, 900, len(owner))
    procedure = np.where((owner % 400 == 0) & (line == 0), 2_900, procedure)
    pool = pl.Series(
        [str(620_000_000 + n) for n in range(2_000)] + [str(160_000_000 + n) for n in range(900)] + ["140058110"]
    )
    return _whole(
        "acts",
        pl.DataFrame(
            {
                "receipt": receipt,
                "line": line + 20,
                "unit": line,
                "code": pool.gather(np.where(drug, own, procedure)),
                "record": pl.Series(["SI", "IY"]).gather(drug.astype(np.int8)),
                "drug_days": np.where(drug, rng.choice([7, 14, 28, 30, 60, 90], len(owner)), 0),
            }
        ).with_columns(drug_days=pl.when(pl.col("record") == "IY").then("drug_days")),
    )


def _running(count: Numbers) -> Numbers:
    """0, 1, 2, … within each receipt."""
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def _whole(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    schema = TABLES[table]
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in schema.items()
    )
