"""ふるさと納税の画面

区の職員は、年度のまとめ、一覧と検索、一件の経過、入力、ファイルの取込み、発送の束を、一つの業務の登録の下で使います。
"""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from azukari.core.audit import api as audit
from support.donations import one, rows, table
from support.signing import signed_in

READS = pytest.mark.django_db(databases=["default", "owner"])
WRITES = pytest.mark.usefixtures("scratch")
KEYED = {
    "method": "窓口",
    "applied_on": "",
    "paid": "2020-03-05",
    "arrived_on": "",
    "settled_on": "2020-03-05",
    "amount": "１０，０００",
    "use": "子ども基金",
    "name": "窓口\u3000まもる",
    "kana": "マドグチ\u3000マモル",
    "postcode": "060-0001",
    "address": "北海道札幌市中央区北一条西2-1-1",
    "phone": "",
    "email": "",
    "one_stop": "無",
    "gift": "無",
    "gift_kind": "",
    "gift_name": "",
    "gift_address": "",
}


@pytest.fixture
def officer() -> Client:
    return signed_in("officer-813")


def keyed(step: str, **changes: str) -> dict[str, str]:
    return {**KEYED, **changes, "step": step}


def uploaded(client: Client, text: str, name: str = "u.csv") -> str:
    file = BytesIO(text.encode())
    file.name = name
    return client.post("/donations/import/", {"file": file, "layout": ""}).content.decode()


def once_in(page: str) -> str:
    found = re.search(r'name="once" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def ticket(page: str) -> str:
    found = re.search(r'name="taken" value="([^"]*)"', page)
    assert found, page[:400]
    return unescape(found[1])


@READS
def test_the_year_at_a_glance(officer: Client) -> None:
    """年度のまとめには、申込みと寄附の件数が、諮問した約900件・約1,500件と並びます。氏名は出ません。"""
    page = officer.get("/donations/").content.decode()
    assert "約900件" in page
    assert "約1,500件" in page
    assert "ワンストップ特例の希望" in page
    [(name,)] = rows("SELECT name FROM donations_donation ORDER BY id LIMIT 1")
    assert str(name) not in page


@READS
def test_one_search_answers_whether_it_was_sent(officer: Client) -> None:
    """氏名か番号の一度の検索で一件にたどり着き、「送りましたか」の答えと経過が読めます。"""
    [(key, name)] = rows(
        "SELECT i.id, i.name FROM donations_intention i JOIN donations_slipline l ON l.intention_id = i.id"
        " JOIN donations_batch b ON b.id = l.batch_id WHERE b.handed_over_on IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM donations_donation d WHERE d.intention_id = i.id) ORDER BY i.id LIMIT 1"
    )
    found = officer.post("/donations/list/", {"words": f"M{key:08}"}).content.decode()
    assert str(name) in found
    page = officer.get(f"/donations/intention/{key}/").content.decode()
    assert "発送のために引き渡しました" in page
    assert "まだ送っていません。いまは「印刷済」です。" in page
    assert "就労継続支援A型事業所Scopo" in page


@READS
def test_a_letter_is_looked_at_before_it_is_printed(officer: Client) -> None:
    """手紙は、印刷する前に、紙ごとの画像で見られます。見たことは台帳に残ります。ほかの所管の人には見えません。"""
    [(key, donor)] = rows("SELECT id, donor_id FROM donations_donation WHERE one_stop ORDER BY id LIMIT 1")
    page = officer.get(f"/donations/donation/{key}/papers/").content.decode()
    pictures = re.findall(r'src="(/donations/K/[^"]+[.]png)"', page)
    assert [name.rpartition("/")[2] for name in pictures] == ["thanks.png", "certificate.png", "onestop.png"]
    for name in pictures:
        shown = officer.get(name)
        assert Image.open(BytesIO(shown.content)).size[0] > 700
        assert shown["Cache-Control"] == "no-store"
    assert audit.search(subject=int(str(donor)), action="view").lines[0].actor == "officer-813"
    assert signed_in("officer").get(pictures[0]).status_code == 403
    assert officer.get(f"/donations/K/{key}/papers/slip.png").status_code == 404


@READS
def test_a_name_is_found_in_any_spelling_and_recorded(officer: Client) -> None:
    """氏名は異体字でもフリガナでも探せます。表示した方は、一人ずつ台帳に残ります。"""
    [(key, donor, name, kana)] = rows("SELECT id, donor_id, name, kana FROM donations_donation ORDER BY id LIMIT 1")
    for words in (str(name), str(kana)):
        assert f"K{key:08}" in officer.post("/donations/list/", {"words": words}).content.decode()
    lines = audit.search(subject=int(str(donor)), action="view").lines
    assert lines[0].actor == "officer-813"
    assert lines[0].flow == "r-donations"


@WRITES
def test_keying_is_looked_at_before_it_is_saved(officer: Client) -> None:
    """入力した一件は、確かめる画面を見てから保存します。その前には何も保存されず、二度押しても一件です。"""
    page = officer.post("/donations/key/", keyed("check")).content.decode()
    assert "確かめて保存する" in page
    assert "令和2年3月5日" in page
    assert rows("SELECT 1 FROM donations_donation WHERE name LIKE '窓口%%'") == []
    sent = keyed("save") | {"once": once_in(page)}
    assert [officer.post("/donations/key/", sent).status_code for _ in range(2)] == [303, 303]
    assert rows("SELECT amount, year FROM donations_donation WHERE name LIKE '窓口%%'") == [(10_000, 2020)]


@READS
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": "-5"}, "負"),
        ({"paid": "2099-01-01"}, "先の日付"),
        ({"name": "=1+1"}, "式"),
        ({"address": "東京都世田谷区太子堂1-1", "gift": "有", "gift_kind": "はちみつ"}, "区内の方"),
        ({"method": "現金書留", "paid": ""}, "寄附日になる日"),
    ],
)
def test_keying_follows_the_rules_of_a_file(officer: Client, changes: dict[str, str], words: str) -> None:
    """入力にも、ファイルと同じ規則が働きます。誤りは、その欄で示されます。"""
    answer = officer.post("/donations/key/", keyed("check", **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()


@WRITES
def test_a_file_is_looked_at_before_it_is_taken(officer: Client) -> None:
    """ファイルは、件数や読めないところを見てから取り込みます。同じものは二度入りません。"""
    page = uploaded(officer, table({}))
    assert rows("SELECT 1 FROM donations_donation WHERE number = 'T-1'") == []
    assert officer.post("/donations/import/", {"taken": ticket(page)}).status_code == 303
    assert rows("SELECT count(*) FROM donations_donation WHERE number = 'T-1'") == [(1,)]
    assert "取り込み済み" in uploaded(officer, table({}), "again.csv")
    assert officer.post("/donations/import/", {"taken": ticket(page)}).status_code == 409


@READS
def test_a_bad_file_shows_line_column_and_what_to_do(officer: Client) -> None:
    """読めないファイルは、行・列・書かれているもの・理由・次にすることが表になり、取り込むボタンは出ません。"""
    page = uploaded(officer, table({"寄附金額": "<script>alert(1)</script>"}))
    assert "2行目" in page
    assert "<script>alert" not in page
    assert 'name="taken"' not in page


@WRITES
def test_a_ticket_is_good_for_the_one_who_looked(officer: Client) -> None:
    """取り込めるのは、その人が確かめたファイルだけです。ほかの人の控えや、作った控えでは何も入りません。"""
    page = uploaded(officer, table({}))
    for client, sent in ((signed_in("responsible-813"), ticket(page)), (officer, "a:b:c")):
        assert client.post("/donations/import/", {"taken": sent}).status_code == 422
    assert rows("SELECT 1 FROM donations_donation WHERE number = 'T-1'") == []


@WRITES
def test_a_refund_takes_the_letter_out(officer: Client) -> None:
    """束に入った寄附を還付すると、手紙は束から抜け、経過に残ります。"""
    [(key, batch)] = rows(
        "SELECT l.donation_id, l.batch_id FROM donations_letterline l JOIN donations_batch b ON b.id = l.batch_id"
        " WHERE b.handed_over_on IS NULL AND l.withdrawn_on IS NULL ORDER BY l.id LIMIT 1"
    )
    sent = {"end-kind": "還付", "end-why": "二重の納付", "end-on": "2020-04-01"}
    assert officer.post(f"/donations/donation/{key}/end/", sent).status_code == 303
    page = officer.get(f"/donations/donation/{key}/").content.decode()
    assert f"束 {batch} から抜きました" in page
    assert "送りません。還付しています。" in page
    assert officer.post(f"/donations/donation/{key}/end/", sent).status_code == 422


@READS
def test_what_is_wrong_is_told_on_the_page(officer: Client) -> None:
    """先の日付や、期限を過ぎた届けは、何が・なぜ・次に何をを示して断り、何も残しません。"""
    [(key,)] = rows(
        "SELECT id FROM donations_donation d WHERE year = 2019 AND NOT EXISTS (SELECT FROM donations_form f WHERE f.donation_id = d.id) ORDER BY id LIMIT 1"
    )
    answer = officer.post(f"/donations/donation/{key}/form/", {"form-on": "2099-01-01", "form-bodies": ""})
    assert answer.status_code == 422
    assert "先の日付" in answer.content.decode()


@READS
def test_bodies_are_counted_by_name(officer: Client) -> None:
    """申請書の受付では、団体の数か名を入れます。同じ団体の二度は一つと数え、6団体なら、みなし無効になります。"""
    query = "SELECT id FROM donations_donation d WHERE year = 2019 AND NOT EXISTS (SELECT FROM donations_form f WHERE f.donation_id = d.id) ORDER BY id LIMIT 2"
    for (key,), names, void in zip(
        rows(query), ("札幌市、那覇市、札幌 市、函館市、津市、呉市", "６"), (False, True), strict=True
    ):
        answer = officer.post(f"/donations/donation/{key}/form/", {"form-on": "2020-01-05", "form-bodies": names})
        assert answer.status_code == 303
        assert ("まだ知らせていません" in officer.get(answer["Location"]).content.decode()) is void


@WRITES
def test_a_batch_is_made_by_a_button(officer: Client) -> None:
    """待っている手紙を、ボタン一つで束にします。待っているものがなければ、作れません。"""
    answer = officer.post("/donations/batches/", {"kind": "礼状", "since": "", "until": ""})
    assert answer.status_code == 303
    page = officer.get(answer["Location"]).content.decode()
    assert "就労継続支援A型事業所Scopo" in page
    assert officer.post("/donations/batches/", {"kind": "礼状", "since": "", "until": ""}).status_code == 422


@WRITES
def test_a_letter_can_be_taken_out_and_sent_again(officer: Client) -> None:
    """引渡しの前なら束から抜けます。抜いたものは、同じ番号の証明書で次の束に入ります。"""
    [(key, number)] = rows(
        "SELECT donation_id, number FROM donations_letterline WHERE withdrawn_on IS NULL ORDER BY id LIMIT 1"
    )
    assert officer.post(f"/donations/donation/{key}/out/").status_code == 303
    officer.post("/donations/batches/", {"kind": "礼状", "since": "", "until": ""})
    assert rows("SELECT number FROM donations_letterline WHERE donation_id = %s AND withdrawn_on IS NULL", key) == [
        (number,)
    ]


@READS
@pytest.mark.parametrize("login", ["officer", "workshop", "operator", "it", "council", "privacy", "resident"])
def test_nobody_else_opens_the_screens(login: str) -> None:
    """ほかの課の職員、委託先の従事者、IT、審議会の委員、区民は、この画面を開けません。"""
    client, key = signed_in(login), one("SELECT min(id) FROM donations_donation")
    for address in ("/donations/", "/donations/list/", f"/donations/donation/{key}/", "/donations/batches/"):
        assert client.get(address).status_code in {403, 404}
    assert client.post(f"/donations/donation/{key}/end/", {"end-kind": "取消"}).status_code in {403, 404}


@READS
def test_nothing_personal_stands_in_an_address(officer: Client) -> None:
    """氏名での検索は、アドレスに氏名を残しません。一覧のアドレスに氏名を書いても、探しません。"""
    page = officer.get("/donations/list/?words=佐藤").content.decode()
    assert "見つかったもの" not in page
