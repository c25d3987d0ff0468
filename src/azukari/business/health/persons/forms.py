"""What the screen accepts."""

from __future__ import annotations

from django import forms

from azukari.business.health.persons.types import Verdict


class VerdictForm(forms.Form):
    """One of the buttons."""

    verdict = forms.ChoiceField(choices=[(one.value, one.value) for one in Verdict])
