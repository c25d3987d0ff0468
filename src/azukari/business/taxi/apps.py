"""Where Django finds the package, and its work in the menu."""

from django.apps import AppConfig

from azukari.business.taxi.types import CONTRACTOR_FLOW, PAY_ENTRY, WARD_ENTRY


class TaxiConfig(AppConfig):
    """福祉タクシー券等の確認 (諮問815)."""

    name = "azukari.business.taxi"
    label = "taxi"
    verbose_name = "福祉タクシー券等の確認"

    def ready(self) -> None:
        """Put the screens into the menu of those who are named under the flow, and tell how many vouchers came."""
        from azukari.business.taxi.service import arrived
        from azukari.core.audit import api as audit
        from azukari.core.policy import api as policy
        from azukari.web.api import MenuItem, menu

        policy.register_actual(CONTRACTOR_FLOW, arrived)
        audit.describe("taxi.checked", "{who}が{under}券を台帳と突き合わせました（{whom}{what}）。")
        audit.describe("taxi.settled", "{who}が{under}支払を確定しました。")

        menu.register(
            MenuItem(
                ("operator", "responsible"),
                "福祉タクシー券の確認",
                "taxi:check",
                flow=CONTRACTOR_FLOW,
                order=20,
                about="各社から届いた券を、紙と見比べて確認します。",
            )
        )
        menu.register(
            MenuItem(
                ("officer", "responsible"),
                "福祉タクシー券",
                "taxi:month",
                flow=WARD_ENTRY,
                order=40,
                about="月の受領と確認の進み具合、認定の台帳を見ます。",
            )
        )
        menu.register(
            MenuItem(
                ("officer", "responsible"),
                "支払と回答",
                "taxi:pay",
                flow=PAY_ENTRY,
                order=41,
                about="確定した支払を見て、事業者からの回答を記録します。",
            )
        )
        menu.register(
            MenuItem(
                ("officer", "responsible"),
                "タクシー券の申請と台帳",
                "taxi:apply",
                flow=WARD_ENTRY,
                order=42,
                about="申請を判定して認定し、券の交付・停止・紛失を記録します。",
            )
        )
