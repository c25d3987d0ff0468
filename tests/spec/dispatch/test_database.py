"""データベースが許さないこと

画面や命令に誤りがあっても、次のことは起こりません。画面の役割でも、所有者でも、PostgreSQL が断ります。
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connections, transaction

from azukari.core.dispatch import api as dispatch
from support.dispatch import Made, make_job

pytestmark = pytest.mark.usefixtures("workshop")
ROLES = ("default", "owner")


def _run(using: str, sql: str, *values: object) -> None:
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(sql, values)


def _refused(sql: str, *values: object, why: str) -> None:
    for using in ROLES:
        with pytest.raises(DatabaseError, match=why):
            _run(using, sql, *values)


def _set(job: Made, number: int) -> tuple[int, int]:
    return job.id, number


STATES = ("印刷済", "照合済", "封かん済", "差出済", "返戻", "再印刷待ち", "引抜待ち", "引抜済")


@pytest.mark.parametrize("state", [one for one in STATES if one not in {"印刷済", "引抜済"}])
def test_no_step_is_skipped(state: str) -> None:
    """予定の組は、印刷か引抜きにしか進めません。"""
    job = make_job(1, printed=False)
    _refused(
        "UPDATE dispatch_set SET state = %s WHERE job_id = %s", state, job.id, why=r"dispatch_set_|できません|版は"
    )


def test_no_match_without_every_sheet() -> None:
    """紙がすべて読み取られるまで、組は照合済になりません。"""
    job = make_job(1)
    for text in job.texts(1)[:2]:
        dispatch.scan(job.id, text, by="worker-a")
    _refused("UPDATE dispatch_set SET state = '照合済' WHERE job_id = %s", job.id, why="紙がそろわない")


def test_no_scan_of_a_void_generation() -> None:
    """無効になった版の紙は、照合済にできません。"""
    job = make_job(1)
    dispatch.spoil(job.id, reference=job.references[0], why="破れ", by="worker-a")
    dispatch.printed(job.id, by="worker-a")
    _refused(
        "UPDATE dispatch_sheet SET state = '照合済' WHERE generation = 1 AND set_id IN"
        " (SELECT id FROM dispatch_set WHERE job_id = %s)",
        job.id,
        why="無効になった版",
    )


def test_no_scan_into_somebody_elses_hands() -> None:
    """紙は、その組を手元に持つ人だけが読み取れます。手元の組は、一人に一つです。"""
    job = make_job(2)
    dispatch.scan(job.id, job.texts(1)[0], by="worker-a")
    sheets = "UPDATE dispatch_sheet SET state = '照合済', \"by\" = 'worker-b' WHERE number = 2 AND set_id IN (SELECT id FROM dispatch_set WHERE job_id = %s AND seq = %s)"
    _refused(sheets, *_set(job, 1), why="できません")
    taken = "UPDATE dispatch_set SET matching_by = %s WHERE job_id = %s AND seq = %s"
    _refused(taken, "worker-b", *_set(job, 1), why="ほかの人が照合")
    _refused(taken, "worker-a", *_set(job, 2), why="one_in_hand")


def test_nothing_is_handed_over_twice_or_without_a_slip() -> None:
    """差出票のない差出しも、同じ組の二度目の差出しも、別の発送の差出票への記録もできません。"""
    job, other = make_job(2), make_job(1)
    job.sealed(1, 2)
    other.sealed(1)
    other.post()
    job.post([1])
    _refused("UPDATE dispatch_set SET state = '差出済' WHERE job_id = %s AND seq = %s", *_set(job, 2), why="on_slip")
    _refused(
        "UPDATE dispatch_set SET state = '封かん済', slip_id = NULL WHERE job_id = %s AND seq = %s",
        *_set(job, 1),
        why="一度差し出した|legal_step",
    )
    foreign = "UPDATE dispatch_set SET state = '差出済', slip_id = (SELECT id FROM dispatch_slip WHERE job_id = %s) WHERE job_id = %s AND seq = %s"
    _refused(foreign, other.id, *_set(job, 2), why="slip_is_of_job|より多く")
    _refused(foreign, job.id, *_set(job, 2), why="より多くは差し出せません")
    slip = 'INSERT INTO dispatch_slip (job_id, number, office, "on", count, "by") VALUES (%s, %s, %s, now(), 5, %s)'
    _refused(slip, job.id, "x", "y", "z", why="通数 5 と、差し出した組の数 0")


def test_nothing_is_deleted_or_rewritten() -> None:
    """発送の記録は消せません。差出票、用紙、経過は書き換えられず、組の中身も変えられません。"""
    job = make_job(1)
    for table in ("job", "set", "sheet", "slip", "stock", "stop", "step"):
        _refused(f"DELETE FROM dispatch_{table}", why="消せず|permission denied|foreign key")
    _refused("UPDATE dispatch_set SET reference = 'x' WHERE job_id = %s", job.id, why="中身は変えられません")
    _refused("UPDATE dispatch_set SET subjects = '{9}' WHERE job_id = %s", job.id, why="中身は変えられません")
    _refused("UPDATE dispatch_set SET generation = 2 WHERE job_id = %s", job.id, why="版や差出しや理由は")
    _refused("UPDATE dispatch_set SET why = '別の理由' WHERE job_id = %s", job.id, why="版や差出しや理由は")
    dispatch.scan(job.id, "偽物", by="worker-a")
    _refused("UPDATE dispatch_stop SET reason = '同じ紙を二度' WHERE job_id = %s", job.id, why="止まった記録")
    _refused("UPDATE dispatch_sheet SET number = 9 WHERE state = '印刷済'", why="順番は変えられません")
    _refused("UPDATE dispatch_step SET why = 'x'", why="書き換えられません|permission denied")
    _refused("UPDATE dispatch_slip SET count = count + 1", why="書き換えられません")


def test_the_story_cannot_be_invented() -> None:
    """経過は、組が進むときにデータベースが書きます。画面の役割は、書き足すこともできません。"""
    job = make_job(1)
    with pytest.raises(DatabaseError, match="permission denied"):
        _run(
            "default",
            "INSERT INTO dispatch_step (set_id, state, generation, \"by\", why) VALUES (%s, '差出済', 1, 'x', '')",
            job.id,
        )


def test_no_close_while_the_numbers_differ() -> None:
    """式の左右が合わない発送は、だれが書いても締まりません。式ごとに確かめます。"""
    planned, short = make_job(1), make_job(1)
    _refused("UPDATE dispatch_job SET closed_at = now() WHERE id = %s", planned.id, why="数が合わない")
    short.sealed(1)
    short.post()
    from azukari.core.dispatch.types import StockKind

    dispatch.stock(short.id, "礼状", StockKind.ISSUED, 1, by="furusato")
    _refused("UPDATE dispatch_job SET closed_at = now() WHERE id = %s", short.id, why="数が合わない")


def test_the_guards_are_what_refuses() -> None:
    """守りを外すと、同じ文が通ってしまいます。断っていたのは守りです。"""
    job = make_job(1)
    for text in [job.texts(1)[0], "偽物"]:
        dispatch.scan(job.id, text, by="worker-a")
    tries: dict[str, tuple[str, ...]] = {
        "dispatch_set dispatch_set_guard": (
            "UPDATE dispatch_set SET state = '照合済', previous = '印刷済' WHERE job_id = %s",
            "UPDATE dispatch_set SET generation = 9 WHERE job_id = %s",
        ),
        "dispatch_sheet dispatch_sheet_guard": (
            "UPDATE dispatch_sheet SET state = '照合済', previous = '印刷済', \"by\" = 'x' WHERE number = 2 AND set_id = (SELECT id FROM dispatch_set WHERE job_id = %s)",
        ),
        "dispatch_job dispatch_job_guard": ("UPDATE dispatch_job SET closed_at = now() WHERE id = %s",),
        "dispatch_slip dispatch_slip_filled": (
            "INSERT INTO dispatch_slip (job_id, number, office, \"on\", count, \"by\") VALUES (%s, 'x', 'y', now(), 5, 'z'); SET CONSTRAINTS ALL IMMEDIATE",
        ),
        "dispatch_stock dispatch_kept": ("DELETE FROM dispatch_stock WHERE job_id = %s",),
        "dispatch_stop dispatch_stop_kept": ("UPDATE dispatch_stop SET words = 'x' WHERE job_id = %s",),
    }
    for guard, statements in tries.items():
        for statement in statements:
            _refused(statement, job.id, why=".")
            _without(guard, lambda statement=statement: connections["owner"].cursor().execute(statement, [job.id]))


def _without(guard: str, do: Callable[[], object]) -> None:
    """Do it with the trigger off, and undo both."""
    table, trigger = guard.split()
    with transaction.atomic(using="owner"):
        connections["owner"].cursor().execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        do()
        transaction.set_rollback(True, using="owner")
