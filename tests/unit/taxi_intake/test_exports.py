from __future__ import annotations

import pytest

from azukari.core.intake.api import safe_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+81", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "＠x", " =1"]
)
def test_what_excel_would_run_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "世田谷太郎", "A=1", "'=1", "ー郎", "1,234"])
def test_other_texts_stay(text: str) -> None:
    assert safe_cell(text) == text
