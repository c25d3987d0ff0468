"""What is compared, where pairs are looked for, and from which probability on they are joined: data/model.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from azukari.core.people.matching.types import Thresholds


@dataclass(frozen=True, slots=True)
class Definition:
    """data/model.toml, read. `mark` M: the thresholds are our own choice and are shown as 未確認."""

    source: str
    mark: str
    thresholds: Thresholds
    namesakes: int
    between: float
    within: float
    train_from: int
    seed: int
    most_pairs: int
    sampled_pairs: int
    comparisons: tuple[dict[str, Any], ...]
    blocks: tuple[dict[str, Any], ...]
    training: tuple[dict[str, Any], ...]


@cache
def definition() -> Definition:
    """The comparisons, blocks and thresholds in force."""
    text = files(__package__).joinpath("data/model.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    return Definition(
        source=read["source"],
        mark=read["mark"],
        thresholds=Thresholds(**read["thresholds"]),
        namesakes=read["namesakes"],
        between=read["prior"]["between"],
        within=read["prior"]["within"],
        train_from=read["train_from"],
        seed=read["seed"],
        most_pairs=read["most_pairs"],
        sampled_pairs=read["sampled_pairs"],
        comparisons=tuple(read["comparisons"]),
        blocks=tuple(read["blocks"]),
        training=tuple(read["training"]),
    )
