"""Sending what is queued. A server that is down keeps no family waiting: the booking stands and the mail goes later.

It runs as the owner, beside `up` or as `./azukari hotstay-mail`: no page reads an address. A mail is marked as sent in
the transaction that sends it; a process that dies between the server's yes and the mark sends it again, under the same
Message-ID.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self, TypeAlias

from django.db import connections, transaction
from django.utils import timezone

from azukari.business.hotstay.public.types import MAILS
from azukari.business.hotstay.types import GUARDIAN_FLOW
from azukari.core.audit.api import record

OWNER = "owner"
SENDER = "system:hotstay-mail"
FIRST_WAIT, LONGEST_WAIT, MOST_TRIES = timedelta(minutes=1), timedelta(hours=6), 12
EVERY_SECONDS = 15.0
log = logging.getLogger(__name__)
# One mail that may go now, whose place nobody else holds. A reminder is only due for a stay that is still booked as it was.
NEXT = """
SELECT m.id, m.kind, m.cause, m.tries,
  m.kind <> 'reminder' OR EXISTS (SELECT FROM public.hotstay_booking b WHERE b.state = '予約' AND b.day > %(today)s
    AND b.id || '@' || b.day = m.cause),
  g.id, g.mail
FROM public.hotstay_public_mail m
LEFT JOIN public.hotstay_child c ON c.id = m.child
LEFT JOIN LATERAL (SELECT id, mail FROM public.hotstay_guardian g WHERE g.family_id = c.family_id AND g.mail <> ''
  ORDER BY g.calls_first DESC, g.id LIMIT 1) g ON true
WHERE m.sent IS NULL AND NOT m.given_up AND m.due <= %(now)s
ORDER BY m.due, m.id LIMIT 1 FOR UPDATE OF m SKIP LOCKED
"""
MARK = "UPDATE public.hotstay_public_mail SET tries = %s, sent = %s, given_up = %s, due = %s WHERE id = %s"
Transport: TypeAlias = Callable[[EmailMessage], None]


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server, from the environment (`AZUKARI_SMTP_*`). `link` is the address of the residents' first page."""

    host: str
    port: int
    sender: str
    link: str
    user: str = ""
    password: str = ""
    starttls: bool = True

    def send(self, message: EmailMessage) -> None:
        """One mail. Raises OSError, also for what the server refuses (SMTPException is one)."""
        with smtplib.SMTP(self.host, self.port, timeout=20) as smtp:
            if self.starttls:
                smtp.starttls(context=ssl.create_default_context())
            if self.user:
                smtp.login(self.user, self.password)
            smtp.send_message(message)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the mails that were due: sent, put off, and not to be sent any more (no address, too often refused)."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0


def send_due(now: datetime, server: Server, *, most: int = 1000) -> Sent:
    """Send what is due, each in a transaction of its own."""
    counts = {"sent": 0, "put_off": 0, "given_up": 0}
    for _ in range(most):
        outcome = _send_one(now, server)
        if outcome is None:
            break
        counts[outcome] += 1
    return Sent(**counts)


def _send_one(now: datetime, server: Server) -> str | None:
    """`sent`, `put_off` or `given_up`; None when nothing is due."""
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute(NEXT, {"now": now, "today": timezone.localdate(now)})
        row = cursor.fetchone()
        if row is None:
            return None
        key, kind, cause, tries, wanted, guardian, address = row
        if not wanted or not address:
            return _mark(cursor, key, tries, now, "given_up")
        try:
            server.send(message(kind, cause, address, server, now))
        except (OSError, ValueError) as error:
            log.warning("a mail was put off (%s)", type(error).__name__)
            return _mark(cursor, key, tries + 1, now, "given_up" if tries + 1 >= MOST_TRIES else "put_off")
        record(
            "hotstay.mailed", actor=SENDER, flow=GUARDIAN_FLOW, items=["メールアドレス"], subjects=[guardian],
            detail={"kind": kind}, using=OWNER,
        )  # fmt: skip
        return _mark(cursor, key, tries + 1, now, "sent")


def _mark(cursor: Any, key: int, tries: int, now: datetime, outcome: str) -> str:
    wait = min(FIRST_WAIT * 2 ** min(tries, 10), LONGEST_WAIT)
    sent = now if outcome == "sent" else None
    cursor.execute(MARK, [tries, sent, outcome == "given_up", now + wait, key])
    return outcome


def message(kind: str, cause: str, address: str, server: Server, now: datetime) -> EmailMessage:
    """The mail: what happened and where to look. No name, no station, no time of a stay."""
    subject, first = MAILS[kind]
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"], mail["Date"] = f"【予約】{subject}", server.sender, address, now
    mail["Message-ID"] = f"<{kind}.{cause.replace('@', '.').replace(' ', '.')}@{server.sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(
        f"{first}\n内容は、サインインしてご確認ください。\n\n{server.link}\n\n"
        "このメールに個人情報は書いていません。心当たりのない方は、お手数ですが破棄してください。\n"
        "このアドレスへの返信は受け付けていません。\n",
        cte="base64",
    )
    return mail


class Sender:
    """`with Sender(server):` sends what is due every few seconds until the end of the block."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._over = Event()
        self._thread = Thread(target=self._run, name="hotstay-mail", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join(30)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                send_due(timezone.now(), self._server)
            except Exception as error:  # noqa: BLE001 (the queue stands; the next round tries again)
                log.warning("mail could not be looked at (%s)", type(error).__name__)
            finally:
                connections[OWNER].close()
            self._over.wait(EVERY_SECONDS)
