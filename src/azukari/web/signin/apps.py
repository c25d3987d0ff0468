"""Signing in as a Django app: in a made-up ward it also offers to walk to another place."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class SignInConfig(AppConfig):
    """The pages of signing in and out."""

    name = "azukari.web.signin"
    label = "signin"
    verbose_name = "サインイン"

    def ready(self) -> None:
        """Put the walk to another place on the home page of a made-up ward."""
        if not settings.DEMONSTRATION:
            return
        from azukari.core.accounts.types import KIND_NAMES
        from azukari.web import menu
        from azukari.web.types import MenuItem

        about = "場所が変わるとサインインが終わることを、見本の区で確かめます。"
        item = MenuItem(
            tuple(KIND_NAMES), "別の場所へ移る（見本）", "accounts:choose_place", order=90, about=about, in_nav=False
        )
        menu.register(item)
