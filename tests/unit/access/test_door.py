"""The one door: decided before, recorded inside, shut behind; and nothing to be had beside it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.test import Client, RequestFactory
from django.urls import reverse

from azukari.business.taxi.models import Batch, PresentedVoucher, VoucherSeen
from azukari.core.access.api import Denied, Unrecorded, under
from azukari.core.accounts.api import Request
from azukari.core.audit.api import LedgerLine, search
from azukari.demo.names import CONTRACTOR, OTHER_CONTRACTOR
from support.signing import signed_in

pytestmark = pytest.mark.django_db
FLOW = "815-1"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')
TABLE = PresentedVoucher._meta.db_table
FOUR = {"氏名", "タクシー利用日", "タクシー代金", "福祉タクシー券等認定番号"}

Asking = Callable[..., Request]


def lines(action: str) -> tuple[LedgerLine, ...]:
    return search(action=action).lines


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


def test_inside_one_sees_the_four_items_and_outside_nothing(asking: Asking) -> None:
    with under(asking(), FLOW) as door:
        assert set(door.items) == FOUR
        rows = list(VoucherSeen.objects.order_by("pk")[:3])
        assert role() == "flow_815_1"
        door.saw(TABLE, [row.pk for row in rows])
    assert len(rows) == 3
    assert role() == "azukari_web"
    with pytest.raises(DatabaseError), transaction.atomic():
        list(PresentedVoucher.objects.order_by("pk")[:1])


def test_what_was_seen_stands_in_the_ledger_with_whose_it_is(asking: Asking) -> None:
    with under(asking(), FLOW) as door:
        rows = list(VoucherSeen.objects.order_by("pk")[:20])
        door.saw(TABLE, [row.pk for row in rows], ["氏名"])
    line = lines("view")[0]
    assert (line.actor, line.kind, line.contractor) == ("operator", "operator", CONTRACTOR)
    assert (line.place, line.flow, line.medium, line.items) == ("hidamari", FLOW, "画面", ("氏名",))
    assert line.detail == {"table": TABLE, "rows": 20}
    assert line.subjects
    assert list(line.subjects) == sorted(set(line.subjects))


def test_a_page_that_does_not_say_what_it_showed_fails(asking: Asking) -> None:
    with pytest.raises(Unrecorded), under(asking(), FLOW):
        list(VoucherSeen.objects.order_by("pk")[:1])
    assert role() == "azukari_web"


def test_a_page_that_reads_on_after_saying_so_fails(asking: Asking) -> None:
    def page() -> None:
        with under(asking(), FLOW) as door:
            door.saw(TABLE, [VoucherSeen.objects.order_by("pk").values_list("pk", flat=True)[0]])
            list(VoucherSeen.objects.order_by("-pk")[:1])

    with pytest.raises(Unrecorded):
        page()


def test_a_page_that_reads_nothing_must_say_that_too(asking: Asking) -> None:
    with pytest.raises(Unrecorded), under(asking(), FLOW):
        pass
    with under(asking(), FLOW) as door:
        door.nothing_seen()
    assert not lines("view")


def test_a_page_cannot_claim_an_item_that_the_flow_does_not_list(asking: Asking) -> None:
    with pytest.raises(Unrecorded), under(asking(), FLOW) as door:
        door.saw(TABLE, [1], ["氏名", "住所"])


def test_what_a_failed_page_changed_and_recorded_is_gone(asking: Asking) -> None:
    def page() -> None:
        with under(asking(), FLOW) as door:
            row = VoucherSeen.objects.order_by("pk")[0]
            VoucherSeen.objects.filter(pk=row.pk).update(version=F("version") + 1)
            door.changed(TABLE, [row.pk], [])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        page()
    assert not lines("change")
    assert role() == "azukari_web"


def test_an_inner_transaction_is_no_further_reading(asking: Asking) -> None:
    with under(asking(), FLOW) as door, transaction.atomic():
        door.saw(TABLE, [row.pk for row in VoucherSeen.objects.order_by("pk")[:1]])


def open_and_shut(request: Request, flow: str = FLOW, medium: str = "画面") -> None:
    with under(request, flow, medium=medium) as door:
        door.nothing_seen()


@pytest.mark.parametrize("login", ["officer", "operator-812", "responsible", "privacy", "council", "it"])
def test_who_is_not_named_under_the_flow_stays_outside(login: str, asking: Asking) -> None:
    with pytest.raises(Denied, match="名簿に載っていません") as refused:
        open_and_shut(asking(login, place="hidamari"))
    assert refused.value.decision.ground.startswith("諮問第815号")
    assert refused.value.next_step


@pytest.mark.parametrize(
    ("place", "medium", "flow", "reason"),
    [
        ("ward", "画面", FLOW, "取扱場所ではありません"),
        ("-", "画面", FLOW, "登録された取扱場所ではありません"),
        ("hidamari", "USBメモリ", FLOW, "授受の方法にありません"),
        ("hidamari", "画面", "999-1", "新たに諮問する必要があります"),
    ],
)
def test_the_refusal_says_why(place: str, medium: str, flow: str, reason: str, asking: Asking) -> None:
    with pytest.raises(Denied, match=reason):
        open_and_shut(asking(place=place), flow, medium)


def test_a_stranger_stays_outside() -> None:
    request = RequestFactory().get("/")
    request.account, request.place = None, None  # type: ignore[attr-defined]
    with pytest.raises(Denied):
        open_and_shut(request)  # type: ignore[arg-type]


def test_a_refused_page_says_ground_and_reason_and_is_recorded_although_its_transaction_is_not() -> None:
    client = signed_in("contractor-lead", place="ward")
    response = client.get(reverse("taxi:check"))
    page = response.content.decode()
    assert response.status_code == 403
    assert "諮問第815号" in page
    assert "取扱場所ではありません" in page
    line = lines("refusal")[0]
    assert (line.actor, line.place, line.flow) == ("contractor-lead", "ward", FLOW)
    assert line.detail["page"] == "taxi:check"


def test_a_page_of_another_kind_of_person_is_refused_and_recorded() -> None:
    assert signed_in("it").get(reverse("taxi:check")).status_code == 403
    assert lines("refusal")[0].actor == "it"


def test_a_stranger_is_sent_to_sign_in_and_told_nothing() -> None:
    response = Client().get(reverse("taxi:check"))
    assert (response.status_code, response.content) == (302, b"")
    assert not lines("refusal")


@pytest.mark.django_db(databases=["default", "owner"])
def test_what_was_entrusted_to_another_contractor_looks_like_what_is_not_there() -> None:
    theirs = Batch.objects.using("owner").filter(contractor=OTHER_CONTRACTOR).order_by("pk")[0].pk
    client = signed_in("operator")
    pages = [client.get(reverse("taxi:batch", args=[key])) for key in (theirs, 2**31 - 1)]
    assert [page.status_code for page in pages] == [404, 404]
    assert TOKEN.sub(b"", pages[0].content) == TOKEN.sub(b"", pages[1].content)
