"""同時に申し込まれても、定員を超えない

空きが一つのところへ何人が同時に申し込んでも、入るのは一人です。電話で受けた職員も、画面から申し込んだ家庭も、同じ順番に並びます。
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connections, transaction

from azukari.business.hotstay import api
from azukari.business.hotstay import desk as desk_module
from azukari.business.hotstay.types import Outcome, Rule, Span, Wish
from azukari.kernel.errors import Busy
from support.hotstay import DAY, NOW, ONE, OWNER, Place, desk, family, place, rows
from support.rush import together

GUARD_OFF = """
ALTER TABLE hotstay_booking DISABLE TRIGGER hotstay_booking_fits;
CREATE OR REPLACE FUNCTION hotstay_lock(station bigint, days date[], wait text DEFAULT '5s') RETURNS void
LANGUAGE sql AS ''"""


def race(found: Place, wishes: list[Wish]) -> list[Outcome]:
    return together([lambda wish=wish: api.book(desk(), [wish], uuid4()) for wish in wishes])  # type: ignore[misc]


def most_at_once(found: Place) -> int:
    query = "SELECT coalesce(max(n[1] + n[2] + n[3] + n[4] + n[5]), 0) FROM hotstay_present(%s, %s, %s, now())"
    [(most,)] = rows(query, found.station.id, DAY, DAY + timedelta(days=1))
    return int(str(most))


def capacity(found: Place, places: int) -> None:
    rows("UPDATE hotstay_setting SET capacity = %s WHERE station_id = %s RETURNING id", places, found.station.id)


def test_race_oversells_without_the_guard(scratch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """順番待ちと数え直しを外すと、同じ席に何人も入ってしまいます。この試験は、守りが本当に効いていることの裏づけです。"""
    found, all_looked, put = place(*[ONE] * 4), Barrier(4), desk_module.put
    capacity(found, 1)
    with connections[OWNER].cursor() as cursor:
        cursor.execute(GUARD_OFF)

    def put_when_all_have_looked(*arguments: Any) -> Any:
        all_looked.wait(30)
        return put(*arguments)

    monkeypatch.setattr(desk_module, "put", put_when_all_have_looked)
    outcomes = race(found, [Wish(child, Span(DAY, 18, 22)) for child in found.children])
    assert sum(outcome.done for outcome in outcomes) == most_at_once(found) == 4


def test_one_place_goes_to_one(scratch: str) -> None:
    """空きが一つのところへ六人が同時に申し込むと、一人だけが入り、ほかの五人には断る理由と近い時間が示されます。"""
    found = place(*[ONE] * 6)
    capacity(found, 1)
    outcomes = race(found, [Wish(child, Span(DAY, 18, 22)) for child in found.children])
    assert sum(outcome.done for outcome in outcomes) == most_at_once(found) == 1
    refused = [outcome.refusal for outcome in outcomes if outcome.refusal]
    assert {one.rule for one in refused} == {Rule.CAPACITY}
    assert all(one.nearest == Span(DAY, 22, 26) for one in refused)


def test_counting_again_holds_without_the_turns(scratch: str) -> None:
    """順番待ちを通らずに書かれた予約も、確定の前にデータベースが数え直し、入りきらないものは入りません。"""
    found = place(*[ONE] * 6)
    capacity(found, 1)
    insert = (
        "INSERT INTO hotstay_booking (child_id, station_id, contractor, day, slots, channel, state, submit, position,"
        " booked_at, changed_at) VALUES (%s, %s, %s, %s, '[18,22)', '電話', '予約', %s, 0, now(), now())"
    )

    def put(child: int) -> str:
        try:
            with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
                cursor.execute(insert, [child, found.station.id, found.station.contractor, DAY, uuid4()])
        except IntegrityError as error:
            return desk_module.constraint(error)
        return "booked"

    answers = together([lambda child=child: put(child) for child in found.children])  # type: ignore[misc]
    assert sorted(answers) == ["booked", *["hotstay_booking_fits"] * 5]
    assert most_at_once(found) == 1


def test_a_roster_cut_and_a_booking_take_turns(scratch: str) -> None:
    """職員が減った届けと予約が同時に来たときは、先に来た方が先に済みます。減った後の予約は、減った人数で判断されます。"""
    found = place(ONE)
    with pytest.MonkeyPatch.context() as patch, transaction.atomic(using=OWNER):
        patch.setattr(desk_module, "LOCK_WAIT", "200ms")
        api.put_roster(desk(), found.station.id, DAY, [(18, 34, 1, 1)])
        with pytest.raises(Busy, match="混み合って") as told:
            together([lambda: found.book(found.children[0], 18, 22)])
    assert "予約はまだ入っていません" in told.value.why
    outcome = found.book(found.children[0], 18, 22)
    assert outcome.refusal is not None
    assert outcome.refusal.rule is Rule.CARERS


def test_groups_of_siblings_never_stop_each_other(scratch: str) -> None:
    """何日分もまとめた申込みが逆の順に並んでいても、互いに待ち続けることはありません。"""
    found = place()
    families = [family(found.station, ONE, ONE) for _ in range(6)]
    days = [DAY, DAY + timedelta(days=1)]
    submits = [
        [Wish(child, Span(day, 18, 20)) for day in (days if number % 2 else days[::-1]) for child in children]
        for number, children in enumerate(families)
    ]
    outcomes = together([lambda wishes=wishes: api.book(desk(), wishes, uuid4()) for wishes in submits])  # type: ignore[misc]
    by_group = [len(outcome.bookings) for outcome in outcomes]
    assert set(by_group) <= {0, 4}
    assert sum(by_group) == 20


@contextmanager
def isolation(level: str) -> Iterator[None]:
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        yield


def test_double_submit_books_once(scratch: str) -> None:
    """申込みのボタンが二度押されても、通信が途切れてもう一度送られても、予約は一つです。二度目には同じ予約が示されます。"""
    found = place(ONE)
    submit, wish = UUID(int=814), Wish(found.children[0], Span(DAY, 18, 22))
    outcomes = together([lambda: api.book(desk(), [wish], submit)] * 4)
    assert {outcome.bookings[0].id for outcome in outcomes} == {outcomes[0].bookings[0].id}
    assert sum(outcome.repeated for outcome in outcomes) == 3


def test_an_old_snapshot_is_refused(scratch: str) -> None:
    """ほかの人の予約が見えない設定の接続からは、予約を書けません。"""
    found = place(ONE)
    with pytest.raises(Exception, match="repeatable snapshot"), isolation("REPEATABLE READ"):
        found.book(found.children[0], 18, 22)
    assert most_at_once(found) == 0


def test_one_child_is_in_one_place(scratch: str) -> None:
    """同じ子どもの予約は、時間が重なりません。12時までの予約と12時からの予約は重なりません。"""
    found = place(ONE)
    child = found.children[0]
    assert found.book(child, 18, 24).done
    refused = found.book(child, 22, 26).refusal
    assert refused is not None
    assert refused.rule is Rule.OWN
    assert found.book(child, 24, 28).done
    assert api.moment(DAY, 0) > NOW
