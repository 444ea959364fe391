"""The product's settings with the shop among the tenants' apps."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as APPS
from config.settings import TENANT_APPS as CRM

TENANT_APPS = [*CRM, "tests.upgrades.shop"]
INSTALLED_APPS = [*APPS, "tests.upgrades.shop"]
