"""Two ways in by screen: one donation keyed from paper, and a portal's file, each looked at before it is saved."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from azukari.business.donations import importing, rules, storing
from azukari.business.donations.forms import KeyForm, UploadForm, hidden
from azukari.business.donations.importing import Plan
from azukari.business.donations.models import Donation, Intention
from azukari.business.donations.reading import Row
from azukari.business.donations.types import WARD_ENTRY
from azukari.business.donations.views import home
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.core.intake.api import keep, originals, read_all
from azukari.core.intake.types import LIMITS
from azukari.core.policy.types import Actor
from azukari.web.api import Link, page

KEYED = "入力"
SALT = "donations.import"
LOOKED_AT = 60 * 60  # seconds after which a file has to be chosen again


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def key_in(request: Request) -> HttpResponse:
    """Key, look, save. What was typed travels in the form; nothing is kept before the last step."""
    with access.under(request, WARD_ENTRY) as door:
        form = KeyForm(request.POST if request.method == "POST" else None, today=door.on)
        step = request.POST.get("step", "")
        row = form.row if form.is_bound and form.is_valid() else None
        holds = storing.holds_of([row]) if row else []
        twin = next((words for _, words in importing.twins([row], "default")), None) if row else None
        if row and step == "save":
            _save(row, holds, request.POST.get("once", ""), door.actor)
        door.nothing_seen()
    crumbs = (home(), Link("一件を入力する", ""))
    if row and step == "save":
        messages.success(request, "保存しました。", extra_tags="ok")
        return HttpResponseRedirect(reverse("donations:list"), status=303)
    if row and step == "check":
        context = {"row": row, "hold": holds[0], "in_ward": rules.in_ward(row.address), "sent": hidden(form)}
        context |= {"twin": twin, "once": secrets.token_hex(8)}
        return page(request, "donations/key_check.html", context, crumbs=crumbs)
    status = 422 if form.errors and step == "check" else 200
    return page(
        request, "donations/key.html", {"form": form, "faulty": bool(form.errors)}, crumbs=crumbs, status=status
    )


def _save(row: Row, holds: list[str], once: str, by: Actor) -> None:
    """Save what was looked at, under the number of the page it was looked at on: sent twice, it is one donation."""
    number = once if re.fullmatch("[0-9a-f]{16}", once) else secrets.token_hex(8)
    storing.alone("default")
    kind = Donation if row.donated_on else Intention
    if not kind.objects.filter(source=KEYED, number=number).exists():
        storing.put([replace(row, source=KEYED, number=number)], holds, arrival=None, by=by, using="default")


@require_http_methods(["GET", "POST"])
@requires("officer", "responsible")
def upload(request: Request) -> HttpResponse:
    """Choose a file, look at what it holds or at what is wrong with it, then take it. All of it or nothing."""
    crumbs = (home(), Link("ファイルを取り込む", ""))
    if request.method == "POST" and "taken" in request.POST:
        return _take(request, crumbs)
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        context |= _looked_at(request, form.cleaned_data["file"], form.cleaned_data["layout"] or None)
    else:
        with access.under(request, WARD_ENTRY) as door:
            door.nothing_seen()
    wrong = form.errors or ("plan" in context and context["plan"].problems)
    return page(request, "donations/import.html", context, crumbs=crumbs, status=422 if wrong else 200)


def _looked_at(request: Request, file: UploadedFile[bytes], layout: str | None) -> dict[str, Any]:
    """What taking the file would do. Its bytes go into the store of originals only when it could be taken."""
    if (file.size or 0) > LIMITS.table:
        return {"too_large": LIMITS.table >> 20}
    data, name = file.read(), (file.name or "").rpartition("/")[2]
    sha256 = hashlib.sha256(data).hexdigest()
    with access.under(request, WARD_ENTRY) as door:
        plan = importing.examine(data, name, sha256, door.on, layout)
        door.nothing_seen()
        who = door.actor.id
    found = {"plan": plan}
    if plan.problems or plan.arrived:
        return found
    _keep(data)
    return found | {"ticket": signing.dumps([sha256, name, layout, who], salt=SALT)}


def _keep(data: bytes) -> None:
    store = Path(settings.ORIGINALS)
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=store) as file:
        file.write(data)
        file.flush()
        keep(store, Path(file.name))


def _take(request: Request, crumbs: tuple[Link, ...]) -> HttpResponse:
    """Take what this officer has looked at: the ticket names the file, and says that they did."""
    with access.under(request, WARD_ENTRY) as door:
        plan = _ticketed(request, door.actor.id, door.on)
        found = importing.take(plan, by=door.actor) if plan else None
        door.nothing_seen()
    if found is None:
        return page(request, "donations/import.html", {"form": UploadForm(), "stale": True}, crumbs=crumbs, status=422)
    if found.problems or found.arrived_before:
        return page(request, "donations/import.html", {"form": UploadForm(), "plan": plan}, crumbs=crumbs, status=409)
    messages.success(
        request, f"申込み {found.intentions:,} 件、寄附 {found.donations:,} 件を受け取りました。", extra_tags="ok"
    )
    return HttpResponseRedirect(reverse("donations:list"), status=303)


def _ticketed(request: Request, who: str, on: Any) -> Plan | None:
    try:
        sha256, name, layout, looked = signing.loads(request.POST["taken"], salt=SALT, max_age=LOOKED_AT)
    except signing.BadSignature:
        return None
    path = originals.path(Path(settings.ORIGINALS), sha256)
    if looked != who or not path.exists():
        return None
    return importing.examine(read_all(path, LIMITS.table), name, sha256, on, layout)
