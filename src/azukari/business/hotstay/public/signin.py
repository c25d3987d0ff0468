"""A child's family comes in, stays and goes out. The page computes argon2id; PostgreSQL counts, compares and remembers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.http import HttpRequest

from azukari.business.hotstay.public import rules
from azukari.business.hotstay.public.types import Device, Guest
from azukari.business.hotstay.types import CHILD_FLOW
from azukari.core.accounts.api import client_address
from azukari.core.audit.api import record
from azukari.core.policy.types import Actor
from azukari.kernel.errors import BadInput

SALT_BYTES = 16
# OWASP's second profile for argon2id: 19 MiB, two passes, one lane.
PASSES, KIBIBYTES, LANES, HASH_BYTES = 2, 19_456, 1, 32
STRANGER = "-"


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of an attempt: the token of the new session, and whether a password has to be set first. None: refused."""

    token: str
    must_set: bool


def cookie() -> str:
    """The name of the session's cookie; over TLS the browser binds it to this host and to every path (__Host-)."""
    return "__Host-hotstay" if settings.TLS else "hotstay"


def actor(child: int) -> Actor:
    """The family, as the ledger names it."""
    return Actor(id=f"child:{child}", kind="resident", enrolled=frozenset())


def network_of(request: HttpRequest) -> str:
    """The network whose failures are counted together: an IPv4 address's /24, an IPv6 address's /64."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    address = ip_address(client_address(request.META["REMOTE_ADDR"], forwarded, settings.TRUSTED_PROXIES))
    plain = getattr(address, "ipv4_mapped", None) or address
    return str(ip_network(f"{plain}/{24 if plain.version == 4 else 64}", strict=False))


def sign_in(login: str, password: str, network: str, *, shared: bool) -> Entry | None:
    """One attempt, the same work whether or not the ID exists; the ledger has it either way. None: refused."""
    asked, token = rules.plain_login(login), secrets.token_bytes(32)
    derived = derive(password, _ask("SELECT guest.salt(%s)", asked)[0])
    with transaction.atomic():
        query = "SELECT outcome, who FROM guest.begin(%s, %s, %s, %s, %s)"
        outcome, child = _ask(query, asked, derived, network, token, shared)
        if outcome not in {"in", "slip"}:
            record("signin.refused", actor=actor(child) if child else STRANGER, detail={"reason": outcome})
            return None
        record("signin.ok", actor=actor(child), flow=CHILD_FLOW, detail={"shared": shared, "slip": outcome == "slip"})
    return Entry(token.hex(), outcome == "slip")


def resume(token: str) -> Guest | None:
    """Let the transaction speak for the session of that cookie; None when there is no such session (any more)."""
    if len(token) != 64 or not set(token) <= set("0123456789abcdef"):
        return None
    row = _ask("SELECT child, login, shared, slip, ends, born FROM guest.resume(%s)", token)
    return Guest(*row) if row else None


def follow_feed(token: str) -> int | None:
    """Let the transaction speak for a calendar feed; answers the child's key."""
    _ask("SELECT set_config('azukari.feed', encode(convert_to(%s, 'UTF8'), 'hex'), true)", token)
    child = _ask("SELECT guest.child()")[0]
    return int(child) if child else None


def sign_out(guest: Guest) -> None:
    """The session of this transaction is over for good."""
    _ask("SELECT guest.leave()")
    record("signin.out", actor=actor(guest.child))


def set_password(guest: Guest, old: str, new: str) -> None:
    """Set the password; after a slip `old` is not asked for. Other sessions end. Raises BadInput."""
    rules.refuse_weak(new, login=guest.login, born=guest.born)
    salt, now_salt = secrets.token_bytes(SALT_BYTES), _ask("SELECT guest.salt(%s)", guest.login)[0]
    done = _ask("SELECT guest.set_password(%s, %s, %s)", derive(old, now_salt), salt, derive(new, salt))[0]
    if not done:
        raise BadInput("いまのパスワードが違います。", "変更していません。", "もう一度入力してください。")
    record("hotstay.password", actor=actor(guest.child), flow=CHILD_FLOW, items=["パスワード"])


def devices() -> list[Device]:
    """The browsers signed in for this child, newest first."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT began, seen, shared, here FROM guest.devices()")
        return [Device(*row) for row in cursor.fetchall()]


def leave_others() -> int:
    """End the sessions of the child's other browsers; answers how many."""
    return int(_ask("SELECT guest.leave_others()")[0])


def has_feed() -> bool:
    """Whether a calendar feed has been set up."""
    return bool(_ask("SELECT guest.has_feed()")[0])


def new_feed() -> str:
    """A fresh secret for the feed's address, shown once; the old address ends."""
    token = secrets.token_urlsafe(32)
    _ask("SELECT guest.set_feed(%s)", token.encode())
    return token


def end_feed() -> None:
    """The feed's address ends."""
    _ask("SELECT guest.set_feed(NULL)")


def queue_mail(kind: str, child: int, cause: str, due: datetime, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Queue a mail in the caller's transaction; the same kind and cause is queued once."""
    _ask("SELECT guest.queue_mail(%s, %s, %s, %s)", kind, child, cause, due, using=using)


def derive(password: str, salt: bytes) -> bytes:
    """argon2id of the password, 32 bytes."""
    word = rules.plain_password(password).encode()
    return hash_secret_raw(word, bytes(salt), PASSES, KIBIBYTES, LANES, HASH_BYTES, Type.ID)


def _ask(query: str, *values: Any, using: str = DEFAULT_DB_ALIAS) -> Any:
    with connections[using].cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()
