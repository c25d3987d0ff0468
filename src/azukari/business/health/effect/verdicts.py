"""What may be said of the numbers, in words a council member understands; and when nothing may be said."""

from __future__ import annotations

from collections.abc import Sequence

from azukari.business.health.effect.fitting import Sample
from azukari.business.health.effect.limits import Limits
from azukari.business.health.effect.types import (
    DESIGNS,
    Balance,
    DesignResult,
    Estimate,
    Flags,
    Missing,
    Overlap,
    Placebo,
    Verdict,
)
from azukari.business.health.effect.words import signed

REFUSED = "この資料からは、効果があったともなかったとも言えません。"
NEXT = "対象の年度を広げるか、届かなかった対象者の前と後の値を集めて、もう一度計算してください。"
FURTHER = "ほかの計算の方法では向きが逆になります（{names}）。"


def objections(
    found: Sample, limits: Limits, overlap: Overlap, balance: Sequence[Balance], *, binary: bool
) -> list[str]:
    """Why no effect may be said: too few people, no counterparts, groups that are not alike. Empty: it may."""
    reasons = [
        *_counterparts(overlap, limits),
        *_numbers(found, limits, binary=binary, known=found.observed),
        *_alikeness(balance, limits),
    ]
    return [*reasons, NEXT] if reasons else []


def refusal(reasons: Sequence[str]) -> Verdict:
    """No effect is said, and why."""
    return Verdict("refused", REFUSED, tuple(reasons))


def verdict(
    headline: DesignResult,
    others: Sequence[DesignResult],
    balance: Sequence[Balance],
    placebo: Placebo | None,
    missing: Missing | None,
    limits: Limits,
    *,
    binary: bool,
) -> Verdict:
    """What may be said of an estimate to which nothing objects."""
    estimate = headline.estimate
    cautions = _cautions(estimate, others, balance, placebo, missing, limits)
    span = f"差は {signed(estimate.estimate, binary)}（95%信頼区間 {signed(estimate.low, binary)} 〜 {signed(estimate.high, binary)}）です。"
    if placebo is not None and placebo.found:
        why = (
            f"{placebo.kind}では効果が出るはずがないのに、差（{signed(placebo.result.estimate, binary)}）が出ました。"
            "分かっていない違いが、届いた人と届かなかった人の間にあると考えられます。"
        )
        return Verdict("doubtful", "差は出ましたが、事業の効果とは言い切れません。", (span, why), cautions)
    if not estimate.differs:
        why = "信頼区間が 0 をまたいでいます。効果がないという証拠でもありません。"
        return Verdict("unclear", "事業の効果があったとは、まだ言えません。", (span, why), cautions)
    way = "低く" if estimate.estimate < 0 else "高く"
    why = "対象の条件に当てはまったが届かなかった人のうち、似た人と比べた差です。"
    return Verdict("effect", f"届いた人は、届かなかった似た人よりも{way}なりました。", (span, why), cautions)


def _numbers(found: Sample, limits: Limits, *, binary: bool, known: Flags) -> list[str]:
    made = []
    arms = {"届いた人": known & found.treated, "届かなかった人": known & ~found.treated}
    for name, who in arms.items():
        size = int(who.sum())
        if size < limits.smallest_arm:
            made.append(f"比べられる{name}が {limits.smallest_arm} 人に足りません。")
        elif binary and min(found.after[who].sum(), size - found.after[who].sum()) < limits.smallest_events:
            made.append(f"{name}で、結果が起きた人か起きなかった人が {limits.smallest_events} 人に足りません。")
    return made


def _counterparts(overlap: Overlap, limits: Limits) -> list[str]:
    if (overlap.inside or 0.0) < limits.least_inside:
        return ["届いた人に似た、届かなかった人がいない場合が多すぎます。届いた人と届かなかった人が違いすぎます。"]
    if overlap.effective_controls < limits.least_effective:
        return ["届いた人に似ている、届かなかった人が少なすぎます。少数の人の値で結果が決まってしまいます。"]
    return []


def _alikeness(balance: Sequence[Balance], limits: Limits) -> list[str]:
    apart = [one for one in balance if abs(one.weighted) > limits.unbalanced]
    if not apart:
        return []
    names = "、".join(one.name for one in apart[:3])
    return [
        f"重みづけの後も、{names}が届いた人と届かなかった人でそろいません（標準化した差が {limits.unbalanced} を超える）。"
    ]


def _cautions(
    estimate: Estimate,
    others: Sequence[DesignResult],
    balance: Sequence[Balance],
    placebo: Placebo | None,
    missing: Missing | None,
    limits: Limits,
) -> tuple[str, ...]:
    made = []
    if placebo is None:
        made.append(
            "偽の効果を調べる資料（事業より前の期間の値、陰性対照）がなく、分かっていない違いは確かめていません。"
        )
    uneven = [one.name for one in balance if abs(one.weighted) > limits.balanced]
    if uneven:
        made.append(f"{'、'.join(uneven[:3])}は、まだ少し違いが残っています（回帰で調整しました）。")
    against = [
        DESIGNS[one.design]
        for one in others
        if one.estimate.differs and estimate.differs and one.estimate.estimate * estimate.estimate < 0
    ]
    made += [FURTHER.format(names="、".join(against))] if against else []
    if missing is not None and estimate.differs and missing.low <= 0 <= missing.high:
        made.append("後の値が分からない人の結果しだいで、差がなくなることがありえます。")
    return tuple(made)
