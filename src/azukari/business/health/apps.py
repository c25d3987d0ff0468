"""Where Django finds the package, and its work in the menu."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    """国保データヘルス (諮問809)."""

    name = "azukari.business.health"
    label = "health"
    verbose_name = "国保データヘルス"

    def ready(self) -> None:
        """The sentences of the ledger."""
        from azukari.core.audit import api as audit

        audit.describe("health.received", "{who}が{under}{what}を受け取りました。")
        audit.describe("health.extracted", "{who}が{under}{whom}{what}から、事業の対象者を抽出しました。")
        audit.describe("health.explained", "{who}が{under}{whom}{what}から、事業の対象になるかどうかを調べました。")
