"""委託先で開く

委託先は、通信もデータベースもない機械で、自分の鍵と区の公開鍵だけで容器を確かめて開きます。少しでも違えば、何も書き出しません。
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from azukari.kernel.errors import AzukariError, BadInput, Broken, Refused
from support.handover import TERM, Ward, refused


@pytest.fixture
def container(ward: Ward, stick: Path) -> Path:
    path = ward.write(ward.approved(), stick).container
    assert path
    return path


def test_the_day_after_the_term_is_refused(ward: Ward, container: Path, tmp_path: Path) -> None:
    """期限の日までは開け、次の日からは開けません。"""
    last = ward.today + TERM
    with refused("この容器の期間は終わりました", Refused):
        ward.open(container, tmp_path / "late", on=last + timedelta(days=1))
    assert not (tmp_path / "late").exists()
    assert ward.open(container, tmp_path / "in-time", on=last).manifest.valid_until == last


def test_before_the_term_is_refused(ward: Ward, container: Path, tmp_path: Path) -> None:
    """期間の始まる前の日には開けません。"""
    with refused("まだ始まっていません", Refused):
        ward.open(container, tmp_path / "out", on=ward.today - timedelta(days=1))


def test_another_recipient_is_refused(ward: Ward, container: Path, tmp_path: Path) -> None:
    """別の委託先の鍵では開けません。"""
    with refused("この鍵では開けません", Refused):
        ward.open(container, tmp_path / "out", identity=pyrage.x25519.Identity.generate())


def test_what_the_ward_did_not_sign_is_refused(ward: Ward, container: Path, tmp_path: Path) -> None:
    """区の署名でないものは、正しく暗号化されていても開きません。"""
    with refused("区の署名がありません", Broken):
        ward.open(container, tmp_path / "out", ward=Ed25519PrivateKey.generate().public_key())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda _content: b"",
        lambda content: content + b"\0",
        lambda content: content[:-20] + bytes([content[-20] ^ 1]) + content[-19:],
        lambda content: b"PK\x03\x04" + content,
    ],
    ids=["cut", "half", "empty", "longer", "flipped", "another file"],
)
def test_what_was_changed_is_refused(
    ward: Ward, container: Path, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    """一バイトでも変わるか、切れるか、足されたものは開かず、何も書き出しません。"""
    spoilt = tmp_path / "spoilt.age"
    spoilt.write_bytes(spoil(container.read_bytes()))
    with refused("区が書いたままではありません", Broken):
        ward.open(spoilt, tmp_path / "out")
    assert not list(tmp_path.glob("out*"))


def test_nothing_is_written_over(ward: Ward, container: Path, tmp_path: Path) -> None:
    """前に開いたものの上には書きません。"""
    ward.open(container, tmp_path / "out")
    with refused("もうあります", BadInput):
        ward.open(container, tmp_path / "out")


def test_the_receipt_number_stands_in_the_container_alone(ward: Ward, stick: Path, tmp_path: Path) -> None:
    """受領番号は、開いた人だけが知る番号です。違う番号では受領を記録できません。"""
    from azukari.core.handover import api
    from support.handover import OWNER

    card = ward.approved()
    path = ward.write(card, stick).container
    assert path
    with refused("受領番号が違います", Refused):
        api.opened(card.id, by="officer", now=ward.now(), receipt="0000-0000-0000-0000", using=OWNER)
    number = ward.open(path, tmp_path / "out").manifest.receipt
    assert number.encode() not in path.read_bytes()
    done = api.opened(card.id, by="officer", now=ward.now(), receipt=number.lower(), using=OWNER)
    assert done.stage is api.Stage.OPENED


def test_every_refusal_says_what_to_do_next(ward: Ward, container: Path, tmp_path: Path) -> None:
    """どの断りにも、理由と、次にすることが付きます。"""
    for other in (
        {"on": ward.today + TERM * 2},
        {"identity": pyrage.x25519.Identity.generate()},
        {"ward": Ed25519PrivateKey.generate().public_key()},
    ):
        with pytest.raises(AzukariError) as caught:
            ward.open(container, tmp_path / "out", **other)
        assert caught.value.why
        assert caught.value.next_step
