"""諮問に書かれた許可は、判定 (Python) とデータベース (PostgreSQL) で一度も食い違わない。"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from azukari.core.policy import apply
from azukari.core.policy.terms import OWN_FACILITY, SCREEN
from azukari.core.policy.types import Direction, Place
from property.walls import CONTRACTORS, NOWHERE, PEOPLE, Ask, Walls, wrongly

MEDIA = (SCREEN, "文書", "口頭", "ファクシミリ", "電磁的記録媒体", "USBメモリ", "CD-R", "回線", "なし", "念写")
NO_PLACE = "町内会館"
GOOD = ("probe_plain", "probe_tokens")
CODES = ("p0", "p1", "p2")
FIXTURE = [HealthCheck.function_scoped_fixture]


FIELDS = (
    ("item",),
    ("probe",),
    ("enrolments",),
    ("place", "places"),
    ("medium",),
    ("on",),
    ("direction",),
    ("contractor",),
    ("person",),
)


@st.composite
def questions(draw: st.DrawFn, walls: Walls) -> Ask:
    """A question that is right in every respect, but for up to three: so that giving and refusing both happen often."""
    flow = draw(st.sampled_from([*walls.terms, "999-9"]))
    wrong = draw(wild(walls, flow))
    if flow not in walls.terms or not walls.terms[flow].places:
        return wrong
    right = good(walls, flow, item=draw(st.sampled_from(walls.terms[flow].items)), probe=draw(st.sampled_from(GOOD)))
    changed = [name for group in draw(st.sets(st.sampled_from(FIELDS), max_size=3)) for name in group]
    return replace(right, **{name: getattr(wrong, name) for name in changed})


@st.composite
def wild(draw: st.DrawFn, walls: Walls, flow: str) -> Ask:
    """Anything at all, half of it from the flow's own words."""
    terms = walls.terms.get(flow)
    probe = draw(st.sampled_from([*walls.probes.values()]))
    own_items = terms.items if terms and terms.items else (NOWHERE,)
    known_items = st.sampled_from(sorted(probe.columns))
    own_places = terms.places if terms else ()
    contractor = draw(st.sampled_from((None, *CONTRACTORS)))
    words = st.sampled_from(sorted({place for one in walls.terms.values() for place in one.places} | {NO_PLACE}))
    place = st.builds(
        Place,
        name=st.just("場所"),
        stands_for=st.sampled_from(own_places) | words if own_places else words,
        contractor=st.sampled_from((None, *CONTRACTORS)) | st.just(contractor),
        ward_terminal=st.booleans(),
        code=st.just(""),
    )
    places = tuple(Place(c, p.name, p.stands_for, p.contractor, p.ward_terminal) for c in CODES for p in (draw(place),))
    own_media = sorted(terms.media | {SCREEN}) if terms else [SCREEN]
    return Ask(
        flow=flow,
        item=draw(st.sampled_from(own_items) | known_items),
        probe=probe,
        enrolments=draw(enrolments(walls, flow)),
        place=draw(st.sampled_from(CODES) | st.sampled_from((*CODES, "q", None))),
        places=places,
        medium=draw(st.sampled_from(own_media) | st.sampled_from(MEDIA)),
        on=draw(days(walls, flow)),
        direction=draw(st.none() | st.just(terms.direction if terms else None) | st.sampled_from([*Direction])),
        contractor=contractor,
        person=draw(st.sampled_from((None, *PEOPLE))),
    )


def edges(walls: Walls, flow: str) -> list[date]:
    """The days on which something begins or ends, and those beside them."""
    terms = walls.terms.get(flow)
    turns = {turn for turn in (terms.since, terms.until) if date(2, 1, 1) < turn < date(9000, 1, 1)} if terms else set()
    turns |= {date(2026, 11, 23)}
    return sorted(turn + timedelta(days=shift) for turn in turns for shift in (-1, 0, 1))


def days(walls: Walls, flow: str) -> st.SearchStrategy[date]:
    return st.sampled_from(edges(walls, flow)) | st.dates(date(2018, 1, 1), date(2030, 12, 31))


@st.composite
def enrolments(draw: st.DrawFn, walls: Walls, flow: str) -> tuple[tuple[str, date, date | None], ...]:
    flows = draw(st.sets(st.sampled_from(sorted(walls.terms)), max_size=2))
    if draw(st.integers(0, 4)):
        flows |= {flow}
    since = st.just(date(2000, 1, 1)) | st.sampled_from(edges(walls, flow))
    lines = []
    for one in sorted(flows):
        begin = draw(since)
        lines.append((one, begin, draw(st.none() | st.integers(1, 4000).map(lambda n, b=begin: b + timedelta(days=n)))))
    return tuple(lines)


@given(st.data())
@settings(max_examples=125, deadline=None, suppress_health_check=FIXTURE)
def test_both_walls_answer_alike_over_a_made_up_library(made_up_walls: Walls, data: st.DataObject) -> None:
    """どの取扱い・項目・場所・媒体・日・行でも、二つの壁の答えは同じ。"""
    ask = data.draw(questions(made_up_walls))
    rows = made_up_walls.python(ask)
    event(f"gives {bool(rows)}")
    assert rows == made_up_walls.postgres(ask)


@given(st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=FIXTURE)
def test_both_walls_answer_alike_over_the_ward_s_consultations(own_walls: Walls, data: st.DataObject) -> None:
    """区の諮問と業務の登録のすべてについて、二つの壁の答えは同じ。"""
    ask = data.draw(questions(own_walls))
    assert own_walls.python(ask) == own_walls.postgres(ask)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=FIXTURE)
def test_the_door_is_open_exactly_when_the_database_is(made_up_walls: Walls, data: st.DataObject) -> None:
    """入口の判定と、データベースが取扱いを開くかどうかは、いつも同じ。"""
    ask = replace(data.draw(questions(made_up_walls)), direction=None)
    assert made_up_walls.admits(ask) == made_up_walls.opens(ask)


def good(walls: Walls, flow: str, *, item: str, probe: str, on: date | None = None) -> Ask:
    """A question that is right in every respect but perhaps the item and the table."""
    terms = walls.terms[flow]
    stands_for = terms.places[0]
    own = stands_for.startswith(OWN_FACILITY)
    place = Place("p", "場所", stands_for, CONTRACTORS[0] if own else None, ward_terminal=True)
    return Ask(
        flow=flow,
        item=item,
        probe=walls.probes[probe],
        enrolments=((flow, date(2000, 1, 1), None),),
        place="p",
        places=(place,),
        medium=SCREEN,
        on=on or max(terms.since, date(2026, 4, 1)),
        contractor=CONTRACTORS[0],
        person=PEOPLE[0],
    )


def differences(walls: Walls, flow: str) -> list[Ask]:
    """Every item and table of one flow, asked rightly; the questions on which the walls disagree."""
    asks = (good(walls, flow, item=item, probe=probe) for probe, one in walls.probes.items() for item in one.columns)
    return [ask for ask in asks if walls.python(ask) != walls.postgres(ask)]


def test_every_item_of_every_flow_is_asked_rightly_once(own_walls: Walls) -> None:
    """正しく問えば、どの取扱いも諮問の項目をすべて見せ、ほかは一つも見せない。"""
    for flow, terms in own_walls.terms.items():
        if terms.gap or not terms.places:
            continue
        probe = "probe_tokens"
        for item in own_walls.probes[probe].columns:
            rows = own_walls.postgres(good(own_walls, flow, item=item, probe=probe))
            assert bool(rows) == (item in terms.items), (flow, item)
            assert rows == own_walls.python(good(own_walls, flow, item=item, probe=probe))


WRONG = {
    "a column too many": "GRANT SELECT (c{column}) ON probe_plain TO flow_901_1",
    "a right for everybody": "GRANT SELECT ON probe_plain TO PUBLIC",
    "a row policy without the contractor": (
        "ALTER POLICY flow_901_1_read ON probe_plain USING ((SELECT walls.open('901-1')))"
    ),
    "a second, open row policy": "CREATE POLICY more ON probe_plain TO flow_901_1 USING (true)",
    "row security switched off": "ALTER TABLE probe_plain DISABLE ROW LEVEL SECURITY",
    "a longer term": "UPDATE policy_flowrow SET since = '2000-01-01'",
    "a place too many": "INSERT INTO policy_flowplace (flow, stands_for, own) VALUES ('901-1', '町内会館', false)",
    "another helper": (
        "CREATE OR REPLACE FUNCTION walls.contractor(asked text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER"
        " SET search_path = pg_catalog, pg_temp AS $$SELECT text '甲社'$$"
    ),
    "a view of the owner's eyes": (
        "CREATE OR REPLACE VIEW flow_901_1.v_probe_plain WITH (security_invoker = false) AS SELECT {view} FROM probe_plain"
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_seeded_fault_is_seen(made_up_walls: Walls, wrong: str) -> None:
    """壁に穴を開けると、二つの壁の答えの違いとして、また適用前の差分として必ず見つかり、適用すれば塞がる。"""
    walls = made_up_walls
    probe = walls.probes["probe_plain"]
    columns = ", ".join(
        f'"{c}"' for c in ("id", *(c for i, c in probe.columns.items() if i in walls.terms["901-1"].items))
    )
    sql = WRONG[wrong].format(column=probe.columns["病歴"].removeprefix("c"), view=columns)
    with wrongly(walls, sql):
        assert [*differences(walls, "901-1"), *strange(walls)], wrong
        with walls.owner.transaction():
            assert apply.steps(walls.owner.cursor(), walls.state())
    assert not [*differences(walls, "901-1"), *strange(walls)]


def strange(walls: Walls) -> list[Ask]:
    """Questions that are wrong in one respect, on which the walls disagree."""
    base = good(walls, "901-1", item="氏名", probe="probe_plain")
    hall = Place("p", "場所", NO_PLACE, None, ward_terminal=True)
    asks = (
        replace(base, **change)
        for change in (
            {"on": date(2020, 1, 1)},
            {"places": (hall,)},
            {"enrolments": ()},
            {"medium": "念写"},
            {"place": "q"},
            {"direction": Direction.LINE},
        )
    )
    return [ask for ask in asks if walls.python(ask) != walls.postgres(ask)]


def test_nothing_is_left_to_do_after_applying(made_up_walls: Walls) -> None:
    """二度目の適用では何も変わらない。"""
    with made_up_walls.owner.transaction():
        assert apply.carry_out(made_up_walls.owner.cursor(), made_up_walls.state()) == []


def test_lifting_leaves_every_table_closed(made_up_walls: Walls) -> None:
    """移行の前に窓と行の壁を外しても、表は閉じたまま。"""
    walls = made_up_walls
    flows = [flow for flow, terms in walls.terms.items() if not terms.gap]
    with walls.owner.transaction():
        apply.take_down(walls.owner.cursor())
    try:
        for flow, probe in product(flows, walls.probes):
            assert not walls.postgres(good(walls, flow, item="氏名", probe=probe))
    finally:
        with walls.owner.transaction():
            apply.carry_out(walls.owner.cursor(), walls.state())
