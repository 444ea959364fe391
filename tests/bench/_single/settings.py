"""The product's settings with the tenancy taken out; everything else is the same."""

import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES, MIDDLEWARE, TEREM_STATEMENT_TIMEOUT

_schema = os.environ["TEREM_BENCH_SCHEMA"]
DATABASES["tenant"] = {
    **DATABASES["tenant"],
    "ENGINE": "tests.bench._single.backend",
    "OPTIONS": {
        "options": f"-c role={_schema} -c search_path={_schema},ext -c statement_timeout={TEREM_STATEMENT_TIMEOUT}"
    },
}
MIDDLEWARE = [
    "tests.bench._single.middleware.OneTenantMiddleware"
    if name == "tenants.middleware.HostMiddleware"
    else name
    for name in MIDDLEWARE
]
