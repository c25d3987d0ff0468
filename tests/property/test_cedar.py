"""外の道具 (Cedar) に同じ許可を書き、同じ問いをすると、同じ答えになる。"""

from __future__ import annotations

import cedarpy
import pytest
from bench.policy import Question, cedar_policies, cedar_request
from hypothesis import given, settings
from hypothesis import strategies as st

from azukari.core.policy.decide import Matrix
from azukari.core.policy.service import terms as own_terms
from azukari.core.policy.terms import Terms, terms_of
from property import made_up
from property.test_three_walls import questions
from property.walls import Walls, probes_for, rows_for


def asked(terms: dict[str, Terms], data: st.DataObject) -> tuple[Question, bool]:
    """One question of one row, and our answer."""
    plain = Walls(terms, probes_for(terms), rows_for(terms), None, None)  # type: ignore[arg-type]
    ask = data.draw(questions(plain))
    row = data.draw(st.sampled_from(plain.rows))
    places = {place.code: place for place in ask.places}
    form = ask.probe.vessel.holds.form
    question = Question(
        ask.actor(), ask.flow, ask.item, ask.probe.subject(row), places.get(ask.place or ""), ask.medium, ask.on,
        ask.direction, form,
    )  # fmt: skip
    decision = Matrix(terms, places).decide(*question[:7], direction=question.direction, form=form)  # type: ignore[arg-type]
    return question, decision.allowed


@pytest.mark.parametrize("which", ["made up", "own"])
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_cedar_answers_alike(which: str, data: st.DataObject) -> None:
    """Cedar の答えと判定の答えは同じ。"""
    terms = terms_of(made_up.library()) if which == "made up" else dict(own_terms())
    question, ours = asked(terms, data)
    request, entities = cedar_request(question, terms)
    theirs = cedarpy.is_authorized(request, cedar_policies(terms), entities)
    assert not theirs.diagnostics.errors
    assert theirs.allowed == ours
