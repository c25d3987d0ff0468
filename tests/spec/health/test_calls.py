"""勧奨の電話

諮問第809号5(1)の名簿に、世帯ごとに一度ずつ電話します。委託先が本人から集めるものは「なし」なので、残すのは電話の事実だけです。自由に書ける欄はありません。
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from azukari.business.health.programmes import api
from azukari.core.audit import api as audit
from azukari.kernel.errors import BadInput
from support.programmes import OWNER, alone, entrusted, facts, households, inside, listed, numbers, protect, rows
from support.signing import signed_in

pytestmark = pytest.mark.django_db(databases=["default", "owner"])
NOW = timezone.now()
LATER = timedelta(hours=21)


def opened(made: int, caller: str = "caller", now: datetime = NOW) -> list[int]:
    """The keys of the household the caller is given."""
    with inside("809-1"):
        api.take_next(made, caller=caller, now=now, using=OWNER)
        return [row.pk for row in api.opened(made, caller=caller, now=now, using=OWNER)]


def called(made: int, keys: list[int], result: str, caller: str = "caller", now: datetime = NOW) -> None:
    with inside("809-1"):
        api.record(made, {key: api.CallResult(result) for key in keys}, caller=caller, now=now, using=OWNER)


def refused(statement: str, *values: object) -> None:
    with inside("809-1"), pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic(using=OWNER):
        rows(statement, *values)


def dialled(result: str, attempt: int, subject: int) -> tuple[object, ...]:
    return (subject, "ひびき電話サービス（見本）", attempt, result)


INSERT = (
    "INSERT INTO health_call (id, subject_id, contractor, attempt, at, result, by)"
    " VALUES (floor(random() * 1e15)::bigint, %s, %s, %s, now(), %s, 'caller')"
)


def test_a_household_is_called_once() -> None:
    """同じ世帯の方は一緒に開き、電話は一度です。結果は一人ずつ残します。"""
    family, other = households(2, 1)[0], alone(6)[-1]
    made = entrusted(listed([*family, other]), "809-1")
    first = opened(made)
    called(made, first, "接続")
    second = opened(made)
    assert {len(first), len(second)} == {len(family), 1}
    called(made, second, "接続")
    assert opened(made) == []


def test_the_next_is_who_waited_longest_with_the_fewest_calls() -> None:
    """つながらなかった方は、ほかの方がすべて済んでから、時間をおいてもう一度です。"""
    made = entrusted(listed(alone(3)), "809-1")
    missed = opened(made)
    called(made, missed, "不通")
    others = [key for _ in range(2) for key in opened(made) if not called(made, [key], "接続")]
    assert missed[0] not in others
    assert opened(made) == []
    assert opened(made, now=NOW + LATER) == missed


def test_three_attempts_and_no_fourth() -> None:
    """一人への電話は三回までです。四回目は、画面にも出ず、データベースも断ります。"""
    made = entrusted(listed(alone(1)), "809-1")
    for attempt in range(3):
        at = NOW + attempt * LATER
        [key] = opened(made, now=at)
        called(made, [key], "不在", now=at)
    assert opened(made, now=NOW + 3 * LATER) == []
    refused(INSERT, *dialled("不在", 4, key))


@pytest.mark.parametrize("result", ["接続", "拒否"])
def test_nobody_is_called_after_an_answer(result: str) -> None:
    """ご本人と話せた方、今後の電話を断られた方には、もう電話しません。"""
    made = entrusted(listed(alone(1)), "809-1")
    [key] = opened(made)
    called(made, [key], result)
    assert opened(made, now=NOW + LATER) == []
    refused(INSERT, *dialled("不在", 2, key))


def test_only_facts_of_a_call_can_be_recorded() -> None:
    """残せるのは、何回目か、いつ、だれが、そして「接続・不在・不通・拒否」の一つだけです。ほかの言葉はデータベースが断り、書く欄そのものがありません。"""
    columns = {
        str(name)
        for (name,) in rows("SELECT column_name FROM information_schema.columns WHERE table_name = 'health_call'")
    }
    assert columns == {"id", "subject_id", "contractor", "attempt", "at", "result", "by"}
    made = entrusted(listed(alone(1)), "809-1")
    [key] = opened(made)
    refused(INSERT, *dialled("入院", 1, key))
    refused("UPDATE v_health_callsubject SET phone = '03-1111-1111' WHERE id = %s", key)
    refused("UPDATE v_health_callsubject SET results = '本人から聞いた' WHERE id = %s", key)


def test_a_call_is_neither_changed_nor_backdated() -> None:
    """記録した電話は、直すことも、日をさかのぼることも、ほかの人の名で残すこともできません。"""
    made = entrusted(listed(alone(1)), "809-1")
    [key] = opened(made)
    with inside("809-1"):
        rows(
            "INSERT INTO health_call (id, subject_id, contractor, attempt, at, result, by) VALUES"
            " (77, %s, 'ひびき電話サービス（見本）', 1, '2020-01-01', '不在', 'somebody-else')",
            key,
        )
    assert rows("SELECT at > now() - interval '1 hour', by FROM health_call WHERE id = 77") == [(True, "caller")]
    refused("UPDATE health_call SET result = '接続' WHERE id = 77")
    refused("DELETE FROM health_call WHERE id = 77")


def test_two_callers_never_have_the_same_household() -> None:
    """ほかの人が開いている世帯は、三十分たつまで開けません。"""
    made = entrusted(listed(alone(2)), "809-1")
    first, second = opened(made), opened(made, caller="another")
    assert set(first).isdisjoint(second)
    assert opened(made, caller="third") == []
    assert set(opened(made, caller="third", now=NOW + timedelta(minutes=31))) <= {*first, *second}


def test_results_for_others_than_are_open_are_refused() -> None:
    """開いていない方の結果は、一つも記録しません。"""
    made = entrusted(listed(alone(2)), "809-1")
    mine, theirs = opened(made), opened(made, caller="another")
    with pytest.raises(BadInput, match="記録していません"):
        called(made, [*mine, *theirs], "接続")
    assert numbers("SELECT count(*) FROM health_call WHERE subject_id = ANY (%s)", [*mine, *theirs]) == [0]


def test_without_a_number_nobody_is_handed_over() -> None:
    """電話番号のない方は、電話の委託先に渡しません。"""
    persons = alone(2)
    rows("UPDATE health_issued SET phone = '' WHERE person_id = %s", persons[0])
    key = listed(persons, given={**facts(persons), persons[0]: api.Facts()})
    made = entrusted(key, "809-1")
    assert numbers("SELECT person_id FROM health_callsubject WHERE handing_id = %s", made) == persons[1:]


def demonstration() -> int:
    """The latest list that the made-up call centre has."""
    return numbers("SELECT max(h.id) FROM health_handing h WHERE h.flow = '809-1'")[0]


def press(client: Client, made: int, act: str, **results: str) -> str:
    answer = client.post(f"/health/calls/{made}/", {"act": act, **results})
    assert answer.status_code in {303, 422}
    return (
        answer.content.decode() if answer.status_code == 422 else client.get(f"/health/calls/{made}/").content.decode()
    )


def radios(page: str) -> list[str]:
    return sorted(set(re.findall(r'name="(r\d+)"', page)))


def test_the_screen_shows_one_household_and_takes_four_words() -> None:
    """電話の画面は、一世帯ずつ大きく示します。文字を書く欄はなく、四つの中から選びます。選ばないと進みません。"""
    client, made = signed_in("caller"), demonstration()
    page = press(client, made, "next")
    assert radios(page)
    assert "<textarea" not in page
    assert 'type="text"' not in page
    assert set(re.findall(r'type="radio"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*type="radio"', page)) != set()
    for word in ("接続", "不在", "不通", "拒否"):
        assert f'value="{word}"' in page
    assert "まだ記録していません" in press(client, made, "record")
    assert "四つのどれか" in press(client, made, "record", **dict.fromkeys(radios(page), "本人は入院中"))
    said = press(client, made, "record", **dict.fromkeys(radios(page), "接続"))
    assert "記録しました" in said
    assert radios(said) != radios(page)


def test_results_are_told_to_the_person_alone() -> None:
    """健診の結果は、閉じた欄の中にあり、ご本人と確かめてから開くと書かれています。ご家族には用件も伝えません。"""
    page = press(signed_in("caller"), demonstration(), "next")
    assert "健診の結果は、ご本人だけに伝えます" in page
    assert "ご家族には、用件も伝えません" in page
    told = page.index("ご本人だけに伝えること</summary>")
    assert "<details" in page[told - 60 : told]
    assert "受診結果" in page[told:]


def test_every_look_and_every_call_is_in_the_ledger() -> None:
    """開いた方も、電話した方も、一人ずつ台帳に残ります。電話の行には、項目も聞いた内容もありません。"""
    client, made = signed_in("caller"), demonstration()
    page = press(client, made, "next")
    keys = [int(name[1:]) for name in radios(page)]
    persons = numbers("SELECT person_id FROM health_callsubject WHERE id = ANY (%s) ORDER BY person_id", keys)
    assert audit.search(subject=persons[0], action="view").lines[0].actor == "caller"
    press(client, made, "record", **dict.fromkeys(radios(page), "不在"))
    line = audit.search(subject=persons[0], action="health.called").lines[0]
    assert sorted(line.subjects) == persons
    assert list(line.items) == []
    assert line.flow == "809-1"


def test_putting_back_lets_others_open() -> None:
    """電話せずに戻した世帯は、ほかの人がすぐに開けます。"""
    client, made = signed_in("caller"), demonstration()
    page = press(client, made, "next")
    assert client.post(f"/health/calls/{made}/", {"act": "back"}).status_code == 303
    assert radios(client.get(f"/health/calls/{made}/").content.decode()) == []
    assert radios(press(client, made, "next")) == radios(page)


def test_what_is_not_entrusted_looks_absent() -> None:
    """預かっていない名簿の番号も、訪問指導の引渡しの番号も、無い番号と同じ答えになります。"""
    client = signed_in("caller")
    [other] = numbers("SELECT max(id) FROM health_handing WHERE flow = '809-4'")
    answers = [client.get(f"/health/calls/{key}/") for key in (other, 999_999)]
    assert [one.status_code for one in answers] == [404, 404]
    assert client.post(f"/health/calls/{demonstration()}/", {"act": "それ以外"}).status_code == 404


def test_a_protected_person_is_in_no_page_and_on_no_medium() -> None:
    """区が直接対応する方の名前も電話番号も、電話の画面にも、渡す媒体にもありません。"""
    family = households(2, 3)[-1]
    persons = [family[0], *alone(2)]
    made = entrusted(listed(persons, given=facts(persons, phone="03-0000-1234")), "809-1")
    [(name,)] = rows("SELECT name FROM health_callsubject WHERE handing_id = %s AND person_id = %s", made, family[0])
    protect(family[0])
    seen = []
    while keys := opened(made):
        with inside("809-1"):
            seen += rows("SELECT name FROM v_health_callsubject WHERE id = ANY (%s)", keys)
        called(made, keys, "接続")
    assert (name,) not in seen
    assert len(seen) == len(set(persons)) - 1
