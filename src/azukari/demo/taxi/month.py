"""A made-up month of claims as files, with errors and their answer key, from whatever register a database holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
from psycopg import Connection

from azukari.business.taxi.types import Hold
from azukari.demo.taxi import files, mix
from azukari.demo.taxi.composing import Form, compose
from azukari.demo.taxi.known import read
from azukari.kernel.errors import BadInput

PAGES = 300
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ClaimMade:
    """One claim: its folder, 事業者番号, how many vouchers (枚), why it will be held as a whole, if it will.

    `listed` is False where the vouchers come as pictures alone.
    """

    folder: Path
    company: str
    vouchers: int
    hold: Hold | None
    listed: bool


@dataclass(frozen=True, slots=True)
class Month:
    """What was written: how many vouchers (枚) and claims (件), and where they are, in order of receipt."""

    month: date
    vouchers: int
    claims: int
    made: Sequence[ClaimMade]


def month(
    connection: Connection,
    out: Path,
    *,
    month: date,
    vouchers: int,
    seed: int,
    mix: Mapping[str, float] | None = None,
    pages: int = PAGES,
    progress: Progress = lambda _done, _total: None,
) -> Month:
    """Write a month's claims (諮問815 §2) and what their check must find. The same from the same seed and register.

    `month` is its first day, `vouchers` how many (枚; fewer where the register has no more), `mix` what stands in the
    place of `mix.SHARES` (part of the vouchers) and `mix.CLAIMS` (件), `pages` how many come as pictures at most.
    Writes `claims/<事業者番号>/`, `answers.csv`, `answers.json`, `README.txt`, and `pages.csv` (what to key) where claims
    are pictures only. Raises BadInput for a mix that makes no sense, a month without vouchers in the register, and a
    folder with claims in it.
    """
    amounts = _amounts(mix)
    _only_new(out)
    known = read(connection, month)
    if not known.numbers:
        raise BadInput(
            f"{month:%Y-%m} に使える券が、台帳にありません。",
            "月の券は、台帳にある冊から作ります。",
            "台帳に冊のある年度の月を指定してください。",
        )
    seeded = Random(f"taxi month {seed} {month:%Y-%m}")  # noqa: S311 (a made-up month, the same from the same seed)
    made = compose(np.random.default_rng(seeded.getrandbits(64)), known, vouchers, amounts, pages)
    files.write(made, out, seed, progress)
    claims = [
        ClaimMade(
            out / "claims" / one.folder,
            known.companies[one.company],
            one.end - one.first,
            one.hold,
            one.form is not Form.PICTURES,
        )
        for one in made.claims
    ]
    return Month(month, len(made.rows), len(claims), claims)


def _amounts(given: Mapping[str, float] | None) -> Mapping[str, float]:
    return mix.amounts(given)


def _only_new(out: Path) -> None:
    claims = out / "claims"
    if claims.exists() and any(claims.iterdir()):
        raise BadInput(
            f"「{claims}」に、すでに請求があります。",
            "別の月の請求と混ざると、答えと合わなくなります。",
            "空のフォルダーを指定してください。",
        )
