"""Where Django finds the package, and its work in the menu."""

from django.apps import AppConfig

from azukari.business.hotstay.types import CHILD_FLOW, WARD_ENTRY


class HotstayConfig(AppConfig):
    """ほっとステイ (諮問814)."""

    name = "azukari.business.hotstay"
    label = "hotstay"
    verbose_name = "ほっとステイ"

    def ready(self) -> None:
        """The sentences of the ledger, and the screens in the menu of those who are named under the flow."""
        from azukari.core.audit import api as audit
        from azukari.web.api import MenuItem, menu

        audit.describe("hotstay.booked", "{who}が{under}予約しました（{whom}{what}）。")
        audit.describe("hotstay.given_back", "{who}が{under}予約を取り消しました（{whom}{what}）。")
        audit.describe("hotstay.changed", "{who}が{under}予約を変更しました（{whom}{what}）。")
        audit.describe("hotstay.waits", "{who}が{under}空きを待つ登録をしました（{whom}{what}）。")
        audit.describe("hotstay.promoted", "{who}の手続きで{under}空きを待っていた予約が成立しました（{whom}{what}）。")
        audit.describe("hotstay.arrived", "{who}が{under}来所を記録しました（{whom}{what}）。")
        audit.describe("hotstay.left", "{who}が{under}お迎えを記録しました（{whom}{what}）。")
        audit.describe("hotstay.settings", "{who}が{under}施設の条件を変えました。")
        items = (
            ("ほっとステイの今日", "hotstay:day", 30, "今日お預かりするお子さま、来所とお迎え、職員の配置を見ます。"),
            ("予約を入れる", "hotstay:book", 31, "電話と窓口で受けた予約を入れます。"),
            ("お子さまの登録", "hotstay:children", 32, "申込み、面接、IDの発行を行います。"),
        )
        for title, name, order, about in items:
            menu.register(MenuItem(("operator", "responsible"), title, name, flow=CHILD_FLOW, order=order, about=about))
        about = "五つの施設の利用の件数を見ます。個人の項目はありません。"
        menu.register(
            MenuItem(
                ("officer", "responsible"),
                "ほっとステイの件数",
                "hotstay:numbers",
                flow=WARD_ENTRY,
                order=45,
                about=about,
            )
        )
