"""The ward's places as somebody in charge keeps them: each with its networks, every change in the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction

from azukari.core.accounts.models import Network
from azukari.core.audit.api import record
from azukari.core.policy import api as policy
from azukari.core.policy.api import Actor, Place
from azukari.kernel.errors import BadInput, NotFound

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST_NAME = 80
NEAREST = 3


def networks(*, using: str = DEFAULT_DB_ALIAS) -> dict[str, list[str]]:
    """The networks of each place that has any, by its code."""
    found: dict[str, list[str]] = {}
    for network in Network.objects.using(using).order_by("place", "block"):
        found.setdefault(network.place, []).append(network.block)
    return found


def register_place(
    place: Place,
    blocks: Iterable[str],
    *,
    replacing: bool = False,
    by: Actor | str,
    using: str = DEFAULT_DB_ALIAS,
) -> None:
    """Make a place with these networks; `replacing` changes the one of that code, whose networks are then these.

    Raises BadInput for words that no consultation uses, for a code already taken, and for what is no network or is
    another place's; NotFound when there is nothing to replace. A network inside another place's is allowed: the narrowest says the place.
    """
    parsed = sorted({str(_network(block)) for block in blocks})
    _refuse_unfit(place, parsed)
    with transaction.atomic(using=using):
        known = place.code in policy.places(using=using)
        if replacing and not known:
            raise _nowhere(place.code)
        if known and not replacing:
            raise BadInput(
                f"取扱場所 {place.code} は、もうあります。",
                "同じ符号で登録すると、前の内容が失われます。",
                "改めるときは --replace を付け、そうでなければ別の符号にしてください。",
            )
        policy.save_place(place, using=using)
        _give(place.code, parsed, using)
        record("place.saved", actor=by, place=place, detail={"networks": parsed}, using=using)


def end_place(code: str, *, by: Actor | str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Take a place's networks away: nobody stands there any more. Its name stays, for the ledger. Raises NotFound."""
    with transaction.atomic(using=using):
        removed, _ = Network.objects.using(using).filter(place=code).delete()
        if not removed:
            raise _nowhere(code)
        record("place.ended", actor=by, place=code, using=using)


def _nowhere(code: str) -> NotFound:
    return NotFound(
        f"取扱場所 {code!r} はありません。",
        "登録がないか、もう回線が外れています。",
        "./azukari place list で確かめてください。",
    )


def _give(code: str, blocks: list[str], using: str) -> None:
    rows = Network.objects.using(using)
    rows.filter(place=code).delete()
    try:
        with transaction.atomic(using=using):
            rows.bulk_create(Network(block=block, place=code) for block in blocks)
    except IntegrityError as error:
        held = rows.filter(block__in=blocks).values_list("block", "place")
        listed = "、".join(f"{block} は {place}" for block, place in held)
        raise BadInput(
            "ほかの取扱場所の回線です。",
            f"一つの回線が示す場所は一つです ({listed})。",
            "その場所より狭い範囲を指定するか、先にその場所を改めてください。",
        ) from error


def _network(block: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(block)
    except ValueError as error:
        raise BadInput(
            f"回線 {block!r} が読めません。",
            f"網の範囲ではありません ({error})。",
            "10.10.31.0/24 や 192.0.2.7/32 のように書いてください。",
        ) from error


def _refuse_unfit(place: Place, blocks: list[str]) -> None:
    if not CODE.fullmatch(place.code):
        raise BadInput(
            f"符号 {place.code!r} は使えません。",
            "半角の英小文字・数字・「-」で40文字までです。",
            "ward-taxi のように書いてください。",
        )
    if not blocks or not 0 < len(place.name) <= LONGEST_NAME or len(place.contractor or "") > LONGEST_NAME:
        raise BadInput(
            f"取扱場所 {place.code} に要るものがそろっていません。",
            f"名称 ({LONGEST_NAME}文字まで) と、一つ以上の回線が要ります。場所は、つないでいる回線で決まります。",
            "--name と --network を確かめてください。",
        )
    known = list(dict.fromkeys(_words()))
    if place.stands_for not in known:
        raise _no_such_words(place.stands_for, known)
    if policy.is_own_facility(place.stands_for) and not place.contractor:
        raise BadInput(
            f"「{place.stands_for}」が、どの委託先のものか分かりません。",
            "委託先の施設は、その委託先の人だけの取扱場所です。",
            "--contractor に委託先の名称を、利用者の登録と同じ書き方で指定してください。",
        )


def _words() -> Iterable[str]:
    library = policy.library()
    for flow in library.flows.values():
        yield from flow.places
    for entry in library.entries.values():
        yield from entry.places


def _no_such_words(words: str, known: list[str]) -> BadInput:
    near = get_close_matches(words, known, n=NEAREST, cutoff=0.2) or known
    return BadInput(
        f"「{words}」という取扱場所は、どの諮問にも業務の登録にもありません。",
        f"諮問書の言葉と同じでなければ、その諮問の場所とはみなせません。近いもの: {'、'.join(f'「{one}」' for one in near)}",
        "近いものから選んでください。どれでもないときは、場所についての諮問が先に必要です。",
    )
