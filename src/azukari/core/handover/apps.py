"""Where Django finds the package."""

from django.apps import AppConfig


class HandoverConfig(AppConfig):
    """What left and what came in: proposed, approved, written, opened, returned, erased."""

    name = "azukari.core.handover"
    label = "handover"
    verbose_name = "授受"
