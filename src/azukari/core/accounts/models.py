"""Accounts, the networks of places, and sessions. A resident's account only points at their record."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q

from azukari.core.accounts.fields import CidrField
from azukari.core.accounts.types import KIND_NAMES
from azukari.core.policy.types import Holds


class Account(models.Model):
    """One person who may sign in, from `since` until (exclusive) `until`. A login is never given out twice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    login = models.CharField(max_length=40, unique=True)
    display_name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=KIND_NAMES)
    password = models.CharField(max_length=200)
    password_version = models.PositiveIntegerField(default=1)
    totp_secret = models.BinaryField()
    totp_step = models.BigIntegerField(default=0)
    contractor = models.CharField(max_length=80, null=True)  # noqa: DJ001 (NULL is "of no contractor")
    section = models.CharField(max_length=80, null=True)  # noqa: DJ001 (NULL is "of no section")
    person_id = models.BigIntegerField(null=True, unique=True)
    failed = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    since = models.DateField()
    until = models.DateField(null=True)

    # The names here are of the ward's and the contractors' workers in their duty, not of data subjects.
    holds: ClassVar[Holds] = Holds(
        facts=(
            "id", "login", "display_name", "kind", "password", "password_version", "totp_secret", "totp_step",
            "contractor", "section", "person_id", "failed", "locked_until", "since", "until",
        )
    )  # fmt: skip

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(KIND_NAMES)), name="account_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind="operator") | Q(contractor__isnull=False), name="account_operator_has_contractor"
            ),
            models.CheckConstraint(
                condition=~Q(kind="officer") | Q(section__isnull=False), name="account_officer_has_section"
            ),
            models.CheckConstraint(
                condition=Q(kind="resident", person_id__isnull=False) | (~Q(kind="resident") & Q(person_id=None)),
                name="account_only_residents_have_records",
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=models.F("since")), name="account_term"),
        ]

    def __str__(self) -> str:
        return self.login


class Network(models.Model):
    """A network that is part of a place. Where networks lie inside one another, the narrowest says the place.

    Networks decide where a request comes from, so the web role reads them and only commands as the owner write them.
    """

    block = CidrField(unique=True)
    place = models.CharField(max_length=40)

    holds: ClassVar[Holds] = Holds(facts=("id", "block", "place"))
    read_only: ClassVar[bool] = True

    def __str__(self) -> str:
        return f"{self.block} {self.place}"


class Session(AbstractBaseSession):
    """A browser's session. The account stands in a column too, so that all sessions of one can be ended at once."""

    account_id = models.UUIDField(null=True, db_index=True)

    holds: ClassVar[Holds] = Holds(facts=("session_key", "session_data", "expire_date", "account_id"))

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Our own store."""
        from azukari.core.accounts.sessions import SessionStore

        return SessionStore
