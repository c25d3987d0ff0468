"""A person comes in, stays and goes out: the request, its session, its place, and the ledger's line about each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone

from azukari.core.accounts import rules, service
from azukari.core.accounts.models import Account
from azukari.core.accounts.pages import Request
from azukari.core.accounts.places import BY_HAND, NOWHERE
from azukari.core.accounts.sessions import ACCOUNT
from azukari.core.accounts.types import AccountCard, Attempt, End, Ended
from azukari.core.audit.api import record
from azukari.core.policy.api import SCREEN, Actor, Decision, Place, admit, enrolled, places
from azukari.kernel.errors import BadInput, Refused

UNKNOWN = "-"
PLACE, VERSION, SINCE, SEEN, ENDED = "place", "version", "since", "seen", "ended"
WRITE_SEEN_EVERY = 60
WRONG = (
    "利用者番号、パスワード、確認番号のどれかが違うか、利用できる期間ではありません。"
    "続けて間違えると、しばらく使えなくなります。"
)


def actor_of(card: AccountCard, on: date) -> Actor:
    """The person as the policy knows them on a day."""
    return replace(named(card), enrolled=enrolled(card.id, on))


def named(card: AccountCard) -> Actor:
    """The person as the ledger names them: who, and of which section or contractor; able to do nothing."""
    return Actor(
        id=card.id,
        kind=card.kind,
        enrolled=frozenset(),
        contractor=card.contractor,
        section=card.section,
        person=card.person_id,
    )


def prove(login: str, password: str, code: str, now: datetime) -> AccountCard:
    """Who somebody at a terminal is, by the same two secrets as on the page; the failures count as they do there.

    Raises Refused, the same for every wrong secret.
    """
    checked = service.check(login, password, code, now)
    if checked.fault:
        raise Refused("本人と確かめられませんでした。", WRONG, "確かめて、もう一度実行してください。")
    return service.card_of(checked.account)


@transaction.atomic
def sign_in(request: Request, login: str, password: str, code: str) -> Attempt:
    """Check the secrets, then the place; start a fresh session or say why not. Either way the ledger has it."""
    now = timezone.now()
    checked = service.check(login, password, code, now)
    if checked.fault:
        _refused(request, checked)
        return Attempt(None, WRONG)
    card = service.card_of(checked.account)
    if refusal := _wrong_place(card, request.place, timezone.localdate(now)):
        flow, decision = refusal
        detail = {"reason": service.Fault.PLACE.value, "ground": decision.ground}
        record("signin.refused", actor=named(card), place=request.place, flow=flow, detail=detail)
        return Attempt(None, f"{decision.reason}（{decision.ground}）")
    service.sweep(now)
    _open(request, checked.account, now)
    request.account = card
    record("signin.ok", actor=named(card), place=request.place)
    return Attempt(card)


def sign_out(request: Request) -> None:
    """End the session for good."""
    if request.account:
        record("signin.out", actor=named(request.account), place=request.place)
    request.account = None
    _clear(request)


def resume(request: Request) -> Ended | None:
    """Set `request.account` from the session. When the session must end now: end it, record why, and say so."""
    request.account = None
    key = request.session.get(ACCOUNT)
    if key is None:
        return None
    account = Account.objects.filter(pk=key).first()
    now = timezone.now()
    why = _why_end(request, account, now)
    if why is None and account is not None:
        request.account = service.card_of(account)
        if now.timestamp() - request.session[SEEN] >= WRITE_SEEN_EVERY:
            request.session[SEEN] = now.timestamp()
        return None
    return _end(request, account, why or End.ACCOUNT)


def choose_place(request: Request, code: str) -> None:
    """In a demonstration ward: from now on this browser stands at that place ("-": at none). Raises BadInput."""
    if not settings.DEMONSTRATION or (code != NOWHERE and code not in places()):
        raise BadInput(
            "その場所は選べません。",
            "場所を手で選べるのは見本の区だけで、登録した場所に限ります。",
            "一覧から選んでください。",
        )
    request.session[BY_HAND] = code
    request.place = places().get(code)


def take_ended(request: HttpRequest) -> Ended | None:
    """Why the last session of this browser ended, told once."""
    told = request.session.pop(ENDED, None)
    return Ended(End(told[0]), told[1], told[2]) if told else None


def _refused(request: Request, checked: service.Checked) -> None:
    actor = named(service.card_of(checked.account)) if checked.known else UNKNOWN
    reason = checked.fault.value if checked.fault else ""
    record("signin.refused", actor=actor, place=request.place, detail={"reason": reason})
    if checked.fault is service.Fault.SECRET and checked.account.locked_until:
        until = checked.account.locked_until.astimezone(UTC).isoformat(timespec="seconds")
        record("signin.locked", actor=actor, place=request.place, detail={"until": until})


def _wrong_place(card: AccountCard, place: Place | None, on: date) -> tuple[str, Decision] | None:
    """For a contractor's operator: the flow, and its refusal, that would be allowed at another place but not here.

    None when some flow is allowed here, or when the place is not what stands in the way.
    """
    if card.kind != "operator":
        return None
    actor = actor_of(card, on)
    refusal = None
    for flow in sorted(actor.enrolled):
        here = admit(actor, flow, place, SCREEN, on)
        if here.allowed:
            return None
        if any(admit(actor, flow, other, SCREEN, on).allowed for other in places().values()):
            refusal = refusal or (flow, here)
    return refusal


def _open(request: Request, account: Account, now: datetime) -> None:
    """A new session key (nothing of the stranger's session stays but a place chosen by hand) and a new csrf token."""
    _clear(request)
    request.session.update(
        {
            ACCOUNT: str(account.id),
            PLACE: _code(request.place),
            VERSION: account.password_version,
            SINCE: now.timestamp(),
            SEEN: now.timestamp(),
        }
    )
    rotate_token(request)


def _clear(request: HttpRequest) -> None:
    chosen = request.session.get(BY_HAND)
    request.session.flush()
    if chosen:
        request.session[BY_HAND] = chosen


def _why_end(request: Request, account: Account | None, now: datetime) -> End | None:
    session = request.session
    if account is None or session.get(VERSION) != account.password_version:
        return End.ACCOUNT
    if not rules.in_term(account.since, account.until, timezone.localdate(now)):
        return End.ACCOUNT
    return rules.end_of(
        signed_in=datetime.fromtimestamp(session[SINCE], UTC),
        seen=datetime.fromtimestamp(session[SEEN], UTC),
        now=now,
        place_then=session[PLACE],
        place_now=_code(request.place),
    )


def _end(request: Request, account: Account | None, why: End) -> Ended:
    then = request.session.get(PLACE)
    known = places()
    ended = Ended(why, known[then].name if then in known else None, request.place.name if request.place else None)
    with transaction.atomic():
        record(
            "signin.ended",
            actor=named(service.card_of(account)) if account else UNKNOWN,
            place=request.place,
            detail={"reason": why.value, "place_then": then},
        )
    _clear(request)
    request.session[ENDED] = [ended.why.value, ended.place_then, ended.place_now]
    return ended


def _code(place: Place | None) -> str | None:
    return place.code if place else None
