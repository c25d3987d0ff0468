"""What is merely sloppy elsewhere fails here. All of it is switched on for every test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db.models import DateField, DateTimeField
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler
from django.http import HttpResponse
from django.test import Client

POST_FORM = re.compile(rb"<form\b[^>]*method=[\"']?post[^>]*>(.*?)</form>", re.IGNORECASE | re.DOTALL)


@pytest.fixture(autouse=True, scope="session")
def _unordered_querysets_come_in_any_order() -> Iterator[None]:
    """A page that relies on an order nobody asked for shows it today, not after the next VACUUM."""
    usual = SQLCompiler._order_by_pairs

    def pairs(self: SQLCompiler) -> Iterator[tuple[OrderBy, bool]]:
        found = list(usual(self))
        yield from found
        query = self.query
        settled = found or query.distinct or query.combinator or query.group_by or query.subquery
        if not settled and query.model and not query.is_sliced:
            yield OrderBy(Random()), False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLCompiler, "_order_by_pairs", pairs)
        yield


@pytest.fixture(autouse=True, scope="session")
def _dates_are_dates() -> Iterator[None]:
    """A datetime saved as a date silently loses its day near midnight."""
    usual = DateField.get_prep_value

    def prepared(self: DateField[Any, Any], value: Any) -> Any:
        if isinstance(value, datetime) and not isinstance(self, DateTimeField):
            raise TypeError(f"{self} に日時 {value!r} が渡されました。日付を渡してください。")
        return usual(self, value)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DateField, "get_prep_value", prepared)
        yield


@pytest.fixture(autouse=True, scope="session")
def _forms_carry_the_csrf_token() -> Iterator[None]:
    """Django's test client does not check the token, so look at what the page would send."""
    usual = Client.request

    def request(self: Client, **environ: Any) -> HttpResponse:
        response = usual(self, **environ)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            for form in POST_FORM.findall(response.content):
                assert b"csrfmiddlewaretoken" in form, f"csrf_token のない送信用の form があります: {form[:200]!r}"
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", request)
        yield
