"""仮名化の立会い

健診とレセプトは、区と委託先の責任者が区役所で立ち会って仮名にし、納品も立ち会って復元します（諮問809 補足資料）。鍵は区の責任者だけが
持ち、順序・人・場所・日のどれかが違えば、画面でも命令でもデータベースでも断ります。
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import zxingcpp
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from azukari.core.documents import api as documents
from azukari.core.handover import api
from azukari.core.handover.api import ceremony
from azukari.core.handover.ceremony import papers, restoring, staging
from azukari.core.handover.models import Handover
from azukari.core.policy import api as policy
from azukari.kernel import keystore, pseudonyms
from azukari.kernel.errors import AzukariError, BadInput, Broken, NotFound, Refused
from support import pdf
from support.ceremony import OFFICER, OWNER, PASSPHRASE, THEIRS, WARD, Meeting
from support.handover import refused

Step = ceremony.Step
FIRST = [70_000_000_000 + number for number in range(1, 6)]


def steps_of(key: int) -> list[Step]:
    return [one.step for one in ceremony.find(key, using=OWNER).steps]


def test_both_responsible_persons_are_there(hall: Meeting) -> None:
    """両責任者がきょう立ち会うまで、鍵も仮名も作れません。一人だけでも、きのうの立会いでも断ります。"""
    key = hall.propose().id
    hall.attend(key, WARD)
    with refused("先に要る段階: 区の責任者の立会い、委託先の責任者の立会い", Refused):
        hall.use_key(key)
    hall.attend(key, THEIRS)
    hall.later = timedelta(days=1)
    with refused("きょう、両責任者がそろって立ち会っていません", Refused):
        hall.use_key(key)
    assert not hall.keystore.exists()
    hall.attend(key)
    assert hall.use_key(key).last(Step.KEYED)


def test_two_people_of_the_ward_and_nobody_twice(hall: Meeting) -> None:
    """提案した人は、区の責任者として立ち会えません。同じ日に二度の立会いも、ほかの人の署名の鍵での立会いもできません。"""
    key = hall.propose(by=hall.actor(WARD)).id
    with refused("提案した人は、区の責任者として立ち会えません", Refused):
        hall.attend(key, WARD)
    key = hall.propose().id
    hall.attend(key, WARD)
    with refused("もう済んでいます", Refused):
        hall.attend(key, WARD)
    hall.keys[THEIRS] = hall.keys[WARD]
    with refused("ほかの人が、その公開鍵で立ち会っています", Refused):
        hall.attend(key, THEIRS)


@pytest.mark.parametrize(
    ("login", "words"),
    [
        (OFFICER, "責任者ではありません"),
        ("analyst", "責任者ではありません"),
        ("responsible-813", "この段階を行う側の人ではありません"),
        ("caller-responsible", "この段階を行う側の人ではありません"),
        ("privacy", "この段階を行う側の人ではありません"),
    ],
)
def test_who_is_not_responsible_does_not_attend(hall: Meeting, login: str, words: str) -> None:
    """責任者でない人、ほかの課や委託先の責任者、授受の名簿にない人は、立ち会えません。"""
    key = hall.propose().id
    with refused(words, Refused):
        hall.attend(key, login)
    assert steps_of(key) == []


def test_only_at_the_place_of_the_ward(hall: Meeting) -> None:
    """立会いの場所は、諮問に書かれた区役所だけです。委託先の施設も、区の別の執務室も断ります。"""
    places = policy.places()
    for code in ("analysts", "ward-health"):
        with refused("諮問に書かれた区の場所に限ります", Refused):
            hall.propose(place=places[code])
    key = hall.propose().id
    with refused("立会いの場所が違います", Refused):
        ceremony.attend(key, **hall.by(THEIRS, places["analysts"]), public=hall.public(THEIRS))
    assert steps_of(key) == []


def test_every_step_in_its_order(hall: Meeting, tmp_path: Path) -> None:
    """順序を飛ばした段階は、先に要る段階を示して断ります。何も残りません。"""
    key = hall.propose().id
    deliverable = tmp_path / "list.csv"
    deliverable.write_text(f"token\n{'0' * 32}\n", encoding="utf-8")
    for early in (
        lambda: hall.use_key(key),
        lambda: hall.make(key),
        lambda: hall.write(key),
        lambda: hall.sign(key, Step.WARD_SIGNED, WARD),
        lambda: ceremony.deliver(key, [deliverable], **hall.by(OFFICER)),
        lambda: ceremony.restore(key, hall.keystore, PASSPHRASE, tmp_path / "back", **hall.by(WARD)),
        lambda: hall.sign(key, Step.DESTROYED, THEIRS, "消しました"),
        lambda: hall.sign(key, Step.CLOSED, WARD),
    ):
        with refused("順序が違います", Refused):
            early()
    assert steps_of(key) == []
    assert list(hall.stick.iterdir()) == []


def test_the_key_is_in_the_hand_of_the_ward_alone(hall: Meeting, caplog: pytest.LogCaptureFixture) -> None:
    """鍵は、区の責任者の鍵のファイルと紙の控えにだけあります。データベースにも台帳にも記録にも媒体にもありません。"""
    key = hall.signed()
    secret = keystore.read(hall.keystore, PASSPHRASE)
    paper = keystore.on_paper(secret)
    forms = [secret, secret.hex().encode(), paper.encode(), paper.replace("-", "").encode(), paper[5:24].encode()]
    places = {"the log": caplog.text.encode(), "the database": everything_in_the_database()}
    places["the record"] = ceremony.text_of(ceremony.find(key, using=OWNER), Step.CLOSED)
    files = [*hall.stick.iterdir(), *hall.opened(key).iterdir(), *ward_files()]
    places |= {str(path): path.read_bytes() for path in files if path.is_file()}
    assert len(places) > 12
    assert {name for name, content in places.items() for form in forms if form in content} == set()


def everything_in_the_database() -> bytes:
    """Every row of every table, as text."""
    found = []
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM public."{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found).encode()


def ward_files() -> list[Path]:
    from django.conf import settings

    return [path for name in ("ceremony", "handover") for path in (Path(settings.LEAVING) / name).rglob("*")]


def test_the_paper_brings_the_key_back(hall: Meeting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """鍵のファイルを失っても、紙の控えのQRコードから同じ鍵が戻り、納品を復元できます。控えは PDF/A です。"""
    printed: list[dict[str, Any]] = []
    real = documents.render

    def render(template: Path, data: Any, **how: Any) -> bytes:
        printed.append(data)
        return real(template, data, **how)

    monkeypatch.setattr(documents, "render", render)
    key = hall.signed()
    content = hall.backup.read_bytes()
    assert b"pdfaid" in content
    keyed = ceremony.find(key, using=OWNER).last(Step.KEYED)
    assert keyed
    assert pdf.says(content, keyed.detail["words"])
    page = pdf.picture(papers.TEMPLATES / "key.typ", printed[0], 200)[0]
    text = zxingcpp.read_barcodes(page)[0].text
    deliver(hall, key)
    hall.keystore.unlink()
    back = tmp_path / "back.key"
    secret = keystore.keep(back, PASSPHRASE, keystore.from_paper(text))
    assert keystore.words(secret) == keyed.detail["words"]
    hall.attend(key)
    _, files = ceremony.restore(key, back, PASSPHRASE, tmp_path / "restored", **hall.by(WARD))
    assert pl.read_csv(files[0])["person"].to_list() == FIRST


def deliver(hall: Meeting, key: int, rows: int = 5) -> Path:
    """What the analysts hand in: the first persons by number, by their tokens."""
    members = pl.read_parquet(hall.opened(key) / "members.parquet")
    tokens = pseudonyms.pseudonyms(
        keystore.read(hall.keystore, PASSPHRASE), "株式会社NTTデータ", ceremony.find(key, using=OWNER).series
    )
    order = members.with_columns(person=tokens.persons.numbers(members["token"])).sort("person")
    path = hall.folder / "list.csv"
    order.select("token", programme=pl.lit("checkup")).head(rows).write_csv(path)
    ceremony.deliver(key, [path], **hall.by(OFFICER))
    return path


def test_another_key_or_passphrase_is_told(hall: Meeting) -> None:
    """別の鍵は、照合の言葉を並べて断ります。合言葉の違い、鍵でないファイル、ないファイルも、何をすればよいかを示します。"""
    key = hall.propose().id
    hall.attend(key)
    hall.use_key(key)
    hall.keystore.rename(hall.folder / "real.key")
    other = keystore.make(hall.keystore, PASSPHRASE)
    with refused(f"この鍵の照合の言葉は「{keystore.words(other)}」", Refused):
        hall.make(key)
    with refused("合言葉が違うか", BadInput):
        ceremony.make(key, hall.keystore, "ちがうちがうあいことば12", **hall.by(WARD))
    with refused("紙の控えから", NotFound):
        ceremony.make(key, hall.folder / "none", PASSPHRASE, **hall.by(WARD))
    assert Step.MADE not in steps_of(key)


def test_nothing_leaves_before_the_report_is_accepted(hall: Meeting) -> None:
    """渡す前の点検を区の責任者が承認するまで、媒体に書けません。小さい組は、人数を出さずに示します。"""
    key = hall.propose(smallest=10).id
    hall.attend(key)
    hall.use_key(key)
    made = hall.make(key).last(Step.MADE)
    assert made
    report = made.detail["report"]
    assert report["small"]
    assert all("10 人未満" in line for line in report["lines"] if "男・" in line or "女・" in line)
    assert report["k"] == 0
    with refused("先に要る段階: 点検の承認", Refused):
        hall.write(key)
    assert list(hall.stick.iterdir()) == []
    hall.accept(key)
    assert hall.write(key).last(Step.WRITTEN)


def test_no_other_road_leads_out(hall: Meeting) -> None:
    """仮名で渡す取扱いは、立会いのほかの道では渡せません。授受の画面でも、データベースに直接書いても断られます。"""
    until = timezone.localdate() + timedelta(days=9)
    contractor = "株式会社NTTデータ"
    clear = api.Source("clear", "生の健診", lambda _batch: "809-2-1", lambda _batch: [api.SourceRow(1, "1", {})])
    api.register(clear)
    with refused("両責任者の立会いで仮名にしたものに限ります", Refused):
        api.prepare("clear", "1", contractor=contractor, serial=hall.serial, until=until, on=timezone.localdate())
    key = hall.propose().id
    hall.attend(key)
    hall.use_key(key)
    hall.make(key)
    proposal = ceremony.proposal_of(ceremony.find(key, using=OWNER), timezone.localdate())
    card = api.propose(proposal, by=OFFICER, now=hall.now(), using=OWNER)
    api.approve(card.id, by="responsible-813", now=hall.now(), using=OWNER)
    with refused("点検の承認がないか", Refused):
        api.write(card.id, hall.stick, by="cli:ward", now=hall.now(), using=OWNER)
    row = Handover.objects.using(OWNER).get(pk=card.id)
    row.pk, row.ceremony_id, row.medium_id = None, None, None
    with pytest.raises(IntegrityError), transaction.atomic(using=OWNER):
        row.save(using=OWNER, force_insert=True)
    assert [path.name for path in hall.stick.iterdir() if path.suffix == ".age"] == []


def test_the_record_is_never_changed(hall: Meeting) -> None:
    """立会いの記録は、データベースに直接書いても、変えることも消すこともできません。"""
    key = hall.propose().id
    hall.attend(key, WARD)
    for statement in (
        f"UPDATE handover_witnessed SET by = 'x' WHERE ceremony_id = {key}",
        f"DELETE FROM handover_witnessed WHERE ceremony_id = {key}",
        f"UPDATE handover_ceremony SET place = 'analysts' WHERE id = {key}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
            cursor.execute(statement)
    assert steps_of(key) == [Step.WARD_PRESENT]


def test_both_sign_with_their_own_key(hall: Meeting) -> None:
    """両責任者が、それぞれ立会いで示した自分の鍵で同じ記録に署名します。ほかの鍵、ほかの文への署名は断ります。"""
    key = hall.accepted()
    hall.write(key)
    card = ceremony.find(key, using=OWNER)
    text = ceremony.text_of(card, Step.THEIRS_SIGNED)
    wrong = ceremony.signature_of(hall.keys[WARD], text)
    with refused("署名が合いません", Refused):
        ceremony.sign(key, Step.THEIRS_SIGNED, **hall.by(THEIRS), signature=wrong)
    for other in (text + b" ", ceremony.text_of(card, Step.WARD_SIGNED)):
        with refused("署名が合いません", Refused):
            ceremony.sign(
                key, Step.THEIRS_SIGNED, **hall.by(THEIRS), signature=ceremony.signature_of(hall.keys[THEIRS], other)
            )
    with refused("この段階を行う側の人ではありません", Refused):
        hall.sign(key, Step.THEIRS_SIGNED, WARD)
    hall.sign(key, Step.THEIRS_SIGNED, THEIRS)
    done = hall.sign(key, Step.WARD_SIGNED, WARD)
    signed = {one.signature for one in done.steps if one.signature}
    assert len(signed) == 2
    paper = ceremony.paper(done)
    assert b"pdfaid" in paper
    assert all(pdf.says(paper, signature[:40]) for signature in signed)


def test_the_deliverable_is_restored_before_both(hall: Meeting, tmp_path: Path) -> None:
    """納品は仮名のまま受け取り、両責任者の立会いで復元します。終わりには、廃棄の報告の署名と、媒体の返却が要ります。"""
    key = hall.signed()
    deliver(hall, key)
    to = tmp_path / "restored"
    with refused("順序が違います", Refused):
        ceremony.restore(key, hall.keystore, PASSPHRASE, to, **hall.by(WARD))
    hall.attend(key, WARD)
    with refused("先に要る段階", Refused):
        ceremony.restore(key, hall.keystore, PASSPHRASE, to, **hall.by(WARD))
    hall.attend(key, THEIRS)
    _, files = ceremony.restore(key, hall.keystore, PASSPHRASE, to, **hall.by(WARD))
    assert pl.read_csv(files[0])["person"].to_list() == FIRST
    assert files[0].stat().st_mode & 0o777 == 0o600
    with refused("廃棄の報告がありません", BadInput):
        hall.sign(key, Step.DESTROYED, THEIRS, " ")
    hall.sign(key, Step.DESTROYED, THEIRS, "上書き消去しました。写しはありません。")
    with refused("媒体がまだ返却されていません", Refused):
        hall.sign(key, Step.CLOSED, WARD)
    hall.medium_back(key)
    assert hall.sign(key, Step.CLOSED, WARD).ended
    assert pdf.says(ceremony.paper(ceremony.find(key, using=OWNER)), "上書き消去しました")
    with refused("この立会いは終わっています", Refused):
        hall.attend(key, WARD)


def test_one_wrong_token_restores_nothing(hall: Meeting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """一行でも仮名が違えば、その行を示して、何も書きません。受け取った後に変わった納品も復元しません。"""
    key = hall.signed()
    path = deliver(hall, key)
    hall.attend(key)
    stored = staging.folder(key, staging.DELIVERED) / path.name
    content = stored.read_text()
    stored.write_text(content.replace("checkup", "drugs", 1))
    with refused("記録したものと違います", Broken):
        ceremony.restore(key, hall.keystore, PASSPHRASE, tmp_path / "r", **hall.by(WARD))
    stored.write_text(content)
    assert not (tmp_path / "r").exists()
    stored.write_text(content.replace(content.split("\n")[3][:32], "ab" * 16))
    monkeypatch.setattr(restoring.staging, "checked", lambda *_args: [stored])
    with refused("3 行目の「abababab…」", BadInput):
        ceremony.restore(key, hall.keystore, PASSPHRASE, tmp_path / "r", **hall.by(WARD))
    assert [one.name for one in tmp_path.iterdir() if "azukari-part" in one.name or one.name == "r"] == []
    assert Step.RESTORED not in steps_of(key)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"who\nx\n", "列 token がありません"),
        ("a.csv", b"token,person\nx,1\n", "もうあります"),
        ("a.parquet", b"PAR1 not really", "読めません"),
        ("a.csv", b"token\n\xff\xfe\x00", "読めません"),
        ("名簿.csv", b"token\nx\n", "名前では受け取れません"),
        ("none.csv", None, "がありません"),
    ],
)
def test_what_is_no_deliverable_is_not_taken(
    hall: Meeting, deliverable_of: int, name: str, content: bytes | None, words: str
) -> None:
    """仮名の列がないもの、壊れたもの、名前の読めないものは、理由を示して受け取りません。"""
    path = hall.folder / name
    if content is not None:
        path.write_bytes(content)
    with refused(words, AzukariError):
        ceremony.deliver(deliverable_of, [path], **hall.by(OFFICER))
    assert Step.DELIVERED not in steps_of(deliverable_of)


_signed: list[int] = []


@pytest.fixture
def deliverable_of(hall: Meeting) -> int:
    """A signed ceremony that nobody delivers to."""
    if not _signed:
        _signed.append(hall.signed())
    return _signed[0]


def test_two_ceremonies_cannot_be_joined_unless_wished(hall: Meeting) -> None:
    """別の立会いの仮名は、同じ鍵でもつながりません。提案に同じ系列と書き、同じ鍵を使ったときだけ、つながります。"""
    secret = b"k" * 32
    first, second = (pseudonyms.pseudonyms(secret, "A社", series) for series in ("x1", "x2"))
    numbers = pl.Series("person", range(1, 500))
    assert set(first.persons.tokens(numbers)).isdisjoint(second.persons.tokens(numbers))
    assert set(first.persons.tokens(numbers)).isdisjoint(
        pseudonyms.pseudonyms(secret, "B社", "x1").persons.tokens(numbers)
    )
    assert set(first.persons.tokens(numbers)).isdisjoint(first.receipts.tokens(numbers))
    one, other = hall.propose(), hall.propose(series="second")
    assert one.series != other.series
    assert hall.propose(series="second").series == other.series
    again = pseudonyms.pseudonyms(secret, "A社", "x1")
    assert first.persons.tokens(numbers).to_list() == again.persons.tokens(numbers).to_list()


def test_a_ceremony_is_withdrawn(hall: Meeting) -> None:
    """媒体に書く前なら取り消せます。仮名にしたものは消え、媒体はまた使えます。書いた後は取り消せません。"""
    from azukari.business.health.models import AnalysisRow

    key = hall.accepted()
    assert AnalysisRow.objects.using(OWNER).filter(ceremony=key).count() == 40
    assert staging.folder(key, staging.MADE).exists()
    ceremony.cancel(key, **hall.by(OFFICER))
    assert not AnalysisRow.objects.using(OWNER).filter(ceremony=key).exists()
    assert not staging.folder(key, staging.MADE).exists()
    again = hall.accepted()
    hall.write(again)
    with refused("媒体に書いた後は取り消せません", Refused):
        ceremony.cancel(again, **hall.by(OFFICER))


def test_what_was_made_is_what_leaves(hall: Meeting) -> None:
    """仮名にしたものが承認の後に一字でも変わると、媒体に書きません。"""
    key = hall.accepted()
    path = staging.folder(key, staging.MADE) / "members.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    with refused("members.parquet が、記録したものと違います", Broken):
        hall.write(key)
    assert not list(hall.stick.glob("*.age"))


def test_a_real_passphrase_locks_the_key(tmp_path: Path) -> None:
    """鍵のファイルは合言葉で暗号化され、持ち主だけが読めます。短い合言葉は断ります。"""
    path = tmp_path / "a.key"
    with refused("合言葉が短すぎます", BadInput):
        keystore.make(path, "みじかい")
    secret = keystore.make(path, PASSPHRASE)
    assert path.read_bytes().startswith(b"age-encryption.org/v1\n-> scrypt ")
    assert keystore.on_paper(secret).encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert keystore.read(path, PASSPHRASE) == secret
