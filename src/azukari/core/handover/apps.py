"""Where Django finds the package, and its words in the ledger."""

from django.apps import AppConfig

SENTENCES = {
    "handover.proposed": "{who}が{under}{by}{what}を渡すことを提案しました。",
    "handover.approved": "{who}が{under}{by}{what}を渡すことを承認しました。",
    "handover.cancelled": "{who}が{under}渡すことを取り消しました。",
    "handover.used": "{who}が{under}受け取ったものを使い終え、複製を消去しました。",
    "handover.medium": "{who}が媒体の登録を改めました。",
    "handover.recipient": "{who}が委託先の公開鍵の登録を改めました。",
}


class HandoverConfig(AppConfig):
    """What left and what came in: proposed, approved, written, opened, returned, erased."""

    name = "azukari.core.handover"
    label = "handover"
    verbose_name = "授受"

    def ready(self) -> None:
        """Give the steps of a hand-over their sentences in the ledger."""
        from azukari.core.audit import api as audit

        for action, sentence in SENTENCES.items():
            audit.describe(action, sentence)
