"""The policy app: nothing but its name, and the start-up check of the third wall."""

from __future__ import annotations

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """Registers wall 3 so that an unmapped field stops every command and every start."""

    name = "azukari.core.policy"
    label = "policy"
    verbose_name = "許可"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the check; importing registers it."""
        from azukari.core.policy import checks  # noqa: F401
