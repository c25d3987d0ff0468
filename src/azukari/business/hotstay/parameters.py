"""The station's parameters: what holds from when, what nobody has confirmed, and changing it from a day on.

Nothing personal. Everybody who works there reads them; the contractor's responsible person changes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from azukari.business.hotstay import stations
from azukari.business.hotstay.forms import times
from azukari.business.hotstay.rules.deciding import hours
from azukari.business.hotstay.rules.windows import CANCEL
from azukari.business.hotstay.types import CHILD_FLOW, Channel, Deadline, StationTerms, clock
from azukari.business.hotstay.views import crumbs, here, staff_only
from azukari.core.access import api as access
from azukari.core.accounts.api import NotAllowed, Request
from azukari.core.policy.api import Decision
from azukari.kernel.errors import BadInput, Busy
from azukari.web.api import DayField, page

WEEKDAYS = "月火水木金土日"
ROUNDINGS = {"official": "組ごとに小数一位で切り、足して四捨五入", "ceil": "足して切上げ"}
BASES = {"当日": "その日の満年齢", "年度": "年度の初めの前日の満年齢"}
LABELS = {
    "opens": "開く時刻", "closes": "閉じる時刻", "closed_weekdays": "休みの曜日", "youngest_months": "何か月から（月齢）",
    "capacity": "定員（人）", "room": "部屋の広さ（㎡）", "rounding": "職員の数の端数", "min_staff": "職員の最低人数",
    "half_rule": "職員の半分以上は保育士", "transitional": "職員の配置の経過措置を使う", "age_basis": "年齢の数え方",
    "shortest": "一回の最短", "book_days": "予約を始める日（何日前）", "book_minute": "予約を始める時刻",
    "deadlines": "予約の締切", "cancel": "変更と取消の締切",
}  # fmt: skip
UNTIL = (*(one.value for one in Channel), CANCEL)


@dataclass(frozen=True, slots=True)
class Line:
    """One parameter in words, and whether anybody has confirmed it."""

    label: str
    words: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Period:
    """Parameters from `since` to the day before `until` (None: without end)."""

    since: date
    until: date | None
    lines: tuple[Line, ...]


def lines(terms: StationTerms) -> tuple[Line, ...]:
    """Every parameter in words, in the order of the form."""
    plain = {name: str(getattr(terms, name)) for name in LABELS if hasattr(terms, name)}
    said = plain | {
        "opens": clock(terms.opens),
        "closes": clock(terms.closes),
        "closed_weekdays": "・".join(WEEKDAYS[one] for one in sorted(terms.closed_weekdays)) or "なし",
        "room": f"{terms.room / 100:g}",
        "rounding": ROUNDINGS[terms.rounding],
        "half_rule": _yes(terms.half_rule),
        "transitional": _yes(terms.transitional),
        "age_basis": BASES[terms.age_basis],
        "shortest": hours(terms.shortest),
        "book_minute": _at(terms.book_minute),
        "deadlines": "、".join(_channel(terms, channel) for channel in Channel),
        "cancel": _until(terms.cancel) + _others(terms, CANCEL),
    }
    return tuple(Line(label, said[name], name not in terms.unconfirmed) for name, label in LABELS.items())


def _yes(value: bool) -> str:
    return "はい" if value else "いいえ"


def _at(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


def _until(deadline: Deadline) -> str:
    when = "当日" if deadline.days == 0 else "前日" if deadline.days == 1 else f"{deadline.days}日前"
    return f"{when} {_at(deadline.minute)}"


def _channel(terms: StationTerms, channel: Channel) -> str:
    return f"{channel} {_until(terms.deadlines[channel])}{_others(terms, channel)}"


def _others(terms: StationTerms, what: str) -> str:
    found = [
        f"{WEEKDAYS[weekday]}曜日は{_until(by[what])}" for weekday, by in sorted(terms.by_weekday.items()) if what in by
    ]
    return f"（{'、'.join(found)}）" if found else ""


class ParameterForm(forms.Form):
    """All parameters, from a day on."""

    since = DayField("いつから", "この日から先の条件を置き換えます。予約は取り消しません。")
    opens = forms.ChoiceField(label=LABELS["opens"], choices=times(0, 47))
    closes = forms.ChoiceField(label=LABELS["closes"], choices=times(1, 48))
    closed_weekdays = forms.MultipleChoiceField(
        label=LABELS["closed_weekdays"],
        choices=[(str(number), f"{name}曜日") for number, name in enumerate(WEEKDAYS)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    youngest_months = forms.IntegerField(label=LABELS["youngest_months"], min_value=0, max_value=71)
    capacity = forms.IntegerField(label=LABELS["capacity"], min_value=1, max_value=200)
    room = forms.DecimalField(label=LABELS["room"], min_value=1, max_value=2_000, max_digits=6, decimal_places=2)
    rounding = forms.ChoiceField(label=LABELS["rounding"], choices=list(ROUNDINGS.items()))
    min_staff = forms.IntegerField(label=LABELS["min_staff"], min_value=1, max_value=20)
    half_rule = forms.BooleanField(label=LABELS["half_rule"], required=False)
    transitional = forms.BooleanField(label=LABELS["transitional"], required=False)
    age_basis = forms.ChoiceField(label=LABELS["age_basis"], choices=list(BASES.items()))
    shortest = forms.ChoiceField(label=LABELS["shortest"], choices=[(str(one), hours(one)) for one in range(1, 13)])
    book_days = forms.IntegerField(label=LABELS["book_days"], min_value=0, max_value=180)
    book_minute = forms.TimeField(label=LABELS["book_minute"], widget=forms.TimeInput({"type": "time"}, "%H:%M"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, what in enumerate(UNTIL):
            self._ask_until(f"usual{number}", f"{what}の締切", required=True)
        self.fields["weekdays"] = forms.MultipleChoiceField(
            label="締切が違う曜日",
            choices=[(str(number), f"{name}曜日") for number, name in enumerate(WEEKDAYS)],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="選んだ曜日の利用には、次の締切を使います。空けた方法は、いつもと同じです。",
        )
        for number, what in enumerate(UNTIL):
            self._ask_until(f"other{number}", f"その曜日の{what}の締切", required=False)
        self.fields["confirmed"] = forms.MultipleChoiceField(
            label="区と確かめた条件",
            choices=list(LABELS.items()),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="選ばない条件は、ご家庭の画面にも「未確認」と出ます。",
        )

    def _ask_until(self, name: str, label: str, *, required: bool) -> None:
        self.fields[f"{name}_days"] = forms.IntegerField(
            label=f"{label}（何日前）", min_value=0, max_value=60, required=required
        )
        self.fields[f"{name}_time"] = forms.TimeField(
            label=f"{label}（時刻）", required=required, widget=forms.TimeInput({"type": "time"}, "%H:%M")
        )

    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in order, each with how it is shown: several choices, a tick, a deadline's two parts, or plain."""
        found: list[tuple[str, list[forms.BoundField]]] = []
        for bound in self:
            if bound.name.endswith("_time"):
                found[-1][1].append(bound)
            elif bound.name.endswith("_days") and bound.name != "book_days":
                found.append(("deadline", [bound]))
            else:
                widget = bound.field.widget
                choices = isinstance(widget, forms.CheckboxSelectMultiple)
                kind = "choices" if choices else "tick" if isinstance(widget, forms.CheckboxInput) else "plain"
                found.append((kind, [bound]))
        return found

    def clean(self) -> dict[str, Any]:
        """Opens before it closes, and a deadline of other weekdays has both its day and its time."""
        data = super().clean() or {}
        if data.get("opens") and data.get("closes") and int(data["closes"]) <= int(data["opens"]):
            self.add_error("closes", "閉じる時刻は、開く時刻より後にしてください。")
        for number in range(len(UNTIL)):
            days, at = data.get(f"other{number}_days"), data.get(f"other{number}_time")
            if (days is None) != (at is None):
                self.add_error(f"other{number}_days", "何日前かと時刻の両方を入れるか、両方を空けてください。")
        return data

    def values(self) -> dict[str, Any]:
        """The columns of `Setting` that a valid form says."""
        data = self.cleaned_data
        named = (
            "youngest_months",
            "capacity",
            "rounding",
            "min_staff",
            "half_rule",
            "transitional",
            "age_basis",
            "book_days",
        )
        usual = {what: _pair(data, f"usual{number}") for number, what in enumerate(UNTIL)}
        other = {
            what: _pair(data, f"other{number}")
            for number, what in enumerate(UNTIL)
            if data.get(f"other{number}_days") is not None
        }
        return {name: data[name] for name in named} | {
            "opens": int(data["opens"]),
            "closes": int(data["closes"]),
            "closed_weekdays": [int(one) for one in data["closed_weekdays"]],
            "room": int(data["room"] * 100),
            "shortest": int(data["shortest"]),
            "book_minute": _minute(data["book_minute"]),
            "deadlines": {what: pair for what, pair in usual.items() if what != CANCEL},
            "cancel": usual[CANCEL],
            "by_weekday": dict.fromkeys(data["weekdays"], other) if other else {},
            "unconfirmed": [name for name in LABELS if name not in data["confirmed"]],
        }


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _pair(data: dict[str, Any], name: str) -> list[int]:
    return [data[f"{name}_days"], _minute(data[f"{name}_time"])]


def _initial(terms: StationTerms, today: date) -> dict[str, Any]:
    """The form filled with what holds now."""
    plain = {name: getattr(terms, name) for name in LABELS if hasattr(terms, name)}
    usual = {**{one.value: terms.deadlines[one] for one in Channel}, CANCEL: terms.cancel}
    other = next(iter(terms.by_weekday.values()), {})
    return plain | {
        "since": today,
        "closed_weekdays": [str(one) for one in terms.closed_weekdays],
        "room": f"{terms.room / 100:.2f}",
        "book_minute": _time(terms.book_minute),
        "weekdays": [str(one) for one in terms.by_weekday],
        "confirmed": [name for name in LABELS if name not in terms.unconfirmed],
        **_initial_until("usual", usual),
        **_initial_until("other", other),
    }


def _initial_until(kind: str, found: Any) -> dict[str, Any]:
    known = [(number, found[what]) for number, what in enumerate(UNTIL) if what in found]
    return {f"{kind}{number}_days": one.days for number, one in known} | {
        f"{kind}{number}_time": _time(one.minute) for number, one in known
    }


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


@require_http_methods(["GET", "POST"])
@staff_only
def parameters(request: Request) -> HttpResponse:
    """What holds from when; for the responsible person also the form that changes it."""
    may_change = request.account is not None and request.account.kind == "responsible"
    if request.method == "POST" and not may_change:
        raise NotAllowed(Decision(False, "画面の利用者の定め", "条件を変えられるのは、委託先の責任者です。"))
    today = timezone.localdate()
    with access.under(request, CHILD_FLOW) as door:
        this = here(door)
        rows = stations.settings(this.desk, this.station.id, today)
        form = ParameterForm(request.POST if request.method == "POST" else None, initial=_initial(rows[0][2], today))
        done = form.is_bound and form.is_valid() and _keep(this, form)
        door.nothing_seen()
    if done:
        messages.success(request, "条件を保存しました。予約は取り消していません。", extra_tags="ok")
        return HttpResponseRedirect(reverse("hotstay:settings"), status=303)
    context = {"station": this.station, "periods": _periods(rows), "form": form if may_change else None}
    status = 422 if form.is_bound else 200
    return page(request, "hotstay/settings.html", context, crumbs=crumbs("受入れの条件"), status=status)


def _periods(rows: Iterable[tuple[date, date | None, StationTerms]]) -> list[Period]:
    return [Period(since, until, lines(terms)) for since, until, terms in rows]


def _keep(this: Any, form: ParameterForm) -> bool:
    try:
        stations.put_setting(this.desk, this.station.id, form.cleaned_data["since"], form.values())
    except (BadInput, Busy) as error:
        form.add_error(None, f"{error.what}{error.why}{error.next_step}")
        return False
    return True
