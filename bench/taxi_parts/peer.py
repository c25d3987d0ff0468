"""The peer of the check: a hand-written Polars script with the same masks and the same lines.

Written as an analyst who knows Polars would: lazy where that helps, and for each step the fastest of the ways tried (of
joins, as-of joins, windows and look-ups by `search_sorted`, with and without keeping the order).
"""

from __future__ import annotations

import polars as pl

from azukari.business.taxi.checking.types import BLANK, BLANK_DAY, GROUNDS
from azukari.business.taxi.types import Ground
from taxi_parts.years import World


def frames_of(world: World) -> dict[str, pl.DataFrame]:
    """The same columns as Polars frames."""
    tables = {
        "presented": world.presented,
        "booklets": world.register.booklets,
        "losses": world.register.losses,
        "agreements": world.register.agreements,
        "invoice": world.invoice,
    }
    frames = {name: pl.DataFrame({key: getattr(of, key) for key in of.__slots__}) for name, of in tables.items()}
    return frames | {"taken": pl.DataFrame({"serial": world.register.taken})}


def polars_check(frames: dict[str, pl.DataFrame]) -> tuple[pl.Series, pl.DataFrame]:
    """Masks in order of receipt, and the lines with what each ground withheld."""
    p = frames["presented"].with_row_index("row").with_columns(payload=pl.col("serial") // 100)
    p = p.with_columns(_polars_facts(p, frames))
    mask = _polars_alone(p)
    mask = _flagged(mask, _polars_lost(p, frames["losses"]), Ground.LOST)
    mask = _flagged(mask, _polars_no_agreement(p, frames["agreements"]), Ground.NO_AGREEMENT)
    apart = Ground.NOT_ISSUED.bit | Ground.DUPLICATE.bit | Ground.UNREADABLE.bit
    rides = _polars_rides(p.lazy().filter((mask & apart) == 0))
    mask = _flagged(mask, rides.filter(kind=0)["row"], Ground.OVER_FARE)
    mask = _flagged(mask, rides.filter(pl.col("kind") != 0)["row"], Ground.TYPE_LIMIT)
    return _polars_match(p, mask, frames["invoice"])


def _polars_facts(p: pl.DataFrame, frames: dict[str, pl.DataFrame]) -> list[pl.Series]:
    """Of each voucher: readable, issued, and the columns of its booklet."""
    books = frames["booklets"]
    at = books["first"].search_sorted(p["payload"], side="right").cast(pl.Int64) - 1
    wanted = books.select("last", "valid_from", "valid_until", "stopped_on", b_kind="kind", b_face="face")
    facts = wanted[at.clip(0)].with_columns(serial=p["serial"], payload=p["payload"], at=at)
    digits = pl.col("serial") % 100
    right = (pl.col("serial") % 97 == 1) & digits.is_between(2, 98) & pl.col("serial").is_between(1, 10**12 - 1)
    facts = facts.with_columns(readable=right)
    facts = facts.with_columns(
        issued=pl.col("readable") & (pl.col("at") >= 0) & (pl.col("payload") <= pl.col("last")),
        taken=pl.col("serial").is_in(frames["taken"]["serial"].implode()),
    )
    return facts.drop("serial", "payload", "at", "last").get_columns()


def _polars_alone(p: pl.DataFrame) -> pl.Series:
    issued, readable, used = pl.col("issued"), pl.col("readable"), pl.col("used")
    dated = used != BLANK_DAY
    months = {name: _month_number(pl.col(name)) for name in ("used", "month")}
    differs = (pl.col("kind") != pl.col("b_kind")) | (pl.col("face") != pl.col("b_face"))
    missing = ~pl.col("named") | ~dated | (pl.col("fare") == BLANK) | (pl.col("queried") == 2)
    tests = {
        Ground.NOT_ISSUED: readable & ~issued,
        Ground.DUPLICATE: readable & (pl.col("taken") | ~pl.col("serial").is_first_distinct()),
        Ground.DENOM: issued & differs,
        Ground.EARLY: dated & ((issued & (used < pl.col("valid_from"))) | (months["used"] > months["month"])),
        Ground.EXPIRED: issued & (used >= pl.col("valid_until")),
        Ground.STOPPED: issued & (used >= pl.col("stopped_on")),
        Ground.UNREADABLE: ~readable | (pl.col("queried") == 1),
        Ground.MISSING_ENTRY: missing,
        Ground.LATE_CLAIM: dated & (months["used"] < months["month"] - 1),
        Ground.QUERIED: pl.col("queried") == 3,
    }
    bits = [test.cast(pl.Int32) * ground.bit for ground, test in tests.items()]
    return p.lazy().select(pl.sum_horizontal(bits).alias("mask")).collect()["mask"]


def _month_number(day: pl.Expr) -> pl.Expr:
    on = pl.when(day != BLANK_DAY).then(day).cast(pl.Date)
    return on.dt.year() * 12 + on.dt.month()


def _flagged(mask: pl.Series, rows: pl.Series, ground: Ground) -> pl.Series:
    return mask.scatter(rows, mask[rows] | ground.bit)


def _polars_lost(p: pl.DataFrame, losses: pl.DataFrame) -> pl.Series:
    hits = p.lazy().filter("issued").join(losses.lazy(), on="payload")
    return hits.filter(pl.col("used") >= pl.col("since")).select("row").collect()["row"]


def _polars_no_agreement(p: pl.DataFrame, agreements: pl.DataFrame) -> pl.Series:
    """Of the combinations that occur, those no agreement covers; then the vouchers with them."""
    key = ["operator", "kind", "used"]
    asked = p.lazy().select(key).unique()
    within = pl.col("used").is_between("since", "until", closed="left")
    covered = asked.join(agreements.lazy(), on=key[:2]).filter(within)
    bad = asked.join(covered, on=key, how="anti").filter(pl.col("used") != BLANK_DAY)
    return p.lazy().filter("readable").join(bad, on=key, how="semi").select("row").collect()["row"]


def _polars_rides(counted: pl.LazyFrame) -> pl.DataFrame:
    """Rides whose sum goes beyond first, then the running sum within those alone."""
    key = ["operator", "number", "used", "fare", "kind"]
    known = (pl.col("number") != BLANK) & (pl.col("used") != BLANK_DAY) & (pl.col("fare") != BLANK)
    weight = pl.when(kind=0).then("face").otherwise(1).cast(pl.Int64)
    limit = pl.when(kind=0).then("fare").otherwise(1)
    counted = counted.filter(known).select("row", *key, "face")
    beyond = counted.group_by(key).agg(weight.sum().alias("sum")).filter(pl.col("sum") > limit)
    running = counted.join(beyond, on=key).sort("row").with_columns(running=weight.cum_sum().over(key))
    return running.filter(pl.col("running") > limit).select("row", "kind").collect()


def _polars_match(p: pl.DataFrame, mask: pl.Series, invoice: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    key = ["operator", "month", "kind", "face"]
    marked = p.select("row", *key).with_columns(mask=mask)
    counted = marked.lazy().group_by(key).agg(counted=pl.len(), valid=(pl.col("mask") == 0).sum())
    claimed = invoice.lazy().group_by(key).agg(claimed=pl.col("count").sum())
    lines = counted.join(claimed, on=key, how="full", coalesce=True).fill_null(0).collect()
    surplus = lines.lazy().filter(pl.col("valid") > pl.col("claimed"))
    good = marked.lazy().filter(mask=0).join(surplus, on=key).sort("row")
    place = pl.int_range(1, pl.len() + 1).over(key)
    over = good.filter(place > pl.col("claimed")).select("row").collect()["row"]
    mask = _flagged(mask, over, Ground.OVER_INVOICE)
    return mask, _polars_withheld(marked.with_columns(mask=mask), lines, key)


def _polars_withheld(marked: pl.DataFrame, lines: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    first = pl.col("mask").bitwise_trailing_zeros()
    counts = marked.lazy().filter(pl.col("mask") != 0).with_columns(first=first)
    each = [(pl.col("first") == at).sum().alias(ground) for at, ground in enumerate(GROUNDS)]
    whole = lines.lazy().join(counts.group_by(key).agg(each), on=key, how="left").fill_null(0).sort(key)
    return whole.select(*key, "counted", "claimed", "valid", *GROUNDS).collect()
