"""What the screens accept. No field takes free text, so nothing personal can be written into one."""

from __future__ import annotations

from typing import Any

from django import forms

from azukari.business.taxi import rules
from azukari.business.taxi.types import Mark, Reason, State


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
