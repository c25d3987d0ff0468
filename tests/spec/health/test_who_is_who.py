"""同じ人かどうか

レセプトと健診の記録を、人ごとにまとめます。確かなものだけを機械でまとめ、迷うものは職員が決めます。決定はいつでも元に戻せます。
"""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from django.db import DatabaseError, connections, transaction
from django.test import Client
from django.utils import timezone

from azukari.business.health.models import PersonDecision
from azukari.business.health.persons import deciding
from azukari.business.health.persons.linking import Linked, link_store
from azukari.business.health.persons.resolving import resolve
from azukari.business.health.persons.types import Verdict
from azukari.core.audit import api as audit
from azukari.core.people.matching.types import Decision
from support.linkage import Shelf, identities, persons_of, reasons_of, signed, waiting_pair
from support.signing import signed_in

NO_LIST = pl.DataFrame(schema={"identity": pl.Int64(), "person": pl.Int64()})
WRITES = pytest.mark.usefixtures("scratch")
MOVED = {"insurer": "00139999", "symbol": "7", "number": "55", "branch": ""}


@pytest.mark.parametrize(
    "other",
    [
        {"name": "見夲\u3000花子", "kana": "ﾐﾎﾝ ﾊﾅｺ"},
        {"name": "見本花子", "insurer": "138057"},
        {"symbol": "１２", "kana": "みほん　はなこ"},
        {"branch": ""},
    ],
)
def test_the_same_written_in_two_ways(other: dict[str, object]) -> None:
    """全角と半角、かなの書き方、空白、異体字、番号の書き方だけが違う記録は、一人にまとめます。記録の文字は直しません。"""
    assert reasons_of({}, other) == (True, [])


def test_variant_kanji() -> None:
    """「齋藤」「斎藤」と、「髙橋」「高橋」は、同じ人の名前として比べます。"""
    assert reasons_of({"name": "齋藤\u3000恵"}, {"name": "斎藤\u3000惠"} | MOVED) == (True, [])
    assert reasons_of({"name": "髙橋\u3000恵"}, {"name": "高橋\u3000恵"} | MOVED) == (True, [])


def test_moved_between_insurers() -> None:
    """保険者が変わっても、氏名、フリガナ、生年月日、性別が同じなら、一人にまとめます。"""
    assert reasons_of({}, MOVED) == (True, [])


def test_twins() -> None:
    """双子は、姓も生年月日も同じでも、一人にまとめません。迷うときは職員に示します。"""
    joined, reasons = reasons_of({}, {"branch": "02", "name": "見本\u3000桃子", "kana": "ミホン\u3000モモコ"})
    assert not joined
    assert "名が違います。双子など、別の人かもしれません。" in reasons


def test_twins_without_a_branch_number() -> None:
    """枝番のない古い記録の双子も、同じ記号番号だからといって一人にまとめません。"""
    twin = {"name": "見本\u3000花代", "kana": "ミホン\u3000ハナヨ", "branch": ""}
    joined, reasons = reasons_of({"branch": ""}, twin)
    assert not joined
    assert reasons


def test_same_name_and_birthday() -> None:
    """同じ保険者の中で番号が違う同姓同名・同じ生年月日の記録は、別の人かもしれないので、職員が決めます。"""
    joined, reasons = reasons_of({}, {"number": "999"})
    assert not joined
    assert reasons == ["同じ保険者で、番号が違います。同姓同名の人かもしれません。"]


def test_another_surname() -> None:
    """姓だけが違う記録は、結婚などで変わったのかもしれません。番号と枝番まで同じでなければ、職員が決めます。"""
    married = {"name": "例示\u3000花子", "kana": "レイジ\u3000ハナコ"}
    assert reasons_of({}, married) == (True, [])
    joined, reasons = reasons_of({}, married | {"number": "777"})
    assert not joined
    assert any("姓が違います" in reason for reason in reasons)


def test_father_and_son_read_alike() -> None:
    """読みが同じ父と子は、生年月日が違うので、一人にまとめません。"""
    father = {"name": "見本\u3000浩", "kana": "ミホン\u3000ヒロシ", "sex": 1, "birth": date(1950, 1, 1)}
    son = {"name": "見本\u3000博", "kana": "ミホン\u3000ヒロシ", "sex": 1, "birth": date(1980, 1, 1), "branch": "02"}
    joined, _ = reasons_of(father, son)
    assert not joined


def test_no_chain_makes_one_person_of_two() -> None:
    """似た記録が鎖のようにつながっても、生年月日や性別の違う記録が一人になることは、職員の決定なしにはありません。"""
    frame = identities({}, {"birth": None}, {"birth": date(1956, 3, 14)}, {"sex": 1})
    found = resolve(frame)
    people = persons_of(frame, found)
    assert people[0] != people[2]
    assert people[0] != people[3]


def test_a_decision_and_its_withdrawal() -> None:
    """職員がつなぐと一人になり、取り消すと、前と全く同じ分かれ方に戻ります。"""
    frame = identities({}, {"number": "999"}, MOVED | {"kana": "ミホン\u3000ハルコ"})
    before = resolve(frame)
    left, right = sorted(frame["identity"][:2])
    assert (left, right) in before.doubts.select("left", "right").rows()
    linked = resolve(frame, [Decision(left, right, same=True)])
    assert len(set(persons_of(frame, linked))) < len(set(persons_of(frame, before)))
    assert set(linked.links.filter(linked.links["identity"].is_in([left, right]))["how"]) == {"person"}
    assert resolve(frame, []).links.equals(before.links)


@WRITES
def test_both_sides_beside_each_other() -> None:
    """迷う組は、二つの記録を並べて示します。違うところは言葉で書きます。見たことは台帳に残ります。"""
    frame, key = waiting_pair()
    officer = signed("officer-809", "ward-health")
    listing = officer.get("/health/persons/").content.decode()
    assert "確認を待つ組" in listing
    assert "花子" not in listing
    page = officer.get(f"/health/persons/{key}/").content.decode()
    for words in ("見本\u3000花子", "見本\u3000桃子", "昭和31年3月4日", "違う", "双子など"):
        assert words in page
    assert all(audit.search(subject=one, action="view", using="owner").lines for one in frame["identity"])


@WRITES
def test_a_look_stands_under_the_person_whose_record_it_is() -> None:
    """資格の一覧にいる方の記録を職員が見たことは、その方の台帳として見つかります。一覧から分かるのがあとになっても、それから見た分は見つかります。"""
    people = identities({}, {"number": "999"})
    store, listed = Shelf({"identities": people}), people[:1].select("identity", person=pl.lit(101, pl.Int64))
    link_store(store, NO_LIST, at=timezone.now(), using="owner")
    link_store(store, listed, at=timezone.now(), using="owner")
    [doubt] = deciding.waiting("owner")
    signed("officer-809", "ward-health").get(f"/health/persons/{doubt.pk}/")
    [line] = audit.search(subject=101, action="view", using="owner").lines
    assert sorted(line.subjects) == sorted([101, people["identity"][1]])


@WRITES
def test_an_officer_decides_and_takes_it_back() -> None:
    """決定は台帳に残り、取り消せます。取り消すと確認待ちに戻り、経過はすべて残ります。"""
    frame, key = waiting_pair()
    officer = signed("officer-809", "ward-health")
    assert officer.post(f"/health/persons/{key}/", {"verdict": "同じ人"}).status_code == 303
    assert [one.same for one in deciding.in_force("owner")] == [True]
    assert len(set(persons_of(frame, resolve(frame, deciding.in_force("owner"))))) == 1
    again = officer.post(f"/health/persons/{key}/", {"verdict": "同じ人"})
    assert again.status_code == 422
    assert "もう「同じ人」と決まっています" in again.content.decode()
    assert officer.post(f"/health/persons/{key}/", {"verdict": "取消し"}).status_code == 303
    assert deciding.in_force("owner") == []
    history = officer.get(f"/health/persons/{key}/").content.decode()
    assert history.index("同じ人　") < history.index("取消し　")
    assert all(len(audit.search(subject=one, action="change", using="owner").lines) == 2 for one in frame["identity"])


@WRITES
def test_later_stays_open() -> None:
    """「あとで」とした組は、一覧の終わりに残ります。何も決まらず、取り消すものもありません。"""
    _, key = waiting_pair()
    officer = signed("officer-809", "ward-health")
    officer.post(f"/health/persons/{key}/", {"verdict": "あとで"})
    assert deciding.in_force("owner") == []
    assert [one.pk for one in deciding.waiting("owner")] == [key]
    nothing = officer.post(f"/health/persons/{key}/", {"verdict": "取消し"})
    assert "取り消す決定がありません" in nothing.content.decode()


@WRITES
def test_who_may_not_look() -> None:
    """委託先の人も、ほかの課の職員も、この画面を開けません。"""
    _, key = waiting_pair()
    for client in (signed_in("officer"), signed("analyst", "analysts"), Client()):
        answer = client.get(f"/health/persons/{key}/")
        assert answer.status_code in {302, 403, 404}
        assert "花子" not in answer.content.decode()


@WRITES
def test_linking_again_after_a_decision() -> None:
    """取り込むたびに全員をまとめ直します。職員の決定はそのつど守られ、決めた組を二度たずねることはありません。"""
    shelf = {
        "identities": identities(
            {}, {"number": "999"}, {"name": "例示\u3000一子", "kana": "レイジ\u3000イチコ"} | MOVED
        )
    }
    store = Shelf(shelf)
    assert link_store(store, NO_LIST, at=timezone.now(), using="owner") == Linked(3, 3, 0, 1)
    assert link_store(store, NO_LIST, at=timezone.now(), using="owner") == Linked(3, 3, 0, 0)
    [doubt] = deciding.waiting("owner")
    deciding.decide(doubt, Verdict.LINK, by="test", at=timezone.now(), using="owner")
    assert link_store(store, NO_LIST, at=timezone.now(), using="owner") == Linked(3, 2, 0, 0)
    assert set(shelf["links"]["how"]) == {"person", "alone"}
    deciding.decide(doubt, Verdict.WITHDRAWN, by="test", at=timezone.now(), using="owner")
    assert link_store(store, NO_LIST, at=timezone.now(), using="owner") == Linked(3, 3, 0, 0)
    assert deciding.counts("owner") == deciding.Counts(waiting=1, later=0, same=0, apart=0)


@WRITES
def test_the_wards_own_list_answers_first() -> None:
    """資格の一覧が別の人だと言う組は、職員にたずねません。一覧にいる方の記録は、一覧の番号の人になります。"""
    people = identities({}, {"number": "999"})
    listed = people.select("identity").with_columns(person=pl.Series([101, 102]))
    shelf = {"identities": people}
    assert link_store(Shelf(shelf), listed, at=timezone.now(), using="owner") == Linked(2, 2, 2, 0)
    assert deciding.waiting("owner") == []
    assert shelf["links"].is_empty()


@WRITES
def test_a_decision_is_never_rewritten() -> None:
    """記録された決定は、データベースでも書き換えられず、消せません。"""
    _, key = waiting_pair()
    doubt = deciding.pairs("owner").get(pk=key)
    deciding.decide(doubt, Verdict.APART, by="test", at=timezone.now(), using="owner")
    for sql in ("UPDATE health_person_decision SET verdict = '同じ人'", "DELETE FROM health_person_decision"):
        with pytest.raises(DatabaseError, match="neither changed"), transaction.atomic(using="owner"):
            connections["owner"].cursor().execute(sql)
    assert PersonDecision.objects.using("owner").get().verdict == "別の人"
