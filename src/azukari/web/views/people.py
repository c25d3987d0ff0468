"""宛名照会: one person's sheet under the ward's register entry, what left about them, and a resident's own view."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core import signing
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone

from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.core.audit import api as audit
from azukari.core.people import api as people
from azukari.core.people.api import Found, Sheet
from azukari.web.api import Link, page
from azukari.web.forms import PeopleForm
from azukari.web.show import person as show
from azukari.web.views.ledger import Shown, shown

REGISTER, OWN = "r-juki", "r-self"
TABLE = "people_person"
TITLE = "宛名照会"
LIMIT = 50
# What a list of people and the household of one person show; the rest is on the sheet.
LISTED = ("氏名", "氏名のフリガナ", "生年月日", "性別", "住所", "宛名番号")
OF_HOUSEHOLD = ("氏名", "生年月日", "続柄", "世帯")


@requires("officer", "responsible", "privacy")
def search(request: Request) -> HttpResponse:
    """Look for a person. The answer comes by POST, so that no name stands in an address or a log."""
    form = PeopleForm(request.POST if request.method == "POST" else None)
    found = _found(request, form.cleaned_data) if form.is_valid() else None
    context = {"form": form, "found": found, "limit": LIMIT}
    return page(request, "web/people/search.html", context, crumbs=[Link(TITLE, request.path)])


def _found(request: Request, asked: dict[str, Any]) -> list[show.Hit]:
    with access.under(request, REGISTER) as door:
        hits = people.search(
            asked["name"], kana=asked["kana"], born=asked["born"], atena=asked["atena"], on=door.on, limit=LIMIT
        )
        door.saw(TABLE, [hit.person_id for hit in hits], LISTED)
    return [show.hit(one, _link(request, one)) for one in hits]


def _link(request: Request, one: Found) -> str:
    return reverse("web:person", args=[_signer(request).sign_object(one.person_id)])


def _signer(request: Request) -> signing.TimestampSigner:
    """Person keys leave the server only as tokens that work for one signed-in person."""
    return signing.TimestampSigner(salt=f"web.person:{request.account.login if request.account else ''}")


@requires("officer", "responsible", "privacy")
def person(request: Request, token: str) -> HttpResponse:
    """One person's sheet, and what left about them (the sheet for 開示請求)."""
    try:
        person_id = _signer(request).unsign_object(token, max_age=60 * 60 * 10)
    except signing.BadSignature as error:
        raise Http404 from error
    sheet = _sheet(request, REGISTER, person_id, timezone.localdate())
    context = {"sheet": show.sheet(sheet), "left": _left(person_id), "own": False}
    crumbs = [Link(TITLE, reverse("web:people")), Link("個人票", request.path)]
    return page(request, "web/people/person.html", context, crumbs=crumbs)


@requires("resident")
def my_record(request: Request) -> HttpResponse:
    """The resident's own record."""
    sheet = _sheet(request, OWN, _own(request), timezone.localdate())
    context = {"sheet": show.sheet(sheet), "left": None, "own": True}
    return page(request, "web/people/person.html", context, crumbs=[Link("わたしの記録", request.path)])


@requires("resident")
def my_disclosures(request: Request) -> HttpResponse:
    """When, to whom and under which consultation the resident's information went."""
    context = {"left": _left(_own(request), by_name=False)}
    return page(request, "web/people/disclosures.html", context, crumbs=[Link("わたしの情報の渡し先", request.path)])


def _own(request: Request) -> int:
    if request.account is None or request.account.person_id is None:
        raise Http404
    return request.account.person_id


def _sheet(request: Request, entry: str, person_id: int, on: date) -> Sheet:
    with access.under(request, entry) as door:
        sheet = people.sheet(person_id, on)
        door.saw(TABLE, [person_id] if sheet else [])
        if others := _others(sheet):
            door.saw(TABLE, others, OF_HOUSEHOLD)
    if sheet is None:
        raise Http404
    return sheet


def _others(sheet: Sheet | None) -> list[int]:
    """The other members of the household: whoever reads one sheet reads something about each of them."""
    if sheet is None or sheet.household is None:
        return []
    return [member.person_id for member in sheet.household.members if member.person_id != sheet.person_id]


def _left(person_id: int, *, by_name: bool = True) -> list[Shown]:
    return shown((line for line in audit.of_person(person_id) if line.left), by_name=by_name)
