"""The people package in Django's registry."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, households, dated names and addresses."""

    name = "azukari.core.people"
    label = "people"
    verbose_name = "住民"
