"""Made-up programmes whose true effect is known: people with a lasting value, measured with error, chosen when high."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

LIMIT = 6.5


@dataclass(frozen=True)
class World:
    """`effect` is the truth. `confounding`: how much more often the worse off are reached; `hidden`: likewise by something
    no column tells; `lost`: the share whose outcome is missing; `shift`: how far the people reached lie from the others.
    """

    size: int = 1200
    effect: float = -0.2
    confounding: float = 1.0
    hidden: float = 0.0
    lost: float = 0.0
    shift: float = 0.0
    share: float = 0.0

    def frame(self, seed: int) -> pl.DataFrame:
        chance = np.random.default_rng(seed)
        age, sex = chance.integers(40, 75, self.size), chance.integers(1, 3, self.size)
        lasting = 6.5 + 0.8 * chance.normal(size=self.size) + 0.01 * (age - 60)
        unseen = chance.normal(size=self.size)
        earlier, before, after = (
            lasting + 0.5 * chance.normal(size=self.size) + self.hidden * unseen * 0.5 for _ in range(3)
        )
        eligible = before >= LIMIT
        pull = self.confounding * ((before - 7) + 0.03 * (age - 60)) - 0.3 + self.share + self.hidden * unseen * 2
        reached = (chance.random(self.size) < 1 / (1 + np.exp(-pull))) & eligible
        after = after + self.effect * reached
        frame = pl.DataFrame({
            "person": np.arange(self.size),
            "age": age,
            "sex": sex,
            "eligible": eligible.astype(int),
            "treated": reached.astype(int),
            "before": before + self.shift * reached,
            "earlier": earlier,
            "after": after,
        })  # fmt: skip
        lost = pl.Series(chance.random(self.size) < self.lost)
        return frame.with_columns(after=pl.when(lost).then(None).otherwise("after"))
