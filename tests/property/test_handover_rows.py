"""rows.csv: 何が書かれていても、項目の列から出ず、式として動かず、制御文字は通らない。"""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azukari.core.handover.rules import CONTROL, period_of, rows_csv
from azukari.core.handover.types import SourceRow
from azukari.kernel.errors import BadInput, Refused

ITEMS = ("氏名", "住所", "寄附金額")
VALUES = st.text(st.characters(exclude_categories=("Cs",)), max_size=30) | st.sampled_from(
    ["=1+1", "+81", "-1", "@x", "＝1", '"', '","', "a\nb", "a\r\nb", "\t=1", " =1", "辻󠄀", "😀", "'", ""]
)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(ITEMS, VALUES)), max_size=5))
def test_every_value_comes_back_in_its_column_and_is_no_formula(rows: list[dict[str, str]]) -> None:
    made = [SourceRow(at, str(at), values) for at, values in enumerate(rows, 1)]
    if any(CONTROL.search(value) for values in rows for value in values.values()):
        with pytest.raises(BadInput):
            rows_csv(ITEMS, made)
        return
    read = list(csv.reader(io.StringIO(rows_csv(ITEMS, made).decode("utf-8-sig"), newline="")))
    assert read[0] == list(ITEMS)
    for values, cells in zip(rows, read[1:], strict=True):
        assert [cell.removeprefix("'") for cell in cells] == [values[item].removeprefix("'") for item in ITEMS]
        assert not [cell for cell in cells if cell.lstrip()[:1] in {*"=+-@＝＋－＠"}]


@given(st.text(min_size=1, max_size=8).filter(lambda name: name not in ITEMS))
def test_no_other_column_is_made(stranger: str) -> None:
    with pytest.raises(Refused):
        rows_csv(ITEMS, [SourceRow(1, "1", {stranger: "x"})])


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.sampled_from(["month", "year", None]))
def test_every_day_lies_in_one_period_of_the_count(on: date, per: str | None) -> None:
    since, until = period_of(per, on)
    assert since <= on < until
    assert period_of(per, until)[0] == until
    assert (until - since).days in ({28, 29, 30, 31} if per == "month" else {365, 366})
