"""Where Django finds the package, and its words in the ledger."""

from django.apps import AppConfig

SENTENCES = {
    "handover.proposed": "{who}が{under}{by}{what}を渡すことを提案しました。",
    "handover.approved": "{who}が{under}{by}{what}を渡すことを承認しました。",
    "handover.cancelled": "{who}が{under}渡すことを取り消しました。",
    "handover.used": "{who}が{under}受け取ったものを使い終え、複製を消去しました。",
    "handover.medium": "{who}が媒体の登録を改めました。",
    "handover.recipient": "{who}が委託先の公開鍵の登録を改めました。",
    "ceremony.proposed": "{who}が{under}{what}の仮名化の立会いを提案しました。",
    "ceremony.ward-present": "{who}が{under}区の責任者として仮名化に立ち会いました。",
    "ceremony.theirs-present": "{who}が{under}委託先の責任者として仮名化に立ち会いました。",
    "ceremony.keyed": "{who}が{under}仮名の鍵を用意しました。",
    "ceremony.made": "{who}が{under}{whom}{what}を仮名にしました。",
    "ceremony.accepted": "{who}が{under}仮名にしたものの点検を承認しました。",
    "ceremony.written": "{who}が{under}仮名にしたものを媒体に書きました。",
    "ceremony.ward-signed": "{who}が{under}区の責任者として立会いの記録に署名しました。",
    "ceremony.theirs-signed": "{who}が{under}委託先の責任者として立会いの記録に署名しました。",
    "ceremony.delivered": "{who}が{under}仮名のままの納品を受け取りました。",
    "ceremony.ward-back": "{who}が{under}区の責任者として復元に立ち会いました。",
    "ceremony.theirs-back": "{who}が{under}委託先の責任者として復元に立ち会いました。",
    "ceremony.restored": "{who}が{under}納品を仮名から復元しました。",
    "ceremony.destroyed": "{who}が{under}委託先の復元データを廃棄したと報告しました。",
    "ceremony.closed": "{who}が{under}立会いの終了を確かめて署名しました。",
    "ceremony.cancelled": "{who}が{under}仮名化の立会いを取り消しました。",
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
