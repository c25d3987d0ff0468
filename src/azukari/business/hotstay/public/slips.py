"""The station gives a child its ID and a one-time word on paper: after the interview, and again when a password is lost."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone

from azukari.business.hotstay.public import rules
from azukari.business.hotstay.public.signin import SALT_BYTES, derive
from azukari.business.hotstay.public.types import Slip
from azukari.business.hotstay.types import CHILD_FLOW
from azukari.core.audit.api import record
from azukari.core.policy.types import Actor, Place
from azukari.kernel.errors import NotFound

WORD_DAYS = timedelta(days=14)
# Two statements, not ON CONFLICT DO UPDATE: inside the flow's role the verifier may be replaced, never read, not even as `excluded`.
RENEW = """
UPDATE public.hotstay_public_credential SET salt = %s, verifier = sha256(%s), slip = true, slip_until = %s, issued = %s
WHERE child = %s AND contractor = %s RETURNING login
"""
FIRST = """
INSERT INTO public.hotstay_public_credential (salt, verifier, slip, slip_until, issued, child, contractor, login)
VALUES (%s, sha256(%s), true, %s, %s, %s, %s, %s) ON CONFLICT (child) DO NOTHING RETURNING login
"""


def issue(
    child: int, contractor: str, *, by: Actor | str, place: Place | str | None = None, using: str = DEFAULT_DB_ALIAS
) -> Slip:
    """A slip with the child's ID (a fresh one the first time) and a word for the first sign-in; whoever was in is out.

    Call it inside the flow's role (row security then lets a station do it for its own children only) or as the owner.
    Raises NotFound for another station's child, and IntegrityError for one that is not registered.
    """
    now = timezone.now()
    word, until = _random(rules.WORD_LENGTH), now + WORD_DAYS
    login = _write(child, contractor, _random(rules.LOGIN_LENGTH), word, until, now, using)
    record(
        "hotstay.slip", actor=by, place=place, flow=CHILD_FLOW, items=["ID", "パスワード"], subjects=[child],
        detail={"days": WORD_DAYS.days}, using=using,
    )  # fmt: skip
    return Slip(rules.shown(login), rules.shown(word), until)


def _write(child: int, contractor: str, login: str, word: str, until: datetime, now: datetime, using: str) -> str:
    salt = secrets.token_bytes(SALT_BYTES)
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        values: list[Any] = [salt, derive(rules.shown(word), salt), until, now, child, contractor]
        cursor.execute(RENEW, values)
        row = cursor.fetchone()
        if row is None:
            cursor.execute(FIRST, [*values, login])
            row = cursor.fetchone()
    if row is None:
        raise NotFound("このお子さまの登録はありません。", "ほかの施設の登録です。", "一覧から選び直してください。")
    return str(row[0])


def set_demonstration(child: int, contractor: str, login: str, password: str, *, using: str) -> None:
    """In a made-up ward: a child whose ID and password are printed at the start, ready to be used."""
    now = timezone.now()
    _write(child, contractor, login, password, now, now, using)
    salt = secrets.token_bytes(SALT_BYTES)
    with connections[using].cursor() as cursor:
        cursor.execute(
            "UPDATE public.hotstay_public_credential SET login = %s, salt = %s, verifier = sha256(%s), slip = false"
            " WHERE child = %s",
            [login, salt, derive(password, salt), child],
        )


def _random(length: int) -> str:
    return "".join(secrets.choice(rules.ALPHABET) for _ in range(length))
