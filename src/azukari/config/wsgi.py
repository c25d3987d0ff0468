"""What the web server loads."""

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "azukari.config.settings")
application = get_wsgi_application()

from azukari.core.policy.api import findings  # noqa: E402  (Django's settings come first)

# Reading the papers again for the findings takes over a second: do it while nobody waits for it.
Thread(target=findings, name="findings", daemon=True).start()
