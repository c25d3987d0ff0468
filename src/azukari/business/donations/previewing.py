"""The papers of one donation or intention as they would be printed today, as pictures for the ward's screen."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from azukari.business.donations import listing, posting, rules
from azukari.business.donations.acts import KINDS
from azukari.business.donations.batches import letter_values, slip_values
from azukari.business.donations.letters import printing
from azukari.business.donations.letters.types import Kind, Letter
from azukari.business.donations.models import Donation, Intention
from azukari.business.donations.posting import FILES, Enclosed
from azukari.business.donations.storing import DONATION_ITEMS, INTENTION_ITEMS
from azukari.business.donations.types import DONATIONS, INTENTIONS, WARD_ENTRY
from azukari.business.donations.views import home
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.core.dispatch.types import SheetCode
from azukari.core.people.api import Purpose
from azukari.kernel.errors import AzukariError
from azukari.web.api import Link, page

# No dispatch has planned these sheets, and no scanner takes them for one that was.
SPECIMEN = SheetCode("SPECIMEN", "見本 (発送前)")
NOT_YET = "(発行前)"
BY_FILE: Mapping[str, Kind] = {name.partition("-")[2]: kind for kind, name in FILES.items()}


@require_GET
@requires("officer", "responsible")
def papers(request: Request, letter: str, key: int) -> HttpResponse:
    """Every paper of one record, a picture each; in words why one cannot be printed."""
    with access.under(request, WARD_ENTRY) as door:
        record = _record(letter, key)
        shown, faults = _papers(record), _faults(record)
        door.saw(*_seen(record))
    reference = rules.reference_of(letter, key)
    own = reverse(f"donations:{'donation' if letter == 'K' else 'intention'}", args=[key])
    context = {"papers": shown, "faults": faults, "reference": reference, "letter": letter, "key": key}
    return page(
        request, "donations/papers.html", context, crumbs=(home(), Link(reference, own), Link("手紙の見本", ""))
    )


@require_GET
@requires("officer", "responsible")
def picture(request: Request, letter: str, key: int, name: str) -> HttpResponse:
    """One paper as PNG. One that is not there, or cannot be printed, looks absent."""
    with access.under(request, WARD_ENTRY) as door:
        record = _record(letter, key)
        kind = BY_FILE.get(name)
        if kind not in _kinds(record):
            raise Http404
        try:
            [png] = printing.pictures(kind, _letter(record), issued=timezone.localdate())
        except AzukariError as error:
            raise Http404 from error
        door.saw(*_seen(record))
    return HttpResponse(png, content_type="image/png", headers={"Cache-Control": "no-store"})


def _record(letter: str, key: int) -> Donation | Intention:
    found = KINDS[letter].objects.filter(pk=key).first() if letter in KINDS else None
    if found is None:
        raise Http404
    return found


def _seen(record: Donation | Intention) -> tuple[str, list[int], tuple[str, ...]]:
    paid = isinstance(record, Donation)
    return DONATIONS if paid else INTENTIONS, [record.pk], DONATION_ITEMS if paid else INTENTION_ITEMS


def _kinds(record: Donation | Intention) -> tuple[Kind, ...]:
    if isinstance(record, Intention):
        return (Kind.ADDRESS, Kind.APPLICATION, Kind.PAYMENT_SLIP)
    return (Kind.THANKS, Kind.CERTIFICATE, *([Kind.ONE_STOP] if record.one_stop else []))


def _papers(record: Donation | Intention) -> list[tuple[str, str]]:
    """The name of each paper, and of its picture."""
    return [(kind.value, FILES[kind].partition("-")[2]) for kind in _kinds(record)]


def _faults(record: Donation | Intention) -> list[tuple[str, str, str]]:
    """Which paper cannot be printed, why, and what to do."""
    letter, on = _letter(record), timezone.localdate()
    found = [(kind, printing.check(kind, [letter], issued=on).faults) for kind in _kinds(record)]
    return [(kind.value, f"{one.what}{one.why}", one.next_step) for kind, faults in found for one in faults]


def _letter(record: Donation | Intention) -> Letter:
    """As the batch's own letter, but for a number that is still to be given."""
    letter, on, row = listing.letter_of(record), timezone.localdate(), vars(record)
    reference = rules.reference_of(letter, record.pk)
    if isinstance(record, Intention):
        enclosed = Enclosed(reference, record.donor_id, 1, _kinds(record))
        return posting.letter_of(on, enclosed, slip_values(row, Purpose.SCREEN), SPECIMEN)
    issued = listing.certificates(record)
    number, first, copy = (issued[0].number, issued[0].issued_on, issued[-1].copy) if issued else (NOT_YET, on, 0)
    enclosed = Enclosed(reference, record.donor_id, 1, _kinds(record), number, copy, first)
    return posting.letter_of(on, enclosed, letter_values(row, Purpose.SCREEN), SPECIMEN)
