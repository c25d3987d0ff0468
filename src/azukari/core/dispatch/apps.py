"""Where Django finds the package."""

from django.apps import AppConfig

SENTENCES = {
    "planned": "{who}が{under}{whom}手紙を発送に入れました。",
    "printed": "{who}が{under}{whom}手紙を印刷しました。",
    "matched": "{who}が{under}{whom}手紙の紙がそろっていることを確かめました。",
    "aside": "{who}が{under}{whom}手紙の照合を途中でやめました。",
    "stopped": "{who}が{under}紙を読み取り、照合が止まりました。",
    "spoiled": "{who}が{under}{whom}手紙を書損にし、刷り直すことにしました。",
    "sealed": "{who}が{under}{whom}手紙に封をしました。",
    "handed": "{who}が{under}{whom}手紙を郵便局に差し出しました。",
    "returned": "{who}が{under}{whom}手紙が戻ってきたことを記録しました。",
    "withdrawn": "{who}が{under}{whom}手紙を引き抜くことにしました。",
    "destroyed": "{who}が{under}{whom}引き抜いた手紙を廃棄の箱に入れました。",
    "stock": "{who}が{under}手紙の用紙の枚数を記録しました。",
    "closed": "{who}が{under}発送を締めました。",
}


class DispatchConfig(AppConfig):
    """Letters on their way: every sheet has a code, every set is matched, every batch is balanced."""

    name = "azukari.core.dispatch"
    label = "dispatch"
    verbose_name = "発送"

    def ready(self) -> None:
        """Teach the ledger the words of what happens to letters."""
        from azukari.core.audit import api as audit

        for action, sentence in SENTENCES.items():
            audit.describe(f"dispatch.{action}", sentence)
