"""`consult apply` と `consult coverage`。"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connections, transaction

from azukari.cli.consult_apply import _applied, periods
from azukari.core.policy import api
from azukari.kernel.errors import Refused


@pytest.mark.parametrize(
    ("today", "year", "month"),
    [
        (date(2026, 3, 31), (date(2025, 4, 1), date(2026, 4, 1)), (date(2026, 3, 1), date(2026, 4, 1))),
        (date(2026, 4, 1), (date(2026, 4, 1), date(2027, 4, 1)), (date(2026, 4, 1), date(2026, 5, 1))),
        (date(2026, 12, 31), (date(2026, 4, 1), date(2027, 4, 1)), (date(2026, 12, 1), date(2027, 1, 1))),
    ],
)
def test_the_fiscal_year_and_the_month(today: date, year: tuple[date, date], month: tuple[date, date]) -> None:
    """年度は4月から。どちらの期間も終わりの日を含まない。"""
    assert periods(today) == (year, month)


@pytest.mark.usefixtures("scratch")
def test_a_hole_is_shown_closed_and_written_down() -> None:
    """壁の穴は差分に出て、適用で塞がり、台帳に残る。示した差分と違っていれば、何も変えない。"""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("GRANT SELECT (kind) ON taxi_presentedvoucher TO flow_815_1")
    shown = api.plan(owner)
    assert [step.split("\n")[0] for step in shown] == [
        "flow_815_1 から public.taxi_presentedvoucher の列 kind の SELECT を取り上げる"
    ]
    with pytest.raises(Refused):
        _applied([])
    assert api.plan(owner) == shown
    assert _applied(shown) == 1
    assert api.plan(owner) == []
    with owner.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_entry WHERE action = 'policy.apply'")
        assert cursor.fetchone()[0] >= 1


@pytest.mark.usefixtures("scratch")
def test_lifting_and_applying_gives_the_same_walls() -> None:
    """移行の前に外した壁は、適用でそのまま戻る。"""
    owner = connections["owner"]
    with transaction.atomic(using="owner"):
        api.lift(owner)
        assert api.plan(owner)
        assert api.apply(owner)
        assert api.plan(owner) == []
        transaction.set_rollback(True, using="owner")
    assert api.plan(owner) == []


@pytest.mark.usefixtures("scratch")
def test_coverage_puts_actual_beside_approved() -> None:
    """諮問の件数と実際を並べる。届け出のない業務は、実際が分からないと言う。"""
    lines = {line.flow: line for line in api.coverage(*periods(date(2026, 11, 23)))}
    assert set(lines) == set(api.library().flows)
    assert lines["815-1"].approved == 1_200_000
    assert lines["815-1"].actual is not None
    assert lines["812-1"].actual is None
