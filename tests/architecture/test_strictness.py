"""The strict fixtures are seen to fail what they are there for."""

from __future__ import annotations

import warnings
from datetime import datetime

import pytest
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.urls import path

from azukari.core.accounts.api import open_to_all
from azukari.demo.models import Made


@open_to_all
def naked(request: HttpRequest) -> HttpResponse:
    return HttpResponse('<form method="post"><button>送る</button></form>')


urlpatterns = [path("naked/", naked, name="naked")]


@pytest.mark.django_db(databases=["default", "owner"])
def test_an_unordered_queryset_comes_in_any_order() -> None:
    Made.objects.using("owner").bulk_create(Made(part=f"{number:02}", size=1, seed=1) for number in range(12))
    rows = Made.objects.using("owner").filter(size=1)
    assert len({tuple(row.part for row in rows.all()) for _ in range(8)}) > 1
    assert [row.part for row in rows.order_by("part")] == [f"{number:02}" for number in range(12)]


def test_an_unknown_template_variable_fails() -> None:
    template = engines["django"].from_string("{{ nobody_passed_this }}")
    with pytest.raises(pytest.fail.Exception, match="nobody_passed_this"):
        template.render({})


def test_a_datetime_is_not_a_date() -> None:
    with pytest.raises(TypeError, match="日付を渡してください"):
        models.DateField().get_prep_value(datetime(2019, 6, 1, 23, 30))  # noqa: DTZ001


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_a_form_without_the_csrf_token_fails() -> None:
    with pytest.raises(AssertionError, match="csrf_token"):
        Client().get("/naked/")


def test_a_warning_is_an_error() -> None:
    with pytest.raises(UserWarning):
        warnings.warn("sloppy", stacklevel=1)


@pytest.mark.django_db
def test_the_default_connection_really_is_the_web_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user, current_user")
        assert cursor.fetchone() == ("azukari_web", "azukari_web")
