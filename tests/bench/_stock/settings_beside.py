"""The yardstick in the database of the fleet, so that its catalogue is as large as ours."""

from tests.bench._stock.settings import *  # noqa: F403
from tests.bench._stock.settings import DATABASES, OURS

DATABASES = {"default": {**DATABASES["default"], "NAME": OURS["owner"]["NAME"]}}
PUBLIC_SCHEMA_NAME = "stock_public"
# As many processes as the product has connections.
TENANT_MULTIPROCESSING_MAX_PROCESSES = 4
