"""Many people marking at once: every mark is written once, nobody's is lost without being told."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from support.signing import signed_in
from support.taxi import rows, some_batch


@pytest.mark.usefixtures("scratch")
def test_two_people_mark_one_voucher_at_the_same_moment() -> None:
    batch = some_batch()
    waiting = rows(
        "SELECT id, version FROM taxi_presentedvoucher WHERE batch_id = %s AND state = '未確認' LIMIT 5", batch
    )
    people = {login: signed_in(login) for login in ("operator", "contractor-lead")}
    states = {"operator": ("確認済", ""), "contractor-lead": ("区へ照会", "字が読めない")}
    gate = threading.Barrier(len(people))

    def press(login: str, key: object, version: object) -> bool:
        state, reason = states[login]
        gate.wait()
        try:
            answer = people[login].post(
                f"/taxi/check/{batch}/{key}/",
                {"version": version, "state": state, "reason": reason},
                headers={"HX-Request": "true"},
            )
        finally:
            connections.close_all()
        return "ほかの人が先に" not in answer.content.decode()

    with ThreadPoolExecutor(len(people)) as pool:
        for key, version in waiting:
            won = dict(zip(people, pool.map(lambda login: press(login, key, version), people), strict=True))  # noqa: B023
            [(state, reason, now)] = rows("SELECT state, reason, version FROM taxi_presentedvoucher WHERE id = %s", key)
            [winner] = [login for login, mine in won.items() if mine]
            assert (state, reason, now) == (*states[winner], int(str(version)) + 1)
