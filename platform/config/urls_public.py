"""URLs of the public site and the accounts (terem.example)."""

from django.conf import settings
from django.urls import include, path

from kernel import health

urlpatterns = [
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("", include("onboarding.urls")),
    path("", include("billing.urls_public")),
    path("status/", include("tenants.status.urls_public")),
    path("account/", include("identity.urls")),
    path("mailbox/", include("identity.urls_mailbox")),
]
if not settings.PRODUCTION:
    urlpatterns.append(path("gallery/", include("ui.gallery.urls")))
handler429 = "identity.views.entrance.too_many"
handler404 = "ui.answers.not_found"
handler500 = "ui.answers.failure"
