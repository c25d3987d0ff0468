"""The residents' side when something gives way: the database, the mail's way back, the server."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connections
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from azukari.business.hotstay import api as hotstay
from azukari.business.hotstay.public import mail
from azukari.cli.site import RESIDENTS, Site
from azukari.config.cluster import Cluster
from azukari.kernel.errors import Busy, Unavailable
from support import residents as family
from support.database import aliases_on, copied
from support.installation import free_port, until
from support.residents import CHILD_LOGIN, CHILD_PASSWORD, as_residents, ask, sign_in, text, try_sign_in
from support.smtp import listening


@pytest.fixture(scope="module")
def residents(cluster: Cluster, template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    copy = copied(cluster, template, f"residents_{uuid4().hex[:12]}")
    with copy as name, django_db_blocker.unblock(), aliases_on(name), as_residents():
        yield name


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            Busy("いま予約が混み合っています。", "予約はまだ入っていません。", "もう一度お試しください。"),
            "まだ入っていません",
        ),
        (OperationalError("deadlock detected"), "二重に予約されることはありません"),
    ],
    ids=["waited too long for a turn", "the database gave way"],
)
def test_a_parent_is_told_and_nothing_is_booked(
    residents: str, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fails(*_: object) -> None:
        raise error

    client, before = sign_in(), ask("SELECT count(*) FROM hotstay_booking")
    monkeypatch.setattr(hotstay, "book", fails)
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    answer = client.post("/stays/book/", {"submit": str(uuid4()), "day": day, "start": 20, "end": 24})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert words in text(answer)
    assert ask("SELECT count(*) FROM hotstay_booking") == before


def test_connections_that_were_cut_are_made_anew(residents: str, cluster: Cluster) -> None:
    """A database that was started anew: one page says to try again, the next one answers."""
    client = sign_in()
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'azukari_public' AND datname = %s"
    for ask_for in (lambda: client.get("/"), lambda: try_sign_in(Client(), CHILD_LOGIN, CHILD_PASSWORD)):
        with cluster.superuser() as superuser:
            superuser.execute(cut, [residents])
        answer = ask_for()
        assert answer.status_code == 503
        assert "もう一度お試しください" in text(answer)
        # What Django does at the end of every request, and its test client does not.
        connections["default"].close_if_unusable_or_obsolete()
        assert ask_for().status_code in {200, 302}


def test_a_sender_that_died_after_the_servers_yes_sends_the_same_mail_again(
    residents: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better twice than never; by its Message-ID the second is known as the first."""
    family.owner().execute("DELETE FROM hotstay_public_mail")
    family.owner().execute("SELECT guest.queue_mail('booked', %s, 'killed', now())", [family.me()])

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    now = timezone.now() + timedelta(seconds=1)
    with listening() as (box, smtp):
        with monkeypatch.context() as patch:
            patch.setattr(mail, "record", dies)
            with pytest.raises(KeyboardInterrupt):
                mail.send_due(now, smtp)
        assert ask("SELECT sent, tries FROM hotstay_public_mail") == (None, 0)
        assert mail.send_due(now, smtp).sent == 1
    first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_the_residents_server_killed_is_told_by_its_name(
    cluster: Cluster, residents: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"dbname='{residents}' host='{cluster.socket}'")
    with Site(free_port(), RESIDENTS) as site:
        until(lambda: site.answers() or site.check())
        os.kill(site._server.pid, signal.SIGKILL)
        with pytest.raises(Unavailable, match="区民の Web サーバー"):
            until(site.check)
