"""The frame's own pages put themselves into the menu."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The frame: base page, parts, home, consultations, why, ledger, people, letters, the workshop, errors."""

    name = "azukari.web"
    label = "web"
    verbose_name = "画面"

    def ready(self) -> None:
        """Register the menu and the home page's alerts."""
        from azukari.web import dispatching, home

        home.register()
        dispatching.register()
