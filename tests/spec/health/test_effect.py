"""事業の効果

届いた人の結果を、対象の条件に当てはまったが届かなかった似た人と比べます。言えないことは、言いません。
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client
from typer.testing import CliRunner

from azukari.business.health.effect import api
from azukari.business.health.effect.printing import paper
from azukari.cli.__main__ import build
from support.health_effect import World
from support.pdf import page_count
from support.signing import code, signed_in

DAY = date(2026, 11, 25)
MADE = datetime(2026, 11, 25, 9, tzinfo=timezone(timedelta(hours=9)))
TRUTH = -0.2


def report(world: World, seed: int = 1) -> api.Report:
    return api.measure(api.study(world.frame(seed), "kidney"))


def test_the_naive_change_is_taken_apart() -> None:
    """届いた人の前後の差は、事業がなくても起きた変化と、残り（効果の見積もり）に分けて示します。値が高いときに選ばれた人は、何もしなくても次は平均に近づくからです。"""
    found = report(World(size=4000))
    parts = found.reversion
    assert parts is not None
    assert parts.naive.estimate < 1.5 * TRUTH
    assert parts.expected.high < 0
    assert parts.naive.estimate == pytest.approx(parts.expected.estimate + parts.remainder.estimate, abs=1e-9)
    assert parts.remainder.low < TRUTH < parts.remainder.high
    assert found.headline is not None
    assert found.headline.estimate.estimate == pytest.approx(parts.remainder.estimate)


def test_a_programme_without_effect_is_not_given_one() -> None:
    """効果のない事業では、前後の差がどんなに大きくても、効果があったとは言いません。"""
    found = report(World(size=4000, effect=0.0))
    assert found.naive is not None
    assert found.naive.high < -0.1
    assert found.verdict.says == "unclear"
    assert "まだ言えません" in found.verdict.title


def test_only_those_who_met_the_definition_are_compared() -> None:
    """比べる相手は、対象の条件に当てはまったが届かなかった人だけです。条件に当てはまらない人がいくら変わっていても、見積もりは動きません。"""
    frame = World().frame(1)
    other = frame.with_columns(after=pl.when(pl.col("eligible") == 0).then(99.0).otherwise("after"))
    first, second = (api.measure(api.study(one, "kidney")) for one in (frame, other))
    assert first.designs == second.designs
    assert first.count("n") == second.count("n")


def test_an_effect_on_what_cannot_change_takes_the_verdict_away() -> None:
    """事業より前の値など、効果が出るはずのないものに差が出たときは、分かっていない違いがあるとみて、事業の効果とは言いません。"""
    found = report(World(size=4000, hidden=1.0))
    assert found.placebo is not None
    assert found.placebo.found
    assert found.verdict.says == "doubtful"


def test_too_few_people_get_no_number() -> None:
    """届いた人か届かなかった人が少なすぎるときは、どの方法の見積もりも出さず、理由を示します。"""
    found = report(World(size=40))
    assert found.verdict.says == "refused"
    assert (found.headline, found.designs, found.naive, found.spreads) == (None, (), None, ())
    assert any("20 人に足りません" in reason for reason in found.verdict.reasons)


def test_people_without_a_counterpart_get_no_number() -> None:
    """届いた人に似た、届かなかった人がいないときは、効果を言いません。"""
    found = report(World(shift=5.0))
    assert found.verdict.says == "refused"
    assert found.designs == ()
    assert any("違いすぎます" in reason for reason in found.verdict.reasons)


def test_missing_outcomes_are_counted_and_bounded() -> None:
    """後の値が分からない人は数えて示し、その人たちの結果しだいで見積もりがどこまで動くかを添えます。"""
    found = report(World(size=3000, lost=0.2))
    assert found.headline is not None
    assert found.missing is not None
    assert (found.count("missing_treated") or 0) > 50
    assert found.missing.low < found.headline.estimate.estimate < found.missing.high


def test_small_numbers_cannot_be_computed_back() -> None:
    """10人に満たない人数は出さず、引き算でそれが分かる人数も出しません。"""
    frame = World(size=2000).frame(3)
    lost = frame.filter(pl.col("treated") == 1)["person"].head(4)
    found = api.measure(
        api.study(
            frame.with_columns(after=pl.when(pl.col("person").is_in(lost.implode())).then(None).otherwise("after")),
            "kidney",
        )
    )
    assert found.count("missing_treated") is None
    assert found.count("eligible_treated") is None
    assert found.count("analysed_treated") is not None
    assert found.missing is None
    assert "後の値が分からない（届いた人）" in found.suppressed


def test_the_same_data_give_the_same_bytes() -> None:
    """同じ表からは、いつ計算しても同じ数と同じ報告書ができます。くじは使いません。"""
    first, second = (report(World()) for _ in range(2))
    assert first == second
    assert paper(first, MADE) == paper(second, MADE)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    World().frame(1).write_csv(path)
    return path


def test_the_command_needs_no_ward(csv: Path) -> None:
    """`./azukari health effect` は、一人一行の CSV があれば、区がなくても動きます。"""
    done = CliRunner().invoke(build(["health"]), ["health", "effect", "kidney", "--data", str(csv), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert set(told["headline"]) == {"estimate", "low", "high", "p", "design"}
    assert told["headline"]["low"] < TRUTH < told["headline"]["high"]
    assert told["naive"]["estimate"] < told["headline"]["estimate"]
    assert {one["design"] for one in told["designs"]} == {"doubly_robust", "weighting", "matching", "ancova", "did"}


def test_the_report_is_on_paper(csv: Path, tmp_path: Path) -> None:
    """報告書は PDF/A です。画面と同じ図と言葉が入ります。"""
    done = CliRunner().invoke(
        build(["health"]), ["health", "effect", "kidney", "--data", str(csv), "--pdf", str(tmp_path / "report.pdf")]
    )
    assert done.exit_code == 0, done.output
    pdf = (tmp_path / "report.pdf").read_bytes()
    assert page_count(pdf) >= 3
    assert b"pdfaid" in pdf


@pytest.fixture
def kept(settings: Any, tmp_path: Path) -> api.Report:
    found = report(World())
    settings.EFFECT = tmp_path
    api.keep(found, DAY, tmp_path)
    return found


def officer() -> Client:
    return signed_in("officer-809", place="ward-health", code=code("officer-809"))


@pytest.mark.django_db
def test_the_officer_sees_the_report(kept: api.Report) -> None:
    """国保・年金課の職員は、判断の言葉と図を画面で見ます。図ごとに説明と数の表が付きます。"""
    page = officer().get("/health/effect/?programme=kidney").content.decode()
    assert kept.verdict.title in page
    assert page.count("data:image/svg+xml;base64,") == page.count("この図の数を表で見る") == 5
    assert "平均への回帰" in page
    assert "未確認" in page


@pytest.mark.django_db
def test_a_programme_without_a_report_says_so(kept: api.Report) -> None:
    """まだ報告のない事業では、報告がないことと、作り方を示します。"""
    page = officer().get("/health/effect/?programme=drugs").content.decode()
    assert "まだありません" in page
    assert not re.search("data:image/svg", page)


@pytest.mark.django_db
def test_others_do_not_see_it() -> None:
    """データヘルスの登録に名前のない人には、見えません。"""
    assert signed_in("officer").get("/health/effect/").status_code == 403
