"""A draft of the 個人情報ファイル簿 (個人情報の保護に関する法律 第75条), one row a business, from what was consulted.

A draft only: a file's real name and the number of persons in it are the section's to fill in, and are left open here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from azukari.core.policy.library import Library
from azukari.core.policy.types import Consultation, Direction, Flow

# 法75条2項1号・政令: a file of fewer persons is not in the statutory register (the ward publishes those apart).
STATUTORY_PERSONS = 1_000
_SENSITIVE = (
    "病",
    "障害",
    "健康",
    "診断",
    "診療",
    "レセプト",
    "既往",
    "服薬",
    "アレルギー",
    "犯罪",
    "被害",
    "支援措置",
    "受診結果",
    "問診",
    "要介護",
)


@dataclass(frozen=True, slots=True)
class FileDraft:
    """One row of the draft. `open` names what the section must add."""

    name: str
    section: str
    purpose: str
    subjects: tuple[str, ...]
    items: tuple[str, ...]
    sensitive_items: tuple[str, ...]
    collected_from: tuple[str, ...]
    given_to: tuple[str, ...]
    computer: bool | None
    yearly_count: int | None
    ground: tuple[str, ...]
    open: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the row as plain values."""
        return asdict(self)


def draft_register(library: Library) -> list[FileDraft]:
    """Return a row for each business of each consultation, then for each entry of the ward's own register."""
    rows = [row for each in library.consultations.values() for row in _rows(each, library)]
    return rows + [_entry(library, entry_id) for entry_id in library.entries]


def _rows(consultation: Consultation, library: Library) -> Iterable[FileDraft]:
    businesses: dict[str, list[Flow]] = {}
    for flow in consultation.flows:
        businesses.setdefault(flow.business.split("（")[0], []).append(flow)
    for business, flows in businesses.items():
        yield _row(business, flows, consultation, library)


def _row(business: str, flows: list[Flow], consultation: Consultation, library: Library) -> FileDraft:
    items = tuple(dict.fromkeys(item for flow in flows for item in library.items_of(flow.id)))
    yearly = [flow.count * (12 if flow.per == "month" else 1) for flow in flows if flow.count is not None]
    return FileDraft(
        name=f"{business}ファイル（仮称）",
        section=consultation.section,
        purpose=consultation.matter,
        subjects=tuple(dict.fromkeys(flow.subject for flow in flows)),
        items=items,
        sensitive_items=_sensitive(items),
        collected_from=_sources(flows),
        given_to=tuple(dict.fromkeys(name for flow in flows for name in flow.contractors)) or ("委託先（未定）",),
        computer=any(flow.contractor_computer or flow.direction is Direction.RECORDED for flow in flows),
        yearly_count=max(yearly, default=None),
        ground=tuple(f"諮問第{consultation.number}号 {flow.id}" for flow in flows),
        open=_open(yearly),
    )


def _sensitive(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(item for item in items if any(word in item for word in _SENSITIVE) and not item.endswith("番号"))


def _sources(flows: Iterable[Flow]) -> tuple[str, ...]:
    words = {
        Direction.SUBJECT_TO_CONTRACTOR: "本人",
        Direction.THIRD_PARTY_TO_CONTRACTOR: "本人以外の者",
        Direction.WARD_TO_CONTRACTOR: "区の保有する記録",
        Direction.RECORDED: "本人及び関係者からの相談等",
        Direction.LINE: "区の保有する記録",
    }
    return tuple(dict.fromkeys(words[flow.direction] for flow in flows))


def _open(yearly: list[int]) -> tuple[str, ...]:
    threshold = (
        ""
        if not yearly or max(yearly) >= STATUTORY_PERSONS
        else f"（{STATUTORY_PERSONS:,}人未満なら条例個人情報ファイル簿）"
    )
    return ("ファイルの正式な名称", f"記録されている人数{threshold}", "開示請求等を受ける窓口", "保存期間")


def _entry(library: Library, entry_id: str) -> FileDraft:
    entry = library.entries[entry_id]
    return FileDraft(
        name=f"{entry.business}ファイル（仮称）",
        section="、".join(entry.sections),
        purpose=entry.business,
        subjects=(entry.subject,),
        items=entry.items,
        sensitive_items=_sensitive(entry.items),
        collected_from=("本人",),
        given_to=(),
        computer=True,
        yearly_count=None,
        ground=(f"業務の登録 {entry.id}" + ("" if entry.confirmed else "（未確認）"),),
        open=(*_open([]), *(() if entry.confirmed else ("登録簿の写しとの照合",))),
    )
