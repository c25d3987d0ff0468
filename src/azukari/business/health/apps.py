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
        from azukari.core.audit import api as audit
        from azukari.web.api import MenuItem, menu

        audit.describe("health.received", "{who}が{under}{what}を受け取りました。")
        audit.describe("health.measured", "{who}が{under}{what}から、事業の効果を計算しました。")
        audit.describe("health.extracted", "{who}が{under}{what}から、事業の対象者を抽出しました。")
        audit.describe("health.explained", "{who}が{under}{what}から、ある人が事業の対象になるかどうかを調べました。")
        menu.register(
            MenuItem(
                ("officer", "responsible"),
                "事業の効果",
                "health_effect:effect",
                flow=WARD_ENTRY,
                order=56,
                about="保健事業の効果の報告を見ます。個人の項目はありません。",
                in_nav=False,
            )
        )
