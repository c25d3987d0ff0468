"""Where Django finds the package, and its work in the menu."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    """国保データヘルス (諮問809)."""

    name = "azukari.business.health"
    label = "health"
    verbose_name = "国保データヘルス"

    def ready(self) -> None:
        """The sentences of the ledger, and what the programmes give to the menu and to hand-overs."""
        from azukari.business.health.programmes.offers import offer
        from azukari.core.audit import api as audit

        audit.describe("health.received", "{who}が{under}{what}を受け取りました。")
        offer()
