"""Forms of the frame's pages: shape only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from azukari.core.dispatch.types import LONGEST_REFERENCE, ReturnReason, StockKind
from azukari.kernel import era
from azukari.kernel.errors import BadInput

Choices = Iterable[tuple[str, str]]


class DayField(forms.DateField):
    """A day, with the browser's own calendar; typed by hand in 和暦 or 西暦 just as well."""

    def __init__(self, label: str, hint: str = "", *, required: bool = True) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(label=label, help_text=hint, widget=widget, required=required)

    def to_python(self, value: Any) -> date | None:
        """Raises ValidationError with how to write it."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return era.parse(value[:40]).date
        except (BadInput, ValueError) as error:
            raise forms.ValidationError(
                "日付が読めません。「2019-06-01」「令和元年6月1日」のように書いてください。"
            ) from error


class WhyForm(forms.Form):
    """Who, under which flow, where, by which medium, on which day."""

    person = forms.ChoiceField(label="人")
    flow = forms.ChoiceField(label="取扱い")
    place = forms.ChoiceField(label="場所")
    medium = forms.ChoiceField(label="方法")
    on = DayField("日")

    def __init__(
        self, *args: Any, people: Choices, flows: Choices, places: Choices, media: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("person", people), ("flow", flows), ("place", places), ("medium", media)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
            field.choices = list(choices)


class LedgerForm(forms.Form):
    """Filters of the ledger; all may be left empty, but for who it was when not `anybody` may be asked about."""

    since = DayField("いつから", required=False)
    until = DayField("いつまで", required=False)
    actor = forms.ChoiceField(label="だれが", required=False)
    flow = forms.ChoiceField(label="取扱い", required=False)
    action = forms.ChoiceField(label="こと", required=False)

    def __init__(
        self, *args: Any, actors: Choices, flows: Choices, actions: Choices, anybody: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("actor", actors), ("flow", flows), ("action", actions)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
            field.choices = [("", "すべて")] * (anybody or name != "actor") + list(choices)
        self.fields["actor"].required = not anybody


class PeopleForm(forms.Form):
    """What is known of the person looked for. At least one of the fields."""

    name = forms.CharField(label="氏名", required=False, max_length=80, help_text="異体字でも探せます。")
    kana = forms.CharField(label="氏名のフリガナ", required=False, max_length=80)
    born = DayField("生年月日", required=False)
    atena = forms.CharField(
        label="宛名番号", required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when nothing was given: nobody lists the whole ward."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if not given:
            raise forms.ValidationError("氏名、フリガナ、生年月日、宛名番号のどれか一つは入力してください。")
        return self.cleaned_data


class ReferenceForm(forms.Form):
    """One letter by the business's number (or, for `aside`, one worker by login)."""

    reference = forms.CharField(label="番号", max_length=LONGEST_REFERENCE)


class FindLetterForm(ReferenceForm):
    """「わたしの手紙は送られましたか」."""

    reference = forms.CharField(
        label="番号", max_length=LONGEST_REFERENCE, help_text="業務の番号（寄附の受付番号など）です。"
    )


class WithdrawForm(ReferenceForm):
    """A letter that must not go, and why."""

    why = forms.CharField(label="引き抜く理由", max_length=200)


class SpoilForm(ReferenceForm):
    """A set that has to be printed again, and why."""

    why = forms.CharField(label="刷り直す理由", max_length=200)


class ReturnForm(ReferenceForm):
    """A letter that came back."""

    reason = forms.TypedChoiceField(
        label="戻った理由", choices=[(one.value, one.value) for one in ReturnReason], coerce=ReturnReason
    )
    on = DayField("戻った日")


class HandOverForm(forms.Form):
    """What stands on the 差出票. `references`: only these sets, one number a line; all sealed ones when empty."""

    number = forms.CharField(label="差出票の番号", max_length=40)
    office = forms.CharField(label="郵便局", max_length=80)
    on = DayField("差出しの日")
    count = forms.IntegerField(label="差出票の通数", min_value=1, max_value=10**6, help_text="郵便局が数えた通数です。")
    references = forms.CharField(
        label="一部だけ差し出すとき、その番号",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="空けておくと、封をした組をすべて差し出します。",
    )

    def clean_references(self) -> list[str] | None:
        """The numbers, or None for all."""
        return str(self.cleaned_data["references"]).split() or None


class StockForm(forms.Form):
    """Blank paper for one enclosure: how many sheets moved, and how."""

    name = forms.ChoiceField(label="用紙")
    kind = forms.TypedChoiceField(label="動き", choices=[(one.value, one.value) for one in StockKind], coerce=StockKind)
    count = forms.IntegerField(
        label="枚数", min_value=-(10**6), max_value=10**6, help_text="前の記録を直すときは、負の数を入れます。"
    )

    def offer(self, names: Iterable[str]) -> None:
        """The enclosures of the job."""
        field = self.fields["name"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
        field.choices = [(name, name) for name in names]
