"""Bookings of ほっとステイ: an opening rush, groups of siblings, a month's availability, and what the ages admit.

The rush goes over HTTP: 200 browsers, signed in, press 予約する at one moment against the residents' server as `up` starts
it; a first rush of as many on another day has its workers load their pages. The groups go through the service in two
processes of four threads each, every submit a transaction of its own. After each run SAFETY (no half-hour over) is counted
in SQL and MAXIMALITY (no refused stay still fits) by the rules in Python. CPU is that of servers and database together,
without the browsers, so that what else the machine does is not counted. Peers: the same stays under fixed quotas of each
age, as the places of a station are commonly divided.
"""

from __future__ import annotations

import os
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import psutil

from azukari.cli.manage import prepare_django
from azukari.config.cluster import Cluster
from azukari.config.home import socket_folder
from azukari.config.server import PUBLIC

OWNER = "owner"
CLIENTS, GROUPS, FAMILIES = 200, 2_000, 120
RUSH_GOAL, P95_GOAL, GROUP_GOAL, MONTH_GOAL, QUOTA_GOAL = 150, 2.0, 200, 50.0, 1.13
# What 150 and 200 a second leave of two processors, in CPU milliseconds.
RUSH_CPU, GROUP_CPU = 2_000 / RUSH_GOAL, 2_000 / GROUP_GOAL
DAYS = 60
CODE = "karasuyama"
# One roster for all days: what the quotas divide.
ROSTER = [(18, 34, 3, 2)]


def run() -> dict[str, Any]:
    prepare_django()
    with _database() as name:
        return {"rows": [*_rush(name), *_groups(), _month(), _quota()]}


@contextmanager
def _database() -> Iterator[str]:
    from django.core.management import call_command
    from django.db import connections

    from azukari.business.hotstay import api
    from azukari.core.policy import api as policy

    cluster, name = Cluster(), f"bench_{uuid4().hex[:8]}"
    cluster.start(bound=True)
    cluster.make_database(name)
    settings = connections[OWNER].settings_dict
    before = settings["NAME"]
    settings["NAME"] = name
    try:
        call_command("migrate", database=OWNER, verbosity=0)
        policy.apply(connections[OWNER])
        api.put_stations(using=OWNER)
        yield name
    finally:
        connections.close_all()
        settings["NAME"] = before
        cluster.drop_database(name)


def _now() -> datetime:
    from azukari.business.hotstay import api

    return api.moment(date(2030, 5, 1), 720)


def _days(count: int) -> list[date]:
    days = (date(2030, 5, 6) + timedelta(days=one) for one in range(count * 2))
    return [day for day in days if day.weekday() != 6][:count]


def _roster(days: list[date]) -> Any:
    from azukari.business.hotstay import api
    from azukari.business.hotstay.types import Channel, Desk

    station = api.by_code(CODE, using=OWNER)
    for day in days:
        api.put_roster(Desk(Channel.COUNTER, _now(), "bench", using=OWNER), station.id, day, ROSTER)
    return station


def _rush(name: str) -> list[dict[str, Any]]:
    from django.utils import timezone

    from azukari.demo.hotstay import browsers, rush

    now = timezone.now()
    today = timezone.localdate(now)
    days = [day for day in (today + timedelta(days=one) for one in (13, 14, 15)) if day.weekday() != 6][:2]
    station = _roster(days)
    children = rush.settle(station, today, CLIENTS, 1, now, using=OWNER)
    with _residents(name) as (address, process):
        waiting = browsers.signed_in(address, station, [child for (child,) in children], using=OWNER)
        browsers.press(waiting, rush.asks(children, days[:1], CLIENTS, 1))
        before = _cpu(process, name)
        seconds, answers = browsers.press(waiting, rush.asks(children, days[1:], CLIENTS, 2))
        cpu = (_cpu(process, name) - before) / CLIENTS * 1_000
    found = rush.judge(station, answers, seconds, now, using=OWNER)
    return [
        row("rush: half-hours oversold", found.oversold, "半時間", "0", found.oversold == 0),
        row("rush: wrong refusals", found.wrong, "件", "0", found.wrong == found.failed == 0 and found.booked > 0),
        row("rush: decisions", found.per_second, "件/s", f"≥ {RUSH_GOAL}", found.per_second >= RUSH_GOAL),
        row("rush: p95", found.p95, "s", f"≤ {P95_GOAL}", found.p95 <= P95_GOAL),
        row("rush: a decision", cpu, "CPU ms", f"≤ {RUSH_CPU:.1f}", cpu <= RUSH_CPU),
    ]


@contextmanager
def _residents(name: str) -> Iterator[tuple[str, psutil.Process]]:
    """The residents' server on the database of that name: its address and its process."""
    from azukari.cli.site import RESIDENTS, Site

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ["DATABASE_URL"] = f"host={socket_folder()} dbname={name}"
    try:
        with Site(port, RESIDENTS) as site:
            while not site.answers():
                site.check()
                time.sleep(0.1)
            [process] = [
                one for one in psutil.Process().children() if "azukari.config.public_wsgi:application" in one.cmdline()
            ]
            yield site.address.rstrip("/"), process
    finally:
        del os.environ["DATABASE_URL"]


def _cpu(server: psutil.Process, name: str) -> float:
    """CPU seconds of the server, its workers, and what serves them in PostgreSQL."""
    from django.db import connections

    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s AND usename = %s", [name, PUBLIC])
        serving = [psutil.Process(pid) for (pid,) in cursor.fetchall()]
    return sum(sum(one.cpu_times()[:2]) for one in [*server.children(recursive=True), server, *serving])


def _groups() -> list[dict[str, Any]]:
    from azukari.demo.hotstay import rush

    days = _days(DAYS // 3)[1:]
    station = _roster(days)
    children = rush.settle(station, date(2030, 5, 1), FAMILIES, 3, _now(), using=OWNER)
    before = _spent()
    found = rush.run(station, rush.asks(children, days, GROUPS, 2), _now(), using=OWNER)
    cpu = (_spent() - before) / GROUPS * 1_000
    right = found.partial == found.failed == found.oversold == found.wrong == 0
    return [
        row("groups of three: partial, stopped, over or wrong", float(not right), "", "0", right),
        row("groups of three", found.per_second, "組/s", f"≥ {GROUP_GOAL}", found.per_second >= GROUP_GOAL),
        row("groups of three: a group, without the database", cpu, "CPU ms", f"≤ {GROUP_CPU:.1f}", cpu <= GROUP_CPU),
    ]


def _spent() -> float:
    """CPU seconds of the processes that this one has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _month() -> dict[str, Any]:
    from django.db import connections

    from azukari.business.hotstay import api
    from azukari.business.hotstay.types import Channel, Desk
    from azukari.demo.hotstay import rush

    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT min(id) FROM hotstay_child")
        [(child,)] = cursor.fetchall()
    desk = Desk(Channel.WEB, _now(), "bench", using=OWNER)
    took = rush.timed(lambda: api.availability(desk, child, date(2030, 5, 1)), 21)
    return row("a month for one child", took, "ms", f"≤ {MONTH_GOAL:.0f}", took <= MONTH_GOAL)


def _quota() -> dict[str, Any]:
    """Child-hours of made-up demand that fit by the ages present, beside fixed quotas that fit by the same rules.

    The quotas are the best of all that the roster allows when each age keeps its own places: chosen for this demand.
    """
    from azukari.demo.hotstay import quotas

    ours, theirs = quotas.compare(Random(814), days=DAYS)
    ratio = ours / theirs
    peers = {"fixed quotas": theirs}
    return row("child-hours admitted", ours, "時間", f"≥ {QUOTA_GOAL}", ratio >= QUOTA_GOAL, peers=peers, ratio=ratio)


def row(
    what: str,
    ours: float,
    unit: str,
    goal: str,
    met: bool,
    *,
    peers: dict[str, float] | None = None,
    ratio: float | None = None,
) -> dict[str, Any]:
    return {"what": what, "ours": ours, "unit": unit, "peers": peers or {}, "ratio": ratio, "goal": goal, "met": met}


if __name__ == "__main__":
    raise SystemExit(f"./azukari bench {Path(__file__).stem}")
