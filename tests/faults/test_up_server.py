"""`DATABASE_URL`: somebody else's server, whose owner role we are given and nothing more."""

from __future__ import annotations

import psycopg
import pytest

from support.installation import Installation

REFUSED = 77
WEB = "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolinherit FROM pg_roles WHERE rolname = 'azukari_web'"


@pytest.mark.parametrize(("user", "word"), [("guest", "CREATEROLE"), ("king", "スーパーユーザー")])
def test_an_owner_who_may_too_little_or_too_much(fresh: Installation, server: str, user: str, word: str) -> None:
    fresh.extra["DATABASE_URL"] = f"{server} user={user}"
    before = _tables(server)
    done = fresh.run("up", "--port", str(fresh.port), "--no-demo")
    assert done.returncode == REFUSED
    assert word in done.stderr
    assert "CREATE ROLE azukari_owner LOGIN CREATEROLE" in done.stderr
    assert _tables(server) == before


def _tables(server: str) -> set[tuple[str, ...]]:
    with psycopg.connect(f"{server} user=king") as connection:
        return set(connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))


def test_a_ward_on_a_real_server_twice(fresh: Installation, server: str) -> None:
    fresh.extra["DATABASE_URL"] = f"{server} user=steward"
    for _ in range(2):
        with fresh.running("--ward-size", "300"):
            assert fresh.answers()
    assert not (fresh.home / "pg").exists()
    with psycopg.connect(f"{server} user=king") as connection:
        assert connection.execute(WEB).fetchone() == (False,)
        assert connection.execute("SELECT count(*) >= 3 FROM demo_made").fetchone() == (True,)
