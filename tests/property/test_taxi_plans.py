"""A month of 100,000 vouchers: every look goes through an index, at any depth, within the walls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.models import QuerySet
from django.utils import timezone

from azukari.business.taxi import service
from azukari.business.taxi.models import BatchSeen
from azukari.business.taxi.types import CONTRACTOR_FLOW
from azukari.core.policy import api as policy
from support.taxi import OPERATOR, some_batch

FILL = """
INSERT INTO taxi_presentedvoucher (batch_id, sequence, contractor, name, used_on, fare, certificate_number, kind,
  denomination, state, reason, version, image, turned, grounds, outcome)
SELECT b.id, 100000 + n, b.contractor, '見本　花子', '2019-06-03', 980, lpad((n %% 5300)::text, 8, '0'), '福祉タクシー券',
  100, '未確認', '', 0, '', false, 0, '未判定'
FROM taxi_batch b, generate_series(1, 100000) n WHERE b.id = %s"""


@pytest.fixture
def batch(scratch: str) -> Iterator[int]:
    """A batch filled up to a month's 100,000 vouchers, and the flow entered."""
    batch = some_batch()
    with connections["owner"].cursor() as cursor:
        cursor.execute(FILL, [batch])
        cursor.execute("VACUUM ANALYZE taxi_presentedvoucher")
    place = policy.places()["hidamari"]
    with policy.enter(CONTRACTOR_FLOW, actor=OPERATOR, place=place, medium="画面", on=timezone.localdate()):
        yield batch


def plan(rows: QuerySet[Any, Any]) -> str:
    return rows.explain(analyze=True)


@pytest.mark.slow
def test_every_look_goes_through_an_index(batch: int) -> None:
    pages = [plan(service.following(batch, after)[: service.PAGE + 1]) for after in (0, 199_000)]
    back = plan(service.ahead_of(batch, 199_000)[: service.PAGE + 1])
    number = plan(service.numbered("00000123"))
    usual = BatchSeen.objects.exclude(pk=batch).order_by("pk").values_list("pk", flat=True)[:1]
    progress = plan(service.by_state(usual))

    assert all("Index Scan using taxi_voucher_once_in_batch" in page for page in pages), "the same at any depth"
    assert "Index Scan Backward using taxi_voucher_once_in_batch" in back
    assert "taxi_voucher_number" in number
    assert "Index Only Scan using taxi_voucher_progress" in progress, "the vouchers themselves are not read"
    assert not [shown for shown in (*pages, back, number, progress) if "Seq Scan on taxi_presentedvoucher" in shown]
    assert not [shown for shown in (*pages, back) if "Sort" in shown]
