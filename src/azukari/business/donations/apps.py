"""Where Django finds the package."""

from django.apps import AppConfig


class DonationsConfig(AppConfig):
    """ふるさと納税 (諮問813)."""

    name = "azukari.business.donations"
    label = "donations"
    verbose_name = "ふるさと納税"
