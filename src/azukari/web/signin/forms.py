"""The sign-in form: shape only. Whether the secrets are right is for `core.accounts` to say."""

from __future__ import annotations

from typing import Any

from django import forms

from azukari.core.accounts.api import NOWHERE


class SignInForm(forms.Form):
    """Login, password, six digits. `next` is where to go afterwards."""

    login = forms.CharField(
        label="利用者番号",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="パスワード",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label="確認番号",
        help_text="認証アプリに表示される6桁の数字です。",
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    next = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def clean_code(self) -> str:
        """Digits typed full-width or with a space in the middle are the same digits."""
        typed = "".join(self.cleaned_data["code"].split())
        return typed.translate(str.maketrans("０１２３４５６７８９", "0123456789"))


class DemonstrationForm(SignInForm):
    """In a made-up ward everybody sits at 127.0.0.1: the place is chosen by hand, and secrets may be filled in."""

    def __init__(self, *args: Any, places: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"] = place_field(places)
        self.fields["password"].widget = forms.PasswordInput(
            attrs={"autocomplete": "current-password"}, render_value=True
        )


class PlaceForm(forms.Form):
    """Another place, chosen by hand in a made-up ward."""

    def __init__(self, *args: Any, places: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"] = place_field(places)


def place_field(places: dict[str, str]) -> forms.ChoiceField:
    """The places of the ward, and somewhere that is none."""
    return forms.ChoiceField(
        label="どこから使いますか（見本）",
        help_text="実際の区では、つないでいる回線から自動で決まります。見本の区だけで選べます。",
        choices=[*places.items(), (NOWHERE, "自宅など、登録のない場所")],
    )
