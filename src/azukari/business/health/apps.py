"""Where Django finds the package, and its work in the menu."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    """国保データヘルス (諮問809)."""

    name = "azukari.business.health"
    label = "health"
    verbose_name = "国保データヘルス"

    def ready(self) -> None:
        """The sentences of the ledger."""
        from azukari.business.health.types import WARD_ENTRY
        from azukari.core.audit import api as audit
        from azukari.web.api import MenuItem, menu

        audit.describe("health.received", "{who}が{under}{what}を受け取りました。")
        menu.register(
            MenuItem(
                ("officer", "responsible"),
                "同じ人かどうかの確認",
                "health_persons:queue",
                flow=WARD_ENTRY,
                order=52,
                about="レセプトと健診の記録のうち、一人と決められなかった組を確かめます。",
            )
        )
