"""One person as a definition sees them, whether listed or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azukari.business.health.targets.extracting import tell
from azukari.business.health.targets.judging import Judging
from azukari.business.health.targets.rules.language import Node, conjuncts
from azukari.business.health.targets.rules.why import Cause, Truths, causes, truths_of
from azukari.business.health.targets.types import Asked, Because

BY_TRUTH = {True: "はい", False: "いいえ", None: "不明"}


def asked(judging: Judging, row: Mapping[str, Any]) -> tuple[Asked, ...]:
    """Every group with each of its conditions: met, not met, or not known, and in which words."""
    known = {node: row[f"a{place}"] for place, node in enumerate(judging.atoms)}
    truths = truths_of(judging.definition, known)
    return tuple(
        Asked(group.code, group.title, truths(group.when), tuple(_because(judging, group.when, truths, row)))
        for group in judging.definition.groups
    )


def _because(judging: Judging, when: Node, truths: Truths, row: Mapping[str, Any]) -> Iterator[Because]:
    for node in conjuncts(when):
        found = truths(node)
        deciding = causes(judging.definition, node, truths)
        words = dict.fromkeys(tell(judging, each.sentence, row) for each in deciding if each.sentence)
        yield Because(found, "".join(words) or _plain(judging, deciding))


def _plain(judging: Judging, deciding: tuple[Cause, ...]) -> str:
    """Where no sentence is written: which records decide, and how."""
    lines = judging.definition.lines
    words = [f"{each.name}: {BY_TRUTH[each.truth]}" for each in deciding if each.source or each.name not in lines]
    return "、".join(words)
