"""The one door follows the rolls and places that the owner keeps, from the next request on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from azukari.business.taxi.models import PresentedVoucher, VoucherSeen
from azukari.core.access.api import Denied, under
from azukari.core.accounts.api import NewAccount, Request, create, workers
from azukari.core.policy.api import Place, enrol, save_place, withdraw
from azukari.demo.names import CONTRACTOR, OTHER_CONTRACTOR

pytestmark = pytest.mark.usefixtures("scratch")
OWNER = "owner"
FLOW = "815-1"
TABLE = PresentedVoucher._meta.db_table
SINCE = date(2019, 4, 1)

Asking = Callable[..., Request]


def open_and_shut(request: Request) -> None:
    with under(request, FLOW) as door:
        door.nothing_seen()


def test_another_contractors_operator_sees_only_what_was_entrusted_to_them(asking: Asking) -> None:
    save_place(Place("asunaro-2", "あすなろの別室", "委託先事業者の施設", OTHER_CONTRACTOR), using=OWNER)
    create(
        NewAccount("other", "別所 望", "operator", "long-enough-secret", SINCE, contractor=OTHER_CONTRACTOR),
        by="test",
        using=OWNER,
    )
    enrol("other", FLOW, since=SINCE, contractor=OTHER_CONTRACTOR, using=OWNER)
    seen = {}
    for request in (asking(), asking(card=workers()["other"], place="asunaro-2")):
        with under(request, FLOW) as door:
            seen[door.actor.contractor] = set(VoucherSeen.objects.values_list("pk", flat=True))
            door.saw(TABLE, [])
    assert seen[OTHER_CONTRACTOR]
    assert seen[CONTRACTOR]
    assert not seen[CONTRACTOR] & seen[OTHER_CONTRACTOR]
    with pytest.raises(Denied, match="別の委託先の施設"):
        open_and_shut(asking(card=workers()["other"], place="hidamari"))


def test_who_was_taken_off_the_roll_stays_outside_from_that_day(asking: Asking) -> None:
    open_and_shut(asking())
    withdraw("operator", FLOW, on=date(2019, 5, 1), using=OWNER)
    with pytest.raises(Denied):
        open_and_shut(asking())
