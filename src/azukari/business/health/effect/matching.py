"""Pairs of people as alike as can be: one reached, one not, nobody in two pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from azukari.business.health.effect.types import Flags, Numbers

Places = NDArray[np.int64]


def pairs(propensity: Numbers, treated: Flags, caliper: float) -> tuple[Places, Places]:
    """Rows of the people reached and of their counterparts, pair by pair.

    The nearest by the logit of the propensity, not further than `caliper` times its spread (Austin 2011: 0.2), without
    replacement. Those hardest to match (likeliest to be reached) choose first, so that the result hangs on no chance.
    """
    logit = np.log(propensity / (1 - propensity))
    widest = caliper * float(np.sqrt((logit[treated].var() + logit[~treated].var()) / 2))
    rows = np.flatnonzero(~treated)
    rows = rows[np.argsort(logit[rows], kind="stable")]
    order = np.flatnonzero(treated)
    order = order[np.argsort(-logit[order], kind="stable")]
    chosen = _nearest(logit[order], logit[rows], widest)
    return order[chosen >= 0], rows[chosen[chosen >= 0]]


def _nearest(wanted: Numbers, offered: Numbers, widest: float) -> Places:
    """For each wanted value the place of the nearest free one offered (sorted), -1 when none lies near enough."""
    size = len(offered)
    left, right = list(range(size + 1)), list(range(size + 1))  # where the next free one may be, to either side
    found = np.full(len(wanted), -1, dtype=np.int64)
    for at, start in enumerate(np.searchsorted(offered, wanted)):
        above = _root(right, int(start))
        below = _root(left, int(start)) - 1
        up = offered[above] - wanted[at] if above < size else np.inf
        down = wanted[at] - offered[below] if below >= 0 else np.inf
        if min(up, down) > widest:
            continue
        place = above if up < down else below
        found[at] = place
        right[place], left[place + 1] = place + 1, place
    return found


def _root(links: list[int], at: int) -> int:
    """Follow the links to a free place, and shorten the way for the next."""
    while links[at] != at:
        links[at] = links[links[at]]
        at = links[at]
    return at
