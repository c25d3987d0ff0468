"""The contractor's screens: checking, typing from pictures, counting paper. All under flow 815-1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from azukari.business.taxi import keying, pictures, rules, service
from azukari.business.taxi.forms import KeyForm, MarkForm, NumberForm, PageForm, PaperForm
from azukari.business.taxi.models import KeyedSeen, PaperMoveSeen, VoucherSeen
from azukari.business.taxi.types import CONTRACTOR_FLOW, VOUCHERS, Bundle, Mark, PaperWay, Reason, State
from azukari.core.access import api as access
from azukari.core.accounts.api import Request, requires
from azukari.core.audit import api as audit
from azukari.core.policy import api as policy
from azukari.kernel.errors import BadInput
from azukari.web.api import Link, page

HOME = "福祉タクシー券の確認"
ELSEWHERE = "{number}番は、ほかの人が先に変更しました。いまの状態を表示しています。"
PAPER = "文書"
# A bundle's way, as the ledger names it and as the contractor's screen does.
HANDED = {PaperWay.OUT: "handover.received", PaperWay.BACK: "handover.returned"}
PAPER_TITLES = {PaperWay.OUT: "区から渡された束", PaperWay.BACK: "区へ戻した束"}


@dataclass(frozen=True, slots=True)
class Paper:
    """One way of a bundle of paper on the screen: what was counted, the form to count it with, whether that differs."""

    title: str
    move: PaperMoveSeen | None
    form: PaperForm
    differs: bool


@require_GET
@requires("operator", "responsible")
def check(request: Request) -> HttpResponse:
    """The month's bundles entrusted to the contractor, and how far each has come. Nothing personal."""
    with access.under(request, CONTRACTOR_FLOW) as door:
        months = service.months()
        month = chosen_month(request, months)
        found = service.bundles(month) if month else []
        door.nothing_seen()
    context = {
        "months": months,
        "month": month,
        "bundles": found,
        "total": rules.total(found),
        "next": rules.next_to_check(found),
        "form": NumberForm(),
    }
    return page(request, "taxi/check.html", context, crumbs=(Link(HOME, ""),))


@require_GET
@requires("operator", "responsible")
def batch(request: Request, key: int) -> HttpResponse:
    """One page of a bundle: the four items, the state, and the buttons."""
    only = _only(request)
    with access.under(request, CONTRACTOR_FLOW) as door:
        bundle = service.bundle(key)
        if bundle is None:
            raise Http404
        leaf = service.leaf(key, after=number_in(request, "after") or 0, before=number_in(request, "before"), only=only)
        rows, to_key, moves = keying.shown(leaf.rows), keying.waiting(key).count(), keying.moves(key)
        door.saw(VOUCHERS, [row.pk for row in leaf.rows])
    open_rows = [row for row in leaf.rows if row.state == State.UNCHECKED]
    context = {
        "bundle": bundle,
        "leaf": leaf,
        "rows": rows,
        "to_key": to_key,
        "papers": _papers(bundle, moves),
        "only": only,
        "reasons": list(Reason),
        "open_rows": open_rows,
        "seen": " ".join(f"{row.pk}.{row.version}" for row in open_rows),
        "back": request.GET.urlencode(),
    }
    return page(request, "taxi/batch.html", context, crumbs=_crumbs(bundle))


def _papers(bundle: Bundle, moves: Mapping[PaperWay, PaperMoveSeen], sent: PaperForm | None = None) -> list[Paper]:
    """Both ways of the paper; what goes back is asked for once it has come."""
    differing = keying.differs(moves, bundle.progress.total)
    ways = [way for way in PaperWay if way is PaperWay.OUT or PaperWay.OUT in moves]
    return [
        Paper(
            PAPER_TITLES[way],
            moves.get(way),
            sent if sent and sent.data.get("way") == way.value else _paper_form(bundle, way, moves.get(way)),
            way in differing,
        )
        for way in ways
    ]


def _paper_form(bundle: Bundle, way: PaperWay, move: PaperMoveSeen | None) -> PaperForm:
    today = timezone.localdate()
    initial = {"way": way.value, "on": today, "was": move.counted if move else None}
    return PaperForm(initial=initial, since=bundle.received_on, today=today, auto_id=f"{way.name.lower()}_%s")


def _crumbs(bundle: Bundle, *further: Link) -> tuple[Link, ...]:
    here = Link(_title(bundle), reverse("taxi:batch", args=[bundle.id]) if further else "")
    return Link(HOME, f"{reverse('taxi:check')}?month={bundle.month:%Y-%m}"), here, *further


def _title(bundle: Bundle) -> str:
    return f"{bundle.company} {bundle.number}の束"


@require_POST
@requires("operator", "responsible")
def mark(request: Request, key: int, voucher: int) -> HttpResponse:
    """One voucher marked. With htmx only its state and the progress go back, without any item; else the page again."""
    form = MarkForm(request.POST)
    with access.under(request, CONTRACTOR_FLOW) as door:
        changed = service.mark(key, [form.mark(voucher)]) if form.is_valid() else []
        row, bundle = service.state_of(key, voucher), service.bundle(key)
        if row is None or bundle is None:
            raise Http404
        door.nothing_seen()
        if changed:
            door.changed(VOUCHERS, changed, ())
    said = "" if changed else _why_not(form, row)
    if is_htmx(request):
        context = {"row": row, "bundle": bundle, "said": said, "reasons": list(Reason)}
        return render(request, "taxi/_answer.html", context)
    if said:
        messages.warning(request, said, extra_tags="warn")
    return _back(request, key, f"v{row.sequence}", after=row.sequence - 1)


def _why_not(form: MarkForm, row: VoucherSeen) -> str:
    if form.is_valid():
        return ELSEWHERE.format(number=row.sequence)
    return (
        "、".join(map(str, form.non_field_errors())) or "受け取った内容を読めませんでした。画面を開き直してください。"
    )


@require_POST
@requires("operator", "responsible")
def mark_page(request: Request, key: int) -> HttpResponse:
    """All unchecked vouchers of a page that was compared with its bundle of paper, marked 確認済 together."""
    form = PageForm(request.POST)
    if not form.is_valid():
        raise Http404
    marks = form.marks()
    with access.under(request, CONTRACTOR_FLOW) as door:
        changed = service.mark(key, marks)
        door.changed(VOUCHERS, changed, ())
    left = len(marks) - len(changed)
    messages.success(request, f"{len(changed)}枚を確認済にしました。", extra_tags="ok")
    if left:
        messages.warning(
            request, f"{left}枚は、ほかの人が先に変更していたため、そのままにしました。", extra_tags="warn"
        )
    return _back(request, key, "main")


@require_POST
@requires("operator", "responsible")
def find(request: Request) -> HttpResponse:
    """Vouchers with one certificate number, in any bundle entrusted to the contractor."""
    form = NumberForm(request.POST)
    with access.under(request, CONTRACTOR_FLOW) as door:
        found = service.with_number(form.cleaned_data["number"]) if form.is_valid() else []
        rows = keying.shown(found)
        door.saw(VOUCHERS, [row.pk for row in found])
    context = {
        "form": form,
        "rows": rows,
        "asked": form.is_valid(),
        "limit": service.SEARCH_LIMIT,
        "reasons": list(Reason),
    }
    crumbs = (Link(HOME, reverse("taxi:check")), Link("認定番号で探す", ""))
    return page(request, "taxi/find.html", context, crumbs=crumbs, status=200 if form.is_valid() else 422)


@require_http_methods(["GET", "POST"])
@requires("operator", "responsible")
def key_in(request: Request, key: int) -> HttpResponse:
    """The vouchers of a bundle of which only a picture came, one after another: the picture and the four fields."""
    return _type(request, key) if request.method == "POST" else _show(request, key)


def _show(request: Request, key: int) -> HttpResponse:
    asked = number_in(request, "voucher")
    with access.under(request, CONTRACTOR_FLOW) as door:
        bundle = _bundle(key)
        row = keying.next_after(key, number_in(request, "after") or 0) if asked is None else keying.voucher(key, asked)
        if asked is not None and row is None:
            raise Http404
        typed = keying.keyed([row.pk]).get(row.pk) if row else None
        left = keying.waiting(key).count()
        door.saw(VOUCHERS, [row.pk] if row else [])
    form = KeyForm(initial=_initial(row, typed), month=bundle.month) if row else None
    return _keying_page(request, bundle, row, form, left)


def _initial(row: VoucherSeen, typed: KeyedSeen | None) -> dict[str, Any]:
    own = {"voucher": row.pk, "version": row.version, "known": typed.pk if typed else None}
    return own | (asdict(keying.entry_of(typed)) if typed else {})


def _keying_page(
    request: Request, bundle: Bundle, row: VoucherSeen | None, form: KeyForm | None, left: int, **more: Any
) -> HttpResponse:
    cut = row is not None and pictures.can_show_four_items(row.image)
    context = {"bundle": bundle, "row": row, "form": form, "left": left, "cut": cut}
    if form:
        form.fields[_first_wrong(form)].widget.attrs["autofocus"] = True
    wrong = form is not None and form.is_bound
    crumbs = _crumbs(bundle, Link("画像から入力", ""))
    return page(request, "taxi/key.html", context | more, crumbs=crumbs, status=422 if wrong else 200)


def _first_wrong(form: KeyForm) -> str:
    """Where the cursor stands: in the first field that is to be put right, or in the first."""
    return next((field.name for field in form.visible_fields() if field.errors), "name")


def _type(request: Request, key: int) -> HttpResponse:
    """What somebody typed, or that it cannot be read; then the next one."""
    with access.under(request, CONTRACTOR_FLOW) as door:
        bundle = _bundle(key)
        row = keying.voucher(key, rules.key_of(request.POST.get("voucher", "")))
        if row is None:
            raise Http404
        form = KeyForm(request.POST, month=bundle.month)
        if "unreadable" in request.POST:
            said = _pass_on(door, row, rules.key_of(request.POST.get("version", "")))
            other = None
        else:
            said, other = "保存しました。", _keep(door, bundle, row, form) if form.is_valid() else None
        left = keying.waiting(key).count()
        door.nothing_seen()
    if "unreadable" not in request.POST:
        if not form.is_valid():
            return _keying_page(request, bundle, row, form, left)
        if other and keying.entry_of(other) != form.entry():
            return _typed_first(request, bundle, row, other, left)
        said = "ほかの人が先に、同じ内容で入力していました。" if other else said
    messages.success(request, f"{row.sequence}番: {said}", extra_tags="ok")
    return HttpResponseRedirect(f"{reverse('taxi:key', args=[key])}?after={row.sequence}", status=303)


def _pass_on(door: access.Door, row: VoucherSeen, version: int) -> str:
    """Ask the ward about one that cannot be read. What to say of it."""
    changed = service.mark(row.batch_id, [Mark(row.pk, version, State.QUERIED, Reason.UNREADABLE)])
    door.changed(VOUCHERS, changed, ())
    return f"区へ照会しました（{Reason.UNREADABLE.value}）。" if changed else "ほかの人が先に変更していました。"


def _keep(door: access.Door, bundle: Bundle, row: VoucherSeen, form: KeyForm) -> KeyedSeen | None:
    """Keep what was typed. What somebody else typed first; None when it was kept."""
    known = form.cleaned_data["known"]
    other = keying.save(row, bundle.contractor, form.entry(), by=door.actor.id, known=known)
    if other is None:
        door.changed(VOUCHERS, [row.pk], door.items)
    elif keying.entry_of(other) != form.entry():
        door.saw(VOUCHERS, [row.pk])
    return other


def _typed_first(request: Request, bundle: Bundle, row: VoucherSeen, other: KeyedSeen, left: int) -> HttpResponse:
    """What this person typed stays in the fields; saving it again replaces what the other typed."""
    sent = request.POST.copy()
    sent["known"] = str(other.pk)
    return _keying_page(request, bundle, row, KeyForm(sent, month=bundle.month), left, other=other)


def _bundle(key: int) -> Bundle:
    bundle = service.bundle(key)
    if bundle is None:
        raise Http404
    return bundle


@require_GET
@requires("operator", "responsible")
def image(request: Request, key: int, voucher: int) -> HttpResponse:
    """The four items cut from a voucher's page, and nothing else of it. What cannot be cut looks absent."""
    with access.under(request, CONTRACTOR_FLOW) as door:
        _bundle(key)
        row = VoucherSeen.objects.filter(batch_id=key, pk=voucher).exclude(image="").first()
        if row is None:
            raise Http404
        try:
            png = pictures.four_items(row.image)
        except BadInput as error:
            raise Http404 from error
        door.saw(VOUCHERS, [row.pk])
    return pictures.answer(png)


@require_POST
@requires("operator", "responsible")
def paper(request: Request, key: int) -> HttpResponse:
    """A bundle of paper counted on its way in or out. Another number than the system's is told, and stops nothing."""
    with access.under(request, CONTRACTOR_FLOW) as door:
        bundle = _bundle(key)
        form = PaperForm(request.POST, since=bundle.received_on, today=door.on, auto_id="sent_%s")
        valid = form.is_valid()
        moves = keying.moves(key)
        kept = valid and _count(door, bundle, form, moves)
        door.nothing_seen()
    if not valid:
        return _paper_page(request, bundle, form, moves)
    counted = form.cleaned_data["counted"]
    if not kept:
        messages.warning(
            request, "記録していません。ほかの人が先に記録したか、まだ渡された記録がありません。", extra_tags="warn"
        )
    elif counted != bundle.progress.total:
        messages.warning(request, _differs(counted, bundle.progress.total), extra_tags="warn")
    else:
        messages.success(request, f"{counted:,}枚を記録しました。画面の枚数と合っています。", extra_tags="ok")
    return HttpResponseRedirect(f"{reverse('taxi:batch', args=[key])}#paper", status=303)


def _differs(counted: int, total: int) -> str:
    more = "多く" if counted > total else "少なく"
    return (
        f"枚数が合いません。数えた{counted:,}枚は、画面の{total:,}枚より{abs(counted - total):,}枚{more}なっています。"
        "記録は残しました。もう一度数え、違うときは「数え直す」で入れてください。合わなければ区へ知らせてください。"
    )


def _count(door: access.Door, bundle: Bundle, form: PaperForm, moves: Mapping[PaperWay, PaperMoveSeen]) -> bool:
    """Record the count, and in the ledger whose vouchers came or went."""
    data = form.cleaned_data
    way = PaperWay(data["way"])
    if way is PaperWay.BACK and PaperWay.OUT not in moves:
        return False
    if not keying.moved(bundle, way, data["counted"], data["on"], by=door.actor.id, was=data["was"]):
        return False
    rows = list(VoucherSeen.objects.filter(batch_id=bundle.id).values_list("pk", flat=True))
    audit.record(
        HANDED[way],
        actor=door.actor,
        place=door.place,
        flow=door.flow,
        items=door.items,
        subjects=sorted(set(policy.subjects_of(VOUCHERS, rows))),
        medium=PAPER,
        detail={"batch": bundle.id, "rows": data["counted"]},
    )
    return True


def _paper_page(
    request: Request, bundle: Bundle, form: PaperForm, moves: Mapping[PaperWay, PaperMoveSeen]
) -> HttpResponse:
    """The counting alone, with what is wrong beside its field."""
    context = {"bundle": bundle, "papers": _papers(bundle, moves, form)}
    crumbs = _crumbs(bundle, Link("紙の束を数える", ""))
    return page(request, "taxi/_paper_page.html", context, crumbs=crumbs, status=422)


def is_htmx(request: HttpRequest) -> bool:
    """Only a part of the page is wanted."""
    return request.headers.get("HX-Request") == "true"


def chosen_month(request: HttpRequest, months: Sequence[date]) -> date | None:
    """The month asked for as `2019-06`; the latest when none or another is asked for. None when there are none."""
    asked = request.GET.get("month", "")
    return next((month for month in months if f"{month:%Y-%m}" == asked), months[0] if months else None)


def _back(request: HttpRequest, key: int, anchor: str, *, after: int = 0) -> HttpResponse:
    """The page the form stood on, at the row; from another page (a search) the bundle from that row on."""
    query = request.GET.urlencode() or (urlencode({"after": after}) if after > 0 else "")
    return HttpResponseRedirect(f"{reverse('taxi:batch', args=[key])}?{query}#{anchor}", status=303)


def _only(request: HttpRequest) -> State | None:
    return next((state for state in State if state.name.lower() == request.GET.get("only")), None)


def number_in(request: HttpRequest, name: str) -> int | None:
    """A number in the address; None when there is none, or none that a row could have."""
    written = request.GET.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else None
