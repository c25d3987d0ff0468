"""What the screens accept. Only the name typed from a voucher's picture is free text; it is the 氏名 of 諮問815 §5."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from azukari.business.taxi import rules
from azukari.business.taxi.types import Ground, Mark, Outcome, PaperWay, Reason, State
from azukari.kernel.errors import BadInput

ITEMS = ("name", "used_on", "fare", "certificate_number")
UNPAID = (Outcome.HELD, Outcome.REFUSED)
MOST_PAPER = 1_000_000


class MarkForm(forms.Form):
    """One voucher's mark, with the version that was on the screen."""

    version = forms.IntegerField(min_value=0)
    state = forms.ChoiceField(choices=[(state.value, state.value) for state in State])
    reason = forms.ChoiceField(choices=[(reason.value, reason.value) for reason in Reason], required=False)

    def clean(self) -> dict[str, Any]:
        """A query has a reason; a reason sent along with another button is dropped."""
        data = super().clean() or {}
        state = State(data.get("state", State.UNCHECKED))
        reason = Reason(data["reason"]) if state is State.QUERIED and data.get("reason") else None
        if not rules.hangs_together(state, reason):
            raise forms.ValidationError("区へ照会するときは、理由を選んでください。")
        return {**data, "state": state, "reason": reason}

    def mark(self, voucher: int) -> Mark:
        """The mark of a valid form."""
        data = self.cleaned_data
        return Mark(voucher, data["version"], data["state"], data["reason"])


class PageForm(forms.Form):
    """The unchecked vouchers of one page, each as `id.version`, to be marked 確認済 together."""

    seen = forms.RegexField(r"^\d{1,18}\.\d{1,9}( \d{1,18}\.\d{1,9}){0,99}$")

    def marks(self) -> list[Mark]:
        """One mark a voucher of a valid form."""
        pairs = (pair.split(".") for pair in self.cleaned_data["seen"].split())
        return [Mark(int(voucher), int(version), State.CHECKED) for voucher, version in pairs]


class NumberForm(forms.Form):
    """A certificate number to look for. Sent by POST: it must not stand in an address or a log of addresses."""

    number = forms.CharField(
        label="福祉タクシー券等認定番号",
        max_length=40,
        help_text="数字だけを見ます。全角でも、空白があっても構いません。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        """The digits."""
        number = rules.number_of(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError("認定番号は12桁までの数字です。券に書かれた番号を確かめてください。")
        return number


@dataclass(frozen=True, slots=True)
class Entry:
    """The four items of one voucher as somebody typed them; "" or None where the paper has nothing."""

    name: str
    used_on: date | None
    fare: int | None
    certificate_number: str


class KeyForm(forms.Form):
    """The four items of one voucher, typed from its picture, with the version and the earlier typing that were shown.

    A field is left empty only when `blank` says so: nobody skips one by mistake.
    """

    name = forms.CharField(
        label="氏名",
        required=False,
        max_length=60,
        help_text="書かれたとおりに。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "lang": "ja"}),
    )
    used_on = forms.CharField(
        label="タクシー利用日",
        required=False,
        max_length=30,
        help_text="6/3、R1.6.3、2019-06-03 など。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    fare = forms.CharField(
        label="タクシー代金",
        required=False,
        max_length=20,
        help_text="円。カンマは要りません。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    certificate_number = forms.CharField(
        label="福祉タクシー券等認定番号",
        required=False,
        max_length=40,
        help_text="12桁までの数字。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    blank = forms.BooleanField(label="券に書かれていない欄がある", required=False)
    voucher = forms.IntegerField(widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    known = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, month: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.month = month

    def clean_used_on(self) -> date | None:
        """The day; None when nothing was typed."""
        written = self.cleaned_data["used_on"]
        try:
            return rules.day_of(written, self.month) if written else None
        except BadInput as error:
            raise forms.ValidationError(f"{error.what}{error.next_step}") from error

    def clean_fare(self) -> int | None:
        """The yen; None when nothing was typed."""
        written = self.cleaned_data["fare"]
        fare = rules.fare_of(written) if written else None
        if written and fare is None:
            raise forms.ValidationError("タクシー代金は、1円から999,999円までの数字で入力してください。")
        return fare

    def clean_certificate_number(self) -> str:
        """The digits; empty when nothing was typed."""
        written = self.cleaned_data["certificate_number"]
        number = rules.number_of(written) if written else ""
        if number is None:
            raise forms.ValidationError("認定番号は12桁までの数字です。券の字を確かめてください。")
        return number

    def clean(self) -> dict[str, Any]:
        """A field without anything in it is told, unless the paper has nothing there."""
        data = super().clean() or {}
        empty = [name for name in ITEMS if name in data and data[name] in ("", None)]
        if len(empty) == len(ITEMS):
            self.add_error("name", "四つとも読めないときは、「読めない」を押してください。")
        elif not data.get("blank"):
            for name in empty:
                self.add_error(name, "入力してください。券に書かれていなければ、下の印を付けてください。")
        return data

    def entry(self) -> Entry:
        """What was typed into a valid form."""
        return Entry(**{name: self.cleaned_data[name] for name in ITEMS})


class PaperForm(forms.Form):
    """How many vouchers somebody counted in a bundle of paper, and when. `was` is the count that a recount replaces."""

    way = forms.ChoiceField(choices=[(way.value, way.value) for way in PaperWay], widget=forms.HiddenInput)
    counted = forms.IntegerField(
        label="数えた枚数",
        min_value=0,
        max_value=MOST_PAPER,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    on = forms.DateField(label="日", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    was = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, since: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.since, self.today = since, today

    def clean_on(self) -> date:
        """Between the day the company's claim was received and today."""
        on: date = self.cleaned_data["on"]
        if not self.since <= on <= self.today:
            raise forms.ValidationError(
                f"区が受領した{self.since.year}年{self.since.month}月{self.since.day}日から今日までの日を入力してください。"
            )
        return on


class HeldForm(forms.Form):
    """Which unpaid vouchers of a month to show; all when nothing is chosen."""

    company = forms.ChoiceField(label="事業者", required=False)
    ground = forms.ChoiceField(label="理由", required=False)
    outcome = forms.ChoiceField(
        label="扱い", required=False, choices=[("", "すべて"), *((one.value, one.value) for one in UNPAID)]
    )

    def __init__(self, *args: Any, companies: list[tuple[int, str]], titles: dict[Ground, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "company": [(str(key), name) for key, name in companies],
            "ground": [(ground.value, title) for ground, title in titles.items()],
        }
        for name, found in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
            field.choices = [("", "すべて"), *found]
