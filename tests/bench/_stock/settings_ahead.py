"""The yardstick's settings one release ahead."""

from tests.bench._stock.settings import *  # noqa: F403

MIGRATION_MODULES = {"clients": "tests.upgrades.ahead.clients"}
# As many processes as the product has connections.
TENANT_MULTIPROCESSING_MAX_PROCESSES = 4
