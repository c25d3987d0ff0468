"""The disclosure report in columns says what counting person by person says; bands of age likewise."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from azukari.business.health.analysis import disclosure, rules, tables

PEOPLE = st.lists(
    st.tuples(
        st.tuples(st.sampled_from(["男", "女", ""]), st.sampled_from(["60〜64歳", "65〜69歳"])),
        st.lists(st.sampled_from("abc"), max_size=3),
        st.lists(st.sampled_from("xyz"), max_size=3),
    ),
    max_size=25,
)


@given(PEOPLE, st.integers(2, 6), st.sampled_from([("sex", "age_band"), ("sex",), ()]))
def test_columns_count_as_one_by_one(
    people: list[tuple[tuple[str, str], list[str], list[str]]], smallest: int, names: tuple[str, ...]
) -> None:
    frame = pl.DataFrame(
        {
            "person": range(len(people)),
            "sex": [one[0][0] for one in people],
            "age_band": [one[0][1] for one in people],
        },
        schema={"person": pl.Int64, "sex": pl.String, "age_band": pl.String},
    )
    pairs = {
        name: pl.DataFrame(
            [(number, value) for number, one in enumerate(people) for value in one[at]],
            schema={"person": pl.Int64, name: pl.String},
            orient="row",
        )
        for at, name in ((1, "code"), (2, "facility"))
    }
    expected = rules.disclosure([(one[0][: len(names)], one[1], one[2]) for one in people], smallest)
    assert disclosure.measure(frame, pairs["code"], pairs["facility"], names, smallest) == expected


@given(PEOPLE, st.integers(2, 9))
def test_no_sentence_tells_a_count_under_the_border(
    people: list[tuple[tuple[str, str], list[str], list[str]]], smallest: int
) -> None:
    found = rules.disclosure(people, smallest)
    told = rules.lines(found, 0, 0)
    assert all(f"{smallest} 人未満" in line for line in told if line.startswith("　"))
    if 0 < found.exposed < smallest:
        assert f"合わせて {smallest} 人未満" in told[1]
    assert sum(line.startswith("　") for line in told) == len(found.small)


@given(st.dates(date(1930, 1, 1), date(2026, 3, 31)), st.dates(date(2026, 4, 1), date(2031, 3, 31)))
def test_a_band_of_age_is_the_same_in_columns(born: date, on: date) -> None:
    one = rules.band(born, on)
    assert pl.DataFrame({"birth": [born]}).select(tables.band(pl.col("birth"), on)).item() == one
    assert one % rules.BAND == 0
    assert one <= rules.TOP


@given(st.dates(date(1950, 1, 1), date(2020, 1, 1)), st.integers(2020, 2030))
def test_a_band_does_not_change_within_a_fiscal_year(born: date, year: int) -> None:
    """Two hand-overs of one year do not tell a birthday."""
    days = (date(year, 4, 1), date(year, 9, 30), date(year + 1, 3, 31))
    assert len({rules.band(born, day) for day in days}) == 1
