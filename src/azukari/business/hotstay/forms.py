"""What the station's screens accept: shape only. The rules are `rules.deciding`'s."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms

from azukari.business.hotstay.models import Child, Guardian
from azukari.business.hotstay.registering import CHILD_FIELDS, GUARDIAN_FIELDS
from azukari.business.hotstay.types import Channel, clock
from azukari.web.api import DayField

OPEN, CLOSE = 14, 42
AT_STATION = [(one.value, one.value) for one in (Channel.PHONE, Channel.COUNTER)]
LABELS = {
    "name": "氏名", "sex": "性別", "born": "生年月日", "blood": "血液型", "height_at_birth": "身長（出生時、cm）",
    "height": "身長（現在、cm）", "weight_at_birth": "体重（出生時、g）", "weight": "体重（現在、g）", "temperature": "平熱（℃）",
    "history": "既往歴", "allergy": "アレルギーの有無及び程度", "disability": "障害の有無及び程度", "home": "家庭状況",
    "health": "健康状態", "growth": "発達発育状況", "habits": "生活習慣", "siblings": "兄弟姉妹の有無及び年齢",
    "doctor": "かかりつけ医", "kept_before": "預かり経験の有無", "medical_card": "乳幼児医療証の番号",
    "address": "住所", "occupation": "職業", "workplace": "勤務先", "home_phone": "電話番号（自宅）",
    "work_phone": "電話番号（勤務先）", "mobile_phone": "電話番号（携帯）", "mail": "メールアドレス",
    "calls_first": "最初に連絡する",
}  # fmt: skip
HINTS = {"allergy": "無いときは空けておきます。", "disability": "無いときは空けておきます。"}


def times(first: int, last: int) -> list[tuple[str, str]]:
    """Half-hours as choices."""
    return [(str(slot), clock(slot)) for slot in range(first, last + 1)]


class DayForm(forms.Form):
    """A day to look at."""

    day = DayField("日")


class BookForm(forms.Form):
    """A stay that a family asks for at the counter or on the telephone. `submit` makes a second press the same one."""

    child = forms.ChoiceField(label="お子さま")
    also = forms.MultipleChoiceField(
        label="きょうだいも一緒に",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="全員そろって入るときだけ予約します。",
    )
    day = DayField("日")
    start = forms.ChoiceField(label="始まり", choices=times(OPEN, CLOSE - 1))
    end = forms.ChoiceField(label="終わり", choices=times(OPEN + 1, CLOSE))
    channel = forms.ChoiceField(label="受け付けた方法", choices=AT_STATION)
    submit = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, children: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(children)
        for name, first in (("child", [("", "選んでください")]), ("also", [])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
            field.choices = [*first, *choices]

    def clean(self) -> dict[str, Any]:
        """The end lies after the start."""
        data = super().clean() or {}
        if data.get("start") and data.get("end") and int(data["end"]) <= int(data["start"]):
            self.add_error("end", "終わりは、始まりより後にしてください。")
        return data


class RosterForm(forms.Form):
    """Up to four rows of a day's roster; a row without carers is left out."""

    ROWS = 4

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in range(self.ROWS):
            self.fields[f"first{row}"] = forms.ChoiceField(
                label="始まり", choices=[("", "－"), *times(OPEN, CLOSE)], required=False
            )
            self.fields[f"end{row}"] = forms.ChoiceField(
                label="終わり", choices=[("", "－"), *times(OPEN, CLOSE)], required=False
            )
            for name, label in (("carers", "職員（人）"), ("qualified", "うち保育士（人）")):
                self.fields[f"{name}{row}"] = forms.IntegerField(label=label, min_value=0, max_value=30, required=False)
        self.fields["closed"] = forms.CharField(
            label="臨時の休み",
            max_length=60,
            required=False,
            help_text="休みにするときだけ、理由を書きます（例 設備の点検）。",
        )

    def rows(self) -> list[tuple[int, int, int, int]]:
        """The rows of a valid form as (first, end, carers, qualified)."""
        data = self.cleaned_data
        return [
            (int(data[f"first{row}"]), int(data[f"end{row}"]), data[f"carers{row}"], data[f"qualified{row}"] or 0)
            for row in range(self.ROWS)
            if data[f"first{row}"] and data[f"end{row}"] and data[f"carers{row}"] is not None
        ]

    def grouped(self) -> list[list[forms.BoundField]]:
        """The fields row by row."""
        return [[self[f"{name}{row}"] for name in ("first", "end", "carers", "qualified")] for row in range(self.ROWS)]


def _choice(name: str, *choices: tuple[str, str]) -> forms.Field:
    return forms.ChoiceField(label=LABELS[name], choices=choices, required=False)


def _decimal(name: str, least: int, most: int) -> forms.Field:
    return forms.DecimalField(
        label=LABELS[name], max_digits=4, decimal_places=1, min_value=least, max_value=most, required=False
    )


def _grams(name: str) -> forms.Field:
    return forms.IntegerField(label=LABELS[name], min_value=300, max_value=60_000, required=False)


def _kept_before() -> forms.Field:
    choices = [("", "分からない"), ("True", "ある"), ("False", "ない")]
    return forms.TypedChoiceField(
        label=LABELS["kept_before"], choices=choices, required=False, coerce=lambda v: v == "True", empty_value=None
    )


SHAPES: dict[str, Callable[[], forms.Field]] = {
    "born": lambda: DayField(LABELS["born"]),
    "sex": lambda: _choice("sex", ("", "答えない"), ("女", "女"), ("男", "男")),
    "blood": lambda: _choice("blood", ("", "分からない"), *((one, one) for one in ("A", "B", "O", "AB"))),
    "kept_before": _kept_before,
    "calls_first": lambda: forms.BooleanField(label=LABELS["calls_first"], required=False),
    "height_at_birth": lambda: _decimal("height_at_birth", 20, 80),
    "height": lambda: _decimal("height", 20, 200),
    "temperature": lambda: _decimal("temperature", 34, 42),
    "weight_at_birth": lambda: _grams("weight_at_birth"),
    "weight": lambda: _grams("weight"),
    "mail": lambda: forms.EmailField(label=LABELS["mail"], required=False),
}


def _field(name: str) -> forms.Field:
    """One item as a field; a line of text where it has no shape of its own, as long as its column."""
    if name in SHAPES:
        return SHAPES[name]()
    column = next(model for model in (Child, Guardian) if name in model.holds.items)._meta.get_field(name)  # noqa: SLF001
    longest = getattr(column, "max_length", None)
    return forms.CharField(
        label=LABELS[name], max_length=longest, required=name == "name", help_text=HINTS.get(name, "")
    )


class ChildForm(forms.Form):
    """A child's items of flow 814-2, as its family tells them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CHILD_FIELDS:
            self.fields[name] = _field(name)


class GuardianForm(forms.Form):
    """A guardian's items of flow 814-1."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in GUARDIAN_FIELDS:
            self.fields[name] = _field(name)


class InterviewForm(forms.Form):
    """親子面接: the day and the half-hour."""

    day = DayField("面接の日")
    slot = forms.ChoiceField(label="時刻", choices=times(OPEN, CLOSE - 1))
