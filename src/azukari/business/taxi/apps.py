"""Where Django finds the package."""

from django.apps import AppConfig


class TaxiConfig(AppConfig):
    """福祉タクシー券等の確認 (諮問815)."""

    name = "azukari.business.taxi"
    label = "taxi"
    verbose_name = "福祉タクシー券等の確認"
