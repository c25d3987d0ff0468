"""諮問: the list, one consultation, two compared."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone

from azukari.core.accounts.api import Request
from azukari.core.policy import api as policy
from azukari.core.policy.api import Consultation
from azukari.kernel.fiscal import FiscalYear
from azukari.web import roster, words
from azukari.web.api import Link, page
from azukari.web.show import compare as compared
from azukari.web.show import consultation as show
from azukari.web.show.matrix import matrix, new_items

LIST = "諮問一覧"


def everything(request: Request) -> HttpResponse:
    """Every consultation and report, newest number first."""
    terms, today = policy.matrix().terms, timezone.localdate()
    rows = [
        show.list_row(paper, terms, today, len(policy.findings()[paper.number]), demonstration=settings.DEMONSTRATION)
        for paper in policy.library().consultations.values()
    ]
    return page(request, "web/consultations/list.html", {"rows": rows}, crumbs=[Link(LIST, request.path)])


def one(request: Request, number: str) -> HttpResponse:
    """One consultation: its life, items, flows, amounts, people, open reviews and findings."""
    paper, today, card = _paper(number), timezone.localdate(), request.account
    assert card is not None  # noqa: S101 (the middleware sends strangers to sign in)
    flows = {flow.id for flow in paper.flows}
    context = {
        "paper": paper,
        **show.title(paper, demonstration=settings.DEMONSTRATION),
        "gap": show.gap(paper, policy.matrix().terms),
        "summary": show.summary(paper, today),
        "life": show.life(paper, today),
        "people": roster.of_flows(flows, today, card),
        "named": roster.count(flows, today),
        "resolved": show.resolved(paper),
        "findings": policy.findings()[paper.number],
        **_flows(paper, today),
        **_amounts(paper, today, request.GET.get("year", "")),
    }
    crumbs = [Link(LIST, reverse("web:consultations")), Link(words.called(paper.number), request.path)]
    return page(request, "web/consultations/one.html", context, crumbs=crumbs)


def _flows(paper: Consultation, today: date) -> dict[str, object]:
    library, terms = policy.library(), policy.matrix().terms
    items = {flow.id: tuple(library.items_of(flow.id)) for flow in paper.flows}
    new = new_items(paper)
    table = matrix(paper, items)
    return {
        "matrix": table,
        "any_masked": any(column.masked for column in table.columns),
        "sheets": [
            show.sheet(flow, items[flow.id], new[flow.id], in_force=show.in_force(terms[flow.id], today))
            for flow in paper.flows
        ],
    }


def _amounts(paper: Consultation, today: date, asked: str) -> dict[str, object]:
    """Approved against actual in the fiscal year asked for, else in the latest in which anything was counted."""
    starts = [flow.start for flow in paper.flows if flow.start]
    first = FiscalYear.of(min(starts, default=today))
    years = [FiscalYear(year) for year in range(FiscalYear.of(today).year, first.year - 1, -1)]
    chosen = next((year for year in years if str(year.year) == asked), None)
    counted = {year: _actual(year, today) for year in ([chosen] if chosen else years)}
    mine = [flow.id for flow in paper.flows]
    latest = next((year for year in counted if any(counted[year].get(flow) for flow in mine)), next(iter(counted)))
    return {"years": years, "period": latest, "amounts": show.amounts(paper.flows, counted[latest])}


def _actual(year: FiscalYear, today: date) -> dict[str, int | None]:
    """What was counted of every flow; of monthly ones in the year's last month that has begun."""
    month = words.month(min(today, year.end - timedelta(days=1)))
    return {line.flow: line.actual for line in policy.coverage((year.start, year.end), month)}


def compare(request: Request) -> HttpResponse:
    """What a later consultation would newly permit, beside an earlier one. `?a=809&b=814`."""
    papers = policy.library().consultations
    before, after = request.GET.get("a", ""), request.GET.get("b", "")
    asked = before in papers and after in papers
    context = {
        "choices": [(number, f"{words.called(number)}　{words.short_name(paper)}") for number, paper in papers.items()],
        "a": before,
        "b": after,
        "asked": asked,
        "names": (words.called(before), words.called(after)),
        "groups": compared.grouped(policy.compare(before, after)) if asked else [],
    }
    crumbs = [Link(LIST, reverse("web:consultations")), Link("二つの諮問を比べる", request.path)]
    return page(request, "web/consultations/compare.html", context, crumbs=crumbs)


def _paper(number: str) -> Consultation:
    paper = policy.library().consultations.get(number)
    if paper is None:
        raise Http404
    return paper
