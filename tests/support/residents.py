"""The residents' server as tests know it: its settings, its login role, families with IDs, and what a parent does there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import psycopg
from django.db import connections
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import clear_url_caches, reverse

from azukari.business.hotstay.public.slips import set_demonstration
from azukari.business.hotstay.public.types import Slip
from azukari.config.home import secret
from azukari.config.server import PUBLIC
from azukari.demo.names import CHILD_LOGIN, CHILD_PASSWORD

LEFT_OUT = {"INSTALLED_APPS", "DATABASES", "SECRET_KEY", "LOGGING", "ALLOWED_HOSTS"}
OTHER_LOGIN, OTHER_PASSWORD = "XYZW3456", "ゆうひ かえる じてんしゃ しお"
HIDDEN = re.compile(r'<input type="hidden" name="([a-z0-9]+)" value="([^"]*)"')


@contextmanager
def as_residents(**changes: Any) -> Iterator[None]:
    """`default` signs in as azukari_public and the settings are the residents', until the end of the block."""
    module = import_module("azukari.config.public_settings")
    values = {name: getattr(module, name) for name in dir(module) if name.isupper() and name not in LEFT_OUT}
    known = {name: value for name, value in values.items() if name not in {"PUBLIC", "ROOT"}}
    settings = connections["default"].settings_dict
    before = {name: settings[name] for name in ("USER", "PASSWORD", "ATOMIC_REQUESTS")}
    connections["default"].close()
    settings.update(USER=PUBLIC, PASSWORD=secret(f"database-{PUBLIC}"), ATOMIC_REQUESTS=False)
    try:
        with override_settings(**known | changes):
            clear_url_caches()
            yield
    finally:
        connections["default"].close()
        settings.update(before)
        clear_url_caches()


def sign_in(login: str = CHILD_LOGIN, password: str = CHILD_PASSWORD, **more: str) -> Client:
    """A browser in which the family has signed in."""
    client = Client(headers={"user-agent": "test"})
    response = try_sign_in(client, login, password, **more)
    assert response.status_code == 302, response.content.decode()
    return client


def try_sign_in(client: Client, login: str, password: str, **more: str) -> HttpResponse:
    """Post the form."""
    response: Any = client.post(reverse("hotstay_public:sign_in"), {"login": login, "password": password, **more})
    return response


def owner() -> psycopg.Connection:
    """The owner's own connection under Django's alias: what it does is committed at once."""
    connections["owner"].ensure_connection()
    found: psycopg.Connection = connections["owner"].connection
    return found


def ask(query: str, *values: Any) -> Any:
    """The first row of a query of the owner."""
    return owner().execute(query, values).fetchone()


def me() -> int:
    """The demonstration family's child."""
    return int(ask("SELECT child FROM hotstay_public_credential WHERE login = %s", CHILD_LOGIN)[0])


def as_printed_at_the_start(child: int) -> None:
    """Give the family the ID and password of the demonstration again."""
    contractor = str(ask("SELECT contractor FROM hotstay_child WHERE id = %s", child)[0])
    set_demonstration(child, contractor, CHILD_LOGIN, CHILD_PASSWORD, using="owner")


def another_family() -> int:
    """A child of another family at the same station, with an ID and a password."""
    child, contractor = ask(
        "SELECT o.id, o.contractor FROM hotstay_child me JOIN hotstay_child o ON o.station_id = me.station_id"
        " WHERE me.id = %s AND o.family_id <> me.family_id AND o.registered_on IS NOT NULL"
        " AND o.registered_on <= current_date AND age(o.born) > interval '1 year' ORDER BY o.id LIMIT 1",
        me(),
    )
    set_demonstration(int(child), contractor, OTHER_LOGIN, OTHER_PASSWORD, using="owner")
    return int(child)


def slip_for(child: int) -> Slip:
    """A new slip from the station, as the owner."""
    from azukari.business.hotstay.public.slips import issue

    (contractor,) = ask("SELECT contractor FROM hotstay_child WHERE id = %s", child)
    return issue(child, contractor, by="test", using="owner")


def quiet_day(child: int) -> date:
    """A day within the booking period, with carers all day and nobody's booking but later ones of the test."""
    (day,) = ask(
        "SELECT r.day FROM hotstay_roster r JOIN hotstay_child c ON c.station_id = r.station_id WHERE c.id = %s"
        " AND r.day > current_date + 3 GROUP BY r.day HAVING NOT EXISTS (SELECT FROM hotstay_booking b"
        "   WHERE b.day = r.day AND b.station_id = min(c.station_id)) ORDER BY r.day LIMIT 1",
        child,
    )
    return date.fromordinal(day.toordinal())


@contextmanager
def without_triggers() -> Iterator[None]:
    """What the owner writes inside is not counted by the guard: a past that could not be made by booking."""
    owner().execute("ALTER TABLE hotstay_booking DISABLE TRIGGER USER")
    try:
        yield
    finally:
        owner().execute("ALTER TABLE hotstay_booking ENABLE TRIGGER USER")


def hidden(response: HttpResponse) -> list[tuple[str, str]]:
    """The hidden fields of the page's forms, but for the token against forgery."""
    return HIDDEN.findall(response.content.decode())


def text(response: HttpResponse) -> str:
    """The page without tags, blanks joined."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def next_open_day(client: Client, child: int) -> date:
    """The first day whose cell leads on, from this month or the next."""
    month = date.today().replace(day=1)  # noqa: DTZ011 (the test's own calendar)
    for _ in range(3):
        page = client.get(f"{reverse('hotstay_public:month')}?month={month:%Y-%m}&child={child}").content.decode()
        found = re.findall(r'class="is-(?:free|few)"><a href="/days/(\d{4}-\d\d-\d\d)/', page)
        if found:
            return date.fromisoformat(found[0])
        month = (month + timedelta(days=32)).replace(day=1)
    raise AssertionError("no open day")
