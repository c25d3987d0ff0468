"""二人が同時に読み取る

同じ組の紙が二人の手元に分かれても、一方だけが続けられます。二人の読み取りが合わさって、組がそろったことにはなりません。
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connections

from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch import matching
from azukari.core.dispatch.models import LetterSet, Sheet
from azukari.core.dispatch.types import Stage, StopReason
from support.dispatch import Made, make_job

pytestmark = pytest.mark.usefixtures("workshop")
WORKERS = ("worker-a", "worker-b")


def _at_once(job: Made, texts: list[str]) -> list[Stage | DatabaseError]:
    """Each worker reads one sheet, as nearly at the same time as threads can."""
    found: dict[str, Stage | DatabaseError] = {}
    ready = threading.Barrier(len(WORKERS))

    def work(by: str, text: str) -> None:
        try:
            ready.wait(10)
            found[by] = dispatch.scan(job.id, text, by=by)
        except DatabaseError as error:
            found[by] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=pair) for pair in zip(WORKERS, texts, strict=True)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    return [found[by] for by in WORKERS]


def test_one_of_them_goes_on() -> None:
    """二人が同じ組の別の紙を同時に読むと、一人の手元の組になり、もう一人は止まります。何度くり返しても同じです。"""
    for _ in range(8):
        job = make_job(1, sheets=("宛名票", "礼状"))
        found = _at_once(job, job.texts(1))
        assert not [one for one in found if isinstance(one, DatabaseError)], found
        stops = [one.stop.reason for one in found if isinstance(one, Stage) and one.stop]
        assert stops == [StopReason.SOMEBODY]
        assert not any(one.matched for one in found if isinstance(one, Stage))
        for by in WORKERS:
            dispatch.acknowledge(job.id, by=by)


def test_without_the_guards_both_sheets_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """錠と、データベースの守りを外すと、二人の読み取りが合わさってしまいます。錠だけを外しても、データベースが断ります。"""
    both = threading.Barrier(2)

    def unlocked(job: object, seq: int, *, using: str) -> LetterSet | None:
        row = LetterSet.objects.using(using).filter(job=job, seq=seq).first()
        both.wait(10)
        return row

    monkeypatch.setattr(matching, "lock_set", unlocked)
    job = make_job(1, sheets=("宛名票", "礼状"))
    found = _at_once(job, job.texts(1))
    assert [type(one) for one in found if isinstance(one, DatabaseError)], (
        "the database alone still refuses one of them"
    )
    assert _scanned(job) == {1: 1, 2: 0} or _scanned(job) == {1: 0, 2: 1}
    job = make_job(1, sheets=("宛名票", "礼状"))
    _guards_off(lambda: _at_once(job, job.texts(1)))
    assert _scanned(job) == {1: 1, 2: 1}


def _scanned(job: Made) -> dict[int, int]:
    sheets = Sheet.objects.filter(set__job_id=job.id).order_by("number")
    return {one.number: int(one.state == "照合済") for one in sheets}


BOOKKEEPING = """
CREATE OR REPLACE FUNCTION only_bookkeeping() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state THEN NEW.previous := OLD.state; END IF;
    RETURN NEW;
END $$"""


def _guards_off(do: Callable[[], object]) -> None:
    """Only the state before is still kept, so that what remains looks legal."""
    guards = {"dispatch_set": "dispatch_set_guard", "dispatch_sheet": "dispatch_sheet_guard"}
    with connections["owner"].cursor() as cursor:
        cursor.execute(BOOKKEEPING)
        for table, guard in guards.items():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
            cursor.execute(
                f"CREATE TRIGGER kept BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION only_bookkeeping()"
            )
        try:
            do()
        finally:
            for table, guard in guards.items():
                cursor.execute(f"DROP TRIGGER kept ON {table}")
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {guard}")
