"""Where Django finds the package."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    """Letters on their way: every sheet has a code, every set is matched, every batch is balanced."""

    name = "azukari.core.dispatch"
    label = "dispatch"
    verbose_name = "発送"
