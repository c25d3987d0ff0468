"""The ledger as a Django application."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Label `audit`: tables `audit_entry` and `audit_epoch`."""

    name = "azukari.core.audit"
    label = "audit"
