"""Where Django finds the package, and its work in the menu."""

from django.apps import AppConfig

from azukari.business.donations.types import WARD_ENTRY, BatchKind


class DonationsConfig(AppConfig):
    """ふるさと納税 (諮問813)."""

    name = "azukari.business.donations"
    label = "donations"
    verbose_name = "ふるさと納税"

    def ready(self) -> None:
        """Put the screens into the menu of those who are named, and tell how many rows were entrusted."""
        from azukari.business.donations.batches import entrusted
        from azukari.business.donations.posting import sources
        from azukari.core.audit import api as audit
        from azukari.core.handover import api as handover
        from azukari.core.policy import api as policy
        from azukari.web.api import MenuItem, menu

        for kind in (BatchKind.SLIPS, BatchKind.LETTERS):
            policy.register_actual(kind.flow, entrusted(kind.flow))
        for source in sources():
            handover.register(source)
        audit.describe("donations.received", "{who}が{under}{whom}{what}を受け取りました。")
        audit.describe("donations.batched", "{who}が{under}{whom}{what}を、発送の束にまとめました。")
        audit.describe("donations.printed", "{who}が{under}{whom}{what}を印刷しました。")
        menu.register(
            MenuItem(
                ("officer", "responsible"),
                "ふるさと納税",
                "donations:year",
                flow=WARD_ENTRY,
                order=42,
                about="寄附の受領、手紙の束、ワンストップ特例の申請を扱います。",
            )
        )
