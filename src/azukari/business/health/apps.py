"""Where Django finds the package, and its work in the menu."""

from typing import TYPE_CHECKING

from django.apps import AppConfig

from azukari.business.health.types import WARD_ENTRY

if TYPE_CHECKING:
    from azukari.core.accounts.api import Kind


class HealthConfig(AppConfig):
    """国保データヘルス (諮問809)."""

    name = "azukari.business.health"
    label = "health"
    verbose_name = "国保データヘルス"

    def ready(self) -> None:
        """The sentences of the ledger, the menu, and what can be handed over."""
        from azukari.business.health.analysis import source as analysis
        from azukari.business.health.programmes.offers import offer
        from azukari.core.audit import api as audit
        from azukari.core.handover import api as handover
        from azukari.web.api import MenuItem, menu

        audit.describe("health.received", "{who}が{under}{what}を受け取りました。")
        audit.describe("health.original", "{who}が{under}{what}の原本の取り出しを求めました。")
        audit.describe("health.settled", "{who}が{under}{what}の名寄せをしました。")
        audit.describe("health.measured", "{who}が{under}{what}から、事業の効果を計算しました。")
        audit.describe("health.extracted", "{who}が{under}{whom}{what}から、事業の対象者を抽出しました。")
        audit.describe("health.explained", "{who}が{under}{whom}{what}から、事業の対象になるかどうかを調べました。")
        offer()
        handover.register(analysis.source())
        handover.ceremony.register(analysis.maker())
        workers: tuple[Kind, ...] = ("officer", "responsible")
        about = "レセプトと健診の記録のうち、一人と決められなかった組を確かめます。"
        menu.register(
            MenuItem(workers, "同じ人かどうかの確認", "health_persons:queue", flow=WARD_ENTRY, order=52, about=about)
        )
        about = "保健事業の効果の報告を見ます。個人の項目はありません。"
        menu.register(
            MenuItem(
                workers, "事業の効果", "health_effect:effect", flow=WARD_ENTRY, order=56, about=about, in_nav=False
            )
        )
        about = "両責任者の立会いで仮名にして渡し、納品を復元します。"
        for order, flow in enumerate((WARD_ENTRY, *handover.ceremony.MASKED), start=58):
            menu.register(MenuItem(workers, "仮名化の立会い", "ceremonies:ceremonies", flow, order, about))
