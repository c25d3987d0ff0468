"""Forms of the ceremony's pages: shape only."""

from __future__ import annotations

from django import forms


class NothingForm(forms.Form):
    """A button that needs no more."""


class AttendForm(forms.Form):
    """The public key with which the person will sign."""

    public = forms.CharField(
        label="署名の公開鍵",
        max_length=100,
        help_text="自分の機械で signing-key が表示した、64文字です。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class SignForm(forms.Form):
    """A signature made on the person's own machine."""

    signature = forms.CharField(
        label="署名",
        max_length=200,
        help_text="署名する文を受け取って読み、自分の機械で signature が表示した128文字です。",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )


class DestroyForm(SignForm):
    """The report of the destruction, word for word as it was signed."""

    how = forms.CharField(
        label="廃棄の報告", max_length=400, help_text="廃棄の方法と、写しが残っていないことを書きます。"
    )
    field_order = ("how", "signature")
