"""What the application's screens accept. Every fact may be left unknown; no field takes free text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from django import forms
from django.http import QueryDict

from azukari.business.taxi import serials
from azukari.business.taxi.applying.declared import Declared, Impairments
from azukari.business.taxi.applying.plans import STOPS_ALL
from azukari.business.taxi.eligibility import AiDegree, Applicant, CareLevel, Facility, Impairment
from azukari.business.taxi.types import EventKind, Kind, StopReason
from azukari.kernel.errors import BadInput
from azukari.web.api import DayField

ATENA_DIGITS = 10
ROWS = 4
UNKNOWN = "分からない"
YES, NO = "はい", "いいえ"
FLAGS = {YES: True, NO: False, UNKNOWN: None}
HAS, HAS_NOT = "持っている", "持っていない"
GRADES = [("", "級は分からない"), *((str(grade), f"{grade}級") for grade in range(1, 8))]
Choices = list[tuple[str, str]]
Hidden = list[tuple[str, str]]


def words(values: Iterable[str]) -> Choices:
    """Choices that say what they are."""
    return [(value, value) for value in values]


def hidden(form: forms.Form) -> Hidden:
    """What was sent to a form, name by name."""
    data = form.data
    assert isinstance(data, QueryDict)  # noqa: S101 (forms here are filled from requests)
    return [(bound.html_name, value) for bound in form for value in data.getlist(bound.html_name)]


def _open(values: type[StrEnum], none: str) -> Choices:
    """All values of a fact, `none` for its なし, and first that nobody knows."""
    named = [(value.value, none if value.value == "なし" else value.value) for value in values]
    return [("", UNKNOWN), *named]


class FlagField(forms.ChoiceField):
    """はい, いいえ or 分からない; True, False or None. Nothing chosen is 分からない too."""

    def __init__(self, label: str, hint: str = "", names: dict[str, bool | None] = FLAGS) -> None:
        self.values = names
        super().__init__(
            label=label, help_text=hint, choices=words(names), widget=forms.RadioSelect, initial=UNKNOWN, required=False
        )

    def clean(self, value: Any) -> Any:
        """Raises ValidationError for anything else."""
        return self.values[super().clean(value) or UNKNOWN]

    def name_of(self, value: bool | None) -> str:
        """The choice that says a value."""
        return next(name for name, meant in self.values.items() if meant is value)


class AtenaForm(forms.Form):
    """The 宛名番号 of the applicant. Sent by POST: it must not stand in an address or a log of addresses."""

    atena = forms.CharField(
        label="宛名番号",
        max_length=40,
        help_text="10桁の数字です。全角でも、空白があっても構いません。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_atena(self) -> str:
        """The ten digits."""
        digits = re.sub(r"[\s\-‐－]", "", unicodedata.normalize("NFKC", self.cleaned_data["atena"]))
        if not re.fullmatch(rf"[0-9]{{{ATENA_DIGITS}}}", digits):
            raise forms.ValidationError("宛名番号は10桁の数字です。申請書の番号か、宛名照会で確かめてください。")
        return digits


class ImpairmentForm(forms.Form):
    """One impairment of the 身体障害者手帳 with its own grade. An empty row says nothing."""

    name = forms.ChoiceField(label="障害の区分", required=False, choices=[("", "（なし）"), *words(Impairment)])
    grade = forms.ChoiceField(label="級", required=False, choices=GRADES)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for a grade of nothing."""
        data = super().clean() or {}
        if data.get("grade") and not data.get("name") and "name" not in self.errors:
            self.add_error("name", "級だけが選ばれています。障害の区分も選ぶか、級を「分からない」に戻してください。")
        return data

    def pair(self) -> tuple[Impairment, int | None] | None:
        """The impairment and its grade (None: unknown) of a valid row; None for an empty one."""
        name, grade = self.cleaned_data.get("name"), self.cleaned_data.get("grade")
        return (Impairment(name), int(grade) if grade else None) if name else None


def _row(data: QueryDict | None, place: int, listed: Sequence[tuple[Impairment, int | None]]) -> ImpairmentForm:
    name, grade = listed[place] if place < len(listed) else ("", None)
    return ImpairmentForm(data, prefix=f"impairment{place + 1}", initial={"name": name, "grade": str(grade or "")})


class DeclaredForm(forms.Form):
    """The declaration: which kinds since when, the certificates, care, and what excludes (諮問815 §4)."""

    applied_on = DayField("申請年月日", "申請書を受け付けた日です。この月の分から交付します。")
    kinds = forms.MultipleChoiceField(
        label="申請する券",
        choices=words(Kind),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "申請する券を、一つは選んでください。"},
    )
    handbook = FlagField(
        "身体障害者手帳", "持っているときは、下に障害の区分と級を書きます。", {HAS: True, HAS_NOT: False, UNKNOWN: None}
    )
    ai_degree = forms.ChoiceField(label="愛の手帳", required=False, choices=_open(AiDegree, "持っていない"))
    care_level = forms.ChoiceField(
        label="要介護状態区分", required=False, choices=_open(CareLevel, "認定を受けていない")
    )
    wheelchair = FlagField("車いす・ストレッチャー", "出かけるとき、いつも車いすかストレッチャーを使いますか。")
    facility = forms.ChoiceField(label="施設への入所", required=False, choices=_open(Facility, "入所していない"))
    inpatient = FlagField("入院", "いま、病院などに入院していますか。")
    fuel_aid = FlagField("自動車燃料費助成", "助成の認定を受けていますか。")

    def __init__(self, data: QueryDict | None = None, *, today: date, known: Declared | None = None) -> None:
        super().__init__(data, initial=self._said(known) if known else {"applied_on": today})
        self.today = today
        listed = sorted(known.impairments or (), key=str) if known else []
        self.rows = [_row(data, place, listed) for place in range(max(ROWS, len(listed)))]

    def _said(self, known: Declared) -> dict[str, object]:
        """An earlier declaration, to begin with."""
        listed = known.impairments
        flags = {
            "handbook": None if listed is None else bool(listed),
            "wheelchair": known.wheelchair,
            "inpatient": known.inpatient,
            "fuel_aid": known.fuel_aid,
        }
        fields: dict[str, Any] = self.base_fields
        return {
            "applied_on": known.applied_on,
            "kinds": [kind.value for kind in known.kinds],
            "ai_degree": known.ai_degree or "",
            "care_level": known.care_level or "",
            "facility": known.facility or "",
            **{name: fields[name].name_of(value) for name, value in flags.items()},
        }

    def is_valid(self) -> bool:
        """With its rows of impairments."""
        valid = [row.is_valid() for row in self.rows]  # each says what is wrong with it, not only the first
        return all(valid) and super().is_valid()

    @property
    def faulty(self) -> bool:
        """Something in it or in one of its rows is to be corrected."""
        return bool(self.errors or any(row.errors for row in self.rows))

    def clean_applied_on(self) -> date:
        """Raises ValidationError for a day to come: the month it would begin in is not known yet."""
        day: date = self.cleaned_data["applied_on"]
        if day > self.today:
            raise forms.ValidationError("先の日付です。申請書を受け付けた日を書いてください。")
        return day

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when the certificate and the rows of impairments contradict each other."""
        data = super().clean() or {}
        if all(row.is_valid() for row in self.rows) and "handbook" not in self.errors:
            self._agree(data)
        return data

    def _agree(self, data: dict[str, Any]) -> None:
        rows = [pair for row in self.rows if (pair := row.pair())]
        handbook = data["handbook"]  # an error takes the field out of the data
        if handbook is False and rows:
            self.add_error("handbook", "手帳を持っていないのに、障害が書かれています。どちらかを直してください。")
        if handbook and not rows:
            self.add_error(
                "handbook",
                "手帳の障害が書かれていません。区分と級を選ぶか、分からないときは「分からない」にしてください。",
            )
        try:
            Applicant(impairments=frozenset(rows))
        except BadInput as error:
            self.add_error("handbook", f"{error.what}{error.next_step}")

    def _impairments(self) -> Impairments | None:
        rows = frozenset(pair for row in self.rows if (pair := row.pair()))
        return rows if rows or self.cleaned_data["handbook"] is False else None

    def declared(self) -> Declared:
        """The declaration of a valid form."""
        data = self.cleaned_data
        return Declared(
            data["applied_on"],
            tuple(kind for kind in Kind if kind in data["kinds"]),
            self._impairments(),
            AiDegree(data["ai_degree"]) if data["ai_degree"] else None,
            CareLevel(data["care_level"]) if data["care_level"] else None,
            data["wheelchair"],
            Facility(data["facility"]) if data["facility"] else None,
            data["inpatient"],
            data["fuel_aid"],
        )

    def hidden(self) -> Hidden:
        """Everything that was sent, to be carried on to the next page."""
        return [pair for form in (self, *self.rows) for pair in hidden(form)]


class StopForm(forms.Form):
    """Which certificates end when, and why (諮問815 §4)."""

    kinds = forms.MultipleChoiceField(
        label="停止する券種",
        widget=forms.CheckboxSelectMultiple,
        help_text="転出と死亡のときは、選ばなくてもすべて停止します。",
        required=False,
    )
    reason = forms.ChoiceField(label="理由", choices=[("", "選んでください"), *words(StopReason)])
    on = DayField("停止の日", "この日から後の利用には支払いません。")

    def __init__(self, data: QueryDict | None = None, *, kinds: Iterable[Kind], today: date) -> None:
        super().__init__(data, prefix="stop", initial={"on": today})
        choose(self.fields["kinds"], words(kinds))

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when nothing would be stopped."""
        data = super().clean() or {}
        if data.get("reason") and StopReason(data["reason"]) not in STOPS_ALL and not data.get("kinds"):
            self.add_error("kinds", "停止する券種を選んでください。")
        return data


class ReportForm(forms.Form):
    """What is reported of one voucher, or of a booklet, and whether another takes its place."""

    kind = forms.ChoiceField(label="届け", choices=words(EventKind), widget=forms.RadioSelect)
    booklet = forms.ChoiceField(label="冊", required=False, help_text="冊の全部を届けるときに選びます。")
    voucher = forms.CharField(
        label="券の番号",
        max_length=40,
        required=False,
        help_text="1枚だけ届けるときに、券に書かれた12桁を入力します。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    on = DayField("届け出の日")
    again = forms.BooleanField(label="代わりの券を交付する（再交付）", required=False)

    def __init__(self, data: QueryDict | None = None, *, booklets: Choices, today: date) -> None:
        super().__init__(data, prefix="report", initial={"on": today})
        self.today = today
        choose(self.fields["booklet"], [("", "1枚だけ（券の番号で指定）"), *booklets])

    def clean_on(self) -> date:
        """Raises ValidationError for a day to come: a loss is reported when it has happened."""
        day: date = self.cleaned_data["on"]
        if day > self.today:
            raise forms.ValidationError("先の日付です。届け出を受けた日を書いてください。")
        return day

    def clean_voucher(self) -> int | None:
        """The payload of a right number; None when none was given."""
        written = self.cleaned_data["voucher"]
        number = serials.read(written) if written else None
        if written and number is None:
            raise forms.ValidationError("券の番号が正しくありません。12桁を、券のとおりに入力してください。")
        return None if number is None else serials.payload(number)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError unless one thing was named, and when a returned voucher should be replaced."""
        data = super().clean() or {}
        readable = "voucher" not in self.errors and "booklet" not in self.errors
        if readable and bool(data.get("booklet")) == (data.get("voucher") is not None):
            self.add_error("voucher", "冊か券の番号の、どちらか一つだけを指定してください。")
        if data.get("again") and data.get("kind") == EventKind.RETURNED:
            self.add_error("kind", "返還された券の代わりは交付できません。再交付を選ばないか、届けを直してください。")
        return data


def choose(field: forms.Field, choices: Choices) -> None:
    """Give a choice its values, which depend on the certificate."""
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
    field.choices = choices
