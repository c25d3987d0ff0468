"""IDとパスワード

面接のあとにステーションが渡す用紙のIDとパスワード (諮問814の新たな項目) で、ご家族がサインインします。
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from azukari.business.hotstay.public import rules, signin
from azukari.business.hotstay.public.slips import issue
from azukari.kernel.errors import BadInput, NotFound
from support import residents as family
from support.residents import CHILD_LOGIN, CHILD_PASSWORD, ask, sign_in, try_sign_in

GOOD = "ゆうひ かえる じてんしゃ"
NEW = {"new": GOOD, "again": GOOD}


@pytest.fixture(autouse=True)
def _forgotten(residents: str) -> None:
    """Each test begins without anybody's failures."""
    family.owner().execute("DELETE FROM hotstay_public_attempt")


def wrong(login: str = CHILD_LOGIN, **extra: str) -> Any:
    return try_sign_in(Client(**extra), login, "not this one")


def test_the_slip_is_for_once() -> None:
    """用紙の初回のパスワードでサインインすると、自分のパスワードを決める画面だけが開きます。決めると用紙は使えなくなります。"""
    child = family.another_family()
    slip = family.slip_for(child)
    client = Client()
    assert try_sign_in(client, slip.login, slip.word)["Location"] == reverse("hotstay_public:password")
    assert client.get("/")["Location"] == reverse("hotstay_public:password")
    assert client.post(reverse("hotstay_public:password"), NEW).status_code == 302
    assert client.get("/").status_code == 200
    assert try_sign_in(Client(), slip.login, slip.word).status_code == 403
    assert try_sign_in(Client(), slip.login, GOOD).status_code == 302


def test_how_it_is_typed_does_not_matter() -> None:
    """IDと用紙のパスワードは、小文字でも、全角でも、ハイフンがなくても通ります。"""
    slip = family.slip_for(family.another_family())
    wide = slip.login.lower().translate({ord(c): ord(c) + 0xFEE0 for c in "abcdefghijklmnopqrstuvwxyz23456789"})
    assert try_sign_in(Client(), wide, slip.word.lower().replace("-", "")).status_code == 302


def test_a_new_slip_ends_the_old_password_and_everybody_who_is_in() -> None:
    """忘れたときは、ステーションで新しい用紙を受け取ります。前のパスワードと、サインインしている端末は、その時に終わります。"""
    child = family.another_family()
    client = sign_in(family.OTHER_LOGIN, family.OTHER_PASSWORD)
    slip = family.slip_for(child)
    assert rules.plain_login(slip.login) == family.OTHER_LOGIN
    assert client.get("/").status_code == 302
    assert try_sign_in(Client(), slip.login, family.OTHER_PASSWORD).status_code == 403


def test_a_slip_that_is_two_weeks_old_is_nothing() -> None:
    """用紙のパスワードは14日で使えなくなります。"""
    slip = family.slip_for(family.another_family())
    family.owner().execute("UPDATE hotstay_public_credential SET slip_until = now() - interval '1 second' WHERE slip")
    assert try_sign_in(Client(), slip.login, slip.word).status_code == 403


def test_the_answer_does_not_say_whether_the_id_exists() -> None:
    """IDがあるか、休止中か、パスワードだけが違うかは、答えのどの文字からも分かりません。"""
    pages = [wrong(), wrong("ZZZZ9999"), wrong("<b>"), *(wrong() for _ in range(5))]
    pages.append(try_sign_in(Client(), CHILD_LOGIN, CHILD_PASSWORD))
    bodies = {page.content.replace(_token(page), b"") for page in pages}
    assert {page.status_code for page in pages} == {403}
    assert len(bodies) == 1


def _token(page: Any) -> bytes:
    return str(page.context["csrf_token"]).encode()


def test_an_unknown_id_costs_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """知られていないIDでも、同じ回数だけ計算し、同じ数の問い合わせをします。"""
    hashed: list[int] = []
    usual = signin.derive
    monkeypatch.setattr(signin, "derive", lambda password, salt: hashed.append(len(salt)) or usual(password, salt))
    asked = []
    for login in (CHILD_LOGIN, "ZZZZ9999"):
        with CaptureQueriesContext(connection) as queries:
            wrong(login)
        asked.append([query["sql"].split("(")[0] for query in queries.captured_queries])
    assert asked[0] == asked[1]
    assert hashed == [16, 16]


def test_five_wrong_ones_are_enough() -> None:
    """同じIDで続けて5回間違えると、その回線からは、正しいパスワードでも1分間サインインできません。"""
    for _ in range(5):
        wrong()
    assert try_sign_in(Client(), CHILD_LOGIN, CHILD_PASSWORD).status_code == 403
    family.owner().execute("UPDATE hotstay_public_attempt SET rest_until = now() - interval '1 second'")
    assert try_sign_in(Client(), CHILD_LOGIN, CHILD_PASSWORD).status_code == 302


def test_another_network_is_not_kept_out_by_somebody_elses_guesses() -> None:
    """だれかがほかの回線から5回間違えても、ご家族は自分の回線からサインインできます。20回で、どの回線からも休止します。"""
    for _ in range(5):
        wrong(REMOTE_ADDR="203.0.113.9")
    assert try_sign_in(Client(REMOTE_ADDR="198.51.100.1"), CHILD_LOGIN, CHILD_PASSWORD).status_code == 302
    for one in range(20):
        wrong(REMOTE_ADDR=f"10.{one}.0.1")
    assert try_sign_in(Client(REMOTE_ADDR="198.51.100.1"), CHILD_LOGIN, CHILD_PASSWORD).status_code == 403


def test_a_network_that_tries_many_ids_rests() -> None:
    """一つの回線から、いろいろなIDで50回間違えると、その回線は休止します。アドレスを少し変えても同じです。"""
    family.owner().execute(
        "INSERT INTO hotstay_public_attempt (key, failed, last) VALUES (sha256('net 203.0.113.0/24'::bytea), 49, now())"
    )
    wrong("ZZZZ9999", REMOTE_ADDR="203.0.113.7")
    assert try_sign_in(Client(REMOTE_ADDR="203.0.113.200"), CHILD_LOGIN, CHILD_PASSWORD).status_code == 403
    assert try_sign_in(Client(REMOTE_ADDR="198.51.100.1"), CHILD_LOGIN, CHILD_PASSWORD).status_code == 302


def test_who_rests_is_not_kept_resting_by_more_guesses() -> None:
    """休止中に何度試しても、休止は延びません。"""
    for _ in range(5):
        wrong()
    until = ask("SELECT max(rest_until) FROM hotstay_public_attempt")
    for _ in range(3):
        wrong()
    assert ask("SELECT max(rest_until) FROM hotstay_public_attempt") == until


@pytest.mark.parametrize(
    "password",
    [
        "みじかい",
        "password2026",
        "P@ssw0rd!!",
        "sakura20201110",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "1234567890123",
        "azukari-demo-2019",
        "setagayasakura",
        "Haruto.2021.05",
        "せたがやさくら2026",
        "MHNK2222のひみつ",
        "mhnk-2222-zzzz",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    """短いもの、よく使われる言葉・名前・土地・並び打ち・繰り返し、日付を付けただけのもの、IDの入ったものは使えません。"""
    with pytest.raises(BadInput):
        rules.refuse_weak(password, login=CHILD_LOGIN)


@pytest.mark.parametrize("password", [GOOD, "correct horse battery", "むぎちゃとうちわ7まい", "kT7#pLq2vXz9"])
def test_words_in_a_row_are_accepted(password: str) -> None:
    """言葉を三つか四つつなげたもの、でたらめなものは使えます。"""
    rules.refuse_weak(password, login=CHILD_LOGIN)


def test_the_birthday_is_refused() -> None:
    """お子さまの生年月日の入ったものは使えません。西暦でも令和でも同じです。"""
    for form in ("20230409", "230409", "050409"):
        with pytest.raises(BadInput):
            rules.refuse_weak(f"むぎちゃうちわ{form}", login=CHILD_LOGIN, born=date(2023, 4, 9))


def test_changing_the_password_needs_the_old_one_and_ends_the_others() -> None:
    """パスワードを変えるには、いまのパスワードが要ります。変えると、ほかの端末のサインインは終わります。"""
    family.another_family()
    here, there = (sign_in(family.OTHER_LOGIN, family.OTHER_PASSWORD) for _ in range(2))
    url = reverse("hotstay_public:password")
    assert here.post(url, NEW | {"old": "not this one"}).status_code == 422
    assert there.get("/").status_code == 200
    assert here.post(url, NEW | {"old": family.OTHER_PASSWORD}).status_code == 302
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)


def test_signing_out_is_for_good() -> None:
    """サインアウトすると、印を写し取った人も入れません。ブラウザには、画面の控えを捨てるように伝えます。"""
    client = sign_in()
    token = client.cookies["hotstay"].value
    answer = client.post(reverse("hotstay_public:sign_out"))
    assert "cache" in answer["Clear-Site-Data"]
    copied = Client()
    copied.cookies["hotstay"] = token
    assert copied.get("/").status_code == 302


@pytest.mark.parametrize(("device", "minutes"), [("own", 30), ("shared", 5)])
def test_a_session_ends_by_itself(device: str, minutes: int) -> None:
    """30分間、共用の端末なら5分間、操作がないとサインアウトします。"""
    client = sign_in(device=device)
    move = "UPDATE hotstay_public_session SET seen = now() - make_interval(secs => %s)"
    family.owner().execute(move, [minutes * 60 - 5])
    assert client.get("/").status_code == 200
    family.owner().execute(move, [minutes * 60 + 5])
    assert client.get("/").status_code == 302


def test_the_list_of_devices_says_nothing_about_anybody() -> None:
    """サインインしている端末の一覧には、時刻と、共用かどうかだけが出ます。ほかの端末は、ここから終わらせられます。"""
    family.owner().execute("DELETE FROM hotstay_public_session")
    here, there = sign_in(), sign_in(device="shared")
    page = family.text(here.get(reverse("hotstay_public:settings")))
    assert "共用の端末" in page
    assert "127.0.0.1" not in page
    here.post(reverse("hotstay_public:leave_others"))
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)


def test_the_ledger_has_every_attempt_but_no_secret() -> None:
    """サインインも、断ったことも、台帳に残ります。入力されたIDやパスワードは残りません。"""
    wrong("ZZZZ9999")
    sign_in()
    rows = family.owner().execute(
        "SELECT action, actor, detail::text FROM audit_entry WHERE action LIKE 'signin.%' ORDER BY id DESC LIMIT 2"
    )
    (ok, who, _), (refused, nobody, why) = rows.fetchall()
    assert (ok, who) == ("signin.ok", f"child:{family.me()}")
    assert (refused, nobody) == ("signin.refused", "-")
    assert "ZZZZ" not in why


def test_the_verifier_never_leaves_the_database() -> None:
    """パスワードの照合に使う値は、所管課も委託先も区民の画面も読めません。"""
    rows = family.owner().execute(
        "SELECT r.rolname, c FROM pg_roles r, unnest(ARRAY['salt', 'verifier', 'feed']) c"
        " WHERE r.rolname ~ '^(azukari_web|azukari_public|azukari_base|flow_|entry_)'"
        " AND has_column_privilege(r.oid, 'hotstay_public_credential', c, 'SELECT')"
    )
    assert rows.fetchall() == []


def test_only_the_childs_own_station_issues_slips(residents: str) -> None:
    """用紙を出せるのは、そのお子さまを登録したステーションだけです。登録の前のお子さまには出せません。"""
    with pytest.raises(NotFound):
        issue(family.me(), "株式会社ポピンズ", by="test", using="owner")
    child, contractor = ask(
        "SELECT c.id, c.contractor FROM hotstay_child c WHERE registered_on IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM hotstay_public_credential k WHERE k.child = c.id) ORDER BY id LIMIT 1"
    )
    family.owner().execute("UPDATE hotstay_child SET registered_on = NULL WHERE id = %s", [child])
    with pytest.raises(IntegrityError, match="registered child"):
        issue(child, contractor, by="test", using="owner")


def test_who_finds_a_telephone_open_does_not_guess_the_password_there() -> None:
    """開いたままの端末で、いまのパスワードを5回間違えると、その端末はサインアウトします。"""
    client = sign_in()
    for _ in range(5):
        assert client.post(reverse("hotstay_public:password"), NEW | {"old": "not this one"}).status_code == 422
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "odd", ["\x00", "'; DROP TABLE x; --", "\ud7ff" * 200, "A" * 10_000, "ＭＨＮＫ\x002222"], ids=range(5)
)
def test_whatever_is_typed_is_answered_alike(odd: str) -> None:
    """何を入力しても、誤りの画面にはならず、同じ答えになります。"""
    assert try_sign_in(Client(), odd, odd).status_code == 403
    assert Client().get("/calendar/%00.ics").status_code == 404
    assert sign_in().get(f"/stays/{10**30}/").status_code == 404


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("abcd-efgh-jkmn", "ABCD-EFGH-JKMN"),
        ("ABCDEFGHJKMN", "ABCD-EFGH-JKMN"),
        ("kT7pLq2vXz9a", "kT7pLq2vXz9a"),
        ("むぎABCDEFGHJKMN", "むぎABCDEFGHJKMN"),
        ("ゆうひ　かえる", "ゆうひ かえる"),
    ],
)
def test_only_the_word_of_a_slip_is_forgiven_its_case(typed: str, kept: str) -> None:
    """用紙のパスワードだけは大文字・小文字とハイフンを問いません。ご自分で決めたものは、そのまま照らします。"""
    assert rules.plain_password(typed) == kept


def test_the_childs_birthday_is_no_password(residents: str) -> None:
    """お子さまの生年月日を入れたパスワードは、画面でも断ります。西暦でも和暦でも同じです。"""
    client = family.sign_in()
    (born,) = family.ask("SELECT born FROM hotstay_child WHERE id = %s", family.me())
    for digits in (f"{born:%Y%m%d}", f"{born.year - 2018:02d}{born:%m%d}"):
        new = f"みずうみ{digits}とびら"
        answer = client.post("/password/", {"old": family.CHILD_PASSWORD, "new": new, "again": new})
        assert (answer.status_code, "生年月日が入っています" in family.text(answer)) == (422, True)
