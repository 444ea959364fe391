"""The application for granian and every other WSGI server."""

import gc
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Requests wait for the database many times each. With Python's usual 5 ms a thread whose answer has come
# waits so long for its turn after every query, as soon as another one computes.
sys.setswitchinterval(0.0005)

_answer = get_wsgi_application()

from kernel import processes  # noqa: E402
from tenants.api import check_start  # noqa: E402

check_start()

# What was loaded stays until the end: looking through its two hundred thousand objects again and again finds nothing,
# and holds up every request of this process meanwhile.
gc.collect()
gc.freeze()
# A page makes and drops some thousands of objects at once; Python's usual 700 is one look for each request.
gc.set_threshold(10_000, 10, 10)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request. The first one starts the process's beat: a thread made earlier would not survive a fork."""
    processes.start("web")
    return _answer(environ, start_response)
