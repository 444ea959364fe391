"""The product's settings one or more releases ahead."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as APPS

INSTALLED_APPS = [*APPS, "tests.upgrades.ahead"]

MIGRATION_MODULES = {"clients": "tests.upgrades.ahead.clients"}
