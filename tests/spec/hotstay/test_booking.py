"""予約、変更、取消、空き待ち

電話、窓口、インターネットのどれで受けても、決まりは同じです。断るときは、どの決まりで断ったかと、一番近い空きを示します。
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from azukari.business.hotstay import api
from azukari.business.hotstay import desk as at
from azukari.business.hotstay.types import Channel, Refusal, Rule, Span, State, Waiting, WaitingCard, Wish
from azukari.core.audit.api import search
from azukari.kernel.errors import BadInput, NotFound
from support.hotstay import DAY, NOW, ONE, OWNER, THREE, desk, family, place, rows

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
NEXT = DAY + timedelta(days=1)


def refused(outcome: object) -> Refusal:
    refusal = getattr(outcome, "refusal", None)
    assert isinstance(refusal, Refusal)
    return refused_words(refusal)


def refused_words(refusal: Refusal) -> Refusal:
    assert refusal.words.endswith("。")
    return refusal


def waits(answer: WaitingCard | Refusal) -> WaitingCard:
    assert isinstance(answer, WaitingCard), answer
    return answer


def test_the_ages_decide_how_many() -> None:
    """0歳は三人、1・2歳は六人に職員一人です。同じ職員の数でも、来るお子さまの年齢で入れる人数が変わります。"""
    infants = place(*[date(2029, 10, 1)] * 8, roster=[(18, 34, 2, 1)])
    done = [infants.book(child, 18, 22).done for child in infants.children]
    assert sum(done) == 7, "7人は 2.3 人を四捨五入して 2 人、8人目は 2.6 人で 3 人要る"
    refusal = refused(infants.book(infants.children[7], 18, 22))
    assert refusal.rule is Rule.CARERS
    assert "職員3人が要りますが、2人の配置です" in refusal.words


def test_half_of_the_carers_are_qualified() -> None:
    """要る職員の半分以上は保育士です。資格のない職員だけの時間には、お預かりできません。"""
    found = place(ONE, roster=[(18, 34, 2, 0)])
    refusal = refused(found.book(found.children[0], 18, 22))
    assert (refusal.rule, refusal.confirmed) == (Rule.QUALIFIED, False)
    assert "保育士1人が要りますが、0人の配置です" in refusal.words


@pytest.mark.parametrize(
    ("born", "span", "rule"),
    [
        (date(2030, 2, 1), Span(DAY, 18, 22), Rule.AGE),
        (date(2023, 4, 1), Span(DAY, 18, 22), Rule.AGE),
        (ONE, Span(DAY + timedelta(days=6), 18, 22), Rule.CLOSED),
        (ONE, Span(DAY, 14, 18), Rule.HOURS),
        (ONE, Span(DAY, 18, 19), Rule.LENGTH),
        (ONE, Span(DAY, 18, 31), Rule.LENGTH),
        (ONE, Span(date(2030, 6, 5), 18, 22), Rule.WINDOW),
        (ONE, Span(date(2030, 5, 1), 18, 22), Rule.WINDOW),
    ],
)
def test_each_refusal_names_its_rule(born: date, span: Span, rule: Rule) -> None:
    """断るときは、年齢、休み、時間、長さ、受付の期間のうち、どの決まりによるかを必ず言います。"""
    found = place(born)
    outcome = api.book(desk(), [Wish(found.children[0], span)], uuid4())
    assert refused(outcome).rule is rule


def test_siblings_together_or_not_at_all() -> None:
    """きょうだいの予約は、全員が入るときだけ成立します。一人でも入れなければ、だれの予約も入りません。"""
    found = place(*[ONE] * 9)
    assert all(found.book(child, 18, 22).done for child in found.children)
    children = family(found.station, ONE, THREE)
    outcome = api.book(desk(), [Wish(child, Span(DAY, 18, 22)) for child in children], uuid4())
    assert refused(outcome).rule is Rule.CAPACITY
    assert api.bookings(desk(), children, DAY) == ()
    later = api.book(desk(), [Wish(child, Span(DAY, 22, 26)) for child in children], uuid4())
    assert len(later.bookings) == 2


def test_a_place_given_back_goes_to_who_waited_first() -> None:
    """取消で空いた席は、先に待ち始めた方から順に、自動で予約になります。きょうだいや何日分かの希望は、全部そろうときだけです。"""
    found = place(*[ONE] * 12)
    first, second = [found.book(child, 18, 22) for child in found.children[:10]][:2]
    siblings = family(found.station, ONE, ONE)
    both = waits(api.wait(desk(), [Wish(child, Span(DAY, 18, 22)) for child in siblings], uuid4()))
    days = [Wish(found.children[10], Span(day, 18, 22)) for day in (DAY, NEXT)]
    two_days = waits(api.wait(desk(now=NOW + timedelta(minutes=1)), days, uuid4()))
    assert (both.place, two_days.place) == (1, 2)
    assert api.cancel(desk(), first.bookings[0].id).promoted == 1
    assert [one.state for one in api.waiting(desk(), [found.children[10]])] == [Waiting.PLACED]
    assert [one.span.day for one in api.bookings(desk(), [found.children[10]], DAY)] == [DAY, NEXT]
    assert api.cancel(desk(), second.bookings[0].id).promoted == 0, "きょうだい二人には、席が一つでは足りない"
    assert [one.state for one in api.waiting(desk(), siblings)] == [Waiting.WAITS]


def test_nobody_is_booked_after_the_deadline() -> None:
    """締切を過ぎて空いた席は、画面で待っていた方の予約にはなりません。知らないうちに予約が入ることはありません。"""
    found = place(*[ONE] * 11)
    booked = [found.book(child, 18, 22).bookings[0] for child in found.children[:10]]
    web = desk(channel=Channel.WEB)
    group = waits(api.wait(web, [Wish(found.children[10], Span(DAY, 18, 22))], uuid4()))
    after = desk(now=api.moment(DAY - timedelta(days=1), 17 * 60))
    assert api.cancel(after, booked[0].id).promoted == 0
    assert api.cancel(replace(after, now=after.now - timedelta(minutes=1)), booked[1].id).promoted == 1
    assert [one.id for one in api.waiting(desk(), [found.children[10]])] == [group.id]


def test_waiting_helps_only_where_places_are_missing() -> None:
    """年齢や休みのように、待っても変わらない理由のときは、空き待ちに登録しません。空いていれば、その場で予約になります。"""
    found = place(ONE, date(2030, 2, 1))
    too_young = api.wait(desk(), [Wish(found.children[1], Span(DAY, 18, 22))], uuid4())
    assert isinstance(too_young, Refusal)
    assert too_young.rule is Rule.AGE
    at_once = waits(api.wait(desk(), [Wish(found.children[0], Span(DAY, 18, 22))], uuid4()))
    assert at_once.state is Waiting.PLACED
    assert not api.leave_waiting(desk(), at_once.id)


def test_a_change_keeps_the_old_place_until_the_new_one_is_had() -> None:
    """時間の変更は、新しい時間が取れたときだけ行います。取れないときは、元の予約がそのまま残ります。"""
    found = place(*[ONE] * 11)
    for child in found.children[:10]:
        assert found.book(child, 18, 22).done
    late = found.book(found.children[10], 22, 26).bookings[0]
    refusal = refused(api.change(desk(), late.id, Span(DAY, 20, 24)))
    assert refusal.rule is Rule.CAPACITY
    assert refusal.nearest is not None
    assert api.bookings(desk(), [late.child], DAY)[0].span == Span(DAY, 22, 26)
    moved = api.change(desk(), late.id, Span(DAY, 24, 30))
    assert moved.bookings[0].span == Span(DAY, 24, 30)
    assert api.change(desk(), late.id, Span(DAY, 24, 30)).repeated
    early = api.bookings(desk(), [found.children[0]], DAY)[0]
    assert api.change(desk(), early.id, Span(DAY, 18, 20)).done, "短くするだけなら、いつでもできる"


def test_a_family_changes_until_the_deadline_and_the_station_after_it() -> None:
    """画面からの変更と取消には締切があります。締切を過ぎたら、施設に電話をすると、職員が取り消せます。"""
    found = place(ONE)
    booking = found.book(found.children[0], 18, 22).bookings[0]
    until = api.cancel_until(desk(), booking)
    assert until == api.moment(DAY - timedelta(days=1), 17 * 60)
    web = desk(channel=Channel.WEB, now=until)
    refusal = refused(api.cancel(web, booking.id))
    assert "5月12日 17:00 に締め切りました。施設へお電話ください。" in refusal.words
    assert not refusal.confirmed
    assert refused(api.change(web, booking.id, Span(DAY, 20, 24))).rule is Rule.WINDOW
    given_back = api.cancel(replace(web, channel=Channel.PHONE), booking.id)
    assert given_back.bookings[0].state is State.CANCELLED
    assert api.cancel(web, booking.id).repeated


def test_who_leaves_late_takes_the_place() -> None:
    """お迎えが遅れている間、席は埋まったままです。帰られたら、その後の時間は空きます。"""
    found = place(*[ONE] * 11)
    booked = [found.book(child, 18, 22).bookings[0] for child in found.children[:10]]
    at_nine, at_eleven = desk(now=api.moment(DAY, 541)), desk(now=api.moment(DAY, 11 * 60 + 10))
    assert all(api.arrive(at_nine, one.id) for one in booked)
    card = next(one for one in api.availability(at_eleven, found.children[10], DAY) if one.day == DAY)
    assert {slot.slot: slot.free for slot in card.slots}[22] == 0
    assert all(api.depart(at_eleven, one.id) for one in booked)
    after = next(one for one in api.availability(at_eleven, found.children[10], DAY) if one.day == DAY)
    assert {slot.slot: slot.free for slot in after.slots}[23] == 10


def test_a_child_that_is_there_stays_longer_if_there_is_room() -> None:
    """お預かり中の延長も、席があるときだけです。次の方の予約があれば、延長できません。"""
    found = place(*[ONE] * 11)
    booking = found.book(found.children[0], 18, 22).bookings[0]
    assert all(found.book(child, 24, 28).done for child in found.children[1:11])
    now = desk(now=api.moment(DAY, 560))
    assert api.arrive(now, booking.id)
    assert api.extend(now, booking.id, 24).done
    assert refused(api.extend(now, booking.id, 26)).rule is Rule.CAPACITY
    assert all(api.cancel(desk(), api.bookings(desk(), [one], DAY)[0].id).done for one in found.children[1:2])
    late = desk(now=api.moment(DAY, 12 * 60 + 10))
    assert api.extend(late, booking.id, 26).done, "遅れている間の席は、自分のものと数えない"


def test_the_displayed_code_changes() -> None:
    """受付の二次元コードは施設ごとに違い、5分ごとに変わります。"""
    found, other = place(ONE), place(ONE, code="umegaoka")
    at_nine = desk(now=api.moment(DAY, 540))
    code = api.arrival_code(at_nine, found.station.id)
    assert code == api.arrival_code(desk(now=api.moment(DAY, 544)), found.station.id)
    assert code != api.arrival_code(desk(now=api.moment(DAY, 545)), found.station.id)
    assert code != api.arrival_code(at_nine, other.station.id)
    query = "SELECT hotstay_at_door(%s, %s, %s, %s, %s)"
    assert rows(query, found.station.id, found.station.contractor, found.children[0], "", at_nine.now) == [(True,)]


def test_no_show_frees_the_place() -> None:
    """連絡がなく来なかったときは、利用の時刻になってから不参加と記録でき、席は空きます。"""
    found = place(ONE)
    booking = found.book(found.children[0], 18, 22).bookings[0]
    assert refused(api.no_show(desk(), booking.id)).rule is Rule.WINDOW
    at_half_past = desk(now=api.moment(DAY, 570))
    assert api.no_show(at_half_past, booking.id).bookings[0].state is State.NO_SHOW


def test_a_roster_cut_says_whom_to_call_first() -> None:
    """職員が足りなくなったら、あとから予約した方から順に、必要な人数だけが示されます。予約は一つも取り消されません。"""
    found = place(*[ONE] * 10, roster=[(18, 34, 2, 2)])
    booked = [found.book(child, 18, 22).bookings[0] for child in found.children]
    rows("UPDATE hotstay_setting SET min_staff = 1 WHERE station_id = %s RETURNING id", found.station.id)
    api.put_roster(desk(), found.station.id, DAY, [(18, 34, 1, 1)])
    listed = api.unfit(desk(), found.station.id, DAY, NEXT)
    assert [one.booking.id for one in listed] == [one.id for one in reversed(booked)][:2], "8人は 1.3 人で職員1人"
    assert [one.turn for one in listed] == [1, 2]
    assert {one.state for one in api.bookings(desk(), found.children, DAY)} == {State.BOOKED}


def test_a_day_closed_after_booking_cancels_nothing() -> None:
    """予約のある日を臨時の休みにしても、予約は残ります。全員に連絡する順番が示され、新しい予約は入りません。"""
    found = place(ONE, ONE)
    assert found.book(found.children[0], 18, 22).done
    api.close(desk(), found.station.id, DAY, "設備の点検のため休みです。")
    assert [one.rule for one in api.unfit(desk(), found.station.id, DAY, NEXT)] == [Rule.CLOSED]
    refusal = refused(found.book(found.children[1], 18, 22))
    assert (refusal.rule, refusal.words) == (Rule.CLOSED, "設備の点検のため休みです。")
    assert refusal.nearest == Span(NEXT, 18, 22)


def test_the_ledger_knows_every_booking() -> None:
    """予約、変更、取消のどれも、だれが行い、どのお子さまのことかが、台帳に残ります。"""
    found = place(ONE)
    booking = found.book(found.children[0], 18, 22).bookings[0]
    api.change(desk(), booking.id, Span(DAY, 20, 24))
    api.cancel(desk(), booking.id)
    lines = search(subject=found.children[0], using=OWNER).lines
    assert [line.action for line in lines] == ["hotstay.given_back", "hotstay.changed", "hotstay.booked"]
    assert {line.flow for line in lines} == {"814-2"}


def test_only_registered_children_book() -> None:
    """面接を終えて登録されたお子さまだけが予約できます。別の施設のお子さまを、一つの申込みに混ぜることはできません。"""
    found = place(ONE)
    other = place(ONE, code="umegaoka")
    child = found.children[0]
    wishes = [Wish(one, Span(DAY, 18, 22)) for one in (child, other.children[0])]
    with pytest.raises(BadInput, match="二つの施設"):
        api.book(desk(), wishes, uuid4())
    rows("UPDATE hotstay_child SET registered_on = NULL WHERE id = %s RETURNING id", child)
    assert refused(found.book(child, 18, 22)).rule is Rule.REGISTRATION
    assert at.put(desk(), found.station.id, [Wish(child, Span(DAY, 18, 22))], uuid4()) == "hotstay_booking_registered"
    with pytest.raises(NotFound):
        found.book(0, 18, 22)


def test_items_outside_the_paper_are_refused() -> None:
    """諮問814にない項目は、どの入口からも保存できません。"""
    found = place(ONE)
    with pytest.raises(BadInput, match="reason"):
        api.add_child(desk(), found.station, 1, {"name": "見本　空", "born": ONE, "reason": "通院"})
