"""委託先の確認画面

券を事業者ごとの束で並べ、紙の券と見比べて1枚ずつ「確認済」か「区へ照会」にします。
"""

from __future__ import annotations

import re

import pytest
from django.test import Client

from azukari.business.taxi.types import Reason, State
from azukari.demo.names import OTHER_CONTRACTOR
from support.signing import signed_in, try_sign_in
from support.taxi import rows, some_batch

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


def test_month_by_company() -> None:
    """月の画面には、預けられた束が事業者ごとに、確認済と残りの枚数で並びます。氏名は出ません。"""
    page = signed_in("operator").get("/taxi/check/").content.decode()
    assert "2020年2月利用分" in page
    assert page.count('<th scope="row">') == len(_own_batches())
    assert not re.findall("|".join(re.escape(str(name)) for (name,) in _names()), page)


def _own_batches() -> list[tuple[object, ...]]:
    return rows("SELECT id FROM taxi_batch WHERE contractor <> %s AND hold = ''", OTHER_CONTRACTOR)


def _names() -> list[tuple[object, ...]]:
    return rows("SELECT DISTINCT name FROM taxi_presentedvoucher WHERE name <> ''")


def test_four_columns() -> None:
    """束の画面の欄は、番と確認のほかは、諮問815の4つの項目だけです。"""
    page = signed_in("operator").get(f"/taxi/check/{some_batch()}/").content.decode()
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page)
    assert heads == ["番", "氏名", "タクシー利用日", "タクシー代金", "福祉タクシー券等認定番号", "確認"]


def test_another_contractors_batch_looks_absent() -> None:
    """ほかの委託先の束と、ない束とは、同じ答えになります。"""
    operator = signed_in("operator")
    [(other,)] = rows("SELECT id FROM taxi_batch WHERE contractor = %s", OTHER_CONTRACTOR)
    refused, absent = operator.get(f"/taxi/check/{other}/"), operator.get("/taxi/check/999999999/")
    assert refused.status_code == absent.status_code == 404
    assert _without_tokens(refused.content) == _without_tokens(absent.content)


def _without_tokens(page: bytes) -> bytes:
    return re.sub(rb'value="[A-Za-z0-9]{64}"', b"", page)


def _first_unchecked(batch: int) -> tuple[int, int, int]:
    [(key, sequence, version)] = rows(
        "SELECT id, sequence, version FROM taxi_presentedvoucher WHERE batch_id = %s AND state = '未確認'"
        " ORDER BY sequence LIMIT 1",
        batch,
    )
    return int(str(key)), int(str(sequence)), int(str(version))


def _state(client: Client, batch: int, sequence: int) -> str:
    page = client.get(f"/taxi/check/{batch}/?after={sequence - 1}").content.decode()
    row = re.search(rf'<tr id="v{sequence}">(.*?)</tr>', page, re.DOTALL)
    assert row
    said = re.search(r'<span id="mark\d+" tabindex="-1">(.*?)<form', row.group(1), re.DOTALL)
    words = re.sub(r'<span aria-hidden="true">.</span>|<[^>]+>', "", said.group(1)) if said else State.UNCHECKED.value
    return " ".join(words.split())


def test_mark_checked() -> None:
    """「確認済」を押すと、その券が確認済になり、同じ画面の同じ行に戻ります。"""
    operator, batch = signed_in("operator"), some_batch()
    key, sequence, version = _first_unchecked(batch)
    answer = operator.post(f"/taxi/check/{batch}/{key}/", {"version": version, "state": "確認済", "reason": ""})
    assert answer.status_code == 303
    assert answer["Location"].endswith(f"#v{sequence}")
    assert _state(operator, batch, sequence) == "確認済"


def test_query_needs_a_reason() -> None:
    """「区へ照会」は決められた理由から選びます。文を書く欄はなく、選ばないと照会できません。"""
    operator, batch = signed_in("operator"), some_batch()
    key, sequence, version = _first_unchecked(batch)
    address = f"/taxi/check/{batch}/{key}/"
    refused = operator.post(address, {"version": version, "state": "区へ照会", "reason": ""}, follow=True)
    assert "理由を選んでください" in refused.content.decode()
    assert _state(operator, batch, sequence) == "未確認"
    operator.post(address, {"version": version, "state": "区へ照会", "reason": "本人は入院中"})
    assert _state(operator, batch, sequence) == "未確認"
    operator.post(address, {"version": version, "state": "区へ照会", "reason": Reason.UNREADABLE.value})
    assert _state(operator, batch, sequence) == "区へ照会 字が読めない"


def test_undo() -> None:
    """押し間違えたときは「取り消す」で未確認に戻せます。"""
    operator, batch = signed_in("operator"), some_batch()
    key, sequence, version = _first_unchecked(batch)
    address = f"/taxi/check/{batch}/{key}/"
    operator.post(address, {"version": version, "state": "確認済", "reason": ""})
    operator.post(address, {"version": version + 1, "state": "未確認", "reason": ""})
    assert _state(operator, batch, sequence) == "未確認"


def test_two_people_mark_the_same_voucher() -> None:
    """2人が同じ券を開いていたら、先に押した人の結果が残り、後の人にはそのことを知らせます。"""
    first, second, batch = signed_in("operator"), signed_in("contractor-lead"), some_batch()
    key, sequence, version = _first_unchecked(batch)
    address = f"/taxi/check/{batch}/{key}/"
    first.post(address, {"version": version, "state": "確認済", "reason": ""})
    late = {"version": version, "state": "区へ照会", "reason": Reason.UNREADABLE.value}
    told = second.post(address, late, follow=True)
    assert "ほかの人が先に変更しました" in told.content.decode()
    assert _state(first, batch, sequence) == "確認済"


def test_part_of_the_page_carries_no_item() -> None:
    """htmx で押したときに返るのは状態と枚数だけで、氏名などの項目はもう一度送られません。"""
    operator, batch = signed_in("operator"), some_batch()
    key, _, version = _first_unchecked(batch)
    part = operator.post(
        f"/taxi/check/{batch}/{key}/",
        {"version": version, "state": "確認済", "reason": ""},
        headers={"HX-Request": "true"},
    ).content.decode()
    [(name, fare, number)] = rows("SELECT name, fare, certificate_number FROM taxi_presentedvoucher WHERE id = %s", key)
    assert "確認済" in part
    assert "hx-swap-oob" in part
    assert str(name) not in part
    assert f"{fare:,}円" not in part
    assert str(number) not in part


def test_a_page_at_once() -> None:
    """紙の束と見比べ終えた画面の未確認の券は、一度に確認済にできます。先に変えられていた券は、そのままにします。"""
    operator, batch = signed_in("operator"), some_batch()
    page = operator.get(f"/taxi/check/{batch}/?only=unchecked").content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    pairs = seen.group(1).split()
    key, version = pairs[0].split(".")
    operator.post(
        f"/taxi/check/{batch}/{key}/", {"version": version, "state": "区へ照会", "reason": Reason.DIFFERS.value}
    )
    told = operator.post(f"/taxi/check/{batch}/page/", {"seen": seen.group(1)}, follow=True).content.decode()
    assert f"{len(pairs) - 1}枚を確認済にしました" in told
    assert "1枚は、ほかの人が先に変更していた" in told


def test_find_by_number() -> None:
    """認定番号で探せます。番号は送信の本文で送り、アドレスには載りません。見つかるのは自分の委託先の券だけです。"""
    operator = signed_in("operator")
    [(number, lines)] = rows(
        "SELECT certificate_number, count(*) FROM taxi_presentedvoucher WHERE contractor <> %s"
        " AND certificate_number <> '' GROUP BY certificate_number HAVING count(*) BETWEEN 3 AND 50 ORDER BY 1 LIMIT 1",
        OTHER_CONTRACTOR,
    )
    wide = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    page = operator.post("/taxi/check/find/", {"number": f" {wide[:4]} {wide[4:]}"}).content.decode()
    assert f"{lines}枚あります" in page
    assert "この認定番号の券はありません" in operator.post("/taxi/check/find/", {"number": "1"}).content.decode()
    assert operator.post("/taxi/check/find/", {"number": "山田"}).status_code == 422


def test_reading_and_marking_are_in_the_ledger() -> None:
    """見た券と変えた券は、誰がどの取扱いで見たかとともに、本人ごとに台帳に残ります。"""
    operator, batch = signed_in("operator"), some_batch()
    key, sequence, version = _first_unchecked(batch)
    [(person,)] = rows("SELECT person_id FROM taxi_presentedvoucher WHERE id = %s", key)
    from azukari.core.audit import api as audit

    before = len(audit.of_person(person))
    operator.get(f"/taxi/check/{batch}/?after={sequence - 1}")
    operator.post(f"/taxi/check/{batch}/{key}/", {"version": version, "state": "確認済", "reason": ""})
    added = audit.of_person(person)[: len(audit.of_person(person)) - before]
    assert {line.action for line in added} == {"view", "change"}


def test_refused_from_another_place() -> None:
    """委託先の施設でない場所からは、サインインのときに理由を示して断ります。"""
    answer = try_sign_in(Client(), "operator", place="ward-taxi")
    assert answer.status_code == 403
    assert "委託先事業者の施設" in answer.content.decode()


def test_the_session_does_not_leave_the_place() -> None:
    """施設でサインインした人が別の場所に移ると、次の画面から断られます。"""
    operator = signed_in("operator")
    operator.post("/place/", {"place": "ward-taxi"})
    answer = operator.get("/taxi/check/")
    assert answer.status_code in {302, 403}
    assert "束" not in answer.content.decode()


def test_other_contractors_operator_is_refused() -> None:
    """ほかの業務の従事者は、この画面を開けません。"""
    assert signed_in("operator-812").get("/taxi/check/").status_code == 403
