"""Each action of the ledger as a Japanese sentence a resident can read.

Actions are namespaced with dots. A business adds its own by `describe`; writing an action that nobody described fails.
"""

from __future__ import annotations

from azukari.core.audit.types import LedgerLine

KINDS = {
    "officer": "職員",
    "operator": "委託先の担当者",
    "responsible": "責任者",
    "privacy": "個人情報保護担当",
    "resident": "区民",
    "council": "審議会",
    "it": "システム担当",
}
NAMES = {
    "signin": "サインイン",
    "view": "閲覧",
    "refusal": "拒否",
    "change": "変更",
    "export": "書き出し",
    "handover": "授受",
    "policy": "諮問の反映と名簿",
    "account": "利用者の登録",
    "place": "取扱場所の登録",
    "ledger": "台帳",
    "taxi": "券の確認と支払",
    "donations": "寄附の受領",
    "dispatch": "発送",
}
# Actors that are no account: commands give the machine's own user, the demonstration makes itself.
COMMAND, DEMONSTRATION = "cli:", "demo"
_SENTENCES: dict[str, str] = {}


def describe(action: str, sentence: str) -> None:
    """Make an action known. `sentence` may use {who} {whom} {what} {under} {by} {at}, each empty when it is not known.

    Raises ValueError when the action already has another sentence.
    """
    if _SENTENCES.setdefault(action, sentence) != sentence:
        raise ValueError(f"action {action} already has another sentence")


def is_known(action: str) -> bool:
    """Whether the action has a sentence, so that it may be written."""
    return action in _SENTENCES


def sentence(line: LedgerLine) -> str:
    """One line of the ledger in words, with nothing in it but what the ledger holds."""
    pattern = _SENTENCES.get(line.action, f"{{who}}が「{line.action}」を行いました。")
    return pattern.format(
        who=_who(line),
        whom=_whom(line),
        what=_what(line),
        under=f"{_ground(line)}により" if line.flow else "",
        by=f"{line.medium}で" if line.medium else "",
        at=f"{line.place}から" if line.place else "",
    )


def action_name(action: str) -> str:
    """What kind of action it is, in one word: for a column or a filter."""
    return NAMES.get(action.partition(".")[0], action)


def _who(line: LedgerLine) -> str:
    """The actor with what kind of person that is and where they belong; a command by the user who gave it."""
    if line.actor == DEMONSTRATION:
        return "見本の区の用意"
    if line.actor.startswith(COMMAND):
        return f"命令（{line.actor.removeprefix(COMMAND)}）"
    belongs = line.contractor or line.section
    kind = KINDS.get(line.kind or "", "")
    return f"{kind}{f'（{belongs}）' if belongs else ''}{line.actor}"


def _ground(line: LedgerLine) -> str:
    """The consultation a line rests on, or the ward's register entry, or nothing."""
    if not line.flow:
        return ""
    if line.flow.startswith("r-"):
        return f"業務登録 {line.flow}"
    number = line.consultation or ""
    return f"諮問第{number}号（{line.flow}）" if number.isdigit() else f"{number or '諮問'}（{line.flow}）"


def _whom(line: LedgerLine) -> str:
    return f"{len(line.subjects)}人分の" if len(line.subjects) != 1 else "1人の"


def _what(line: LedgerLine) -> str:
    return "、".join(line.items) or "個人情報"


for _action, _words in {
    "signin.ok": "{who}が{at}サインインしました。",
    "signin.refused": "{who}のサインインを{at}受け付けませんでした。",
    "signin.locked": "{who}のサインインを、失敗が続いたため止めました。",
    "signin.out": "{who}がサインアウトしました。",
    "signin.ended": "{who}のサインインを終わらせました。",
    "view": "{who}が{under}{by}{whom}{what}を見ました。",
    "refusal": "{who}が{whom}{what}を{by}求めましたが、許可がないため拒否しました。",
    "change": "{who}が{under}{whom}{what}を変更しました。",
    "change.made": "{who}が{under}{whom}{what}を新しく記録しました。",
    "change.erased": "{who}が{under}{whom}{what}を消去しました。",
    "export": "{who}が{under}{by}{whom}{what}を書き出しました。",
    "policy.apply": "{who}が諮問の内容をデータベースに反映しました。",
    "policy.enrol": "{who}が{under}取扱者を名簿に載せました。",
    "policy.withdraw": "{who}が{under}取扱者を名簿から外しました。",
    "account.made": "{who}が利用者を登録しました。",
    "account.changed": "{who}が利用者の登録を変更しました。",
    "account.reset": "{who}が利用者のパスワードと確認番号の元を新しくしました。",
    "account.ended": "{who}が利用者の登録を終わらせました。",
    "place.saved": "{who}が取扱場所とその回線を登録しました。",
    "place.ended": "{who}が取扱場所の回線を外しました。",
    "handover.sent": "{who}が{under}{by}{whom}{what}を引き渡しました。",
    "handover.received": "{who}が{under}{by}{whom}{what}を受け取りました。",
    "handover.returned": "{who}が{under}{by}{whom}{what}を返却しました。",
    "handover.erased": "{who}が{under}{whom}{what}を消去しました。",
    "ledger.verify": "{who}が台帳を検証しました。",
    "ledger.person": "{who}が{whom}記録の一覧を作りました。",
    "ledger.key": "{who}が台帳の署名の鍵を替えました。",
}.items():
    describe(_action, _words)
