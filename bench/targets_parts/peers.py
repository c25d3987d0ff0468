"""The four lists of bench/targets, written by hand: polars on the store's frames, and SQL on its DuckDB connection.

They find the people and their groups; no reasons. Codes are put in as the definitions resolve them.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from azukari.business.health.store import Store
from azukari.business.health.targets.api import Codes

People = dict[int, str]
CARE = 202510  # the first of the last six months
UNTIL = date(2026, 4, 1)  # the day after the newest month


# --- SQL ---

POPULATION = """
SELECT person, bool_or(since <= DATE '2026-03-31' AND (until IS NULL OR DATE '2026-03-31' < until)) AS insured,
       max(birth) AS birth, max(sex) AS sex,
       (20260401 - (year(max(birth)) * 10000 + month(max(birth)) * 100 + day(max(birth)))) // 10000 AS age
FROM members GROUP BY person
"""
NEWEST = """
SELECT l.person, arg_max(c, c.date) AS c FROM checkups c JOIN links l USING (identity)
WHERE c.fiscal_year IN ({years}) AND c.date <= DATE '2026-03-31' GROUP BY l.person
"""
CHECKUP = f"""
WITH p AS ({POPULATION}), c AS ({NEWEST.format(years="2025")}),
v AS (SELECT l.person, max(r.month) AS last FROM receipts r JOIN links l USING (identity)
      WHERE r.kind IN ('医科', 'DPC') GROUP BY l.person)
SELECT person, CASE WHEN c IS NULL THEN 'untested' ELSE 'unvisited' END FROM p LEFT JOIN c USING (person) LEFT JOIN v USING (person)
WHERE insured AND age BETWEEN 40 AND 74 AND (c IS NULL OR (
  (coalesce(c.systolic >= 140, false) OR coalesce(c.hba1c >= 6.5, false)
   OR coalesce(round(194 * pow(c.creatinine, -1.094)
     * pow((year(c.date) * 10000 + month(c.date) * 100 + day(c.date) - year(birth) * 10000 - month(birth) * 100 - day(birth)) // 10000, -0.287)
     * CASE sex WHEN 2 THEN 0.739 ELSE 1 END, 1) < 45, false))
  AND c.date <= DATE '2026-04-01' - 90
  AND (last IS NULL OR last_day(make_date(last // 100, last % 100, 1)) + 1 <= c.date)))
"""
VISITS = """
WITH r AS (SELECT l.person, r.receipt, r.month, r.facility, r.days FROM receipts r JOIN links l USING (identity)
           WHERE NOT r.inpatient AND r.kind IN ('医科', 'DPC')),
ill AS (SELECT person, code, month FROM r JOIN diagnoses d USING (receipt) WHERE NOT d.suspected AND d.code <> '0000999'
        GROUP BY person, code, month HAVING count(DISTINCT facility) >= 3),
days AS (SELECT person, '' AS code, month FROM r GROUP BY person, month HAVING sum(days) >= 15),
hits AS (SELECT 'duplicate' AS grp, * FROM ill UNION ALL SELECT 'frequent', * FROM days),
runs AS (SELECT grp, person, month // 100 * 12 + month % 100
           - row_number() OVER (PARTITION BY grp, person, code ORDER BY month) AS island, code FROM hits)
SELECT person, min(grp) FROM (SELECT grp, person FROM runs GROUP BY grp, person, code, island HAVING count(*) >= 3)
GROUP BY person
"""
DRUGS = """
WITH r AS (SELECT l.person, r.receipt, r.month, coalesce(r.prescriber, r.facility) AS facility
           FROM receipts r JOIN links l USING (identity) WHERE NOT r.inpatient AND r.kind IN ('医科', '調剤')),
hits AS (SELECT person, m.drug, month FROM r JOIN acts a USING (receipt) JOIN master m USING (code) WHERE a.record = 'IY'
         GROUP BY person, m.drug, month HAVING count(DISTINCT facility) >= 2 AND sum(drug_days) > 30),
runs AS (SELECT person, drug, month // 100 * 12 + month % 100
           - row_number() OVER (PARTITION BY person, drug ORDER BY month) AS island FROM hits)
SELECT DISTINCT person, 'duplicate' FROM (SELECT person FROM runs GROUP BY person, drug, island HAVING count(*) >= 3)
"""
KIDNEY = f"""
WITH p AS ({POPULATION}), c AS ({NEWEST.format(years="2024, 2025")}),
r AS (SELECT l.person, r.receipt, r.month FROM receipts r JOIN links l USING (identity)),
d AS (SELECT person, bool_or(k.diabetes) AS history, bool_or(k.diabetes AND month >= {CARE}) AS care, bool_or(k.kidney) AS named,
        bool_or(k.type1) AS type1
      FROM diagnoses JOIN listed k USING (code) JOIN r USING (receipt) WHERE NOT suspected GROUP BY person),
a AS (SELECT person, bool_or(k.dialysis) AS dialysis, bool_or(k.drug AND record = 'IY') AS drug,
        max(CASE WHEN k.drug THEN last_day(make_date(month // 100, month % 100, 1)) + 1 + drug_days END) AS supplied
      FROM acts JOIN listed k USING (code) JOIN r USING (receipt) GROUP BY person),
f AS (SELECT p.person, insured AND age >= 40 AS grown, insured AND age < 40 AS young, c IS NOT NULL AS tested,
        coalesce(c.hba1c >= 6.5, false) AS sugar,
        coalesce(named, false) OR coalesce(c.urine_protein >= 3, false) OR coalesce(round(194 * pow(c.creatinine, -1.094)
          * pow((year(c.date) * 10000 + month(c.date) * 100 + day(c.date) - year(birth) * 10000 - month(birth) * 100 - day(birth)) // 10000, -0.287)
          * CASE sex WHEN 2 THEN 0.739 ELSE 1 END, 1) < 30, false) AS kidney,
        coalesce(care, false) OR coalesce(history AND drug AND supplied > DATE '2026-04-01', false) AS cared,
        coalesce(history, false) OR coalesce(drug, false) AS was,
        coalesce(dialysis, false) OR coalesce(type1, false) AS excluded
      FROM p LEFT JOIN c USING (person) LEFT JOIN d USING (person) LEFT JOIN a USING (person)),
g AS (SELECT *, sugar OR cared OR (was AND NOT (tested AND NOT sugar)) AS diabetes FROM f WHERE NOT excluded)
SELECT person, CASE
  WHEN grown AND tested AND diabetes AND kidney AND NOT cared THEN 'A' WHEN grown AND kidney AND cared THEN 'B'
  WHEN grown AND tested AND diabetes AND NOT cared THEN 'C' WHEN grown AND NOT tested AND was AND NOT cared THEN 'D'
  WHEN young AND diabetes THEN 'E' END AS grp FROM g WHERE grp IS NOT NULL
"""


def by_sql(store: Store, codes: Codes) -> dict[str, People]:
    """The four lists by hand-written SQL."""
    with store.connect() as connection:
        connection.register("listed", _listed(codes).to_arrow())
        connection.register("master", _master(codes).to_arrow())
        texts = {"checkup": CHECKUP, "kidney": KIDNEY, "visits": VISITS, "drugs": DRUGS}
        return {name: dict(connection.execute(text).fetchall()) for name, text in texts.items()}


def _listed(codes: Codes) -> pl.DataFrame:
    columns = {
        "diabetes": "diabetes",
        "kidney": "diabetes_kidney",
        "type1": "diabetes_type1",
        "dialysis": "dialysis",
        "drug": "diabetes_drugs",
    }
    every = sorted({code for name in columns.values() for code in codes.lists[name].codes})
    return pl.DataFrame(
        {
            "code": every,
            **{column: [code in codes.lists[name].codes for code in every] for column, name in columns.items()},
        }
    )


def _master(codes: Codes) -> pl.DataFrame:
    return pl.DataFrame({"code": list(codes.drugs), "drug": [price[:7] for price in codes.drugs.values()]})


# --- polars ---


def by_polars(store: Store, codes: Codes) -> dict[str, People]:
    """The four lists by hand-written polars."""
    links = store.read("links", ["identity", "person"])
    columns = ["receipt", "identity", "month", "kind", "facility", "prescriber", "inpatient", "days"]
    receipts = store.read("receipts", columns).join(links, on="identity").lazy()
    people = _people(store)
    return {
        "checkup": _checkup(people, _newest(store, links, [2025]), receipts),
        "kidney": _kidney(store, codes, people, _newest(store, links, [2024, 2025]), receipts),
        "visits": _visits(store, receipts),
        "drugs": _drugs(store, codes, receipts),
    }


def _people(store: Store) -> pl.DataFrame:
    on = date(2026, 3, 31)
    inside = (pl.col("since") <= on) & (pl.col("until").is_null() | (pl.col("until") > on))
    members = store.read("members", ["person", "birth", "sex", "since", "until"])
    return (
        members.group_by("person")
        .agg(inside.any().alias("insured"), pl.col("birth", "sex").max())
        .with_columns(age=(20260401 - _compact("birth")) // 10000)
    )


def _compact(name: str) -> pl.Expr:
    day = pl.col(name).dt
    return day.year().cast(pl.Int64) * 10000 + day.month().cast(pl.Int64) * 100 + day.day()


def _newest(store: Store, links: pl.DataFrame, years: list[int]) -> pl.DataFrame:
    columns = ["identity", "date", "fiscal_year", "systolic", "hba1c", "urine_protein", "creatinine"]
    own = store.read("checkups", columns).filter(pl.col("fiscal_year").is_in(years)).join(links, on="identity")
    return own.sort("date").group_by("person").last().with_columns(tested=True)


def _with_egfr(people: pl.DataFrame, newest: pl.DataFrame) -> pl.DataFrame:
    age = (_compact("date") - _compact("birth")) // 10000
    factor = pl.when(pl.col("sex") == 2).then(0.739).otherwise(1.0)
    value = 194 * pl.col("creatinine") ** -1.094 * age.cast(pl.Float64) ** -0.287 * factor
    return people.join(newest, on="person", how="left").with_columns(egfr=value.round(1))


def _checkup(people: pl.DataFrame, newest: pl.DataFrame, receipts: pl.LazyFrame) -> People:
    seen = (
        receipts.filter(pl.col("kind").is_in(["医科", "DPC"]))
        .group_by("person")
        .agg(_month_end().max().alias("last"))
        .collect()
    )
    every = (
        _with_egfr(people, newest)
        .join(seen, on="person", how="left")
        .filter(pl.col("insured") & pl.col("age").is_between(40, 74))
    )
    high = (
        (pl.col("systolic") >= 140).fill_null(False)
        | (pl.col("hba1c") >= 6.5).fill_null(False)
        | (pl.col("egfr") < 45).fill_null(False)
    )
    waited = (pl.lit(UNTIL) - pl.col("date")).dt.total_days() >= 90
    stayed = pl.col("last").is_null() | (pl.col("last") <= pl.col("date"))
    group = (
        pl.when(pl.col("tested").is_null())
        .then(pl.lit("untested"))
        .when(high & waited & stayed)
        .then(pl.lit("unvisited"))
    )
    return dict(every.select("person", group.alias("group")).drop_nulls().iter_rows())


def _month_end() -> pl.Expr:
    return pl.date(pl.col("month") // 100, pl.col("month") % 100, 1).dt.offset_by("1mo")


def _kidney(store: Store, codes: Codes, people: pl.DataFrame, newest: pl.DataFrame, receipts: pl.LazyFrame) -> People:
    listed, own = _listed(codes).lazy(), receipts.select("receipt", "person", "month")
    named = (
        store.read("diagnoses", ["receipt", "code", "suspected"])
        .lazy()
        .filter(~pl.col("suspected"))
        .join(listed, on="code")
    )
    diseases = named.join(own, on="receipt").group_by("person").agg(
        pl.col("diabetes").any().alias("history"), (pl.col("diabetes") & (pl.col("month") >= CARE)).any().alias("care"),
        pl.col("kidney").any().alias("named"), pl.col("type1").any(),
    ).collect()  # fmt: skip
    given = store.read("acts", ["receipt", "code", "drug_days"]).lazy().join(listed, on="code").join(own, on="receipt")
    supplied = _month_end() + pl.duration(days=pl.col("drug_days"))
    drugs = given.group_by("person").agg(
        pl.col("dialysis").any(), pl.col("drug").any(), supplied.filter(pl.col("drug")).max().alias("supplied")
    ).collect()  # fmt: skip
    every = _with_egfr(people, newest).join(diseases, on="person", how="left").join(drugs, on="person", how="left")
    every = every.with_columns(
        pl.col("tested", "history", "care", "named", "type1", "dialysis", "drug").fill_null(False)
    )
    return dict(_grouped(every).iter_rows())


def _grouped(every: pl.DataFrame) -> pl.DataFrame:
    col = pl.col
    cared = col("care") | (col("history") & col("drug") & (col("supplied") > UNTIL)).fill_null(False)
    was, sugar, tested = col("history") | col("drug"), (col("hba1c") >= 6.5).fill_null(False), col("tested")
    kidney = col("named") | (col("urine_protein") >= 3).fill_null(False) | (col("egfr") < 30).fill_null(False)
    diabetes = sugar | cared | (was & ~(tested & ~sugar))
    grown = col("insured") & (col("age") >= 40)
    group = (
        pl.when(grown & tested & diabetes & kidney & ~cared).then(pl.lit("A"))
        .when(grown & kidney & cared).then(pl.lit("B"))
        .when(grown & tested & diabetes & ~cared).then(pl.lit("C"))
        .when(grown & ~tested & was & ~cared).then(pl.lit("D"))
        .when(col("insured") & (col("age") < 40) & diabetes).then(pl.lit("E"))
    )  # fmt: skip
    return every.filter(~col("dialysis") & ~col("type1")).select("person", group.alias("group")).drop_nulls()


def _visits(store: Store, receipts: pl.LazyFrame) -> People:
    own = receipts.filter(~pl.col("inpatient") & pl.col("kind").is_in(["医科", "DPC"]))
    diagnoses = store.read("diagnoses", ["receipt", "code", "suspected"]).lazy()
    sure = diagnoses.filter(~pl.col("suspected") & (pl.col("code") != "0000999")).join(own, on="receipt")
    ill = sure.group_by("person", "code", "month").agg(pl.col("facility").n_unique()).filter(pl.col("facility") >= 3)
    days = own.group_by("person", "month").agg(pl.col("days").sum()).filter(pl.col("days") >= 15)
    often = dict.fromkeys(_running(days.collect(), ["person"]), "frequent")
    return {**often, **dict.fromkeys(_running(ill.collect(), ["person", "code"]), "duplicate")}


def _drugs(store: Store, codes: Codes, receipts: pl.LazyFrame) -> People:
    own = receipts.filter(~pl.col("inpatient") & pl.col("kind").is_in(["医科", "調剤"])).with_columns(
        by=pl.coalesce("prescriber", "facility")
    )
    acts = store.read("acts", ["receipt", "record", "code", "drug_days"]).lazy().filter(pl.col("record") == "IY")
    given = acts.join(_master(codes).lazy(), on="code").join(own, on="receipt").group_by("person", "drug", "month")
    found = given.agg(pl.col("by").n_unique(), pl.col("drug_days").sum()).filter(
        (pl.col("by") >= 2) & (pl.col("drug_days") > 30)
    )
    return dict.fromkeys(_running(found.collect(), ["person", "drug"]), "duplicate")


def _running(hits: pl.DataFrame, keys: list[str]) -> list[int]:
    """Persons with three months one after another under one key."""
    number = pl.col("month") // 100 * 12 + pl.col("month") % 100
    ordered = hits.sort(*keys, "month").with_columns(island=number - number.rank("ordinal").over(keys))
    return ordered.group_by(*keys, "island").len().filter(pl.col("len") >= 3)["person"].unique().to_list()
