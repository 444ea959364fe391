"""The yardstick's settings one release ahead."""

from tests.bench._stock.settings_beside import *  # noqa: F403

MIGRATION_MODULES = {"clients": "tests.upgrades.ahead.clients"}
