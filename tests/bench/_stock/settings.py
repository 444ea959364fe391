"""Settings of stock django-tenants over the product's own tenant apps, in a database of its own."""

from config.settings import *  # noqa: F403
from config.settings import DATABASES as OURS
from config.settings import TENANT_APPS as CRM

DATABASES = {
    "default": {
        **OURS["owner"],
        "ENGINE": "django_tenants.postgresql_backend",
        "NAME": "terem_stock",
        "CONN_MAX_AGE": 600,
    }
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
SHARED_APPS = ["django_tenants", "tests.bench._stock", "django.contrib.contenttypes", "django.contrib.auth"]
TENANT_APPS = ["django.contrib.contenttypes", *CRM]
INSTALLED_APPS = [
    *SHARED_APPS,
    *CRM,
    "tenants",
    "billing",
    "identity",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.staticfiles",
    "ui",
    "template_partials",
]
TENANT_MODEL = "stock.Company"
TENANT_DOMAIN_MODEL = "stock.Domain"
PG_EXTRA_SEARCH_PATHS = ["ext"]
SKIP_PG_EXTRA_VALIDATION = True
ROOT_URLCONF = "config.urls_public"
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
