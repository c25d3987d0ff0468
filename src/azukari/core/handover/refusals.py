"""What the database says no to, in words: each constraint is one rule of the hand-over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from azukari.kernel.errors import Refused

_FLOW = ("諮問の取扱い・期間・媒体・場所の外です。", "期間と媒体を、諮問のとおりに改めて提案してください。")
_ORDER = ("順序が違います。", "画面か ./azukari handover list で、いまの段階を確かめてください。")
WORDS: dict[str, tuple[str, str]] = {
    "handover_flow_term": _FLOW,
    "handover_flow_place": _FLOW,
    "handover_written_in_term": ("授受の期間が過ぎています。", "期間を改めて、提案し直してください。"),
    "handover_medium_is": ("その委託先の媒体ではありません。", "媒体の登録を確かめてください。"),
    "handover_recipient_is": (
        "公開鍵が、その委託先のものでないか、期間が足りません。",
        "公開鍵の登録を確かめてください。",
    ),
    "handover_one_on_a_medium": (
        "その媒体は、別の授受に使われています。",
        "返却と消去が済むのを待つか、別の媒体にしてください。",
    ),
    "handover_second_person": (
        "提案した人は承認できません。承認できるのは、利用者番号を持つ別の人です。",
        "別の人がサインインして承認してください。",
    ),
    "handover_approved_first": (
        "承認されていないか、取り消された授受です。",
        "先に、提案した人とは別の人が承認してください。",
    ),
    "handover_written_first": ("まだ渡していない授受です。", "先に媒体へ書くか、渡した枚数を記録してください。"),
    "handover_out_first": ("まだ渡していない授受です。", "先に媒体へ書くか、渡した枚数を記録してください。"),
    "handover_opened_first": ("まだ受領が記録されていません。", "先に受領を記録してください。"),
    "handover_returned_first": (
        "返却の前に消去は記録できません。",
        "先に返却を記録し、返却の日より後の日で記録してください。",
    ),
    "handover_returned_after": ("返却の日が、渡した日より前です。", "日付を確かめてください。"),
    "handover_used_after": ("使い終えた日が、受領した日より前です。", "日付を確かめてください。"),
    "handover_receipt_is": ("受領番号が違います。", "容器を開いたときに表示された番号を、そのまま入力してください。"),
    "handover_receipt_told": ("受領番号がありません。", "容器を開いたときに表示された番号を入力してください。"),
    "handover_pages_back": ("渡した枚数と返った枚数が違います。", "数え直すか、違う理由を書いて記録してください。"),
    "handover_recipient_one": ("その期間には、もう別の公開鍵があります。", "前の鍵を終わらせてから登録してください。"),
}


@contextmanager
def in_words(using: str) -> Iterator[None]:
    """Run in a transaction; what a constraint refuses becomes Refused, and nothing of it stays."""
    try:
        with transaction.atomic(using=using):
            yield
    except IntegrityError as error:
        raise told(error) from error


def told(error: IntegrityError) -> Refused:
    """A violated constraint in words; the gate's own words are the database's."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = str(getattr(diagnosis, "constraint_name", "") or "")
    if name == "handover_gate":
        why, next_step = str(diagnosis.message_primary), _ORDER[1]  # type: ignore[union-attr]  # it has a name
    else:
        why, next_step = WORDS.get(name, (f"{_ORDER[0]} ({name})", _ORDER[1]))
    return Refused("この授受は記録できません。", why, next_step)
