"""What the screens of the programmes accept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from azukari.business.health.programmes.types import Callee, CallResult, Channel, LetterKind
from azukari.web.api import DayField


class EntrustForm(forms.Form):
    """Which way, and which letter where it is one."""

    channel = forms.ChoiceField(choices=[(one.value, one.title) for one in Channel])
    letter = forms.ChoiceField(choices=[(one.value, one.value) for one in LetterKind], required=False)

    def chosen(self) -> tuple[Channel, LetterKind]:
        """The way and the letter."""
        data = self.cleaned_data
        return Channel(data["channel"]), LetterKind(data["letter"] or LetterKind.RECOMMENDATION)


class MarkForm(forms.Form):
    """The days on which a person joined and finished; the words are the programme's own."""

    joined = DayField("受診・参加の日", required=False)
    finished = DayField("完了の日", required=False)

    def __init__(self, *args: Any, steps: tuple[str, str, str], since: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.since, self.today = since, today
        for name, step in zip(("joined", "finished"), steps[1:], strict=True):
            self.fields[name].label = f"{step}の日"

    def clean(self) -> dict[str, Any]:
        """Neither day lies before the list was extracted or after today."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("joined", "finished"):
            day = data.get(name)
            if day and not self.since <= day <= self.today:
                self.add_error(name, f"{self.since:%Y-%m-%d} から、きょうまでの日を入れてください。")
        return data


class CallForm(forms.Form):
    """What came of one call: one of four words for each person, and nothing else (諮問809(1))."""

    def __init__(self, *args: Any, callees: Sequence[Callee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.value, one.value) for one in CallResult]
        for place, one in enumerate(callees):
            focus = {"autofocus": True} if place == 0 else {}
            self.fields[f"r{one.key}"] = forms.ChoiceField(
                label=f"{one.name}さんへの電話の結果",
                choices=choices,
                widget=forms.RadioSelect(attrs=focus),
                error_messages={
                    "required": "結果を選んでください。",
                    "invalid_choice": "四つのどれかを選んでください。",
                },
            )

    def results(self) -> dict[int, CallResult]:
        """By the key of each person."""
        return {int(name[1:]): CallResult(value) for name, value in self.cleaned_data.items()}


class ProtectForm(forms.Form):
    """宛名番号 of a person whom the ward reaches by its own people alone."""

    atena = forms.RegexField(
        r"^[0-9]{10}$",
        label="宛名番号",
        help_text="数字10桁です。同じ世帯の方も、同じ住所を守るため、名簿から外れます。",
        error_messages={"invalid": "数字10桁で入れてください。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
