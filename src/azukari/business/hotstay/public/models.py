"""The child's ID and password, sessions, failed attempts, and mail to be sent.

All but the ID are closed: no login role reads or writes these tables. The functions of the schema `guest` (migration 0002)
do, so that a fault in a page cannot read a verifier, open a session without the password, or skip the counting.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from azukari.business.hotstay.public.types import MAILS
from azukari.business.hotstay.types import CHILD_FLOW
from azukari.core.policy.types import Holds


class Credential(models.Model):
    """A child's ID, and what proves the password (諮問814 4, the two new items). One a child; a new slip replaces the old.

    `verifier` is SHA-256 of argon2id(password, salt): the page computes argon2, the database compares. While `slip` is set
    the password is the one-time word of the slip, which works until `slip_until` and only to set a password.
    """

    child = models.BigIntegerField(unique=True)
    contractor = models.CharField(max_length=200)
    login = models.CharField(max_length=12, unique=True)
    salt = models.BinaryField()
    verifier = models.BinaryField()
    slip = models.BooleanField(default=True)
    slip_until = models.DateTimeField()
    feed = models.BinaryField(null=True, unique=True)
    issued = models.DateTimeField(default=timezone.now)

    holds: ClassVar[Holds] = Holds(
        items={"login": "ID"},
        flows=(CHILD_FLOW,),
        facts=("child", "contractor", "slip", "slip_until", "issued"),
        hidden=("salt", "verifier", "feed"),
        subject="child",
        contractor="contractor",
        writes={CHILD_FLOW: ("child", "contractor", "login", "salt", "verifier", "slip", "slip_until", "issued")},
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(login__regex=r"^[2-9A-HJ-NP-Z]{8}$"), name="hotstay_public_login"),
        ]

    def __str__(self) -> str:
        return f"{self.child}"


class Session(models.Model):
    """A browser that is signed in: `token` is the SHA-256 of what its cookie holds. `shared`: a telephone of several people."""

    token = models.BinaryField(unique=True)
    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="+")
    began = models.DateTimeField()
    seen = models.DateTimeField()
    ends = models.DateTimeField()
    shared = models.BooleanField()

    holds: ClassVar[Holds] = Holds(facts=("token", "credential", "began", "seen", "ends", "shared"))
    closed: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"{self.pk}"


class Attempt(models.Model):
    """Failed sign-ins in a row by the hash of what they came under: ID at a network, ID, network."""

    key = models.BinaryField(primary_key=True)
    failed = models.PositiveIntegerField()
    last = models.DateTimeField(db_index=True)
    rest_until = models.DateTimeField(null=True)

    holds: ClassVar[Holds] = Holds(facts=("key", "failed", "last", "rest_until"))
    closed: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"{self.failed}"


class Secret(models.Model):
    """One row of random bytes of this database, from which an unknown ID gets a salt of its own."""

    word = models.BinaryField()

    holds: ClassVar[Holds] = Holds(facts=("word",))
    closed: ClassVar[bool] = True

    def __str__(self) -> str:
        return "-"


class Mail(models.Model):
    """A mail to be sent, queued in the transaction that causes it. It says nothing about anybody: not even an address.

    `cause` makes it the only one of its kind. `given_up` after the last try; otherwise it is tried at `due`.
    """

    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in MAILS])
    child = models.BigIntegerField()
    cause = models.CharField(max_length=64)
    queued = models.DateTimeField()
    due = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent = models.DateTimeField(null=True)
    given_up = models.BooleanField(default=False)

    holds: ClassVar[Holds] = Holds(facts=("kind", "child", "cause", "queued", "due", "tries", "sent", "given_up"))
    closed: ClassVar[bool] = True

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "cause"], name="hotstay_public_mail_once"),
            models.CheckConstraint(condition=Q(kind__in=list(MAILS)), name="hotstay_public_mail_kind"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due"], name="hotstay_public_mail_due", condition=Q(sent=None, given_up=False))
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cause}"
