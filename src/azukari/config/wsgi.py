"""What the web server loads."""

import os
from threading import Timer

from django.core.wsgi import get_wsgi_application

AFTER_SECONDS = 5
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "azukari.config.settings")
application = get_wsgi_application()

from azukari.core.policy.api import findings  # noqa: E402  (Django's settings come first)

# Reading the papers again for the findings takes over a second: do it while nobody waits for it, and not while the
# server starts.
later = Timer(AFTER_SECONDS, findings)
later.daemon = True
later.start()
