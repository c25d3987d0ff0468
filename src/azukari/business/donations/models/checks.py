"""Checks that several tables of the business share."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.db.models import Q


def one_of(field: str, words: type[StrEnum], name: str, *, blank: bool = False) -> models.CheckConstraint:
    """The field holds one of the words (or nothing, with `blank`), in the database too."""
    known = [word.value for word in words] + [""] * blank
    return models.CheckConstraint(condition=Q(**{f"{field}__in": known}), name=name)
