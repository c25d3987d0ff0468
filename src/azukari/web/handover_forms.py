"""Forms of the hand-over pages: shape only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from azukari.core.handover.types import Kind
from azukari.web.forms import DayField

MOST_PAGES = 1_000_000
ON_PAPER = tuple(kind.value for kind in Kind if not kind.sealed)


class ProposeForm(forms.Form):
    """What goes to whom, by what, until when; the reason only where the number told to the council is passed."""

    source = forms.ChoiceField(label="渡すもの")
    batch = forms.CharField(label="束の番号", max_length=120, help_text="業務の画面に出ている番号です。")
    contractor = forms.ChoiceField(label="委託先")
    by = forms.ChoiceField(label="媒体")
    until = DayField("返却の期限", "取り扱える最後の日です。")
    reason = forms.CharField(
        label="諮問した件数を超える理由",
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="超えるときだけ書きます。",
    )

    def __init__(
        self,
        *args: Any,
        sources: Iterable[tuple[str, str]],
        contractors: Iterable[str],
        media: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "source": list(sources),
            "contractor": [("", "選んでください"), *((one, one) for one in contractors)],
            "by": [*media, *((kind, f"{kind}（枚数を数えて渡す）") for kind in ON_PAPER)],
        }
        for name, listed in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
            field.choices = listed


class NothingForm(forms.Form):
    """A button that needs no more."""


class GiveForm(forms.Form):
    """Paper is counted when it goes."""

    pages = forms.IntegerField(label="渡した枚数", min_value=1, max_value=MOST_PAGES)


class ReceivedForm(forms.Form):
    """A container by the number that stands in it alone."""

    receipt = forms.CharField(
        label="受領番号",
        max_length=40,
        help_text="容器を開いたときに表示された、4文字ずつ4組の番号です。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class CountedForm(forms.Form):
    """Paper by its pages."""

    pages = forms.IntegerField(label="受け取った枚数", min_value=0, max_value=MOST_PAGES)


class DatedForm(forms.Form):
    """Something that was done on a day, today at the latest."""

    on = DayField("その日")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"on": today}} | kwargs)
        self.today = today

    def clean_on(self) -> date:
        """Raises ValidationError for a day to come."""
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("先の日は書けません。済んだ日を入力してください。")
        return on


class UsedForm(DatedForm):
    """When the contractor had done its work and erased its copies."""

    on = DayField("使い終えて、手元の複製を消した日")


class ReturnedForm(DatedForm):
    """When it came back."""

    on = DayField("返った日")
    remark = forms.CharField(label="気づいたこと", required=False, max_length=400)


class PagesBackForm(ReturnedForm):
    """Paper with its pages counted again."""

    pages = forms.IntegerField(label="返った枚数", min_value=0, max_value=MOST_PAGES)
    remark = forms.CharField(
        label="枚数が違うときの理由", required=False, max_length=400, help_text="渡した枚数と違うときは、必ず書きます。"
    )


class ErasedForm(DatedForm):
    """When and how it was erased."""

    on = DayField("消去した日")
    how = forms.CharField(
        label="消去の方法", max_length=200, help_text="上書き消去、物理破壊、裁断など。証明書に書きます。"
    )


class MediumForm(forms.Form):
    """A new medium, for one contractor."""

    serial = forms.RegexField(
        r"^[0-9A-Za-z-]{1,40}$", label="媒体の番号", help_text="媒体に貼った番号。半角の英数字と「-」です。"
    )
    kind = forms.ChoiceField(label="種類", choices=[(kind.value, kind.value) for kind in Kind if kind.sealed])
    contractor = forms.ChoiceField(label="委託先")

    def __init__(self, *args: Any, contractors: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["contractor"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
        field.choices = [(one, one) for one in contractors]
