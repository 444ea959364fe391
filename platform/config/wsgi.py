"""The application for granian and every other WSGI server."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Requests wait for the database many times each. With Python's usual 5 ms a thread whose answer has come
# waits so long for its turn after every query, as soon as another one computes.
sys.setswitchinterval(0.0005)

application = get_wsgi_application()

from kernel import processes  # noqa: E402
from tenants.api import check_start  # noqa: E402

check_start()
processes.start("web")
