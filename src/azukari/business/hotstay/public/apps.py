"""Where Django finds the residents' side."""

from __future__ import annotations

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """ほっとステイ for residents: tables of sign-in and mail here, pages only in the residents' server."""

    name = "azukari.business.hotstay.public"
    label = "hotstay_public"
    verbose_name = "ほっとステイ（区民の画面）"

    def ready(self) -> None:
        """Say what the residents' server may do in the database; the walls are built from it."""
        from azukari.business.hotstay.public.opened import OPENED
        from azukari.core.audit import api as audit
        from azukari.core.policy import api as policy

        policy.open_to_residents(*OPENED)
        audit.describe("hotstay.slip", "{who}が{under}IDと初回のパスワードの用紙を出しました。")
        audit.describe("hotstay.mailed", "{who}が{under}{whom}{what}にお知らせを送りました。")
        audit.describe("hotstay.password", "{who}がパスワードを決めました。")
