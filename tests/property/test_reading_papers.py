"""Any paper of this council's layout is read exactly, or what was not is put before a person."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from azukari.core.policy.reading import read_bytes
from azukari.core.policy.types import Consultation
from property.papers import model
from property.papers.layout import Layout, in_three_parts, packet, write

# Papers are long; shrinking one is slow, and explaining it slower.
QUIET = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def wanted(answer: model.PaperAnswer) -> list[dict[str, object]]:
    out = []
    for at, business in enumerate(answer.businesses, start=1):
        for sub, flow in enumerate(business.flows, start=1):
            stem = f"{answer.number}-{at}" if len(answer.businesses) > 1 else f"{answer.number}"
            several = len(business.flows) > 1 or len(answer.businesses) == 1
            out.append({
                "id": f"{stem}-{sub}" if several else stem,
                "direction": flow.direction, "items": flow.items, "items_new": flow.new, "count": business.amount.total,
                "unit": business.amount.unit, "per": business.amount.per, "approximate": business.amount.approximate, "places": business.places,
                "media": answer.media, "contractor_computer": business.computer, "start": business.start, "end": business.end,
                "contractors": (business.contractor,) if business.contractor else (),
                "subject": flow.subject or business.who, "form": "pseudonymised" if flow.pseudonymised else "plain", "row_scope": flow.row_scope,
            })  # fmt: skip
    return out


def differences(answer: model.PaperAnswer, read: Consultation) -> list[str]:
    expected = wanted(answer)
    found = {flow.id: flow for flow in read.flows}
    if sorted(found) != sorted(str(each["id"]) for each in expected):
        return (
            []
            if any(r.field == "flows" for r in read.review)
            else [f"ids {sorted(found)} != {[e['id'] for e in expected]}"]
        )
    wrong = []
    for each in expected:
        flow = found[str(each["id"])]
        asked = {r.field for r in read.review}
        for name, value in each.items():
            got = getattr(flow, name)
            field = name.removesuffix("_new")  # A doubt about the items is one about which of them are new.
            if got != value and f"flows.{flow.id}.{field}" not in asked:
                wrong.append(f"{flow.id}.{name}: {got!r} != {value!r}")
    return wrong


@given(model.paper(), st.integers(0, 2**32))
@settings(QUIET, max_examples=40)
def test_a_made_up_paper_is_read_exactly_or_put_before_a_person(answer: model.PaperAnswer, seed: int) -> None:
    """どのような書き方の諮問書でも、正しく読み取るか、読み取れなかったことを確認事項に残す。"""
    text = write(answer, Layout.of(random.Random(seed)))
    read = read_bytes(text.encode(), "made-up.txt")
    assert len(read) == 1
    assert read[0].number == str(answer.number)
    assert read[0].council_date == answer.council_date
    assert read[0].section == answer.section
    assert read[0].matter == answer.matter
    assert differences(answer, read[0]) == [], text


@given(st.lists(model.paper(), min_size=2, max_size=4, unique_by=lambda each: each.number), st.integers(0, 2**32))
@settings(QUIET, max_examples=30)
def test_papers_bound_together_are_read_apart(answers: list[model.PaperAnswer], seed: int) -> None:
    """綴じられた諮問書は、間に資料が挟まっていても、一つずつ正しく読み取る。"""
    text = packet(answers, random.Random(seed))
    read = read_bytes(text.encode(), "made-up.txt")
    assert [each.number for each in read] == [str(answer.number) for answer in answers]
    for answer, each in zip(answers, read, strict=True):
        assert differences(answer, each) == [], text


@given(model.paper(), st.integers(0, 2**32))
@settings(QUIET, max_examples=30)
def test_three_parts_share_the_items_of_one_annex(answer: model.PaperAnswer, seed: int) -> None:
    """三部に分かれた諮問では、別紙の項目を「第1の4(1)のとおり」で引き、件数は合計を引く。"""
    text = in_three_parts(answer, Layout.of(random.Random(seed)))
    (read,) = read_bytes(text.encode(), "made-up.txt")
    recorded = [flow for flow in read.flows if flow.direction == "recorded"]
    assert [flow.id for flow in recorded] == [
        f"{answer.number}-1-{at}" for at in range(1, len(answer.businesses) + 1)
    ], text
    asked = {r.field for r in read.review}
    for business, flow in zip(answer.businesses, recorded, strict=True):
        assert flow.business == business.name
        assert flow.items == business.flows[0].items or f"flows.{flow.id}.items" in asked, text
        assert (flow.count, flow.unit, flow.per) == (
            business.amount.total,
            business.amount.unit,
            business.amount.per,
        ), text
        assert flow.start == answer.businesses[0].start
    contract, line = (next(flow for flow in read.flows if flow.id == f"{answer.number}-{part}") for part in (2, 3))
    assert contract.items_of == line.items_of == tuple(flow.id for flow in recorded)
    assert contract.count == sum(business.amount.total for business in answer.businesses)
    assert (contract.places, contract.media, line.media) == (answer.businesses[0].places, answer.media, ("専用回線",))
    assert contract.start == line.start == answer.businesses[0].start
    assert contract.subject == line.subject == answer.businesses[0].who
