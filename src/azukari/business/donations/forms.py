"""What the screens accept. Values are read by the same rules as a file's (`reading.row_of`), so keying and importing agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from azukari.business.donations import rules
from azukari.business.donations.mapping import layouts
from azukari.business.donations.parameters import uses_on
from azukari.business.donations.reading import Row, Values, row_of
from azukari.business.donations.types import EventKind, Method, State, VoidGround, Why
from azukari.core.intake.types import EXCEL_1900
from azukari.kernel.errors import BadInput
from azukari.kernel.fiscal import FiscalYear
from azukari.web.api import DayField

Choices = list[tuple[str, str]]
MOST_BODIES_DECLARED = 200
CHOOSE = ("", "選んでください")
FLAGS = [("無", "無"), ("有", "有")]


def words(values: Iterable[str]) -> Choices:
    """Choices that say what they are."""
    return [(value, value) for value in values]


def hidden(form: forms.Form) -> Choices:
    """What was sent, name by name, to be carried to the next page."""
    data = form.data
    assert isinstance(data, QueryDict)  # noqa: S101 (forms here are filled from requests)
    return [(bound.html_name, value) for bound in form for value in data.getlist(bound.html_name)]


class FindForm(forms.Form):
    """A name or a number. Sent by POST: a name must not stand in an address or a log of addresses."""

    words = forms.CharField(
        label="氏名か番号",
        max_length=80,
        help_text="氏名、フリガナ、受付番号、K か M で始まる番号で探せます。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ListForm(forms.Form):
    """State and fiscal year; all when nothing is chosen."""

    state = forms.ChoiceField(label="状態", required=False, choices=[("", "すべて"), *words(State)])
    year = forms.ChoiceField(label="年度", required=False)

    def __init__(self, data: QueryDict | None = None, *, years: Iterable[FiscalYear]) -> None:
        super().__init__(data)
        choose(self.fields["year"], [("", "すべて"), *((str(one.year), one.label) for one in years)])


class UploadForm(forms.Form):
    """A file of a portal, and its layout where the titles do not say it."""

    file = forms.FileField(
        label="ファイル", help_text="CSV か Excel (.xlsx)。受付サイトから書き出したままのものを選びます。"
    )
    layout = forms.ChoiceField(label="様式", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(layout.key, layout.name) for layout in layouts().values()]
        choose(self.fields["layout"], [("", "見出しから選ぶ"), *named])


def _text(label: str, most: int, hint: str = "", *, required: bool = False, lines: int = 0) -> forms.CharField:
    widget = (
        forms.Textarea(attrs={"rows": lines, "autocomplete": "off"})
        if lines
        else forms.TextInput(attrs={"autocomplete": "off"})
    )
    return forms.CharField(label=label, max_length=most, help_text=hint, required=required, strip=False, widget=widget)


class KeyForm(forms.Form):
    """One donation or intention, keyed from paper. A valid form has `row`."""

    method = forms.ChoiceField(label="納付方法", choices=[CHOOSE, *words(Method)])
    applied_on = DayField("申込日", required=False)
    paid = DayField("納付した日", "まだ納付されていなければ、空のままにします。", required=False)
    arrived_on = DayField("区に届いた日", "現金書留のときだけ入れます。", required=False)
    settled_on = DayField("入金を確認した日", required=False)
    amount = _text("寄附金額（円）", 20, required=True)
    use = forms.ChoiceField(label="希望する寄附金の使途")
    name = _text("氏名", 200, "書かれたとおりに入れます。姓と名の間は、全角の空白を一つ入れます。", required=True)
    kana = _text("フリガナ", 200)
    postcode = _text("郵便番号", 10)
    address = _text("住所", 600, "書かれたとおりに入れます。建物名は行を改めても構いません。", required=True, lines=3)
    phone = _text("電話番号", 20)
    email = _text("メールアドレス", 254)
    one_stop = forms.ChoiceField(label="ワンストップ特例の希望", choices=FLAGS)
    gift = forms.ChoiceField(label="贈呈品の希望", choices=FLAGS, help_text="区内の方には贈れません。")
    gift_kind = _text("贈呈品の種類", 80)
    gift_name = _text("贈呈品の送付先の氏名", 200, "寄附者と違うときだけ入れます。")
    gift_address = _text("贈呈品の送付先の住所", 600, "寄附者と違うときだけ入れます。", lines=3)

    def __init__(self, data: QueryDict | None = None, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        self.row: Row | None = None
        choose(self.fields["use"], [CHOOSE, *words(uses_on(today))])

    def clean(self) -> dict[str, Any]:
        """Read as a line of a file would be; what is wrong is told at its field."""
        data = super().clean() or {}
        if not self.errors:
            texts = {
                name: value.isoformat() if isinstance(value, date) else value or "" for name, value in data.items()
            }
            self.row = row_of(Values(layouts()["own"], texts, self._wrong), None, self.today, EXCEL_1900)
        return data

    def _wrong(self, error: BadInput, title: str, _value: str) -> None:
        name = next((name for name, titles in _titles().items() if title in titles), None)
        self.add_error(name if name in self.fields else None, f"{error.what}{error.why}{error.next_step}")


def _titles() -> dict[str, tuple[str, ...]]:
    own = layouts()["own"]
    return {**own.required, **own.optional}


class ActForm(forms.Form):
    """The day of something that happened; a day to come is refused by `acting`."""

    on = DayField("日付")


class EndForm(ActForm):
    """取消 or 還付."""

    kind = forms.ChoiceField(label="取消か還付", choices=words([EventKind.CANCELLED, EventKind.REFUNDED]))
    why = forms.ChoiceField(
        label="理由", choices=[CHOOSE, *words([Why.ASKED, Why.DOUBLE, Why.CHARGEBACK, Why.MISTAKE])]
    )


class OutForm(forms.Form):
    """Nothing is asked: the letter leaves its batch today."""


class FormForm(ActForm):
    """申告特例申請書 arrived."""

    bodies = forms.CharField(
        label="申請した団体（申告）",
        required=False,
        max_length=1000,
        help_text="寄附者が書いた団体の数か、団体の名を「、」で区切って入れます。同じ団体への二度の寄附は一つと数えます。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_bodies(self) -> int | None:
        """How many bodies: a number as it is, names counted once each; None when nothing was declared."""
        written = unicodedata.normalize("NFKC", self.cleaned_data["bodies"]).strip()
        if not written:
            return None
        if not re.fullmatch("[0-9]{1,3}", written):
            return rules.bodies(re.split("[、,\n]", written)) or None
        if not 1 <= int(written) <= MOST_BODIES_DECLARED:
            raise forms.ValidationError(f"団体の数は、1から{MOST_BODIES_DECLARED}までです。")
        return int(written)


class VoidForm(ActForm):
    """みなし無効."""

    ground = forms.ChoiceField(label="無効の理由", choices=[CHOOSE, *words(VoidGround)])


class ReissueForm(ActForm):
    """再発行."""

    why = forms.ChoiceField(label="理由", choices=[CHOOSE, *words([Why.LOST, Why.SPOILED, Why.ASKED])])


class CorrectForm(forms.Form):
    """How name and address really are."""

    name = _text("氏名", 200, required=True)
    postcode = _text("郵便番号", 10)
    address = _text("住所", 600, required=True, lines=3)
    why = forms.ChoiceField(label="理由", choices=[CHOOSE, *words([Why.ASKED, Why.MISTAKE])])


class BatchForm(forms.Form):
    """What is gathered; the days are half-open."""

    since = DayField("この日から", "空なら、待っているものすべてです。", required=False)
    until = DayField("この日の前日まで", "この日は入りません。", required=False)


def choose(field: forms.Field, choices: Choices) -> None:
    """Give a choice its values, which depend on the day or the installation."""
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
    field.choices = choices
