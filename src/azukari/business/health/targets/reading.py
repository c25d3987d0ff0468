"""Packs: the definitions that are shipped (`data/packs`), and a ward's own file; which holds on a day."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from azukari.business.health.targets.codes import Codes, written_lists
from azukari.business.health.targets.rules.definitions import Definition, Pack, define
from azukari.business.health.targets.rules.language import Unreadable
from azukari.business.health.targets.types import PROGRAMMES, Unconfirmed
from azukari.kernel.errors import BadInput, NotFound

UNCONFIRMED = {"M", "NOT FOUND"}
YEARS = range(1970, 2200)
Given = Mapping[str, bool | int | float]


@cache
def packs() -> Mapping[str, Pack]:
    """The packs shipped, by name."""
    folder = files(__package__) / "data" / "packs"
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".toml")}
    found = [read_pack(text, name) for name, text in sorted(texts.items())]
    return {pack.name: pack for pack in found}


def read_pack(text: str, name: str) -> Pack:
    """One pack. Raises BadInput with the place."""
    try:
        return Pack(**tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError, TypeError) as error:
        raise BadInput(f"定義 {name} が読めません。", str(error), "上の箇所を直してください。") from error


def choose(programme: str, as_of: date, name: str | None) -> Pack:
    """The pack of that name (or a file of the ward's own), else the usual one of the programme on that day.

    Raises NotFound where there is none, BadInput where the pack is of another programme or not in force.
    """
    if programme not in PROGRAMMES:
        raise NotFound(
            f"事業「{programme}」はありません。",
            "対象者の定義がありません。",
            f"{'、'.join(PROGRAMMES)} から選んでください。",
        )
    if as_of.year not in YEARS:
        raise BadInput(
            f"{as_of} の時点では抽出できません。", "電子レセプトのある年ではありません。", "年月日を確かめてください。"
        )
    own = [pack for pack in packs().values() if pack.programme == programme]
    if name is None:
        return _usual(programme, own, as_of)
    pack = _from_file(Path(name)) if name.endswith(".toml") else packs().get(name)
    if pack is None or pack.programme != programme:
        raise NotFound(
            f"「{PROGRAMMES[programme]}」に {name} という定義はありません。",
            "名前が違うか、その自治体の要綱にこの事業の定めがありません。",
            f"{'、'.join(each.name for each in own)} から選んでください。",
        )
    if not pack.in_force(as_of):
        raise BadInput(
            f"定義 {name} は {as_of} には使えません。",
            f"有効な期間は {pack.valid_from or ''} から {pack.valid_until or ''} の前までです。",
            f"{'、'.join(each.name for each in own if each.in_force(as_of))} を使ってください。",
        )
    return pack


def _usual(programme: str, own: list[Pack], as_of: date) -> Pack:
    found = next((pack for pack in own if pack.usual and pack.in_force(as_of)), None)
    if found is None:
        raise NotFound(
            f"{as_of} に使える「{PROGRAMMES[programme]}」の定義がありません。",
            "どの定義も、この日には有効ではありません。",
            "--pack で定義を選ぶか、日を確かめてください。",
        )
    return found


def _from_file(path: Path) -> Pack:
    try:
        return read_pack(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"定義 {path} が読めません。", str(error), "ファイルの場所と文字コード (UTF-8) を確かめてください。"
        ) from error


def defined(pack: Pack, codes: Codes, given: Given | None = None) -> Definition:
    """A pack with its expressions read and the ward's own values put in. Raises BadInput."""
    try:
        return define(pack, given or {}, frozenset(codes.lists))
    except Unreadable as error:
        raise BadInput(f"定義 {pack.name} が使えません。", str(error), "定義か、与えた値を直してください。") from error


def unconfirmed(definition: Definition) -> tuple[Unconfirmed, ...]:
    """What of a definition nobody has confirmed, to be shown 未確認."""
    pack = definition.pack
    whole = [Unconfirmed(pack.title, pack.source)] if pack.mark in UNCONFIRMED else []
    values = [
        Unconfirmed(f"{each.words}（{definition.parameters[each.id]}）", each.source)
        for each in pack.parameter
        if each.mark in UNCONFIRMED
    ]
    asked = definition.lists()
    lists = [
        Unconfirmed(f"コード表「{each.title}」", each.source)
        for each in written_lists()
        if each.mark in UNCONFIRMED and each.id in asked
    ]
    return (*whole, *values, *lists)
