"""The family of the demonstration that signs in on the residents' side: two children or more at one station."""

from __future__ import annotations

from django.db import connections

from azukari.business.hotstay import api as hotstay
from azukari.demo.names import CHILD_LOGIN, CHILD_PASSWORD

OWNER = "owner"
# A child of a large family whose eldest may book: the first in the order of stations and keys.
CHOSEN = """
SELECT c.id, c.contractor FROM hotstay_child c
WHERE c.registered_on IS NOT NULL AND c.left_on IS NULL
ORDER BY (SELECT count(*) FROM hotstay_child o WHERE o.family_id = c.family_id AND o.registered_on IS NOT NULL) >= 2 DESC,
  c.station_id, c.family_id, c.born, c.id LIMIT 1
"""


def make() -> int:
    """Give the family its ID and password. Returns how many; none where no child is registered."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute(CHOSEN)
        row = cursor.fetchone()
    if row:
        hotstay.set_demonstration(row[0], row[1], CHILD_LOGIN, CHILD_PASSWORD, using=OWNER)
    return int(bool(row))
