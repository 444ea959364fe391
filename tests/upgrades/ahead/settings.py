"""The product's settings one or more releases ahead."""

from config.settings import *  # noqa: F403

MIGRATION_MODULES = {"clients": "tests.upgrades.ahead.clients"}
