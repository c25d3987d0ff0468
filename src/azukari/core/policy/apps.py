"""The policy app: nothing but its name, and the start-up check of the third wall."""

from __future__ import annotations

from importlib.util import find_spec

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """Registers wall 3 so that an unmapped field stops every command and every start."""

    name = "azukari.core.policy"
    label = "policy"
    verbose_name = "許可"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import the check; importing registers it."""
        if find_spec("azukari.core.policy.library"):
            from azukari.core.policy import checks  # noqa: F401
