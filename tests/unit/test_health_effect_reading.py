"""Tables of persons as others write them: names of columns, words for yes and no, times, and files that are broken."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from azukari.business.health.effect import api, naming
from azukari.business.health.effect.pictures import pictures
from azukari.business.health.effect.types import Study
from azukari.kernel.errors import BadInput
from support.health_effect import World

ROWS = 300
TWO = ("treated", "treatment", "d", "介入", "対象", "target")


def frame(seed: int = 1) -> pl.DataFrame:
    """person, treated, x, after; the truth is 0.5."""
    chance = np.random.default_rng(seed)
    x = chance.normal(size=ROWS)
    treated = (chance.random(ROWS) < 1 / (1 + np.exp(-x))).astype(int)
    after = x + 0.5 * treated + chance.normal(size=ROWS)
    return pl.DataFrame({"person": np.arange(ROWS), "treated": treated, "x": x, "after": after})


def through(tmp_path: Path, table: pl.DataFrame) -> Study:
    table.write_csv(tmp_path / "people.csv")
    return api.study(api.read(tmp_path / "people.csv"), "kidney")


@pytest.mark.parametrize(
    ("columns", "treated", "before", "after", "earlier", "covariates"),
    [
        (("id", "treatment", "baseline", "outcome", "age"), "treatment", "baseline", "outcome", None, ("age",)),
        (("person", "d", "y"), "d", None, "y", None, ()),
        (("番号", "介入", "前", "後", "年齢"), "介入", "前", "後", None, ("年齢",)),
        (("id", "treated", "hba1c_before", "hba1c_after", "bmi"), "treated", "hba1c_before", "hba1c_after", None, ("bmi",)),
        (("id", "treated", "y0", "y1"), "treated", "y0", "y1", None, ()),
        (("id", "treated", "y", "y0", "y1", "true_effect", "x"), "treated", None, "y", None, ("x",)),
        (("id", "Treated", "Pre", "Post", "Pre 2"), "Treated", "Pre", "Post", "Pre 2", ()),
        (("id", "treated", "cost_pre", "cost_post", "cost_prior"), "treated", "cost_pre", "cost_post", "cost_prior", ()),
        (("id", "treated", "baseline_bmi", "outcome"), "treated", None, "outcome", None, ("baseline_bmi",)),
    ],
)  # fmt: skip
def test_columns_are_known_by_many_names(
    columns: tuple[str, ...],
    treated: str,
    before: str | None,
    after: str,
    earlier: str | None,
    covariates: tuple[str, ...],
) -> None:
    found = naming.parts(columns, TWO + tuple(naming.folded(name) for name in columns if name == "d"))
    assert (found.treated, found.before, found.after, found.earlier) == (treated, before, after, earlier)
    assert found.covariates == covariates


@pytest.mark.parametrize(
    ("yes", "no"), [("1", "0"), ("True", "False"), ("treated", "control"), ("介入", "対照"), ("はい", "いいえ")]
)
def test_reached_or_not_is_read_in_many_words(tmp_path: Path, yes: str, no: str) -> None:
    table = frame()
    words = table.with_columns(treated=pl.when(pl.col("treated") == 1).then(pl.lit(yes)).otherwise(pl.lit(no)))
    assert through(tmp_path, words).treated.tolist() == (table["treated"] == 1).to_list()


def test_a_group_may_say_who_was_no_target(tmp_path: Path) -> None:
    table = World().frame(1)
    group = (
        pl.when(pl.col("treated") == 1).then(pl.lit("treated")).when(pl.col("eligible") == 1).then(pl.lit("control"))
    )
    words = table.with_columns(group=group.otherwise(pl.lit("ineligible"))).drop("treated", "eligible")
    assert through(tmp_path, words).ineligible == through(tmp_path, table).ineligible
    assert through(tmp_path, words).size == table["eligible"].sum()


def test_answers_and_later_values_are_not_used(tmp_path: Path) -> None:
    table = frame().with_columns(y1=pl.col("after") + 1, tau=0.5, propensity=0.4, weight_after=pl.col("after"))
    found = through(tmp_path, table)
    assert {one.source for one in found.covariates} == {"x"}
    assert len(found.notes) == 4


def test_another_name_of_the_group_is_no_covariate(tmp_path: Path) -> None:
    table = frame().with_columns(
        arm_name=pl.when(pl.col("treated") == 1).then(pl.lit("北")).otherwise(pl.lit("南")),
        sessions=pl.when(pl.col("treated") == 1).then(3).otherwise(None),
    )
    assert {one.source for one in through(tmp_path, table).covariates} == {"x"}


def test_a_row_a_person_and_time_becomes_a_row_a_person(tmp_path: Path) -> None:
    table = frame()
    times = [
        table.select("person", "treated", "x", period=pl.lit(time), outcome=value)
        for time, value in ((10, pl.col("x") * 2), (9, pl.col("x") * 3), (11, pl.col("after")))
    ]
    found = through(tmp_path, pl.concat(times).with_columns(eligible=1))
    assert found.before is not None
    assert found.earlier is not None
    order = np.argsort(found.before)
    assert found.before[order] == pytest.approx(np.sort(table["x"].to_numpy() * 2))
    assert found.earlier[order] == pytest.approx(np.sort(table["x"].to_numpy() * 3))
    assert sorted(found.after) == pytest.approx(sorted(table["after"]))


def test_words_numbers_and_days_become_covariates(tmp_path: Path) -> None:
    table = frame().with_columns(
        area=pl.Series(["砧", "烏山", "北沢"] * (ROWS // 3)),
        code=pl.Series([f"z{row}" for row in range(ROWS)]),
        birth=pl.Series([f"19{40 + row % 40}-02-03" for row in range(ROWS)]),
        paid=pl.Series([f"1,{row:03d}" for row in range(ROWS)]),
        gap=pl.Series([None if row % 3 == 0 else row * 7 % 11 for row in range(ROWS)]),
    )
    names = {one.name for one in through(tmp_path, table).covariates}
    assert {"birth", "paid", "gap", "gap（不明）", "x"} <= names
    assert len([name for name in names if name.startswith("area=")]) == 2
    assert not [name for name in names if name.startswith("code")]


def test_a_missing_outcome_is_not_a_nought(tmp_path: Path) -> None:
    table = frame().with_columns(after=pl.when(pl.col("person") < 30).then(None).otherwise("after"))
    assert int(np.isnan(through(tmp_path, table).after).sum()) == 30


def test_yes_and_no_make_a_difference_of_shares(tmp_path: Path) -> None:
    table = frame().with_columns(after=pl.when(pl.col("after") > 0).then(pl.lit("yes")).otherwise(pl.lit("no")))
    found = through(tmp_path, table)
    assert found.binary
    report = api.measure(found)
    assert report.headline is not None
    assert "ポイント" in report.verdict.reasons[0]


def test_rare_events_get_no_number(tmp_path: Path) -> None:
    """A share of very few is their number."""
    table = frame().with_columns(after=(pl.col("person") % 100 == 0).cast(pl.Int8))
    report = api.measure(through(tmp_path, table))
    assert (report.verdict.says, report.naive, report.designs) == ("refused", None, ())


def test_an_outcome_alike_for_all_is_no_effect(tmp_path: Path) -> None:
    report = api.measure(through(tmp_path, frame().with_columns(after=1.5)))
    assert report.verdict.says == "unclear"


def test_a_column_that_is_the_group_leaves_nobody_to_compare(tmp_path: Path) -> None:
    table = frame().with_columns(x=pl.col("treated") * 10.0 + pl.col("x"))
    assert api.measure(through(tmp_path, table)).verdict.says == "refused"


def test_a_name_of_a_column_cannot_become_markup(tmp_path: Path) -> None:
    found = api.measure(through(tmp_path, frame().rename({"x": "<script>alert(1)</script>"})))
    drawn = "".join(one.svg for one in pictures(found))
    assert "<script" not in drawn
    assert "&lt;script" in drawn


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "列の名がありません"),
    "only a header": (b"person,treated,after\n", "人の行がありません"),
    "NUL": (b"person,treated,after\n1,1,\x002\n", "CSV ではありません"),
    "short row": (b"person,treated,after\n1,1,2\n2,0\n", "3 行目の列の数"),
    "open quote": (b'person,treated,after\n1,1,"2\n', "2 行目が読めません"),
    "not a number": (b"person,treated,after\n1,1,abc\n2,0,1\n", "1 人目の 'abc'"),
    "one and a half or fifteen": (b"person;treated;after\n1;1;1,5\n2;0;1\n", "1 人目の '1,5'"),
    "infinite": (b"person,treated,after\n1,1,inf\n2,0,1\n", "1 人目の 'inf'"),
    "too large": (b"person,treated,after\n1,1,1e308\n2,0,1\n", "1 人目の '1e308'"),
    "person twice": (b"person,treated,after\n1,1,2\n1,0,3\n", "同じ人が二行"),
    "column twice": (b"person,treated,After,after\n1,1,2,3\n", "同じ名前の列が二つ"),
    "no group": (b"person,x,after\n1,7,2\n2,8,3\n", "だれに届いたかの列がありません"),
    "no outcome": (b"person,treated,x\n1,1,2\n2,0,3\n", "結果の列がありません"),
    "strange group": (b"person,treated,after\n1,7,2\n2,8,3\n", "7、8"),
    "one group": (b"person,treated,after\n1,1,2\n2,1,3\n", "両方がいません"),
    "zip": (b"PK\x03\x04\xff\xfe\x81", "文字コードが分かりません"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_table_is_refused_in_words(tmp_path: Path, name: str) -> None:
    data, words = BROKEN[name]
    (tmp_path / "people.csv").write_bytes(data)
    with pytest.raises(BadInput) as refused:
        api.study(api.read(tmp_path / "people.csv"), "kidney")
    assert words in refused.value.what
    assert refused.value.next_step


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_files_of_many_programs_are_read(tmp_path: Path, encoding: str, end: str) -> None:
    lines = ["番号,介入,後,地区", *(f"{row},{row % 2},{row * 7 % 13},砧" for row in range(60))]
    (tmp_path / "people.csv").write_bytes(end.join(lines).encode(encoding))
    assert api.study(api.read(tmp_path / "people.csv"), "kidney").size == 60


def test_a_kept_report_comes_back_whole(tmp_path: Path) -> None:
    made = api.measure(api.study(World().frame(1), "kidney"))
    api.keep(made, date(2026, 11, 25), tmp_path)
    assert api.kept("kidney", tmp_path) == (date(2026, 11, 25), made)
    assert api.kept("drugs", tmp_path) is None


@pytest.mark.parametrize("damage", [lambda text: text[: len(text) // 2], lambda _text: "{}", lambda _text: "[]"])
def test_a_damaged_report_is_told(tmp_path: Path, damage: Any) -> None:
    path = api.keep(api.measure(api.study(World().frame(1), "kidney")), date(2026, 11, 25), tmp_path)
    path.write_text(damage(path.read_text()))
    with pytest.raises(BadInput, match="読めません"):
        api.kept("kidney", tmp_path)


def test_nothing_told_gives_a_hidden_number_away() -> None:
    """Every number of JSON that rests on a hidden count is missing with it."""
    table = World(size=2000).frame(3)
    lost = table.filter(pl.col("treated") == 1)["person"].head(4).to_list()
    told = api.told(
        api.measure(
            api.study(
                table.with_columns(after=pl.when(pl.col("person").is_in(lost)).then(None).otherwise("after")), "kidney"
            )
        )
    )
    assert told["missing"] == {"treated": None, "control": 0, "low": None, "high": None}
    assert told["counts"]["eligible_treated"] is None
    assert told["counts"]["all_treated"] is None


def test_the_page_does_not_load_what_computes() -> None:
    """The web server shows kept reports only: it must not carry the statistics in its memory."""
    code = (
        "import sys; import azukari.business.health.effect.pictures, azukari.business.health.effect.keeping; "
        "import azukari.business.health.effect.printing; "
        "print([name for name in ('statsmodels', 'sklearn', 'scipy', 'duckdb') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
