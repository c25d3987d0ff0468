import pytest
from django.utils import timezone

from support.taxi import as_flow


@pytest.mark.django_db(databases=["default", "owner"])
def test_i(web_connection):
    with as_flow(
        web_connection, flow="814-2", actor="hotstay-karasuyama", place="hotstay-karasuyama", on=timezone.localdate()
    ) as c:
        k, con = c.execute(
            "select id, contractor from v_hotstay_child where registered_on is not null limit 1"
        ).fetchone()
        for q in [
            "INSERT INTO public.hotstay_public_credential (child, contractor, login, salt, verifier, slip, slip_until, issued) VALUES (%s,%s,'ABCDEFGH',%s,sha256(%s),true,now(),now()) RETURNING login",
            "INSERT INTO public.hotstay_public_credential (child, contractor, login, salt, verifier, slip, slip_until, issued) VALUES (%s,%s,'ABCDEFGH',%s,sha256(%s),true,now(),now()) ON CONFLICT (child) DO UPDATE SET slip=true RETURNING login",
        ]:
            try:
                with c.transaction():
                    print(c.execute(q, [k, con, b"1", b"2"]).fetchone())
            except Exception as e:
                print(repr(e))
