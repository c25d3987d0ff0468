"""名簿と引渡し

抽出した対象の方を、年度の事業の名簿に取り込み、取扱いごとの委託先に預けます。支援措置等により区が直接対応する方は、名簿にも、委託先にも、件数にも、はじめからいなかったのと同じに現れません。
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction
from django.test import Client

from azukari.business.health.programmes import api, handing, progress
from azukari.business.health.targets.types import Reason, Target
from azukari.core.audit import api as audit
from azukari.core.handover import api as handover
from azukari.core.policy import api as policy
from azukari.demo.names import CALL_CENTRE, OTHER_CONTRACTOR
from azukari.kernel.errors import BadInput, Refused
from support.programmes import (
    AS_OF,
    BY,
    OWNER,
    alone,
    entrusted,
    facts,
    households,
    inside,
    listed,
    numbers,
    protect,
    rows,
    store_of,
)
from support.signing import signed_in

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
DAY = AS_OF + timedelta(days=30)
DAYS = "SELECT joined_on, finished_on FROM health_listed WHERE list_id = ANY (%s) ORDER BY joined_on NULLS FIRST"
FLOWS = {"809-1": "checkup", "809-3": "kidney", "809-4": "visits"}


def handed(flow: str, key: int) -> list[dict[str, str]]:
    """The rows of a hand-over as its contractor's medium would hold them."""
    with inside(flow, medium="USBメモリ"):
        return [dict(one.values) for one in handing.source_rows(api.Channel(flow), str(key), using=OWNER)]


def refused_by_the_database(statement: str, *values: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("flow", FLOWS)
def test_a_contractor_gets_the_items_of_its_flow_word_for_word(flow: str) -> None:
    """預けた行にある項目は、諮問第809号がその取扱いに挙げる項目と、一字も違わずに同じです。電話は15、保健指導は10、訪問指導は8です。"""
    key = entrusted(listed(alone(2), FLOWS[flow]), flow)
    found = handed(flow, key)
    assert len(found) == 2
    assert {tuple(sorted(row)) for row in found} == {tuple(sorted(policy.library().items_of(flow)))}
    assert len(found[0]) == {"809-1": 15, "809-3": 10, "809-4": 8}[flow]
    assert found[0]["住所"].startswith("〒15")


def test_a_protected_person_was_never_there() -> None:
    """区が直接対応する方を含む抽出と、含まない抽出は、名簿の人数も、預けた行も、諮問した件数に対する実績も、同じです。"""
    others, [hidden, *_] = alone(4), households(2, 9)[-1]
    protect(hidden)
    counts = {}
    for name, persons in (("with", [*others, hidden]), ("without", others)):
        before = api.against(date(2026, 4, 1), date(2027, 4, 1))[0].entrusted
        key = listed(persons)
        made = entrusted(key, "809-1")
        table = sorted(tuple(row.items()) for row in handed("809-1", made))
        after = sum(numbers("SELECT sum(rows) FROM health_handed_over WHERE flow = '809-1'"))
        counts[name] = (api.card(key, using=OWNER).people, api.card(key, using=OWNER).groups, table, before)
        assert after >= len(others)
        assert numbers("SELECT count(*) FROM health_callsubject WHERE handing_id = %s", made) == [len(others)]
    assert counts["with"] == counts["without"]


def test_who_becomes_protected_is_gone_at_once_with_the_household() -> None:
    """申し出があったその時から、その方も、同じ世帯の方も、名簿、電話、件数から消えます。残った方の同一世帯フラグにも、跡は残りません。"""
    family, other = households(2, 1)[0], alone(5)[-1]
    made = entrusted(key := listed([*family, other]), "809-1")
    assert {row["同一世帯フラグ"] for row in handed("809-1", made)} == {"0", "1"}
    with inside("809-1"):
        subjects = numbers(
            "SELECT id FROM v_health_callsubject WHERE handing_id = %s AND person_id = %s", made, family[0]
        )
        api.take_next(made, caller="caller", now=_now(), using=OWNER)
    before = sum(numbers("SELECT sum(rows) FROM health_handed_over WHERE flow = '809-1'"))
    [there] = numbers("SELECT count(*) FROM health_callsubject WHERE person_id = ANY (%s)", family)
    protect(family[0])
    [left] = handed("809-1", made)
    assert left["同一世帯フラグ"] == "0"
    assert api.card(key, using=OWNER).people == 1
    assert sum(numbers("SELECT sum(rows) FROM health_handed_over WHERE flow = '809-1'")) == before - there
    with inside("809-1"):
        assert numbers("SELECT count(*) FROM v_health_callsubject WHERE id = ANY (%s)", subjects) == [0]


def _now() -> object:
    return rows("SELECT now()")[0][0]


def test_those_reached_by_hand_are_seen_only_by_whom_it_is_granted_to() -> None:
    """区が直接対応する方の一覧は、別の登録（r-health-hand）に名前のある職員だけが見られます。保健事業の担当者にも委託先にも、データベースが断ります。"""
    [hidden] = alone(1)
    key = listed([hidden, *alone(3)[1:]])
    protect(hidden)
    with inside("r-health-hand"):
        assert numbers("SELECT person_id FROM v_health_byhand WHERE list_id = %s", key) == [hidden]
    for flow in ("r-health", "809-1", "809-3"):
        with inside(flow):
            for table in ("health_byhand", "health_protected", "v_health_byhand", "v_health_protected"):
                with pytest.raises(ProgrammingError), transaction.atomic(using=OWNER):
                    rows(f"SELECT count(*) FROM {table}")
        with inside(flow), pytest.raises(ProgrammingError), transaction.atomic(using=OWNER):
            rows("SELECT health_is_protected(%s, health_today())", hidden)
    assert signed_in("officer-809").get("/health/by-hand/").status_code == 403
    assert signed_in("responsible-809").get("/health/by-hand/").status_code == 200


def test_keys_leave_no_gap() -> None:
    """行の番号は一つずつ無作為に決まり、続き番号がありません。だれかが抜けていても、番号からは分かりません。"""
    made = entrusted(listed(alone(6)), "809-1")
    with inside("809-1"):
        keys = numbers("SELECT id FROM v_health_callsubject WHERE handing_id = %s ORDER BY id", made)
    gaps = [after - before for before, after in pairwise(keys)]
    assert len(keys) == 6
    assert min(gaps) > 1_000


def test_plain_receipts_go_for_members_only() -> None:
    """保健指導と訪問指導の委託先に見えるのは、預けられた対象の方のレセプトだけです。ほかの方も、ほかの取扱いの行も、データベースに無いのと同じです。"""
    mine, [other] = alone(2), alone(3)[2:]
    made = entrusted(listed(mine, "kidney"), "809-3")
    listed([other], "kidney")
    entrusted(listed(alone(2), "drugs"), "809-4")
    with inside("809-3"):
        found = rows("SELECT person_id, receipts FROM v_health_guidancemember WHERE handing_id = %s", made)
        assert sorted(found) == sorted((person, f"レセプト{person}") for person in mine)
        assert numbers("SELECT count(*) FROM v_health_guidancemember WHERE person_id = %s", other) == [0]
        for table in ("health_listed", "health_visitmember", "health_callsubject", "health_issued"):
            with pytest.raises(ProgrammingError), transaction.atomic(using=OWNER):
                rows(f"SELECT 1 FROM {table}")
    refused_by_the_database(
        "INSERT INTO health_guidancemember (id, handing_id, contractor, person_id, name, address, sex, born, scope, phone,"
        " receipts, number, care_level, results, answers) SELECT 1, handing_id, contractor, %s, name, address, sex, born,"
        " scope, phone, receipts, number, care_level, results, answers FROM health_guidancemember WHERE handing_id = %s",
        other, made,
    )  # fmt: skip


def test_another_contractor_of_the_flow_sees_nothing() -> None:
    """同じ取扱いの名簿にあっても、預けられていない委託先の従事者には、一行も見えません。"""
    made = entrusted(listed(alone(2)), "809-1")
    policy.enrol("operator-812", "809-1", since=date(2019, 6, 1), contractor=OTHER_CONTRACTOR, using=OWNER)
    with inside("809-1", actor="operator-812", contractor=OTHER_CONTRACTOR, place="asunaro"):
        assert handing.source_rows(api.Channel.CALLS, str(made), using=OWNER) == []
    refused_by_the_database(
        "UPDATE health_callsubject SET contractor = %s WHERE handing_id = %s", OTHER_CONTRACTOR, made
    )


def test_a_list_goes_to_the_contractor_of_its_flow_only() -> None:
    """糖尿病性腎症の名簿の方を、電話の委託先に預けることはできません。理由と、どこに渡すのかが示されます。"""
    key = listed(alone(2), "kidney")
    with pytest.raises(BadInput, match="預けることはできません"):
        api.entrust(key, api.Channel.CALLS, {}, contractor=CALL_CENTRE, on=date(2026, 6, 2), by=BY, using=OWNER)


def test_the_flow_without_a_first_day_grants_nothing() -> None:
    """受診勧奨通知の発送（809-2-2）には、諮問書に開始の時期がありません。人が決めるまで何も渡せず、画面がその根拠を示します。"""
    with pytest.raises(Refused, match="まだできません") as caught:
        api.contractor_of(api.Channel.LETTERS, date(2026, 6, 2), using=OWNER)
    assert "開始の日が定まっていません" in caught.value.why
    [key] = numbers("SELECT id FROM health_list WHERE programme = 'checkup' ORDER BY id LIMIT 1")
    page = signed_in("officer-809").get(f"/health/lists/{key}/").content.decode()
    assert "開始の日が定まっていません" in page
    assert "諮問第809号 12(2)" in page
    with inside("809-2-2", actor="officer-809"), pytest.raises(ProgrammingError), transaction.atomic(using=OWNER):
        rows("SELECT 1 FROM v_health_letterline")


def test_a_hand_over_by_medium_reads_as_the_contractor() -> None:
    """USBメモリや CD-R で渡すときも、受け取る委託先の人の目で読みます。諮問した媒体でなければ断られ、預けた件数は諮問した件数と並びます。"""
    [made] = numbers("SELECT id FROM health_handing WHERE flow = '809-1' ORDER BY id LIMIT 1")
    people = numbers("SELECT count(*) FROM health_callsubject WHERE handing_id = %s", made)[0]
    found = handover.rows_for(
        "health-calls", str(made), contractor=CALL_CENTRE, on=date(2026, 11, 1), kind=handover.Kind.USB
    )
    assert len(found) == people
    with pytest.raises(Refused, match="文書"):
        handover.rows_for("health-calls", str(made), contractor=CALL_CENTRE, on=date(2026, 11, 1))
    told = {one.flow: one for one in api.against(date(2000, 1, 1), date(2100, 1, 1))}
    assert [told[flow].approved for flow in ("809-1", "809-2-2", "809-3", "809-4")] == [70_000, 70_000, 500, 1_000]
    assert told["809-1"].entrusted >= people


def test_more_than_was_told_is_said_and_stops_nothing() -> None:
    """諮問した件数を超えたときは、画面がそう示し、変更の諮問を促します。業務は止めません。"""
    rows("INSERT INTO health_handed_over (flow, \"on\", rows) VALUES ('809-3', '2031-06-01', 501)")
    entrusted(listed(alone(1), "kidney"), "809-3")
    total = sum(numbers("SELECT sum(rows) FROM health_handed_over WHERE flow = '809-3'"))
    warning = policy.warn_count(policy.library().flows["809-3"], total)
    assert warning is not None
    assert "変更の諮問" in warning.reason


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ([], "取り込む対象者がいません"),
        ([1, 1], "同じ方が二度あります"),
        ([999_999_999], "住民記録にない方"),
    ],
)
def test_an_odd_extraction_is_refused_whole(targets: list[int], words: str) -> None:
    """空の抽出、同じ方が二度ある抽出、住民記録にない方のいる抽出は、一人も取り込みません。"""
    before = numbers("SELECT count(*) FROM health_list")
    with pytest.raises(BadInput, match=words):
        listed(targets)
    assert numbers("SELECT count(*) FROM health_list") == before


def test_everybody_has_a_reason() -> None:
    """抽出した理由の記録の行がない方は、取り込めません。"""
    with pytest.raises(BadInput, match="理由のない方"):
        api.take(
            api.Programme.DRUGS, [Target(alone(1)[0], "重複服薬", ())], {}, fiscal_year=2026, as_of=date(2026, 6, 1),
            definition="理由なし", on=date(2026, 6, 2), by=BY, using=OWNER,
        )  # fmt: skip


def test_the_officer_entrusts_a_list_on_the_screen() -> None:
    """区の職員は、画面の一つのボタンで名簿を預けます。氏名と住所は、その日の住民記録から入り、見たことも預けたことも、一人ずつ台帳に残ります。"""
    client = signed_in("officer-809")
    key = _committed_list()
    answer = client.post(f"/health/lists/{key}/entrust/", {"channel": "r-health", "letter": "情報提供票"})
    assert answer.status_code == 303
    page = client.get(f"/health/lists/{key}/").content.decode()
    assert "情報提供票）</h3>" in page
    line = audit.search(action="health.entrusted", limit=1).lines[0]
    assert line.actor == "officer-809"
    assert len(line.subjects) == line.detail["rows"] > 1
    assert "氏名" in line.items
    assert (
        client.post(f"/health/lists/{key}/entrust/", {"channel": "r-health", "letter": "情報提供票"}).status_code == 422
    )


def _committed_list() -> int:
    return numbers("SELECT id FROM health_list WHERE programme = 'checkup' ORDER BY id LIMIT 1")[0]


def test_people_of_a_list_with_the_lines_that_say_why() -> None:
    """名簿の画面には、対象の方と、抽出した理由の記録が並びます。開いた方は台帳に残り、住民記録に名前のない職員には氏名が出ません。"""
    client, key = signed_in("officer-809"), _committed_list()
    [(person, name)] = rows(
        "SELECT p.person_id, n.name FROM health_listed p JOIN people_name n ON n.person_id = p.person_id AND upper_inf(n.valid)"
        ' WHERE p.list_id = %s ORDER BY p."group", p.id LIMIT 1',
        key,
    )
    page = client.get(f"/health/lists/{key}/people/").content.decode()
    assert str(name) in page
    assert "特定健診の受診がありません" in page
    assert audit.search(subject=int(str(person)), action="view").lines[0].actor == "officer-809"
    assert str(name) not in client.get(f"/health/lists/{key}/").content.decode()
    assert str(name) not in client.get("/health/").content.decode()


def test_joining_and_finishing_are_recorded_in_their_order() -> None:
    """参加と完了の日を、対象の方ごとに記録します。参加の前の完了も、これからの日も、受け付けません。"""
    client = signed_in("officer-809")
    [(key, row)] = rows(
        "SELECT l.id, p.id FROM health_listed p JOIN health_list l ON l.id = p.list_id WHERE l.programme = 'kidney'"
        " AND p.joined_on IS NULL ORDER BY p.id LIMIT 1"
    )
    as_of = numbers("SELECT extract(epoch FROM as_of) FROM health_list WHERE id = %s", key)
    assert as_of
    address, [(first,)] = (
        f"/health/lists/{key}/people/{row}/",
        rows("SELECT as_of + 3 FROM health_list WHERE id = %s", key),
    )
    assert client.post(address, {"joined": "", "finished": str(first)}).status_code == 422
    assert client.post(address, {"joined": "2099-01-01", "finished": ""}).status_code == 422
    assert client.post(address, {"joined": str(first), "finished": str(first)}).status_code == 303
    assert "記録しました" in client.get(address).content.decode()


def test_what_arrived_is_written_into_the_lists() -> None:
    """名簿のあとに受けた健診と初回面接の日は、受け取った記録の名寄せのときに名簿に入り、一人ずつ台帳に残ります。人が記録した日は消えません。"""
    examined, earlier, guided = alone(3)
    checkup, guidance = listed([examined, earlier]), listed([guided], "guidance")
    with inside("r-health"):
        rows("UPDATE health_listed SET joined_on = %s, finished_on = %s WHERE list_id = %s", DAY, DAY, guidance)
    store = store_of(
        links=[{"identity": person, "person": person} for person in (examined, earlier, guided)],
        checkups=[{"identity": examined, "date": DAY}, {"identity": earlier, "date": AS_OF - timedelta(days=1)}],
        guidance=[{"identity": guided, "first": AS_OF + timedelta(days=3), "last": None}],
    )
    assert progress.refresh(store, by=BY, using=OWNER) == 2
    assert rows(DAYS, [checkup]) == [(None, None), (DAY, DAY)]
    assert rows(DAYS, [guidance]) == [(AS_OF + timedelta(days=3), DAY)]
    line = audit.search(action="health.followed", limit=1, using=OWNER).lines[0]
    assert (sorted(line.subjects), list(line.items)) == (sorted([examined, guided]), ["勧奨の記録"])
    assert progress.refresh(store, by=BY, using=OWNER) == 0


def test_pages_are_for_those_who_are_named() -> None:
    """保健事業の画面は、その登録や取扱いに名前のある人だけのものです。ほかの業務の職員や委託先は、理由とともに断られます。"""
    key = _committed_list()
    for login in ("officer", "caller"):
        client = signed_in(login)
        for address in ("/health/", f"/health/lists/{key}/", f"/health/lists/{key}/people/", "/health/figures/"):
            assert client.get(address).status_code in {403, 404}, (login, address)
    assert signed_in("officer-809").get("/health/calls/").status_code == 403
    assert Client().get("/health/").status_code == 302


def test_the_picture_of_the_year_hides_small_numbers() -> None:
    """会議で見せる図では、10人に満たない数を伏せます。図のそばに、同じ数の表があります。だれの名前も出ません。"""
    page = signed_in("officer-809").get("/health/figures/").content.decode()
    assert "人未満のため伏せています" in page
    assert "この図の数を表で見る" in page
    assert "40〜44歳" in page
    assert "世田谷地域" in page
    names = {str(name) for (name,) in rows("SELECT name FROM people_name ORDER BY id LIMIT 200")}
    assert not [name for name in names if name in page]


def test_reasons_carry_the_record() -> None:
    """名簿の一人ひとりに、根拠になった記録の表、レセプトの番号、行が残ります。"""
    [person] = alone(1)
    key = api.take(
        api.Programme.DRUGS, [Target(person, "重複服薬", (Reason("acts", 812, 45, "同じ薬が84日分"),))], facts([person]),
        fiscal_year=2026, as_of=date(2026, 6, 1), definition="行つき", on=date(2026, 6, 2), by=BY, using=OWNER,
    )  # fmt: skip
    [(reasons,)] = rows("SELECT reasons FROM health_listed WHERE list_id = %s", key)
    assert '"receipt": 812' in str(reasons)
    assert '"line": 45' in str(reasons)


def test_a_picture_is_not_replaced_by_nothing() -> None:
    """保存場所に加入者の記録がないときに数え直しても、いまの図は変わりません。"""
    before = rows("SELECT made_at, numbers FROM health_picture")
    answer = signed_in("officer-809").post("/health/figures/", {"year": "2026"})
    assert answer.status_code == 422
    assert "いまの図はそのままです" in answer.content.decode()
    assert rows("SELECT made_at, numbers FROM health_picture") == before
