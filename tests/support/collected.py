"""The settings of a product that is looked at: its static files as an installation serves them.

One sheet instead of forty, names with a hash, kept by the browser for good: what people are given, and far less to
fetch for each of the pages that the tests open.
"""

from config.settings import *  # noqa: F403

STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATICFILES_FINDERS = [*STATICFILES_FINDERS, "ui.assets.BundleFinder"]  # noqa: F405
WHITENOISE_USE_FINDERS = False
