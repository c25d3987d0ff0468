"""Where Django finds the package, and its work in the menu."""

from django.apps import AppConfig

from azukari.business.health.types import WARD_ENTRY


class HealthConfig(AppConfig):
    """国保データヘルス (諮問809)."""

    name = "azukari.business.health"
    label = "health"
    verbose_name = "国保データヘルス"

    def ready(self) -> None:
        """The sentences of the ledger."""
        from azukari.business.health.analysis.source import Analysis, stored
        from azukari.business.health.analysis.source import source as analysis
        from azukari.core.audit import api as audit
        from azukari.core.handover import api as handover
        from azukari.web.api import MenuItem, menu

        audit.describe("health.received", "{who}が{under}{what}を受け取りました。")
        handover.register(analysis())
        handover.ceremony.register(Analysis(stored).maker())
        about = "両責任者の立会いで仮名にして渡し、納品を復元します。"
        for order, flow in enumerate((WARD_ENTRY, *handover.ceremony.MASKED), start=58):
            item = MenuItem(("officer", "responsible"), "仮名化の立会い", "ceremonies:ceremonies", flow, order, about)
            menu.register(item)
