"""区民の画面を区の画面から分ける

区民の画面は、別のサーバー、別のアドレス、別のクッキー、別のデータベースの役割で動きます。区の画面は一つもありません。
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve
from psycopg import errors, sql

from azukari.config import public_settings, settings
from azukari.config.cluster import Cluster
from azukari.config.server import PUBLIC
from support import residents as family
from support.residents import as_residents

# What the residents' server may execute beside the functions every PostgreSQL role may.
GUEST = {
    *("begin", "child", "devices", "has_feed", "leave", "leave_others", "queue_mail", "resume", "salt", "set_feed"),
    "set_password",
}
# In which shift of the ledger a line is written: a number that every role may ask for.
LEDGER = {"audit_shift"}
FAMILY = {
    *("hotstay_lock", "hotstay_present", "hotstay_frame", "hotstay_cards", "hotstay_take", "hotstay_bookings"),
    *("hotstay_submitted", "hotstay_booking_of", "hotstay_move", "hotstay_give_back", "hotstay_wait", "hotstay_leave"),
    *("hotstay_groups", "hotstay_queue", "hotstay_promote", "hotstay_family", "hotstay_ask"),
    *("hotstay_at_door", "hotstay_arrive", "hotstay_depart"),
}


@pytest.fixture
def public(cluster: Cluster, residents: str) -> Iterator[psycopg.Connection]:
    with cluster.connect(PUBLIC, residents) as connection:
        yield connection


def test_no_table_of_the_ward_can_be_read(residents: str, public: psycopg.Connection) -> None:
    """区民の画面の役割では、どの表のどの列も読めません。読めるのは、自分が書いた台帳の行の番号だけです。

    データベースにあるすべての表のすべての列を一つずつ読んでみます。
    """
    columns = (
        family.owner()
        .execute(
            "SELECT n.nspname, c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_|^information_schema$'"
            " AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT a.attisdropped AND a.attnum > 0"
        )
        .fetchall()
    )
    assert len(columns) > 500
    assert {column for column in columns if _can_read(public, *column)} == {("public", "audit_entry", "id")}


def _can_read(public: psycopg.Connection, schema: str, table: str, column: str) -> bool:
    query = sql.SQL("SELECT {} FROM {} LIMIT 1").format(sql.Identifier(column), sql.Identifier(schema, table))
    try:
        public.execute(query)
    except errors.InsufficientPrivilege:
        return False
    return True


def test_it_may_execute_these_functions_and_no_others(residents: str) -> None:
    """区民の画面が呼べるのは、サインインと、ご家族ご自身の予約のための、決まった手続きだけです。"""
    rows = family.owner().execute(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname IN ('public', 'guest', 'walls') AND p.prosecdef IS NOT NULL"
        " AND has_function_privilege('azukari_public', p.oid, 'EXECUTE') AND has_schema_privilege('azukari_public', n.oid, 'USAGE')"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        " AND p.prorettype <> 'trigger'::regtype"
    )
    assert {name for (name,) in rows.fetchall()} - LEDGER == GUEST | FAMILY


def test_it_is_nobody_else(residents: str) -> None:
    """区民の画面の役割は、ほかの役割に替われず、何も所有せず、権限も持ちません。"""
    row = family.ask(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolinherit,"
        " (SELECT count(*) FROM pg_auth_members WHERE member = r.oid), (SELECT count(*) FROM pg_class WHERE relowner = r.oid)"
        " FROM pg_roles r WHERE rolname = 'azukari_public'"
    )
    assert row == (False, 0, 0)


def test_whose_session_it_is_cannot_be_claimed(residents: str, public: psycopg.Connection) -> None:
    """プログラムが乗っ取られても、サインインの印を持たないお子さまの予約は、データベースが出しません。"""
    child = family.me()
    asked = "SELECT (SELECT count(*) FROM public.hotstay_cards(ARRAY[%s::bigint])), (SELECT count(*) FROM public.hotstay_bookings(ARRAY[%s::bigint], '2020-01-01'))"
    for setting in ("azukari.child", "azukari.guest", "azukari.feed", "azukari.actor"):
        with public.transaction():
            public.execute("SELECT set_config(%s, %s, true)", [setting, f"{child:064x}"])
            assert public.execute(asked, [child, child]).fetchone() == (0, 0)


@pytest.mark.parametrize("path", ["/ledger/", "/people/", "/taxi/", "/consultations/", "/why/", "/me/"])
def test_no_page_of_the_ward_is_there(residents: str, path: str) -> None:
    """区の画面のアドレスは、区民の画面にはありません。"""
    with pytest.raises(Resolver404):
        resolve(path)
    assert Client().get(path).status_code == 404


@pytest.mark.usefixtures("db")
def test_no_page_of_the_residents_is_on_the_wards_server() -> None:
    """区民の画面のアドレスは、区の画面にはありません。"""
    with pytest.raises(Resolver404):
        get_resolver("azukari.config.urls").resolve("/days/")


def test_a_cookie_of_one_side_is_nothing_on_the_other(residents: str) -> None:
    """区の画面のクッキーは区民の画面では何の意味もなく、名前も違います。"""
    client = family.sign_in()
    token = client.cookies["hotstay"].value
    assert client.get("/").status_code == 200
    other = Client()
    other.cookies["sessionid"] = token
    assert other.get("/").status_code == 302
    assert getattr(settings, "CSRF_COOKIE_NAME", "csrftoken") != public_settings.CSRF_COOKIE_NAME
    assert "django.contrib.sessions.middleware.SessionMiddleware" not in public_settings.MIDDLEWARE


def test_the_wards_secrets_are_not_in_its_settings() -> None:
    """区民の画面の設定は、区の画面の鍵も、区の役割の合言葉も持ちません。"""
    values = {
        str(value)
        for name, value in vars(public_settings).items()
        if name.isupper() and not isinstance(value, dict | list)
    }
    assert settings.SECRET_KEY not in values
    assert settings.ACCOUNTS_KEY not in values
    assert public_settings.DATABASES["default"]["USER"] == PUBLIC
    assert list(public_settings.DATABASES) == ["default"]


def test_headers_of_a_bank(residents: str) -> None:
    """どのページにも、埋め込み・盗み見・保存を禁じるヘッダーが付きます。"""
    for answer in (Client().get("/sign-in/"), family.sign_in().get("/"), Client().get("/nothing/")):
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "geolocation=()" in answer["Permissions-Policy"]


def test_over_tls_the_browser_holds_the_cookies_to_this_host(residents: str) -> None:
    """暗号化した通信では、クッキーはこのサーバーだけに、暗号化してだけ送られます。"""
    secured = {"TLS": True, "CSRF_COOKIE_NAME": "__Host-hotstay-form", "CSRF_COOKIE_SECURE": True}
    with as_residents(**secured, SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=63_072_000):
        plain = Client().get("/sign-in/")
        client = Client()
        client.get("/sign-in/", secure=True)
        answer = client.post("/sign-in/", {"login": family.CHILD_LOGIN, "password": family.CHILD_PASSWORD}, secure=True)
        names = {name: cookie for name, cookie in client.cookies.items() if cookie.value}
    assert (plain.status_code, plain["Location"][:8]) == (301, "https://")
    assert answer["Strict-Transport-Security"].startswith("max-age=63072000")
    assert set(names) == {"__Host-hotstay", "__Host-hotstay-form"}
    assert all(cookie["secure"] and cookie["httponly"] and cookie["path"] == "/" for cookie in names.values())
    assert not any(cookie["domain"] for cookie in names.values())


def test_every_page_but_sign_in_needs_a_session(residents: str) -> None:
    """サインインしていない人には、どのページもサインインの画面を示します。"""
    strangers: list[str] = []
    for pattern in get_resolver("azukari.business.hotstay.public.urls").url_patterns:
        path = _example(str(pattern.pattern))
        if pattern.name not in {"sign_in", "feed"}:
            answers = [call(f"/{path}") for call in _calls(Client())]
            strangers += [path for answer in answers if answer.status_code not in {302, 405}]
            assert any(answer.status_code == 302 and "/sign-in/" in answer["Location"] for answer in answers), path
    assert not strangers


def _calls(client: Client) -> list[Callable[..., object]]:
    return [client.get, client.post]


def _example(pattern: str) -> str:
    for kind, value in {
        "<str:day>": "2026-12-01",
        "<uuid:submit>": "00000000-0000-4000-8000-000000000000",
        "<key:booking>": "1",
        "<key:group>": "1",
        "<str:token>": "x",
        "<str:code>": "x",
    }.items():
        pattern = pattern.replace(kind, value)
    return pattern
