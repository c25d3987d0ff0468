"""Where Django finds the package, and its work in the menu."""

from django.apps import AppConfig


class HotstayConfig(AppConfig):
    """ほっとステイ (諮問814)."""

    name = "azukari.business.hotstay"
    label = "hotstay"
    verbose_name = "ほっとステイ"

    def ready(self) -> None:
        """The sentences of the ledger."""
        from azukari.core.audit import api as audit

        audit.describe("hotstay.booked", "{who}が{under}予約しました（{whom}{what}）。")
        audit.describe("hotstay.given_back", "{who}が{under}予約を取り消しました（{whom}{what}）。")
        audit.describe("hotstay.changed", "{who}が{under}予約を変更しました（{whom}{what}）。")
        audit.describe("hotstay.waits", "{who}が{under}空きを待つ登録をしました（{whom}{what}）。")
        audit.describe("hotstay.promoted", "{who}の手続きで{under}空きを待っていた予約が成立しました（{whom}{what}）。")
        audit.describe("hotstay.arrived", "{who}が{under}来所を記録しました（{whom}{what}）。")
        audit.describe("hotstay.left", "{who}が{under}お迎えを記録しました（{whom}{what}）。")
