"""How many people stand where: from all in the data to those compared, published without giving small numbers away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from azukari.business.health.effect.fitting import Sample
from azukari.business.health.effect.limits import Limits
from azukari.business.health.effect.suppression import Sum, suppress
from azukari.business.health.effect.types import Count, Flags, Study
from azukari.business.health.effect.words import ARMS, STAGES, UNKNOWN


@dataclass(frozen=True, slots=True)
class Counted:
    """The numbers of a report by name (`analysed_treated`), None where not published, and the groups likewise."""

    numbers: dict[str, int | None]
    groups: tuple[tuple[str, int | None, int | None], ...]
    suppressed: tuple[str, ...]

    def tells(self, stage: str) -> bool:
        """Whether the numbers of a stage are published for both groups."""
        return all(self.numbers[f"{stage}_{arm}"] is not None for arm in ARMS)

    def shown(self) -> tuple[Count, ...]:
        """The numbers for the report."""
        return tuple(Count(name, value) for name, value in self.numbers.items())


def count(study: Study, found: Sample, inside: Flags, paired: int, limits: Limits) -> Counted:
    """Every number of people in the report, the small ones left out with what would tell them."""
    numbers = {"unknown": study.unknown}
    sums: list[Sum] = []
    for at, arm in enumerate(ARMS):
        own, some = _of_arm(study, found, inside, paired, arm, at)
        numbers |= own
        sums += some
    numbers["n"] = numbers["analysed_treated"] + numbers["analysed_control"]
    sums.append(Sum("n", ("analysed_treated", "analysed_control")))
    hidden = suppress(numbers, sums, limit=limits.smallest_cell, keep=[n for n in numbers if _is_main(n)])
    shown = {name: None if name in hidden else value for name, value in numbers.items()}
    return Counted(
        numbers={name: value for name, value in shown.items() if not name.startswith("group")},
        groups=tuple(
            (group.name, shown[f"group{at}_treated"], shown[f"group{at}_control"])
            for at, group in enumerate(study.groups)
        ),
        suppressed=tuple(sorted(title(name, study) for name in hidden)),
    )


def title(name: str, study: Study) -> str:
    """A number's name in words."""
    if name in {"n", "unknown"}:
        return "比べた人の合計" if name == "n" else UNKNOWN
    stage, arm = name.rsplit("_", 1)
    stated = study.groups[int(stage[5:])].name if stage.startswith("group") else STAGES[stage]
    return f"{stated}（{ARMS[arm]}）"


def _is_main(name: str) -> bool:
    return name == "n" or name.startswith("analysed")


def _of_arm(
    study: Study, found: Sample, inside: Flags, paired: int, arm: str, at: int
) -> tuple[dict[str, int], list[Sum]]:
    mine = study.treated if arm == "treated" else ~study.treated
    in_sample = found.treated if arm == "treated" else ~found.treated
    analysed, eligible = int((in_sample & found.observed).sum()), int(mine.sum())
    stages = {
        "all": study.ineligible[at] + study.unusable[at] + eligible,
        "ineligible": study.ineligible[at],
        "unusable": study.unusable[at],
        "eligible": eligible,
        "outside": int(np.sum(mine & ~inside)),
        "missing": int(in_sample.sum()) - analysed,
        "analysed": analysed,
        "unpaired": analysed - paired,
        "paired": paired,
    }
    groups = {f"group{number}": getattr(one, arm) for number, one in enumerate(study.groups)}
    numbers = {f"{name}_{arm}": value for name, value in (stages | groups).items()}
    sums = [
        Sum(f"all_{arm}", (f"ineligible_{arm}", f"unusable_{arm}", f"eligible_{arm}")),
        Sum(f"eligible_{arm}", (f"outside_{arm}", f"missing_{arm}", f"analysed_{arm}")),
        Sum(f"analysed_{arm}", (f"unpaired_{arm}", f"paired_{arm}")),
    ]
    if groups:
        sums.append(Sum(f"eligible_{arm}", tuple(f"{name}_{arm}" for name in groups)))
    return numbers, sums
