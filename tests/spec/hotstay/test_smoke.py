import pytest
from django.db import connections


@pytest.mark.django_db(databases=["owner", "default"])
def test_x():
    with connections["owner"].cursor() as c:
        c.execute("select state, count(*) from hotstay_booking group by 1")
        print(c.fetchall())
        c.execute("select count(*) from hotstay_child")
        print(c.fetchall())
