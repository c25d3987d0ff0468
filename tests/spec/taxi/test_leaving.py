"""名簿から外れた従事者

名簿は命令だけが書き換えます。画面のデータベース役割には書き換えられません。
"""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from azukari.business.taxi.types import CONTRACTOR_FLOW
from azukari.config.cluster import Cluster
from azukari.config.server import WEB
from azukari.core.policy import api as policy
from support.signing import signed_in
from support.taxi import as_flow


@pytest.mark.usefixtures("scratch")
def test_refused_after_leaving_the_roll() -> None:
    """名簿から外れた人は、サインインしたままでも次の画面から断られます。"""
    operator = signed_in("operator")
    assert operator.get("/taxi/check/").status_code == 200
    policy.withdraw("operator", CONTRACTOR_FLOW, on=timezone.localdate(), using="owner")
    assert operator.get("/taxi/check/").status_code == 403


def test_a_person_taken_off_the_roll_sees_nothing(cluster: Cluster, scratch: str) -> None:
    """名簿から外れた日から、その人には1枚も見えません。前の日までは見えます。"""
    policy.withdraw("operator", CONTRACTOR_FLOW, on=date(2019, 7, 3), using="owner")
    count = "SELECT count(*) > 0 FROM v_taxi_presentedvoucher"
    with cluster.connect(WEB, scratch) as web:
        for day, visible in ((date(2019, 7, 2), True), (date(2019, 7, 3), False)):
            with as_flow(web, on=day) as flow:
                assert flow.execute(count).fetchone() == (visible,)
