"""Accounts: making, changing and ending them, and checking secrets with the same work whether or not they exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.utils import timezone

from azukari.core.accounts import rules, totp
from azukari.core.accounts.models import Account, Session
from azukari.core.accounts.types import DEMONSTRATION_PASSWORD, KIND_NAMES, AccountCard, Listed, NewAccount, Shown
from azukari.core.audit.api import record
from azukari.core.policy.types import Actor
from azukari.kernel.errors import BadInput, NotFound, Refused, Unavailable

SHORTEST_PASSWORD = 12
NOBODY = UUID(int=0)


class Fault(StrEnum):
    """Why somebody did not come in; for the ledger, never for the person."""

    SECRET = "secret"  # noqa: S105 (a word for the ledger)
    LOCKED = "locked"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Checked:
    """The account asked for or its stand-in, whether it is a known one, and what was wrong, if anything."""

    account: Account
    known: bool
    fault: Fault | None


def card_of(account: Account) -> AccountCard:
    """The frozen card that pages see."""
    return AccountCard(
        login=account.login,
        name=account.display_name,
        kind=account.kind,  # type: ignore[arg-type]  # a database constraint holds it to the kinds
        section=account.section,
        contractor=account.contractor,
        person_id=account.person_id,
    )


def workers() -> dict[str, AccountCard]:
    """Everybody who works with items, by login: every account but the residents' own."""
    return {account.login: card_of(account) for account in Account.objects.exclude(kind="resident").order_by("login")}


def listing(*, using: str = DEFAULT_DB_ALIAS) -> list[Listed]:
    """Every account there is or was, by login."""
    rows = Account.objects.using(using).order_by("login")
    return [Listed(card_of(account), account.since, account.until) for account in rows]


@cache
def _nobody() -> Account:
    """Stands in for an unknown login, so that the unknown one costs the same hashing, unsealing and writing."""
    return Account(
        id=NOBODY,
        login="",
        password=make_password(totp.fresh().hex()),
        totp_secret=totp.seal(NOBODY, totp.fresh()),
        since=date.max,
    )


def check(login: str, password: str, code: str, now: datetime) -> Checked:
    """Whether somebody may come in. Counts the failure, or clears the count.

    The row is locked meanwhile: a hundred guesses at once are counted one by one. While an account rests, attempts
    change nothing, so that nobody can keep another out for ever by guessing on.
    """
    nobody = _nobody()
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(login=login).first() or nobody
        right = check_password(password, account.password) and _is_secret(password)
        step = totp.step_used(totp.unseal(account.id, account.totp_secret), code, now, account.totp_step)
        if account.locked_until is not None and now < account.locked_until:
            fault = Fault.LOCKED
            _write(account, account.failed, account.locked_until, account.totp_step)
        elif right and step is not None and rules.in_term(account.since, account.until, timezone.localdate(now)):
            fault = None
            _write(account, 0, None, step)
        else:
            fault = Fault.SECRET
            _count_failure(account, now)
    return Checked(account, account is not nobody, fault)


def _count_failure(account: Account, now: datetime) -> None:
    rest = rules.lock_after(account.failed + 1)
    _write(account, account.failed + 1, now + rest if rest else None, account.totp_step)


def _write(account: Account, failed: int, locked_until: datetime | None, totp_step: int) -> None:
    """An UPDATE in every case; for the stand-in it finds no row, and the stand-in itself stays as it is."""
    values = {"failed": failed, "locked_until": locked_until, "totp_step": totp_step}
    if Account.objects.filter(pk=account.pk).update(**values):
        account.failed, account.locked_until, account.totp_step = failed, locked_until, totp_step


def _is_secret(password: str) -> bool:
    return settings.DEMONSTRATION or password != DEMONSTRATION_PASSWORD


def refuse_weak(password: str, login: str) -> None:
    """Raises BadInput for a password that is short, holds the login, or is printed on a page."""
    if len(password) < SHORTEST_PASSWORD or login in password or not _is_secret(password):
        raise BadInput(
            "このパスワードは使えません。",
            f"{SHORTEST_PASSWORD}文字より短いか、利用者番号を含むか、見本のパスワードです。",
            f"利用者番号を含まない{SHORTEST_PASSWORD}文字以上のパスワードにしてください。",
        )


def create(
    new: NewAccount, *, by: Actor | str, using: str = DEFAULT_DB_ALIAS, hashed: str | None = None
) -> tuple[AccountCard, str]:
    """Make an account with a fresh TOTP secret; returns the card and the secret in base32 for the authenticator, once.

    `hashed` is the same password hashed before: a demonstration gives all its people one, and hashes it once. Raises
    BadInput for a weak password, for what a kind of person cannot be, and for a login that was ever given out.
    """
    refuse_impossible(new, using=using)
    refuse_weak(new.password, new.login)
    secret = totp.fresh()
    account = Account(
        login=new.login,
        display_name=new.name,
        kind=new.kind,
        password=hashed or make_password(new.password),
        contractor=new.contractor,
        section=new.section,
        person_id=new.person_id,
        since=new.since,
        until=new.until,
    )
    account.totp_secret = totp.seal(account.id, secret)
    try:
        with transaction.atomic(using=using):
            account.save(using=using, force_insert=True)
            record("account.made", actor=by, detail={"account": new.login, "kind": new.kind}, using=using)
    except IntegrityError as error:
        raise _taken(new.login) from error
    return card_of(account), totp.in_base32(secret)


def refuse_impossible(new: NewAccount, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Raises BadInput for an account that no password could make: see `create`."""
    rules.refuse_unfit(new)
    if Account.objects.using(using).filter(login=new.login).exists():
        raise _taken(new.login)


def _taken(login: str) -> BadInput:
    return BadInput(
        f"利用者番号 {login} では登録できません。",
        "その利用者番号か、その区民の利用者は、もう登録されています。一度使った番号は、ほかの人には使えません。",
        "./azukari account list で確かめ、別の利用者番号にしてください。",
    )


def change_password(login: str, password: str, *, by: Actor | str, using: str = DEFAULT_DB_ALIAS) -> None:
    """A new password; sessions begun with the old one end at their next request."""
    refuse_weak(password, login)
    with transaction.atomic(using=using):
        account = _locked(login, using)
        account.password = make_password(password)
        account.password_version += 1
        account.save(using=using, update_fields=["password", "password_version"])
        record("account.changed", actor=by, detail={"account": login}, using=using)


def reset(login: str, password: str, *, by: Actor | str, using: str = DEFAULT_DB_ALIAS) -> tuple[AccountCard, str]:
    """A new password and a new TOTP secret for who lost theirs; a rest is over, and sessions are gone at once.

    Returns the card and the secret in base32, once. Raises NotFound, and BadInput for a weak password.
    """
    refuse_weak(password, login)
    secret = totp.fresh()
    with transaction.atomic(using=using):
        account = _locked(login, using)
        account.password, account.password_version = make_password(password), account.password_version + 1
        account.totp_secret, account.totp_step = totp.seal(account.id, secret), 0
        account.failed, account.locked_until = 0, None
        account.save(using=using)
        Session.objects.using(using).filter(account_id=account.id).delete()
        record("account.reset", actor=by, detail={"account": login}, using=using)
    return card_of(account), totp.in_base32(secret)


def end_account(login: str, on: date, *, by: Actor | str, using: str = DEFAULT_DB_ALIAS) -> None:
    """The account may not be used from that day on, and its sessions are gone at once. Raises NotFound."""
    with transaction.atomic(using=using):
        account = _locked(login, using)
        account.until = max(on, account.since)
        account.save(using=using, update_fields=["until"])
        Session.objects.using(using).filter(account_id=account.id).delete()
        record("account.ended", actor=by, detail={"account": login, "from": on.isoformat()}, using=using)


def find(login: str, *, using: str = DEFAULT_DB_ALIAS) -> AccountCard:
    """The card of an account, ended or not. Raises NotFound."""
    account = Account.objects.using(using).filter(login=login).first()
    if account is None:
        raise _unknown(login)
    return card_of(account)


def _locked(login: str, using: str) -> Account:
    account = Account.objects.using(using).select_for_update().filter(login=login).first()
    if account is None:
        raise _unknown(login)
    return account


def _unknown(login: str) -> NotFound:
    return NotFound(
        f"利用者 {login!r} はいません。",
        "この利用者番号では登録されていません。",
        "./azukari account list で確かめてください。",
    )


def sweep(now: datetime) -> None:
    """Delete the sessions past their end. Done whenever somebody comes in, so that no clock job is needed."""
    Session.objects.filter(expire_date__lt=now).delete()


def current_code(login: str, now: datetime) -> str:
    """The six digits that let the person in now. For a made-up ward, whose people have no telephones.

    Raises Refused anywhere else, NotFound for an unknown login, and Unavailable while the digits that would work now
    are all used.
    """
    _only_in_demonstration()
    account = Account.objects.filter(login=login).first()
    if account is None:
        raise NotFound(
            f"利用者 {login!r} はいません。",
            "見本の利用者番号ではありません。",
            "サインインの画面にある利用者番号を指定してください。",
        )
    code = _usable_code(account, now)
    if not code:
        raise Unavailable(
            "いま使える確認番号がありません。",
            "一つの番号は一度だけ使え、次の番号も先に使われました。",
            f"{totp.STEP.seconds}秒ほど待って、もう一度実行してください。",
        )
    return code


def people_shown(now: datetime) -> list[Shown]:
    """Everybody of a made-up ward with the digits that work now. Raises Refused anywhere else."""
    _only_in_demonstration()
    cards = ((card_of(account), account) for account in Account.objects.order_by("kind", "login"))
    return [
        Shown(card, KIND_NAMES[card.kind], card.section or card.contractor or "", _usable_code(account, now))
        for card, account in cards
    ]


def _usable_code(account: Account, now: datetime) -> str:
    """The current digits; the next ones when these were used, since one code works once; none when both were."""
    ahead = max(0, account.totp_step + 1 - totp.step_at(now))
    if ahead > totp.TOLERANCE:
        return ""
    return totp.code_at(totp.unseal(account.id, account.totp_secret), now + ahead * totp.STEP)


def _only_in_demonstration() -> None:
    if not settings.DEMONSTRATION:
        raise Refused(
            "確認番号を表示できません。",
            "表示できるのは、見本の区だけです。",
            "本人の認証アプリの番号を使ってください。",
        )
