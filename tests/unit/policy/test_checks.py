"""第三の壁: どの諮問の項目か書かれていない欄があれば、始まらない。"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.contrib.postgres.fields import ArrayField
from django.core.checks import run_checks
from django.db import models

from azukari.core.policy.checks import examine, own_models, vessel_of
from azukari.core.policy.terms import terms_of
from azukari.core.policy.types import Holds
from property import made_up

TERMS = terms_of(made_up.library())
ELSEWHERE = Apps()


def model(holds: Holds | None, *, field: str = "name") -> type[models.Model]:
    """A model outside the registry, with `field` as its one text field."""
    meta = type("Meta", (), {"apps": ELSEWHERE, "app_label": "policy"})
    body = {
        "__module__": "azukari.made_up",
        "Meta": meta,
        field: models.TextField(),
        "scopes": ArrayField(models.TextField()),
    }
    return type("Made", (models.Model,), body | ({"holds": holds} if holds else {}))


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    ELSEWHERE.all_models.clear()
    ELSEWHERE.clear_cache()


WRONG = {
    "nothing said": (None, "E001", "holds"),
    "an unmapped field": (Holds(facts=("scopes",)), "E002", "項目「name」がどの諮問の個人情報の項目か"),
    "a field that is not there": (Holds(facts=("name", "scopes", "gone")), "E003", "「gone」"),
    "an unknown flow": (Holds(facts=("name", "scopes"), flows=("999-9",)), "E004", "「999-9」"),
    "a write without the flow": (Holds(facts=("name", "scopes"), writes={"901-1": ("name",)}), "E004", "「901-1」"),
    "an item of no paper": (Holds({"name": "虫歯の数"}, facts=("scopes",), flows=("901-1",)), "E005", "「虫歯の数」"),
    "an item of another flow": (Holds({"name": "病歴"}, facts=("scopes",), flows=("901-1",)), "E005", "「病歴」"),
    "both personal and not": (Holds({"name": "氏名"}, facts=("name", "scopes"), flows=("901-1",)), "E006", "「name」"),
    "writing what is not listed": (
        Holds({"name": "病歴"}, facts=("scopes",), flows=("901-1", "901-3"), scope="scopes", writes={"901-1": ("name",)}),
        "E007",
        "「901-1」の項目にない「name」",
    ),
    "no way to tell the scope": (Holds({"name": "病歴"}, facts=("scopes",), flows=("901-3",)), "W001", "一行も見えません"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_declaration_is_told(case: str) -> None:
    """欄の名前と、どうすればよいかを言う。"""
    holds, code, words = WRONG[case]
    found = [*examine(model(holds), TERMS)]
    assert [message.id for message in found] == [f"azukari.{code}"]
    assert words in found[0].msg
    assert found[0].hint


def test_a_right_declaration_is_quiet() -> None:
    """どの欄も書かれていれば、何も言わない。綴りは一つ合えばよい。"""
    holds = Holds({"name": ("氏名", "お名前")}, flows=("901-1",), scope="scopes")
    assert [*examine(model(holds), TERMS)] == []


def test_the_ward_s_own_models_pass() -> None:
    """区の実際の表は、すべて諮問か業務の登録に結び付いている。"""
    assert [message for message in run_checks() if str(message.id).startswith("azukari.")] == []
    assert {"policy.Enrolment", "taxi.PresentedVoucher"} <= {one._meta.label for one in own_models()}


def test_a_model_without_a_declaration_is_shut() -> None:
    """holds のない表は、画面からも取扱いからも読めないものとして扱う。"""
    vessel = vessel_of(model(None))
    assert (vessel.usage, vessel.holds.flows) == ("walled", ())


def test_foreign_keys_are_named_by_field_or_column() -> None:
    """外部キーは欄の名前でも列の名前でも書ける。"""
    voucher = apps.get_model("taxi", "PresentedVoucher")
    holds = vessel_of(voucher).holds
    assert set(holds.facts) <= {field.column for field in voucher._meta.concrete_fields}
