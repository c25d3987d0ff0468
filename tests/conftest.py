"""What every test stands on.

The tests have an installation of their own in a temporary folder, with an embedded PostgreSQL that is not durable. Its
database `azukari` is made once (migrations, walls, a demonstration ward of 300 persons from seed 2019) and never touched
again; each worker gets a copy of it. So tests run against committed demonstration data, and what a test writes is
rolled back. Tests that need no database do not start one.

Fixtures (database ones in `support/database.py`, strictness in `support/strict.py`, people in `support/people.py`)

cluster            the embedded server (session)
db                 pytest-django's: `default` really is azukari_web; write and read in a transaction that is rolled back.
                   `@pytest.mark.django_db(databases=["default", "owner"])` for both
owner_connection   psycopg connection of the owner, in a transaction that is rolled back
web_connection     psycopg connection of azukari_web, likewise: use it to try what a role may not
scratch            a copy of the database for this test alone, on both Django aliases: real commits, thrown away
client_as          client_as("operator") → a signed-in Django test client
ward               the ward with a contractor of 諮問813 that has a place, a key and a medium (support/handover.py); real commits
fresh_ward         the same on a copy of its own
hall               the ward and the analysts of 諮問809, ready for a ceremony (support/ceremony.py); real commits
site               address of a real server (granian) on a copy of the database (session)
residents_site     the residents' server likewise: its address and the copy's name (session)
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

WARD_SIZE = 300

if "PYTEST_XDIST_WORKER" not in os.environ:
    folder = Path(tempfile.mkdtemp(prefix="azukari-tests-"))
    folder.chmod(0o711)
    os.environ["AZUKARI_HOME"] = str(folder)
    os.environ["AZUKARI_OWNER"] = os.environ["AZUKARI_DEMONSTRATION"] = "1"
    os.environ.pop("DATABASE_URL", None)
os.environ["DJANGO_SETTINGS_MODULE"] = "azukari.config.settings"

from azukari.config.home import Installation, install  # noqa: E402

install(Installation(demonstration=True, size=WARD_SIZE))

import django  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

django.setup()

from django.conf import settings as _settings  # noqa: E402

from support.worker import own_folders  # noqa: E402

own_folders(_settings)
# Machines are shared: how long a test takes is no finding.
settings.register_profile("shared", deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

pytest_plugins = [
    "support.database",
    "support.dispatch",
    "support.handover_ward",
    "support.people",
    "support.strict",
    "support.ceremony_hall",
]
