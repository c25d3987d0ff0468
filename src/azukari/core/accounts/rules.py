"""Who may be an account, when a session ends, how long an account rests. Time comes in as an argument."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from azukari.core.accounts.types import KIND_NAMES, AccountCard, End, Kind, NewAccount
from azukari.kernel.errors import BadInput

IDLE = timedelta(minutes=30)
TERM = timedelta(hours=10)
FAILURES_BEFORE_LOCK = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)
# A login stands in the ledger for good, where nothing that looks like a telephone or certificate number may stand.
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
MOST_DIGITS = 8
LONGEST_NAME = 80
# To whom a kind of person belongs: any one of the sets, exactly. A contractor's people see nothing of the ward's own.
WARD, CONTRACTOR, NOBODY = frozenset({"section"}), frozenset({"contractor"}), frozenset[str]()
BELONGS: Mapping[Kind, frozenset[frozenset[str]]] = {
    "officer": frozenset({WARD}),
    "operator": frozenset({CONTRACTOR}),
    "responsible": frozenset({WARD, CONTRACTOR}),
    "privacy": frozenset({WARD, NOBODY}),
    "resident": frozenset({NOBODY}),
    "council": frozenset({WARD, NOBODY}),
    "it": frozenset({WARD, CONTRACTOR, NOBODY}),
}
BELONGING = {WARD: "所管課", CONTRACTOR: "委託先", NOBODY: "所属なし"}


def lock_after(failed: int) -> timedelta | None:
    """How long an account rests after `failed` wrong attempts in a row: a minute at the fifth, then twice that."""
    if failed < FAILURES_BEFORE_LOCK:
        return None
    doublings = min(failed - FAILURES_BEFORE_LOCK, 16)
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def in_term(since: date, until: date | None, on: date) -> bool:
    """Whether an account may be used on a day; `until` is exclusive."""
    return since <= on and (until is None or on < until)


def end_of(
    *, signed_in: datetime, seen: datetime, now: datetime, place_then: str | None, place_now: str | None
) -> End | None:
    """Why a session must end now, or None. The place counts first: a moved session says so even when it is also old."""
    if place_then != place_now:
        return End.PLACE
    if now - signed_in >= TERM:
        return End.TERM
    if now - seen >= IDLE:
        return End.IDLE
    return None


def refuse_unfit(new: NewAccount) -> None:
    """Raises BadInput for a login that is none, for belonging where the kind does not, and for a resident with a name."""
    refuse_login(new.login)
    kind = KIND_NAMES[new.kind]
    has = frozenset(name for name in ("section", "contractor") if getattr(new, name))
    if has not in BELONGS[new.kind]:
        fitting = "か".join(sorted(BELONGING[one] for one in BELONGS[new.kind]))
        raise BadInput(
            f"{kind}の所属が合いません。",
            f"{kind}の所属は、{fitting}です。許可は所属によって決まります。",
            "所管課 (--section) か委託先 (--contractor) の指定を改めてください。",
        )
    is_resident = new.kind == "resident"
    if is_resident != (not new.name) or is_resident != (new.person_id is not None):
        raise BadInput(
            f"{kind}の登録に要るものがそろっていません。",
            "区民には宛名番号を指定し、氏名は指定しません (氏名は区の記録にあります)。ほかの人には氏名だけを指定します。",
            "区民には --atena を、ほかの人には --name を指定してください。",
        )
    if max(len(text or "") for text in (new.name, new.section, new.contractor)) > LONGEST_NAME:
        raise BadInput("名前が長すぎます。", f"氏名と所属は{LONGEST_NAME}文字までです。", "短くしてください。")


def refuse_login(login: str) -> None:
    """Raises BadInput for a login that the ledger could not keep."""
    if not LOGIN.fullmatch(login) or sum(map(str.isdigit, login)) > MOST_DIGITS:
        raise BadInput(
            f"利用者番号 {login!r} は使えません。",
            f"半角の英小文字・数字・「.」「_」「-」で40文字まで、数字は{MOST_DIGITS}つまでです。台帳に残り続けるため、"
            "電話番号や証の番号に見えるものは使えません。",
            "別の利用者番号にしてください。",
        )


def refuse_on_roll(
    card: AccountCard, name: str, *, divided: bool, own_record: bool, sections: tuple[str, ...] | None
) -> None:
    """Raises BadInput when somebody of this belonging cannot be named under a flow or register entry.

    `divided` flows hand items to contractors, `own_record` entries show residents their own; `sections` are those of a
    register entry, whose offices below them (係) count as well.
    """
    fault = _fault_on_roll(card, divided=divided, own_record=own_record, sections=sections)
    if fault:
        raise BadInput(f"{card.login} を{name}の名簿に載せることはできません。", *fault)


def _fault_on_roll(
    card: AccountCard, *, divided: bool, own_record: bool, sections: tuple[str, ...] | None
) -> tuple[str, str] | None:
    """Why, and what to do."""
    if own_record != (card.kind == "resident"):
        return (
            "ご本人の記録のための登録には区民だけを、ほかのものには区民でない人を載せます。",
            "取扱いを確かめてください。",
        )
    if divided and not card.contractor:
        return (
            "委託先に個人情報を渡す諮問です。どの委託先にも属さない人には、許された行がありません。",
            "委託先の人を指定するか、区の業務の登録 (r- で始まるもの) を指定してください。",
        )
    if not divided and card.contractor:
        return (
            "区が自ら取り扱うもので、委託先へ渡すことは諮問されていません。",
            "委託先へ渡す取扱いを ./azukari consult show 番号 で確かめてください。",
        )
    if sections is not None and not own_record and not (card.section or "").startswith(sections):
        return (
            f"業務の登録が挙げる所管課は、{'、'.join(sections)}です。",
            "所管課を確かめてください。登録と実際が違うときは、ward-register.toml を改めてください。",
        )
    return None
