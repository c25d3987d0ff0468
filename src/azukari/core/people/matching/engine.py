"""Matching of whole tables: exact keys first, then the model on what they left, and a person for what is doubtful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from azukari.core.people.matching import exact, model
from azukari.core.people.matching.definition import definition
from azukari.core.people.matching.fields import fields_of
from azukari.core.people.matching.rules import CHAIN, GIVEN, are_as_twins, cautions, partition
from azukari.core.people.matching.types import Decision, Edge, How

LINKED = {"left": pl.UInt32(), "right": pl.UInt32(), "how": pl.String(), "probability": pl.Float64()}
DOUBTFUL = {"left": pl.UInt32(), "right": pl.UInt32(), "probability": pl.Float64(), "reasons": pl.List(pl.String())}
GROUPED = {"row": pl.UInt32(), "group": pl.UInt32(), "how": pl.String(), "probability": pl.Float64()}
# Two pairs of one row are told apart by less than this (bits of evidence) only by chance.
_CLOSE = 0.5
TWO = "同じくらい似た記録が、ほかにもあります。"
UNSURE = "氏名などの違いが大きく、同じ人か決められません。"
# A table in which fewer rows than this are copies of another is a list of persons, one row each.
_FEW_COPIES = 0.005
# A list of persons of this many rows would hold twins, if there were any among the people (1 birth in 100).
_LONG = 2_000
# Of so many births one is of twins; and where so many pairs are to be expected, there are none in 1 case of 150.
_BIRTHS_A_TWIN, _SEVERAL = 100, 5


@dataclass(frozen=True, slots=True)
class Matched:
    """What two tables have in common: `links` (LINKED), `doubtful` (DOUBTFUL), by row of each table."""

    links: pl.DataFrame
    doubtful: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Grouped:
    """Who is one person in a table: `groups` (GROUPED: each row with the smallest row of its person), `doubtful`."""

    groups: pl.DataFrame
    doubtful: pl.DataFrame


def link(left: pl.DataFrame, right: pl.DataFrame, *, strict: bool = False) -> Matched:
    """Link the rows of two tables, named by the titles of `fields_of`. Raises BadInput where no column names a person.

    Where both tables are lists of persons a row has one partner at most. Otherwise one person's rows are grouped first,
    over both tables together.
    """
    tables = fields_of(left), fields_of(right)
    if all(_lists_persons(table) for table in tables):
        return _between(*tables, strict=strict)
    return _across(*tables, strict=strict)


def group(table: pl.DataFrame, decisions: Sequence[Decision] = (), *, strict: bool = False) -> Grouped:
    """Group the rows of one table by person; `decisions` name rows by their place. Raises BadInput as `link`."""
    return _grouped(fields_of(table), decisions, strict=strict)


def pairs_of(groups: pl.DataFrame) -> pl.DataFrame:
    """All pairs of rows of one person (LINKED), of a table GROUPED."""
    other = groups.select("group", "row", "how", "probability")
    pairs = groups.select("group", pl.col("row").alias("left")).join(other, on="group", how="inner")
    found = pairs.filter(pl.col("left") < pl.col("row")).rename({"row": "right"})
    return found.select(LINKED.keys()).sort("left", "right")


def _lists_persons(table: pl.DataFrame) -> bool:
    return exact.within(table).height < _FEW_COPIES * table.height


def _between(left: pl.DataFrame, right: pl.DataFrame, *, strict: bool) -> Matched:
    """Two lists of persons: what exact keys find is taken away; of the rest the surest pair of both rows is taken."""
    sure = exact.between(left, right)
    rest = [
        table.join(sure, left_on="row", right_on=side, how="anti") for table, side in ((left, "left"), (right, "right"))
    ]
    scored = model.score(rest[0], rest[1], learnt_from=(left, right), strict=strict)
    best = scored.filter(_leads("left") & _leads("right"))
    tied = best.filter(pl.any_horizontal(pl.len().over(side) > 1 for side in ("left", "right")))
    twins = any(_holds_twins(table) for table in (left, right))
    judged = _judged(best.join(tied, on=["left", "right"], how="anti"), left, right, strict=strict, twins=twins)
    twofold = tied.select("left", "right", "probability", pl.lit([TWO]).alias("reasons"))
    links = pl.concat([_exact(sure), judged.links])
    return Matched(links.sort("left", "right"), pl.concat([judged.doubtful, twofold]).sort("left", "right"))


def _leads(side: str) -> pl.Expr:
    return pl.col("weight") >= pl.col("weight").max().over(side) - _CLOSE


def _exact(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select("left", "right", pl.lit(How.EXACT.value).alias("how"), pl.lit(1.0).alias("probability"))


def _holds_twins(people: pl.DataFrame) -> bool:
    """Whether a list of persons has two of one surname, birth and address (as far as known), or is too short to tell."""
    shared = [field for field in ("surname", "birth", "address") if people[field].null_count() < people.height / 2]
    known = people.drop_nulls(shared)
    return known.height < _LONG or "surname" not in shared or known.select(shared).is_duplicated().any()


def _judged(
    scored: pl.DataFrame, left: pl.DataFrame, right: pl.DataFrame, *, strict: bool, twins: bool = True
) -> Matched:
    """Each scored pair as a link or as doubtful: by its probability, and by what speaks against joining it."""
    own, namesakes = definition(), _namesakes(scored, left, right)
    sides = _named(left, scored["left"]), _named(right, scored["right"])
    reasons = [
        [
            *cautions(
                *(one, other),
                strict=strict,
                twins=twins,
                namesakes=namesakes.get(one["name"], 0),
                most_namesakes=own.namesakes,
            ),
            *([UNSURE] if probability < own.thresholds.link else []),
        ]
        for one, other, probability in zip(*sides, scored["probability"], strict=True)
    ]
    told = scored.select("left", "right", "probability").with_columns(
        pl.Series("reasons", reasons, pl.List(pl.String()))
    )
    clear = pl.col("reasons").list.len() == 0
    links = told.filter(clear).select("left", "right", pl.lit(How.MODEL.value).alias("how"), "probability")
    return Matched(links, told.filter(~clear).select(DOUBTFUL.keys()))


def _named(table: pl.DataFrame, rows: pl.Series) -> list[dict[str, str | None]]:
    return rows.to_frame("row").join(table, on="row", how="left", maintain_order="left").to_dicts()


def _namesakes(scored: pl.DataFrame, *tables: pl.DataFrame) -> Mapping[str | None, int]:
    """How many bear the name of a scored row: its rows in the table that has more of them."""
    rows = tables[0].filter(pl.col("row").is_in(scored["left"].unique().implode()))
    counts = [rows.select("name").unique().join(table.group_by("name").len(), on="name") for table in tables]
    return dict(pl.concat(counts).group_by("name").agg(pl.col("len").max()).iter_rows())


def _grouped(table: pl.DataFrame, decisions: Sequence[Decision], *, strict: bool) -> Grouped:
    rows = table["row"].to_list()
    fits = _fits(table, strict=strict)
    sure = _sure(table, strict=strict)
    kept = _without_copies(table)
    scored = model.score(kept, None, learnt_from=(table,), strict=strict)

    def joined(*, twins: bool) -> tuple[Matched, list[Edge], dict[int, int], list[Edge]]:
        judged = _judged(scored, kept, kept, strict=strict, twins=twins)
        edges = [*sure, *(Edge(one, other, How.MODEL, value) for one, other, _, value in judged.links.iter_rows())]
        walls = _cautioned(judged.doubtful) if strict else ()
        return judged, edges, *partition(rows, edges, decisions, walls, fits)

    judged, edges, people, refused = joined(twins=True)
    if not strict and not _copies_hold_twins(kept, people, judged.doubtful):
        judged, edges, people, refused = joined(twins=False)
    chained = pl.DataFrame(
        [(edge.left, edge.right, edge.probability, [CHAIN]) for edge in refused], schema=DOUBTFUL, orient="row"
    )
    open_pairs = _open(pl.concat([judged.doubtful, chained]), people, decisions)
    return Grouped(_told(people, edges, decisions), open_pairs)


def _copies_hold_twins(table: pl.DataFrame, people: Mapping[int, int], doubtful: pl.DataFrame) -> bool:
    """Whether two persons of several rows each are as twins are, or too few have several rows to tell.

    A twin who is written twice bears the own name twice. A name that stands in one row only may be a slip instead.
    """
    rows = Counter(people.values())
    written_twice = sum(count > 1 for count in rows.values())
    if written_twice**2 < _SEVERAL * _BIRTHS_A_TWIN * len(rows):
        return True
    asked = doubtful.filter(pl.col("reasons").list.contains(GIVEN))
    sides = _named(table, asked["left"]), _named(table, asked["right"])
    return any(
        people[left] != people[right] and min(rows[people[left]], rows[people[right]]) > 1 and are_as_twins(one, other)
        for left, right, one, other in zip(asked["left"], asked["right"], *sides, strict=True)
    )


def _cautioned(doubtful: pl.DataFrame) -> Iterable[tuple[int, int]]:
    """Pairs that something speaks against: no chain joins them either, before somebody has decided."""
    found = doubtful.filter(pl.col("reasons").list.eval(pl.element() != UNSURE).list.any())
    return list(found.select("left", "right").iter_rows())


def _without_copies(table: pl.DataFrame) -> pl.DataFrame:
    """The rows less those that say the very same as an earlier one of their exact key."""
    key = list(exact.key_of((table,)))
    if not key:
        return table
    known = table.drop_nulls(key).unique([field for field in table.columns if field != "row"], keep="first")
    return pl.concat([known, table.join(table.drop_nulls(key), on="row", how="anti")]).sort("row")


def _sure(table: pl.DataFrame, *, strict: bool) -> list[Edge]:
    """Pairs of exact keys against which nothing speaks."""
    pairs = pl.concat([exact.within(table), exact.by_number(table)]).unique().sort("left", "right")
    sides = _named(table, pairs["left"]), _named(table, pairs["right"])
    clear = [not cautions(one, other, strict=strict) for one, other in zip(*sides, strict=True)]
    return [
        Edge(one, other, How.EXACT, 1.0) for one, other in pairs.filter(pl.Series(clear, dtype=pl.Boolean)).iter_rows()
    ]


def _fits(table: pl.DataFrame, *, strict: bool) -> Callable[[Sequence[int], Sequence[int]], bool]:
    """Whether two groups may be one person: with `strict`, one day of birth and one sex at most."""
    if not strict:
        return lambda _, __: True
    births, sexes = table["birth"].to_list(), table["sex"].to_list()

    def fit(one: Sequence[int], other: Sequence[int]) -> bool:
        rows = (*one, *other)
        return all(len({values[row] for row in rows} - {None}) <= 1 for values in (births, sexes))

    return fit


def _open(doubtful: pl.DataFrame, people: Mapping[int, int], decisions: Sequence[Decision]) -> pl.DataFrame:
    """What is still to be decided: pairs of two persons about whom nobody has decided."""
    known = {frozenset((people[one.left], people[one.right])) for one in decisions}
    wanted = [
        people[left] != people[right] and frozenset((people[left], people[right])) not in known
        for left, right in doubtful.select("left", "right").iter_rows()
    ]
    return (
        doubtful.filter(pl.Series(wanted, dtype=pl.Boolean))
        .unique(["left", "right"], keep="first")
        .sort("left", "right")
    )


def _told(people: Mapping[int, int], edges: Sequence[Edge], decisions: Sequence[Decision]) -> pl.DataFrame:
    """Every row with its person, and how it came there: the surest edge of it that was followed."""
    how = dict.fromkeys(people, (How.ALONE, 1.0))
    ranked = [
        *(
            (edge.left, edge.right, edge.how, edge.probability)
            for edge in sorted(edges, key=lambda one: one.probability)
        )
    ]
    ranked += [(one.left, one.right, How.PERSON, 1.0) for one in decisions if one.same]
    for left, right, way, probability in ranked:
        if people[left] == people[right]:
            how[left] = how[right] = (way, probability)
    rows = [(row, people[row], *how[row]) for row in sorted(people)]
    return pl.DataFrame(rows, schema=GROUPED, orient="row")


def _across(left: pl.DataFrame, right: pl.DataFrame, *, strict: bool) -> Matched:
    """Two tables in which a person may stand several times: grouped as one table, and what lies across kept."""
    second = right.with_columns(pl.col("row") + left.height)
    found = _grouped(pl.concat([left, second]), (), strict=strict)
    parted = [_crossing(frame, left.height) for frame in (pairs_of(found.groups), found.doubtful)]
    return Matched(parted[0], parted[1])


def _crossing(pairs: pl.DataFrame, border: int) -> pl.DataFrame:
    across = pairs.filter((pl.col("left") < border) & (pl.col("right") >= border))
    return across.with_columns(pl.col("right") - border)
