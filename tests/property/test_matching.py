"""Matching: columns fold as one text does, decisions alone make the partition, and two ways of saying it agree."""

from __future__ import annotations

from itertools import combinations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from azukari.core.people.matching.folding import folded
from azukari.core.people.matching.rules import BORN, cautions, distance, partition
from azukari.core.people.matching.types import Decision, Edge, How
from azukari.kernel.text import fold

ROWS = range(7)
PAIRS = st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] != pair[1])
ACTS = st.lists(st.tuples(PAIRS, st.sampled_from(["same", "apart", "withdrawn"])), max_size=25)
EDGES = st.lists(
    st.builds(
        Edge,
        st.integers(0, 6),
        st.integers(0, 6),
        st.sampled_from([How.EXACT, How.MODEL]),
        st.sampled_from([0.4, 0.9, 1.0]),
    ),
    max_size=12,
)
NAMES = st.text(st.sampled_from("斎齋邉\U000e0100高髙ガｶﾞがっーｰ・ 　AaßΣςㇰ㈱\u3099゛ヰい\0"), max_size=8) | st.text(
    max_size=8
)


@given(st.lists(st.none() | NAMES, max_size=20))
def test_a_column_folds_as_each_text_does(names: list[str | None]) -> None:
    frame = pl.DataFrame({"name": names}, schema={"name": pl.String()})
    keys = frame.select(folded(pl.col("name")))["name"].to_list()
    assert keys == [None if name is None else fold(name) for name in names]


def standing(acts: list[tuple[tuple[int, int], str]]) -> list[Decision]:
    """The last word on every pair."""
    last = {tuple(sorted(pair)): word for pair, word in acts}
    return [Decision(left, right, word == "same") for (left, right), word in last.items() if word != "withdrawn"]


def together(groups: dict[int, int]) -> set[frozenset[int]]:
    """The groups as sets."""
    return {frozenset(row for row in groups if groups[row] == group) for group in groups.values()}


@given(ACTS)
def test_any_sequence_gives_the_partition_of_the_decisions_in_force(acts: list[tuple[tuple[int, int], str]]) -> None:
    """Against a second way of saying it: everything reachable over pairs decided to be the same."""
    groups, _ = partition(ROWS, [], standing(acts))
    links = {(one.left, one.right) for one in standing(acts) if one.same}
    for row in ROWS:
        reached, fresh = {row}, {row}
        while fresh:
            fresh = {b if a in fresh else a for a, b in links if (a in fresh) != (b in fresh)} - reached
            reached |= fresh
        assert {other for other in ROWS if groups[other] == groups[row]} == reached


@given(EDGES, ACTS, PAIRS)
def test_taking_a_decision_back_restores_the_former_persons(
    edges: list[Edge], acts: list[tuple[tuple[int, int], str]], pair: tuple[int, int]
) -> None:
    earlier = [act for act in acts if set(act[0]) != set(pair)]
    before = partition(ROWS, edges, standing(earlier))
    linked_and_back = [*earlier, (pair, "same"), (pair, "apart"), (pair, "withdrawn")]
    assert partition(ROWS, edges, standing(linked_and_back)) == before


@given(EDGES, ACTS, st.randoms())
def test_the_order_of_edges_and_decisions_does_not_matter(
    edges: list[Edge], acts: list[tuple[tuple[int, int], str]], random: object
) -> None:
    decisions = standing(acts)
    mixed, turned = list(edges), list(decisions)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    random.shuffle(turned)  # type: ignore[attr-defined]
    assert together(partition(ROWS, mixed, turned)[0]) == together(partition(ROWS, edges, decisions)[0])


@given(EDGES, ACTS, st.lists(PAIRS, max_size=5))
def test_nothing_apart_or_in_doubt_is_joined_by_a_chain(
    edges: list[Edge], acts: list[tuple[tuple[int, int], str]], doubts: list[tuple[int, int]]
) -> None:
    """Only decisions join what was decided to be apart or is in doubt; whoever is refused is told of."""
    decisions = standing(acts)
    decided, _ = partition(ROWS, [], decisions)
    groups, refused = partition(ROWS, edges, decisions, doubts)
    apart = [(one.left, one.right) for one in decisions if not one.same]
    for left, right in [*apart, *doubts]:
        assert groups[left] != groups[right] or decided[left] == decided[right]
    followed = [edge for edge in edges if edge not in refused]
    assert all(groups[edge.left] == groups[edge.right] for edge in followed)


@given(EDGES, st.dictionaries(st.integers(0, 6), st.sampled_from(["1950", "1980"])))
def test_no_two_births_in_one_group_without_a_decision(edges: list[Edge], births: dict[int, str]) -> None:
    def fits(one: list[int], other: list[int]) -> bool:
        return len({births[row] for row in (*one, *other) if row in births}) <= 1

    groups, _ = partition(ROWS, edges, (), (), fits)
    for members in together(groups):
        assert len({births[row] for row in members if row in births}) <= 1


@given(st.text("ab1", max_size=5), st.text("ab1", max_size=5))
def test_distance_counts_edits(one: str, other: str) -> None:
    """Symmetric, naught only for the same, and one for each single edit."""
    found = distance(one, other)
    assert found == distance(other, one)
    assert (found == 0) == (one == other)
    assert abs(len(one) - len(other)) <= found <= max(len(one), len(other))
    for place in range(len(one)):
        assert distance(one, one[:place] + one[place + 1 :]) == 1
        if one[place : place + 2] != one[place : place + 2][::-1]:
            assert distance(one, one[:place] + one[place : place + 2][::-1] + one[place + 2 :]) == 1


FIELDS = st.fixed_dictionaries(
    {
        "name": st.sampled_from([None, "見本花子", "見本桃子", "例示花子"]),
        "kana": st.sampled_from([None, "ミホンハナコ", "ミホンモモコ", "レイシハナコ"]),
        "birth": st.sampled_from([None, "19560304", "19560403", "19800101"]),
        "sex": st.sampled_from([None, "1", "2"]),
        "issuer": st.sampled_from([None, "138057"]),
        "number": st.sampled_from([None, "12100", "12999"]),
        "branch": st.sampled_from([None, "1", "2"]),
        "address": st.sampled_from([None, "見本一丁目2番3号", "見本一丁目2番3号例示荘101", "見本一丁目2番8号"]),
    }
)


@given(FIELDS, FIELDS)
def test_cautions_see_both_sides_alike(left: dict[str, str | None], right: dict[str, str | None]) -> None:
    """Who stands left does not matter; a row agrees with itself; being strict only adds reasons."""
    assert cautions(left, right, strict=True) == cautions(right, left, strict=True)
    assert cautions(left, left, strict=True) == ()
    assert set(cautions(left, right, strict=False)) <= set(cautions(left, right, strict=True))


@given(FIELDS, FIELDS)
def test_strict_believes_no_address(left: dict[str, str | None], right: dict[str, str | None]) -> None:
    """Whatever a home makes likely, strict asks as it would without one, and always where the day of birth differs."""
    asked = cautions(left, right, strict=True)
    assert asked == cautions({**left, "address": None}, {**right, "address": None}, strict=True)
    assert (BORN in asked) == (None not in (left["birth"], right["birth"]) and left["birth"] != right["birth"])


def test_every_pair_of_a_long_chain_is_one_person() -> None:
    edges = [Edge(row, row + 1, How.MODEL, 0.9) for row in range(500)]
    groups, refused = partition(range(501), edges)
    assert set(groups.values()) == {0}
    assert refused == []
    assert all(groups[left] == groups[right] for left, right in combinations(range(0, 501, 100), 2))
